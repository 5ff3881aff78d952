import type { Evidence } from "../evidence.js";
import type { Finding } from "./rank.js";
import type { Quote, Statement } from "./statement.js";

const longest = 500;
const most = 8;

/** A line for people: whole up to 500 characters, else the part around the match between cut marks. */
export function cutLine(text: string, around = 0): string {
  if (text.length <= longest) return text;
  const from = Math.max(0, Math.min(around - 120, text.length - 420));
  const part = text.slice(from, from + 420);
  return `${from > 0 ? "…" : ""}${part}${from + 420 < text.length ? "…" : ""}`;
}

/** E1 is the line of the finding that its proof matches best; then what stands around it, then what else supports it. */
export function evidenceOf(finding: Finding, support: readonly Quote[]): readonly Evidence[] {
  const quotes = [...finding.statement.quotes];
  const pattern = finding.proof.text;
  const matching = pattern === undefined ? -1 : quotes.findIndex((quote) => pattern.test(quote.text));
  const first = quotes[Math.max(0, matching)];
  const behind = quotes.slice(Math.max(0, matching) + 1, Math.max(0, matching) + 5);
  const rest = [...behind, ...quotes.filter((quote) => quote !== first).slice(0, 5 - behind.length)];
  const ordered = [...(first === undefined ? [] : [first]), ...rest, ...support];
  const offset = first === undefined || pattern === undefined ? 0 : (pattern.exec(first.text)?.index ?? 0);
  return numbered(ordered, offset);
}

/** The best that is known when nothing decides. */
export function evidenceOfStatements(statements: readonly Statement[], support: readonly Quote[]): readonly Evidence[] {
  const ordered = [...statements].sort((one, other) => other.weight - one.weight).slice(0, 4);
  return numbered([...ordered.flatMap((one) => one.quotes.slice(0, 2)), ...support], 0);
}

function numbered(quotes: readonly Quote[], offset: number): readonly Evidence[] {
  const seen = new Set<string>();
  const evidence: Evidence[] = [];
  for (const quote of quotes) {
    if (evidence.length >= most) break;
    const key = `${quote.source}|${quote.line ?? quote.text}`;
    if (seen.has(key) || quote.text.trim() === "" || isEcho(quote, evidence)) continue;
    seen.add(key);
    const text = cutLine(quote.text, evidence.length === 0 ? offset : 0);
    evidence.push({ id: `E${evidence.length + 1}`, source: quote.source, line: quote.line, text });
  }
  return evidence;
}

/** A body often repeats another's message, at most with a few words before it; lines of the log always stand for themselves. */
function isEcho(quote: Quote, earlier: readonly Evidence[]): boolean {
  const text = quote.text.trim();
  return (
    quote.line === null &&
    earlier.some(
      (known) =>
        known.text.includes(text) ||
        (known.text.length >= 40 && text.includes(known.text) && text.length - known.text.length < 60),
    )
  );
}
