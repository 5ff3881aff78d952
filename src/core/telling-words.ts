import { normaliseException } from "./rca/normalise.js";
import type { Verdict } from "./verdict.js";

const mostWords = 40;
/** Fewer words are no wording: two short messages are easily alike by chance. */
const fewestWords = 5;
/** At least so much of all words must be in both; measured on look-alikes, a wrong match is worse than none. */
const alike = 0.75;

/** The wording of the line that shows the cause, without what differs from run to run; sorted, each word once. */
export function tellingWords(verdict: Verdict): readonly string[] {
  const line = verdict.evidence[0]?.text ?? "";
  const words = normaliseException(line)
    .replaceAll(/<\w+>/g, " ")
    .toLowerCase()
    .split(/[^\p{L}_]+/u)
    .filter((word) => word.length >= 3);
  return [...new Set(words)].sort().slice(0, mostWords);
}

/** True when both say nearly the same; false for wordings too short to tell. */
export function areAlike(one: readonly string[], other: readonly string[]): boolean {
  if (Math.min(one.length, other.length) < fewestWords) return false;
  const known = new Set(other);
  const shared = one.filter((word) => known.has(word)).length;
  return shared / (one.length + other.length - shared) >= alike;
}
