import type { Category } from "../../verdict.js";
import type { WordModel } from "./opinion.js";

/** A word model as it is kept in the repository: one line a feature, that a person can read. */
export interface PackedWords {
  readonly categories: readonly Category[];
  readonly bias: readonly number[];
  /** How many failures it was learnt from; with a feature's own count it says how rare the feature is. */
  readonly failures: number;
  /** A fingerprint of the labelled failures it was learnt from. */
  readonly taughtBy: string;
  /** What one step of a weight is worth. */
  readonly step: number;
  /** The feature, how many failures had it, and its weight for each category as a digit of `digits`; parted by tabs. */
  readonly lines: readonly string[];
}

/** Weights from -31 to 31. */
export const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+";
export const mostSteps = 31;

/** Rare words tell more. */
export function rarityOf(failures: number, having: number): number {
  return Math.log(1 + failures / having);
}

/** The model behind a packed one; its lines are read when it is first asked. */
export function unpackWords(packed: PackedWords): WordModel {
  let known: Map<string, { rarity: number; weights: Float32Array }> | null = null;
  return {
    categories: packed.categories,
    bias: packed.bias,
    of: (feature) => {
      known ??= new Map(packed.lines.map((line) => entryOf(line, packed)));
      return known.get(feature) ?? null;
    },
  };
}

function entryOf(line: string, { failures, step }: PackedWords): [string, { rarity: number; weights: Float32Array }] {
  const [feature = "", having = "1", packed = ""] = line.split("\t");
  const weights = Float32Array.from(packed, (digit) => (digits.indexOf(digit) - mostSteps) * step);
  return [feature, { rarity: rarityOf(failures, Number(having)), weights }];
}
