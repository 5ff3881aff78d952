const longestShown = 420;
const headLength = 110;
const tailLength = 60;
const longestWord = 160;
/** Class names of Spark and Delta, exceptions, and the errors that operators quote in a list. */
const telling =
  /\[[A-Z][A-Z0-9_]{4,80}(?:\.[A-Z0-9_]{1,80})?\]|["']error["']: |\w(?:Error|Exception): |caused by|error message|sqlstate|terminal state: FAILED/gi;
const before = 12;
const behind = 190;

/** A long line keeps its start, what is around its errors, and its end, with `…` at the cuts; endless words are cut. */
export function shortenLine(text: string): string {
  const line = text.replace(/\S{161,}/g, (word) => shortenWord(word));
  if (line.length <= longestShown) return line;
  const end = line.length - tailLength;
  const spans: { from: number; to: number }[] = [{ from: 0, to: headLength }];
  let room = longestShown - headLength - tailLength;
  for (const { index } of [...line.matchAll(telling)].reverse()) {
    const last = spans.at(-1);
    const from = Math.max(headLength, index - before);
    const to = Math.min(end, index + behind, last !== undefined && last.from > from ? last.from : end);
    if (from >= to || room <= 0) continue;
    const taken = Math.min(to - from, room);
    spans.push({ from, to: from + taken });
    room -= taken;
  }
  if (spans.length === 1) spans.push({ from: end - room, to: end });
  spans.push({ from: end, to: line.length });
  spans.sort((a, b) => a.from - b.from);
  return spans
    .map(({ from, to }, index) => (index > 0 && (spans[index - 1]?.to ?? 0) < from ? "…" : "") + line.slice(from, to))
    .join("");
}

function shortenWord(word: string): string {
  return `${word.slice(0, longestWord)}…`;
}
