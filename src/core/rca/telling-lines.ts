import type { LogReading } from "./reading.js";

/** A line that may state a cause, by its words alone. */
export interface TellingLine {
  readonly line: number;
  readonly text: string;
  /** It has a tool's own mark of an error, not just such a word. */
  readonly loud: boolean;
}

const loudMark =
  /(?:^|[\s\]|>])(?:##\[error\]|::error|error (?=[A-Z"'@])|ERROR\b|FATAL\b|CRITICAL\b|SEVERE\b|E {3,}\S|npm (?:ERR!|error)|(?:[\w./-]{1,80}: )?(?:fatal|error|panic|Error|Fatal)(?:\[[\w-]{1,40}\]| response from daemon)?:|\[ERROR\]|✖|✗|×|FAILED\b|FAIL\b|Failure)/;
/** Written with character classes rather than the i flag, which costs three times as much over a whole log. */
const errorWord =
  /[Ee](?:rr|RR|xc(?:ep|eed)|XC|mpty|MPTY|vict|xhaust|xpired)|[Ff](?:ail|AIL|atal|ATAL|orbid)|[Dd](?:enied|ENIED|uplic|eadl)|[Rr]efus|REFUS|[Cc](?:annot|an't|ould(?:n't| not| NOT)|onflict|ancel|ANCEL)|[Ee]xpect(?:ed\b|\()|[Ii]nsuffic|[Uu]n(?:able|rec|def|kno|auth|exp|reach|avail|resol|sched|satis)|UN(?:AUTH|AVAIL|KNOWN)|[Nn]o(?:t (?:found|exist|ready|a |in )| such| space| rows)|n't exist|not exist|[Tt](?:ime(?:d ?out|out)|oo (?:many|long)|erminat)|[Kk]ill|OOM|[Ii]nval|INVALID|[Mm]is(?:sing|match)|[Aa]bort|ABORT|[Pp]anic|[Ll]ost\b|[Ss]hutdown|[Oo]ut of|[Vv]iolat|\bnull\b|\b0 rows|SQLSTATE|Traceback/;
/** At least one of these stands, in whichever case, in every line with such a word; 3 characters or more. */
export const tellingLiterals: readonly string[] = [
  ...[
    "err",
    "exc",
    "oom",
    "empty",
    "evict",
    "exhaust",
    "expired",
    "fail",
    "fatal",
    "forbid",
    "denied",
    "duplic",
    "deadl",
    "refus",
    "cannot",
  ],
  ...["can't", "couldn't", "could not", "conflict", "cancel", "unable", "unrec", "undef", "unkno", "unauth", "unexp"],
  ...["unreach", "unavail", "unresol", "not found", "not exist", "not ready", "not a ", "not in ", "no such"],
  ...["unsched", "unsatis", "insuffic", "expect"],
  ...["no space", "no rows", "n't exist", "timed out", "timedout", "timeout", "too many", "too long", "terminat"],
  ...["kill", "inval", "missing", "mismatch", "abort", "panic", "lost", "shutdown", "out of", "violat", "null"],
  ...["0 rows", "sqlstate", "traceback"],
];
/** dbt names the model that failed on one line, and says why on the indented lines behind it. */
const heading =
  /\b(?:Database|Runtime|Compilation|Dependency|Parsing) Error in (?:model|test|seed|snapshot|sql operation|macro|rpc)\b/;
const detail = /^ {2,}(?! *compiled (?:SQL|code) at)\S|^\S.{0,90}? {4}(?! *compiled (?:SQL|code) at)\S/;
const probed = 2_000;
const mostTemplates = 6_000;
const colours = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g");
const manyLines = 400_000;

/**
 * Lines up to `until` that may state a cause, one of a template (its last telling, where the first is harmless to lose):
 * with more than `budget` templates the loudest from the start and the last ones.
 */
export function tellingLines(
  reading: LogReading,
  until: number,
  skip: ReadonlySet<number>,
  also: ReadonlySet<number>,
  budget: number,
): readonly TellingLine[] {
  const byTemplate = new Map<number, TellingLine>();
  let headed = Number.NaN;
  for (const { line, text } of linesOf(reading, also)) {
    if (line > until) break;
    if (text.length < 4 || skip.has(line)) continue;
    const probe = text.length > probed ? text.slice(0, probed) : text;
    if (line === headed + 1 && detail.test(probe)) headed = line;
    const isDetail = line === headed;
    if (!errorWord.test(probe) && !isDetail && !also.has(line)) continue;
    if (heading.test(probe)) headed = line;
    const template = templateOf(probe);
    if (byTemplate.has(template) && !also.has(line)) continue;
    if (byTemplate.size >= mostTemplates) byTemplate.delete(oldestAfterStart(byTemplate));
    byTemplate.set(template, { line, text, loud: isDetail || loudMark.test(probe) });
  }
  const found = [...byTemplate.values()].sort((one, other) => one.line - other.line);
  if (found.length <= budget) return found;
  const loud = found.filter((one) => one.loud);
  const first = (loud.length > 0 ? loud : found).slice(0, budget / 2);
  const last = found.slice(-budget / 2).filter((one) => !first.includes(one));
  return [...first, ...last];
}

/** It may state a cause, by its words alone. */
export function isTelling(text: string): boolean {
  return errorWord.test(text.slice(0, probed));
}

/** A whole log is read by number, which makes no object a line; of a huge one only what was kept. */
function* linesOf(
  reading: LogReading,
  also: ReadonlySet<number>,
): Generator<{ readonly line: number; readonly text: string }> {
  if (reading.lineCount > manyLines) {
    yield* reading.retained();
    return;
  }
  for (let line = 1; line <= reading.lineCount; line += 1) {
    if (reading.mayTell?.(line) === false && !also.has(line)) continue;
    const text = reading.line(line);
    if (text !== null) yield { line, text: plainText(text) };
  }
}

/** The text without colour codes. */
export function plainText(text: string): string {
  return text.includes("\u001b") ? text.replaceAll(colours, "") : text;
}

function oldestAfterStart(templates: ReadonlyMap<number, TellingLine>): number {
  let index = 0;
  for (const key of templates.keys()) {
    index += 1;
    if (index > mostTemplates / 2) return key;
  }
  return 0;
}

/** A hash of the text without its digits: time stamps, counters and ids make no new template. */
function templateOf(text: string): number {
  let hash = 17;
  const end = Math.min(text.length, 240);
  for (let index = 0; index < end; index += 1) {
    const code = text.charCodeAt(index);
    if (code >= 48 && code <= 57) continue;
    hash = (Math.imul(hash, 31) + code) | 0;
  }
  return hash;
}
