import { diagnose } from "../core/rca/diagnose.js";
import { createInlineAnalyzer } from "../logs/inline-analyzer.js";
import { createRedactor } from "../telemetry/redact.js";
import type { OfflineTools } from "./diagnose.js";

/** Commands that read files only have no secrets of ours to hide, and nothing else waits for them: no thread is needed. */
export function offlineTools(): OfflineTools {
  const redactor = { configuredSecrets: [] };
  return { analyzer: createInlineAnalyzer({ diagnose, redactor }), redactor: createRedactor(redactor) };
}
