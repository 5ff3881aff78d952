import { failedStep } from "../core/rca/failed-step.js";
import { plainText } from "../core/rca/telling-lines.js";
import type { DecodedLog } from "./decoded-log.js";

/** A form in which tools report a failure; `after` lines behind it belong to it, of each kind at most `most` are kept. */
interface Form {
  readonly kind: string;
  readonly pattern: RegExp;
  readonly score: number;
  readonly after?: number;
  readonly most?: number;
}

const forms: readonly Form[] = [
  { kind: "test", pattern: /^(?:FAILED|ERROR) [\w./-]{1,200}(?:::|\s-\s)/, score: 94, most: 5 },
  { kind: "assertion", pattern: /^E {3,}\S/, score: 84, most: 14 },
  {
    kind: "place",
    pattern: /^[\w./\\-]{1,200}\.py:\d{1,6}: \w+(?:Error|Exception|Warning|Failure)?$/,
    score: 86,
    most: 4,
  },
  { kind: "case", pattern: /^_{3,} .{1,150} _{3,}$|^_{3,}.{1,150}_{3,}$/, score: 84, most: 4 },
  { kind: "unittest", pattern: /^(?:FAIL|ERROR): \w+ \(/, score: 95, after: 12, most: 3 },
  { kind: "jest", pattern: /^\s{0,4}● .{3,300}/, score: 95, after: 16, most: 3 },
  {
    kind: "go",
    pattern: /^\s{0,12}(?:--- FAIL: |=== (?:FAIL|Failed))|^\s{0,4}\[FAIL\] |^\S{0,40}\s?\[FAILED\]|^FAIL\s+\S{3,200}/,
    score: 94,
    after: 3,
    most: 8,
  },
  {
    kind: "race",
    pattern: /^WARNING: DATA RACE|race detected during execution|^panic: |^fatal error: /,
    score: 92,
    after: 4,
    most: 3,
  },
  {
    kind: "specs",
    pattern:
      /^Summarizing \d{1,5} Failure|^Ran \d{1,6} of \d{1,6} Specs|^\s{0,4}\d{1,5} (?:failing|passing)\b|^Tests?: .{1,80}\d failed|^Test Suites: /,
    score: 90,
    after: 1,
    most: 6,
  },
  {
    kind: "sums",
    pattern:
      /\b\d{1,6} (?:tests? |specs? |examples?, )?(?:failed|failures?)\b|^test result: FAILED|^\s{0,8}Found \d{1,6} errors?\b|^\d{1,6} problems? \(|\bvulnerabilit(?:y|ies) found\b|tests? completed, \d{1,6} failed/,
    score: 91,
    most: 8,
  },
  {
    kind: "cargo",
    pattern:
      /^\s{0,3}(?:error(?:\[E\d{4}\])?: |test .{1,200} \.\.\. .{0,10}FAILED|thread '.{1,200}' (?:\(\d+\) )?panicked at)|^\s{1,12}--> \S{1,200}:\d/,
    score: 93,
    after: 2,
    most: 12,
  },
  {
    kind: "compiler",
    pattern: /^.{0,3}[\w@./\\ -]{1,240}(?:\(\d{1,6},\d{1,5}\)|:\d{1,6}(?::\d{1,5})?)(?::| -) {1,2}(?:fatal )?error\b/,
    score: 92,
    after: 3,
    most: 8,
  },
  {
    kind: "linker",
    pattern: /\bundefined (?:reference|symbols?)\b|^ld(?:\.\w+)?: |collect2: error|CMake Error|^ninja: build stopped/,
    score: 92,
    after: 2,
    most: 4,
  },
  {
    kind: "gradle",
    pattern:
      /^> Task \S{1,200} FAILED|^FAILURE: Build failed|^\* What went wrong|^BUILD FAILED|^Execution failed for task|^.{1,200} > .{1,200} FAILED$/,
    score: 94,
    after: 6,
    most: 6,
  },
  { kind: "maven", pattern: /^\[ERROR\] (?!\s*(?:$|->|To see|Re-run|For more|After correcting))/, score: 88, most: 12 },
  { kind: "npm", pattern: /^(?:npm (?:ERR!|error)|error Command failed|ERR_PNPM| ?ELIFECYCLE)/, score: 82, most: 5 },
  {
    kind: "docker",
    pattern: /^#\d{1,4} ERROR|did not complete successfully|^ > \[.{1,80}\] |^ERROR: failed to (?:solve|build)/,
    score: 93,
    after: 3,
    most: 5,
  },
  { kind: "hook", pattern: /^.{3,120}\.{3,}\s?Failed$/, score: 95, after: 2, most: 5 },
  {
    kind: "recipe",
    pattern:
      /^(?:error: )?Recipe `|^(?:g?make|ninja)(?:\[\d+\])?: \*\*\*|: (?:command )?not found$|with exit (?:code|status) [1-9]|returned non-zero exit/,
    score: 92,
    most: 6,
  },
  { kind: "advisory", pattern: /^[│|] (?:low|moderate|high|critical)\b/, score: 92, after: 12, most: 3 },
  {
    kind: "diff",
    pattern:
      /^<{7} |^>{7} |^\s{0,8}(?:- (?:Expected|Snapshot)|\+ Received|Expected:|Received:|Expected$|Got:$|DocTestFailure)/,
    score: 86,
    after: 3,
    most: 6,
  },
  { kind: "failure", pattern: /\w(?:Error|Exception|Failure): \S/, score: 82, after: 2, most: 10 },
  {
    kind: "check",
    pattern: /^\[warn\] \S|\b(?:would be reformatted|needs? formatting|Code style issues|format violations?)\b/i,
    score: 84,
    after: 2,
    most: 6,
  },
];
const said = /##\[error\]/;
const jobName = /^Complete job name: /;
const stamp = /^\[?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d[.,\d]*(?:Z|[+-]\d\d:?\d\d)?\]?\s/;
const lastLines = 48;
const mostLines = 400_000;
const longestRead = 600;

/**
 * How much each line of a build's log tells: what tools report in their own forms, the failed step's head and its last lines; of
 * one reason with many names the first. Null for a log of another kind.
 */
export function scoreBuildReport(log: DecodedLog): ReadonlyMap<number, number> | null {
  if (log.format !== "text" || log.lineCount > mostLines) return null;
  const step = failedStep(log);
  if (step === null) return null;
  const scores = new Map<number, number>();
  const raise = (line: number, score: number): void => {
    if (score > (scores.get(line) ?? 0)) scores.set(line, score);
  };
  raiseForms(log, step.from, step.line, raise);
  for (let line = step.line, kept = 0; line > step.from && kept < lastLines; line -= 1) {
    const text = textAt(log, line);
    if (text.trim() === "" || /^##\[(?:end)?group\]/.test(text)) continue;
    raise(line, kept < 10 ? 93 - kept : 82 - kept);
    kept += 1;
  }
  raiseHead(log, step.from, raise);
  return scores;
}

function raiseForms(log: DecodedLog, from: number, end: number, raise: (line: number, score: number) => void): void {
  const kept = new Map<string, number>();
  const reasons = new Set<string>();
  for (let line = 1; line <= log.lineCount; line += 1) {
    const text = textAt(log, line);
    if (text.length < 4) continue;
    const within = line >= from && line <= end;
    if (said.test(text)) raise(line, line <= end ? 98 : 50);
    else if (jobName.test(text)) raise(line, 87);
    const form = forms.find((one) => one.pattern.test(text));
    if (form === undefined) continue;
    const reason = reasonOf(text);
    const number = kept.get(`${form.kind}|${within}`) ?? 0;
    if (reasons.has(reason) || number >= (form.most ?? 6)) continue;
    reasons.add(reason);
    kept.set(`${form.kind}|${within}`, number + 1);
    const score = (within ? form.score : form.score * 0.55) - number;
    raise(line, score);
    for (let next = 1, taken = 0; taken < (form.after ?? 0) && next < 30 && line + next <= end; next += 1) {
      if (textAt(log, line + next).trim() === "") continue;
      taken += 1;
      raise(line + next, score - 3 - taken * 1.5);
    }
  }
}

/** What failed behind the name of the test that shows it: many tests fail for one reason. */
function reasonOf(text: string): string {
  const cut = text.indexOf(" - ");
  const reason = cut > 0 && text.startsWith("FAILED ") ? text.slice(cut) : text;
  return reason.slice(0, 160).replaceAll(/\d+/g, "0");
}

/** The step's name and the command it ran, up to the settings that the runner lists. */
function raiseHead(log: DecodedLog, from: number, raise: (line: number, score: number) => void): void {
  for (let line = from, kept = 0; line < from + 12 && kept < 4; line += 1) {
    const text = textAt(log, line);
    if (/^##\[endgroup\]|^shell: |^env:/.test(text)) return;
    if (text.trim() === "") continue;
    raise(line, 88 - kept);
    kept += 1;
  }
}

/** Without colour codes, as they are or in the caret notation of a saved screen. */
export function withoutColours(text: string): string {
  return plainText(text).replaceAll(/\^\[\[[0-9;]*m/g, "");
}

/** A line as the tool wrote it: without colours and the build system's time stamp. */
function textAt(log: DecodedLog, line: number): string {
  const raw = log.line(line);
  if (raw === null) return "";
  return withoutColours(raw.length > longestRead ? raw.slice(0, longestRead) : raw).replace(stamp, "");
}
