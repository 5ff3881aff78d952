import type { LogReading } from "./reading.js";
import { plainText } from "./telling-lines.js";

/** The step of a build that failed: where it began and where the build system says that it failed. */
export interface FailedStep {
  readonly from: number;
  readonly line: number;
}

const begins =
  /##\[group\]Run |##\[section\]Starting: |^travis_fold:start:|^section_start:\d|^\[Pipeline\] (?:sh|stage|\{)|^Step \d+\/\d+ : /;
const fails =
  /##\[error\](?:Process completed with exit code [1-9]|Bash exited with code|The process '.{1,200}' failed|Error: |The operation was canceled)|^The command ".{1,500}" (?:failed and )?exited with [1-9]|^ERROR: Job failed|^Build step '.{1,200}' marked build as failure|^Exited with code(?: exit status)? [1-9]|^Process exited with status [1-9]|^ELIFECYCLE/;
const says = /##\[error\]/;
const stamp = /^\[?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d[.,\d]*(?:Z|[+-]\d\d:?\d\d)?\]?\s+/;
const mostLines = 400_000;

/** The first step that the build system says failed; what comes behind is clean-up. Null where no build system speaks. */
export function failedStep(reading: LogReading): FailedStep | null {
  if (reading.format !== "text" || reading.lineCount > mostLines) return null;
  let from = 1;
  let firstSaid: FailedStep | null = null;
  for (let line = 1; line <= reading.lineCount; line += 1) {
    const raw = reading.line(line);
    if (raw === null || raw.length < 8) continue;
    if (
      !/##\[|travis|section_|Pipeline|Step |exited with|Job failed|marked build/.test(
        raw.length > 300 ? raw.slice(0, 300) : raw,
      )
    )
      continue;
    const text = plainText(raw).slice(0, 600).replace(stamp, "");
    if (begins.test(text)) from = firstSaid === null ? line : from;
    else if (fails.test(text)) return { from: firstSaid?.from ?? from, line };
    else if (firstSaid === null && says.test(text)) firstSaid = { from, line };
  }
  return firstSaid;
}

/** How much a line counts for a failure at the end of a build: the step that failed, and there the lines before its end. */
export function nearness(line: number, step: FailedStep | null, lineCount: number): number {
  if (step === null) return lineCount - line <= 300 ? 1 : 0.92;
  if (line > step.line) return 0.4;
  if (line < step.from) return 0.6;
  const distance = step.line - line;
  return distance <= 60 ? 1 : distance <= 400 ? 0.93 : 0.85;
}
