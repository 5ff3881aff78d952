import type { FailureCase } from "../core/case.js";
import type { JobRunCandidate, LogInput, LogSession } from "../core/ports.js";
import type { LogReading } from "../core/rca/reading.js";
import type { Verdict } from "../core/verdict.js";
import type { Redactor } from "../telemetry/redact.js";
import { condense } from "./condense.js";
import type { DecodedLog } from "./decoded-log.js";
import { jobRunCandidates } from "./job-run-candidates.js";
import { type LogLimits, usualLimits } from "./log-limits.js";
import { readLog } from "./read-log.js";

/** The RCA engine as this room calls it; `readings[0]` is the failed try. */
export type Diagnose = (input: {
  readonly readings: readonly LogReading[];
  readonly candidates: readonly JobRunCandidate[];
  readonly facts: FailureCase;
}) => Verdict;

const mostLines = 2_000;

/** Decodes the logs and answers from memory; what both analyzers do, on whichever thread. */
export async function openSession(
  logs: readonly LogInput[],
  redactor: Redactor,
  diagnose: Diagnose,
  limits: LogLimits = usualLimits,
): Promise<LogSession> {
  const readings: DecodedLog[] = [];
  for (const log of logs) readings.push(await readLog(log, redactor, limits));
  const failed = readings[0];
  return {
    jobRunCandidates: async (facts) => jobRunCandidates(readings, facts),
    diagnose: async (facts) => diagnose({ readings, candidates: jobRunCandidates(readings, facts), facts }),
    condense: async (budget) => (failed === undefined ? "" : condense(failed, budget)),
    async lines(from, to) {
      const first = Math.max(1, Math.trunc(from));
      const last = Math.min(failed?.lineCount ?? 0, Math.trunc(to), first + mostLines - 1);
      const found: { line: number; text: string }[] = [];
      for (let line = first; line <= last; line += 1) {
        const text = failed?.line(line) ?? null;
        if (text !== null) found.push({ line, text });
      }
      return found;
    },
    lineCount: async () => failed?.lineCount ?? 0,
    async close() {
      readings.length = 0;
    },
  };
}
