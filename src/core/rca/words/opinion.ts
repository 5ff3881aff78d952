import { type Category, categories } from "../../verdict.js";
import type { Features } from "./features.js";

/** How likely each category is by the words of a failure; the shares sum to 1. */
export type Opinion = ReadonlyMap<Category, number>;

/** A linear model over counted words. */
export interface WordModel {
  /** The categories it tells apart, in the order of its weights. */
  readonly categories: readonly Category[];
  readonly bias: readonly number[];
  /** For each feature how rare it is, and its weight for each category; null for one that it never met. */
  readonly of: (feature: string) => { readonly rarity: number; readonly weights: ArrayLike<number> } | null;
}

/** The opinion of a word model; null when it knows none of the words. */
export function opinionOf(model: WordModel, features: Features): Opinion | null {
  const sums = model.categories.map(() => 0);
  let length = 0;
  for (const [feature, weight] of features) {
    const known = model.of(feature);
    if (known === null) continue;
    const value = weight * known.rarity;
    length += value * value;
    for (let index = 0; index < sums.length; index += 1) {
      sums[index] = (sums[index] ?? 0) + value * (known.weights[index] ?? 0);
    }
  }
  if (length === 0) return null;
  const scores = sums.map((sum, index) => sum / Math.sqrt(length) + (model.bias[index] ?? 0));
  const highest = Math.max(...scores);
  const shares = scores.map((score) => Math.exp(score - highest));
  const whole = shares.reduce((sum, share) => sum + share, 0);
  return new Map(model.categories.map((category, index) => [category, (shares[index] ?? 0) / whole]));
}

/** The likeliest category, and how likely it and the next one are. */
export function likeliest(opinion: Opinion): {
  readonly category: Category;
  readonly share: number;
  readonly next: number;
} {
  const ordered = [...opinion].sort(([, one], [, other]) => other - one);
  const [category, share] = ordered[0] ?? [categories[0], 0];
  return { category, share, next: ordered[1]?.[1] ?? 0 };
}
