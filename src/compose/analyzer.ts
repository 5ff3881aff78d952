import type { LogAnalyzer, Logger } from "../core/ports.js";
import { diagnose } from "../core/rca/diagnose.js";
import { createInlineAnalyzer } from "../logs/inline-analyzer.js";
import type { RedactorConfig } from "../telemetry/redact.js";

/** Logs are read in a worker thread where the built one is at hand. */
export function openAnalyzer(redactor: RedactorConfig, _logger: Logger): LogAnalyzer {
  return createInlineAnalyzer({ diagnose, redactor });
}
