import type { Line, Span } from "../card.js";
import { plain } from "../plain.js";

/** No single piece of a card is longer than this; adapters have limits of their own on top. */
const pieceLimit = 600;

export function text(value: string): Span {
  return { t: "text", text: spaced(value) };
}

export function bold(value: string): Span {
  return { t: "bold", text: spaced(value) };
}

export function code(value: string): Span {
  return { t: "code", text: plain(value, pieceLimit) };
}

/** ISO 8601 in, the reader's own zone out. */
export function time(at: string, style: "time" | "date_time" | "relative" = "time"): Span {
  return { t: "time", at, style };
}

export function person(id: string, name: string): Span {
  return { t: "person", id, name: plain(name, 80) };
}

/** A sentence in which `backticks` mark names: they become code spans, and everything else stays plain text. */
export function prose(value: string): Line {
  const parts = plain(value, pieceLimit).split("`");
  // An odd mark has no partner: the sentence stays as it is.
  if (parts.length % 2 === 0) return [text(parts.join("'"))];
  return parts
    .map((part, index): Span => (index % 2 === 1 ? { t: "code", text: part } : { t: "text", text: part }))
    .filter((span) => "text" in span && span.text !== "");
}

/** Lines side by side with ` · ` between them; empty ones fall out. */
export function dotted(parts: readonly Line[]): Line {
  return parts
    .filter((part) => part.length > 0)
    .flatMap((part, index) => (index === 0 ? part : [{ t: "text", text: " · " } as const, ...part]));
}

/** Names as one phrase of at most `shown` of them: `a, b, c and 4 more`. */
export function listed(names: readonly string[], shown: number): string {
  const head = names.slice(0, shown).map((name) => plain(name, 80));
  const more = names.length - head.length;
  return more > 0 ? `${head.join(", ")} and ${more} more` : head.join(", ");
}

// The blanks around a span separate it from its neighbours, so only the inside is tidied.
function spaced(value: string): string {
  const inner = plain(value, pieceLimit);
  if (inner === "") return value === "" ? "" : " ";
  return `${/^\s/.test(value) ? " " : ""}${inner}${/\s$/.test(value) ? " " : ""}`;
}
