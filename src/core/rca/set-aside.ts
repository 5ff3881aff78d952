import { isEcho } from "./echo.js";
import type { LogReading } from "./reading.js";

const mostLines = 400_000;
const none: ReadonlySet<number> = new Set();
/** Airflow's preparation stands at the head of its log. */
const headRecords = 300;
const rescheduled = /^Rescheduling task\b|\bmarking task as UP_FOR_RESCHEDULE\b/i;
const captured = /^-{4,} ?Captured (?:stdout|stderr|log)\b.{0,40}-{4,}$|^ {2,4}console\.(?:log|info|warn|error|debug)$/;
const nextPart = /^(?:[=_]{4,}|-{4,} )|^E {3,}|^(?:PASS|FAIL)\b| {2}[●✓✕√×] |^Test Suites: /;
const stamp = /^\d{4}-\d\d-\d\dT[\d:.]+Z /;

const stageNamed =
  /^\[Stage (\d+):|\b(?:in|Submitting \w*Stage|Adding task set|ResultStage|ShuffleMapStage) (?:stage )?(\d+)(?:\.\d+)?\b/;

/** Where a log says itself that what stands there did not end the try. */
export interface SetAside {
  holds(line: number): boolean;
}

/** A program announces that it tries again; what it says right before is why. */
const announced = /\b(?:re-?try(?:ing)?|trying again|new attempt|next attempt)\b.{0,60}\d/i;
const lastOne = /\b(\d{1,3}) ?(?:\/|of) ?\1\b/i;
const digits = /\d+/g;

/**
 * What stands before the last stage that Spark began: the program went on after it. Airflow's own preparation, once it was over and the task began (it renders templates for show, and goes on without);
 * and what a test runner has caught of a test's output, where the assertion is what failed; and why a program tried something again, where that never came back.
 */
export function setAsideOf(reading: LogReading): SetAside {
  const began = reading.format === "spark" ? lastStageAt(reading) : beganAt(reading);
  const parts = reading.format === "text" && reading.lineCount <= mostLines ? capturedParts(reading) : [];
  const retried =
    parts.length === 0 && reading.format === "text" && reading.lineCount <= mostLines ? whyRetried(reading) : none;
  return {
    holds: (line) => line < began || retried.has(line) || parts.some(({ from, to }) => line > from && line < to),
  };
}

/** Lines right before a new try of something that did not fail in the same words again, and that something else came after. */
function whyRetried(reading: LogReading): ReadonlySet<number> {
  const why = new Map<string, { readonly line: number; readonly announcedAt: number }>();
  let before = { line: 0, text: "" };
  let wentOnAt = 0;
  for (let line = 1; line <= reading.lineCount; line += 1) {
    const text = (reading.line(line) ?? "").slice(0, 300);
    if (why.size > 0) why.delete(text.replaceAll(digits, "#"));
    const announces = announced.test(text);
    if (announces && before.line > 0 && !lastOne.test(text))
      why.set(before.text.replaceAll(digits, "#"), { line: before.line, announcedAt: line });
    if (!announces && text.trim() !== "" && !isEcho(text)) wentOnAt = line;
    before = { line, text };
  }
  return new Set([...why.values()].filter(({ announcedAt }) => wentOnAt > announcedAt).map(({ line }) => line));
}

/** The line at which the task's own work begins, of several starts the one after the last that was given back to the scheduler; 1 where the log does not say. */
function beganAt(reading: LogReading): number {
  const givenBack = reading.records.findLastIndex((record) => rescheduled.test(record.message));
  const from = reading.records.slice(givenBack + 1, givenBack + 1 + headRecords);
  const start = from.findIndex((record) => /^::group::Pre (?:Execute|task execution)/.test(record.message));
  if (start < 0) return 1;
  const over = from.slice(start).find((record) => record.message.startsWith("::endgroup::"));
  return over?.firstLine ?? from[start]?.firstLine ?? 1;
}

/** The line at which a stage of a higher number than any before is first named. */
function lastStageAt(reading: LogReading): number {
  let highest = -1;
  let at = 1;
  for (const { line, text } of reading.retained()) {
    const found = text.length > 4 && /[Ss]tage/.test(text) ? stageNamed.exec(text.slice(0, 400)) : null;
    const stage = Number(found?.[1] ?? found?.[2] ?? -1);
    if (stage <= highest) continue;
    highest = stage;
    at = line;
  }
  return at;
}

function capturedParts(reading: LogReading): readonly { readonly from: number; readonly to: number }[] {
  const parts: { from: number; to: number }[] = [];
  let from: number | null = null;
  for (let line = 1; line <= reading.lineCount; line += 1) {
    const raw = reading.line(line);
    if (raw === null || (from === null && !raw.includes("- Captured ") && !raw.includes("  console."))) continue;
    const text = raw.slice(0, 200).replace(stamp, "").trimEnd();
    if (captured.test(text)) {
      if (from !== null) parts.push({ from, to: line });
      from = line;
    } else if (from !== null && nextPart.test(text)) {
      parts.push({ from, to: line });
      from = null;
    }
  }
  if (from !== null) parts.push({ from, to: reading.lineCount + 1 });
  return parts;
}
