import { scoreBuildReport, withoutColours } from "./build-report.js";
import type { DecodedLog } from "./decoded-log.js";
import { scoreLines } from "./evidence-score.js";
import { loadTokenCounter, type TokenCounter } from "./o200k.js";
import { shortenLine } from "./shorten-line.js";
import { templateOf } from "./template.js";

interface Pick {
  readonly line: number;
  readonly score: number;
  readonly repeats: number;
}

const longestShown = 420;
/** Few texts have fewer than two characters a token. */
const charsPerToken = 4.5;
const mostCandidates = 4_000;

/**
 * The evidence of a log as plain text with line numbers, at most `budget` o200k tokens: what tells the cause, its
 * surroundings, the end; of repeated statements the first with `xN`.
 */
export async function condense(log: DecodedLog, budget: number): Promise<string> {
  if (budget < 1 || log.lineCount === 0) return "";
  const counter = await loadTokenCounter();
  const picks = withSurroundings(log, rank(log));
  let chosen = withinChars(log, picks, budget * charsPerToken);
  for (;;) {
    const text = render(log, chosen);
    const tokens = counter.count(text);
    if (tokens <= budget) return text;
    if (chosen.length === 1) return cutToBudget(text, budget, counter);
    const keep = Math.floor(chosen.length * Math.min(0.95, (budget / tokens) * 0.98));
    chosen = chosen.slice(0, Math.max(1, keep));
  }
}

/** Best first; of lines with the same template only the first, with their number. */
function rank(log: DecodedLog): readonly Pick[] {
  const scores = mergedScores(log);
  const byTemplate = new Map<string, { line: number; score: number; repeats: number }>();
  for (const [line, score] of [...scores].sort((a, b) => a[0] - b[0])) {
    const template = templateOf(statementOf(log.line(line) ?? ""));
    const more = log.repeats.get(line) ?? 0;
    const seen = byTemplate.get(template);
    if (seen === undefined) byTemplate.set(template, { line, score, repeats: 1 + more });
    else {
      seen.repeats += 1 + more;
      if (score > seen.score) {
        seen.score = score;
        seen.line = score >= 58 ? line : seen.line;
      }
    }
  }
  const lastLine = log.lineCount;
  return [...byTemplate.values()]
    .map((pick) => ({
      ...pick,
      score: pick.score - Math.min(8, Math.log2(pick.repeats)) + nearEnd(pick.line, lastLine),
    }))
    .sort((a, b) => b.score - a.score || a.line - b.line)
    .slice(0, mostCandidates);
}

/** In a build's log its report goes before lines that only have such words. */
function mergedScores(log: DecodedLog): ReadonlyMap<number, number> {
  const report = scoreBuildReport(log);
  if (report === null) return scoreLines(log);
  const scores = new Map([...scoreLines(log)].map(([line, score]) => [line, score * 0.5]));
  for (const [line, score] of report) scores.set(line, Math.max(score, scores.get(line) ?? 0));
  return scores;
}

function nearEnd(line: number, lastLine: number): number {
  return lastLine - line < 60 ? 4 : 0;
}

/** The line without its time stamp, so that repeats are seen. */
function statementOf(text: string): string {
  return text.replace(/^[\d\s:.,TZ+/[\]-]{8,40}/, "");
}

/** Behind every few picks come the lines around the best of them, and at last the end of the log. */
function withSurroundings(log: DecodedLog, ranked: readonly Pick[]): readonly Pick[] {
  const taken = new Set(ranked.map((pick) => pick.line));
  const around: Pick[] = [];
  const add = (line: number, score: number): void => {
    if (line < 1 || line > log.lineCount || taken.has(line) || (log.line(line) ?? "").trim() === "") return;
    taken.add(line);
    around.push({ line, score, repeats: 1 });
  };
  for (const pick of ranked.slice(0, 40)) {
    const near = pick.score >= 58 ? 3 : 1;
    for (let step = 1; step <= near; step += 1) {
      add(pick.line - step, pick.score * (0.62 - step * 0.08));
      add(pick.line + step, pick.score * (0.56 - step * 0.08));
    }
  }
  for (let line = log.lineCount; line > log.lineCount - 4; line -= 1) add(line, 12);
  return [...ranked, ...around].sort((a, b) => b.score - a.score || a.line - b.line);
}

function withinChars(log: DecodedLog, picks: readonly Pick[], chars: number): readonly Pick[] {
  const chosen: Pick[] = [];
  let used = 0;
  for (const pick of picks) {
    used += Math.min(longestShown, (log.line(pick.line) ?? "").length) + 8;
    if (used > chars && chosen.length > 0) break;
    chosen.push(pick);
  }
  return chosen;
}

function render(log: DecodedLog, picks: readonly Pick[]): string {
  const width = String(log.lineCount).length;
  return [...picks]
    .sort((a, b) => a.line - b.line)
    .map(({ line, repeats }) => {
      const times = repeats > 1 ? ` x${repeats}` : "";
      return `${String(line).padStart(width)}| ${shortenLine(shown(log.line(line) ?? ""))}${times}`;
    })
    .join("\n");
}

/** Without colours and the stamp that a build system puts before every line, which cost a third of a line's tokens. */
function shown(text: string): string {
  return withoutColours(text).replace(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z /, "");
}

function cutToBudget(text: string, budget: number, counter: TokenCounter): string {
  let cut = text;
  while (cut !== "" && counter.count(cut) > budget) cut = cut.slice(0, Math.floor(cut.length * 0.8));
  return cut;
}
