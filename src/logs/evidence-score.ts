import type { ExceptionChain, LogRecord } from "../core/rca/reading.js";
import type { DecodedLog } from "./decoded-log.js";

const cause =
  /\b(?:error|exception|fatal|panic(?:ked)?|killed|oom|out of memory|denied|forbidden|unauthori[sz]ed|refused|reset by peer|timed? ?out|timeout|not found|no such|cannot|can't|could not|unable to|failed|failure|undefined|unresolved|unknown|unrecogni[sz]ed|unsupported|illegal|malformed|not (?:a|in|defined|allowed|permitted|readable|writable)|invalid|missing|mismatch(?:ed)?|unexpected|expected|assert\w*|segmentation fault|segfault|abort(?:ed)?|conflict|exceeded|too many|no space left|does not exist|duplicate|violat\w+|rejected|corrupt\w*|deadlock|terminated|unreachable|lost|expired|quota|throttl\w+)\b|\w(?:Error|Exception)\b|\bE {3}|npm ERR|##\[error\]|\b[A-Z]{2,5}\d{3,5}:|✗|✖|\[[A-Z][A-Z0-9_]+(?:\.[A-Z0-9_]+)?\] /gi;
const strong =
  /\b(?:fatal|panic|caused by|root cause|oomkilled|traceback|sqlstate|segmentation fault|assertionerror|errno|##\[error\])|error:|error\[|\w(?:Error|Exception): |^E {3}|FAILED|✗|✖/i;
const reassuring =
  /\b0 (?:errors?|failed|failures|warnings?)\b|(?:errors?|failures?|failed|exceptions?)["']?\s*[=:]\s*(?:0\b|none|null|false|\[\])|no errors?\b|without errors?\b|will (?:be )?retr|retrying|\bignored?\b|deprecat|\bon_failure|\bfail_fast|continue-on-error/i;
const echo =
  /exit(?:ed)? (?:with )?(?:return )?(?:code|status) [1-9]|process completed with exit code|job aborted|task failed with exception|bash command failed|see (?:the )?(?:log|above|output)|command returned a non-zero/i;
const levelScore = { debug: 0, info: 0, warning: 14, error: 26, critical: 32 } as const;

/** How much each kept line tells about why the run failed; lines that tell nothing are left out. */
export function scoreLines(log: DecodedLog): ReadonlyMap<number, number> {
  const scores = new Map<number, number>();
  const raise = (line: number, score: number): void => {
    if (score > (scores.get(line) ?? 0)) scores.set(line, score);
  };
  for (const { line, text } of log.retained()) {
    const score = scoreOfText(text);
    if (score > 0) raise(line, score);
  }
  for (const record of log.records) {
    const score = scoreOfRecord(record);
    if (score > 0) raise(record.firstLine, Math.min(60, score + (scores.get(record.firstLine) ?? 0) / 2));
  }
  const decisive = decisiveChains(log);
  for (const chain of log.chains) raiseChain(chain, decisive.has(chain) ? 100 : 58, raise);
  for (const end of log.ends) raise(end.line, end.kind.startsWith("marked_") ? 30 : 48);
  return scores;
}

function scoreOfText(text: string): number {
  const sample = text.length > 2_000 ? text.slice(0, 2_000) : text;
  const words = new Set<string>();
  for (const [word] of sample.matchAll(cause)) {
    words.add(word.toLowerCase());
    if (words.size >= 4) break;
  }
  if (words.size === 0) return 0;
  let score = 16 + 6 * words.size;
  if (strong.test(sample)) score += 14;
  if (reassuring.test(sample)) score -= 24;
  if (echo.test(sample)) score -= 10;
  return Math.max(score, 1);
}

function scoreOfRecord(record: LogRecord): number {
  return record.level === null ? 0 : levelScore[record.level];
}

/** The last traceback under a statement of failure, else the last one that was printed as an error. */
function decisiveChains(log: DecodedLog): ReadonlySet<ExceptionChain> {
  const failing = log.chains.filter((chain) => /^(?:Task failed with exception|Failed to execute)/.test(chain.heading));
  const chosen = failing.length > 0 ? failing : log.chains.filter((chain) => chain.level !== "warning");
  const last = chosen.at(-1) ?? log.chains.at(-1);
  return new Set(last === undefined ? [] : [last, chosen[0] ?? last]);
}

function raiseChain(chain: ExceptionChain, weight: number, raise: (line: number, score: number) => void): void {
  chain.chain.forEach((note, index) => {
    const isEdge = index === 0 || index === chain.chain.length - 1;
    raise(note.line, isEdge ? weight : weight * 0.8);
    const lastOfMessage = Math.min(note.lastLine, note.line + 12);
    for (let line = note.line + 1; line <= lastOfMessage; line += 1)
      raise(line, weight * 0.62 - (line - note.line) / 4);
  });
}
