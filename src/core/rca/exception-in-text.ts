/** Finds exceptions in running text, where no decoder built chains: Databricks outputs, import errors, CI lines. */

export interface FoundException {
  readonly type: string;
  readonly message: string;
  /** Index of its line among the given lines. */
  readonly index: number;
  /** Index of the last line of its message. */
  readonly lastIndex: number;
  readonly causedBy: boolean;
}

const typeEnding =
  /(?:Error|Exception|Exit|Interrupt|Timeout|TimedOut|Failure|Fault|Violation|Abort|Aborted|NotFound|Unavailable|Forbidden|Unauthorized|Conflict|BadRequest|TooManyRequests|InvalidArgument|Cancelled|DoesNotExist|Refused|Denied|BrokersAvailable|StopIteration)$/;
const dottedName = /^(?:[A-Za-z_][\w$]*\.)*[A-Za-z_][\w$]*$/;
const lead =
  /^(?:Caused by: |Exception in thread "[^"]{0,80}" |E {3,}|\| |: |> |Uncaught |Unhandled exception\. |\[[\w.:-]{1,16}\] )/;
const inline = /executor [^)\s]{1,60}(?: [^)]{0,40})?\): ((?:[\w$]+\.)+[\w$]+)(?:: (.*))?$/;

/** The exception a line states, as `Type: message`; null when it states none. */
export function exceptionAt(raw: string): { type: string; message: string; causedBy: boolean } | null {
  let line = raw.length > 4_000 ? raw.slice(0, 4_000) : raw;
  line = line.trimStart();
  const causedBy = line.startsWith("Caused by: ");
  for (let step = 0; step < 2; step += 1) line = line.replace(lead, "");
  const colon = line.indexOf(":");
  const head = (colon < 0 ? line : line.slice(0, colon)).trimEnd();
  if (head.length < 3 || head.length > 160 || !dottedName.test(head)) return null;
  if (colon >= 0 && colon + 1 < line.length && line[colon + 1] !== " ") return null;
  const segments = head.split(/[.$]/);
  const last = segments.at(-1) ?? "";
  const dotted = segments.length >= 3 && /^[A-Z][a-z]\w{3,}$/.test(last) && colon >= 0;
  if (!typeEnding.test(last) && !dotted) return null;
  if (colon < 0 && segments.length < 2 && !/[a-z](?:Error|Exception)$/.test(last)) return null;
  return { type: head, message: colon < 0 ? "" : line.slice(colon + 1).trim(), causedBy };
}

/** Every exception stated in the lines, in order; a message takes the lines behind it until a frame or the next exception. */
export function exceptionsIn(lines: readonly string[]): readonly FoundException[] {
  const found: FoundException[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? "";
    const stated = exceptionAt(line) ?? raisedAt(lines, index);
    if (stated !== null) {
      const lastIndex = messageEnd(lines, index);
      const more = lines.slice(index + 1, lastIndex + 1);
      found.push({ ...stated, message: [stated.message, ...more].join("\n"), index, lastIndex });
    }
    const nested = line.length < 4_000 ? inline.exec(line) : null;
    if (nested?.[1] !== undefined && typeEnding.test(nested[1])) {
      found.push({ type: nested[1], message: nested[2] ?? "", index, lastIndex: index, causedBy: true });
    }
  }
  return found;
}

const pythonFrame = /^\s*File "[^"]{1,300}", line \d+/;
const ownName = /^\s{0,2}((?:[A-Za-z_]\w*\.)*[A-Z]\w{2,80})(?:: (.{0,4000}))?$/;

/** Right behind a frame of Python any capitalised name is the exception, whatever it is called. */
function raisedAt(
  lines: readonly string[],
  index: number,
): { type: string; message: string; causedBy: boolean } | null {
  const named = ownName.exec(lines[index] ?? "");
  if (named?.[1] === undefined) return null;
  const near = lines.slice(Math.max(0, index - 3), index);
  if (!near.some((line) => pythonFrame.test(line))) return null;
  return { type: named[1], message: named[2] ?? "", causedBy: false };
}

const frame = /^\s*(?:at |File |\.\.\. \d+ more|Traceback \(|-+>? ?\d|\d+ |\^)/;

function messageEnd(lines: readonly string[], from: number): number {
  let last = from;
  while (last + 1 < lines.length && last - from < 12) {
    const next = lines[last + 1] ?? "";
    if (next.trim() === "" || frame.test(next) || exceptionAt(next) !== null) break;
    last += 1;
  }
  return last;
}
