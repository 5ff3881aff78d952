import { shorten } from "./sentence.js";

/** One difference to the last good run in a sentence; the heavier it is, the likelier it matters. */
export interface Change {
  readonly weight: number;
  readonly words: string;
}

const mostChanges = 5;
const longestSentence = 240;
const longestName = 80;

/** The most telling differences first, as sentences. */
export function tellingChanges(changes: readonly Change[]): readonly string[] {
  const sorted = [...changes].sort((one, other) => other.weight - one.weight);
  return [...new Set(sorted.map(({ words }) => shorten(words, longestSentence)))].slice(0, mostChanges);
}

/** A name or value from outside, marked as one: in one line, bounded, without marks of its own. */
export function named(value: string): string {
  return `\`${shorten(value.replaceAll("`", "'"), longestName)}\``;
}

/** Names side by side, at most so many of them. */
export function namedList(values: readonly string[], shown = 3): string {
  const more = values.length - shown;
  return `${values.slice(0, shown).map(named).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
