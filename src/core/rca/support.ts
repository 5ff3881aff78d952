import { isBookkeeping } from "./echo.js";
import type { Ending } from "./ending.js";
import type { LogReading } from "./reading.js";
import type { Quote, Statement } from "./statement.js";

/** Lines that support a verdict: the other exceptions of the ending, the last own frame, what the task printed last, how the try ended. */
export function supportingQuotes(
  reading: LogReading | null,
  ending: Ending | null,
  chosen: Statement,
): readonly Quote[] {
  if (reading === null || ending === null) return [];
  const quotes: Quote[] = [];
  const add = (line: number): void => {
    const text = reading.line(line);
    if (text !== null && text.trim() !== "") quotes.push({ source: "log", line, text });
  };
  for (const note of ending.chain?.chain.toReversed() ?? []) {
    for (let line = note.line; line <= Math.min(note.lastLine, note.line + 1); line += 1) add(line);
  }
  const frame = ownFrameLine(reading, ending);
  if (frame !== null) add(frame);
  const before = Math.min(ending.chain?.firstLine ?? ending.line, chosen.quotes[0]?.line ?? Number.POSITIVE_INFINITY);
  for (const line of lastOutput(reading, before, 3)) add(line);
  for (const marker of ending.markers.slice(-2)) add(marker.line);
  return quotes;
}

function ownFrameLine(reading: LogReading, ending: Ending): number | null {
  const chain = ending.chain;
  if (chain === null) return null;
  const own = chain.chain.flatMap((note) => note.frames).filter((frame) => frame.own);
  const last = own.at(-1);
  if (last === undefined) return null;
  const wanted = `File "${last.file}", line ${last.lineNumber ?? ""}`;
  for (let line = chain.lastLine; line >= chain.firstLine; line -= 1) {
    if (reading.line(line)?.includes(wanted) === true) return line;
  }
  return null;
}

/** What operators print while they wait, and warnings of the interpreter: no cause stands there. */
const saysNothing =
  /warnings\.warn|DeprecationWarning|^Sleeping for \d|^View run status|^(?:Run|Job) submitted with run_id|^Polling |^Waiting (?:for )?\d+ ?s|^Poking(?::| for)|\bin run state: \{?'?life_cycle_state'?: '?(?:PENDING|RUNNING|QUEUED|TERMINATING)/;

/** The last lines the task itself wrote before a line. */
export function lastOutput(reading: LogReading, before: number, count: number): readonly number[] {
  const found: number[] = [];
  for (let index = reading.records.length - 1; index >= 0 && found.length < count; index -= 1) {
    const record = reading.records[index];
    if (record === undefined || record.firstLine >= before) continue;
    if (isBookkeeping(record.message) || record.message.trim() === "" || saysNothing.test(record.message)) continue;
    found.push(record.firstLine);
  }
  return found;
}
