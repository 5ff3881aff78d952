import type { Card, Line } from "../card.js";
import { plain } from "../plain.js";
import { prose } from "./spans.js";

/** A screenful; whoever wants more asks more closely. */
const lineLimit = 20;

/** An answer to a question: sentences, or lines that are already spans. */
export function answerCard(
  lines: readonly (string | Line)[],
  options: { readonly simulated?: boolean; readonly subject?: string } = {},
): Card {
  const drawn = lines.slice(0, lineLimit).map((line) => (typeof line === "string" ? prose(line) : line));
  if (lines.length > lineLimit) drawn.push(prose(`… and ${lines.length - lineLimit} more.`));
  return {
    subject: options.subject ?? "answer",
    tone: "neutral",
    fallback: plain(firstWords(drawn) || "Answer", 300),
    simulated: options.simulated ?? false,
    blocks: [{ b: "lines", lines: drawn }],
  };
}

function firstWords(lines: readonly Line[]): string {
  return (lines[0] ?? []).map((span) => ("text" in span ? span.text : "")).join("");
}
