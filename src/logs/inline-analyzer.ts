import type { LogAnalyzer } from "../core/ports.js";
import { createRedactor, type RedactorConfig } from "../telemetry/redact.js";
import type { LogLimits } from "./log-limits.js";
import { type Diagnose, openSession } from "./session.js";

export interface InlineAnalyzerConfig {
  readonly diagnose: Diagnose;
  readonly redactor: RedactorConfig;
  readonly limits?: LogLimits;
}

/** Reads logs on the calling thread: for the command line and tests, where nothing else waits. */
export function createInlineAnalyzer(config: InlineAnalyzerConfig): LogAnalyzer {
  const redactor = createRedactor(config.redactor);
  return {
    open: (logs) => openSession(logs, redactor, config.diagnose, config.limits),
    close: async () => undefined,
  };
}
