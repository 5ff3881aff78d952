import type { Features } from "../../src/core/rca/words/features.js";
import type { WordModel } from "../../src/core/rca/words/opinion.js";
import { digits, mostSteps, type PackedWords, rarityOf } from "../../src/core/rca/words/unpack.js";
import type { Category } from "../../src/core/verdict.js";

/** A failure to learn from. */
export interface Lesson {
  readonly features: Features;
  readonly category: Category;
}

/** A learnt model, with what is needed to pack it. */
export interface LearntWords extends WordModel {
  readonly failures: number;
  readonly entries: ReadonlyMap<string, Entry>;
}

interface Entry {
  readonly having: number;
  readonly rarity: number;
  readonly weights: Float64Array;
}

const rounds = 20;
const firstStep = 4;
const fade = 0.02;
const biasShare = 0.1;
/** What one failure alone has said is no word for a category. */
const leastHaving = 2;
/** Of the largest weights so many are cut to what a digit can hold. */
const cutShare = 0.0005;
/** Features that hardly speak for anything are not kept; in steps. */
const leastSteps = 6;

/** Multinomial logistic regression by stochastic descent; the same lessons in the same order give the same model. */
export function learnWords(lessons: readonly Lesson[]): LearntWords {
  const categories = [...new Set(lessons.map((one) => one.category))].sort();
  const entries = entriesOf(lessons, categories.length);
  const rows = lessons.map(({ features, category }) => ({
    row: rowOf(features, entries),
    right: categories.indexOf(category),
  }));
  const bias = categories.map(() => 0);
  const next = numbers();
  const order = rows.map((_, index) => index);
  for (let round = 0; round < rounds; round += 1) {
    shuffle(order, next);
    const step = firstStep / (1 + 0.3 * round);
    for (const index of order) descend(rows[index] ?? { row: [], right: 0 }, bias, step);
    for (const { weights } of entries.values())
      for (let at = 0; at < weights.length; at += 1) weights[at] = (weights[at] ?? 0) * (1 - fade);
  }
  return { categories, bias, failures: lessons.length, entries, of: (feature) => entries.get(feature) ?? null };
}

function entriesOf(lessons: readonly Lesson[], width: number): ReadonlyMap<string, Entry> {
  const having = new Map<string, number>();
  for (const { features } of lessons)
    for (const feature of features.keys()) having.set(feature, (having.get(feature) ?? 0) + 1);
  const kept = [...having].filter(([, count]) => count >= leastHaving);
  return new Map(
    kept.map(([feature, count]) => [
      feature,
      { having: count, rarity: rarityOf(lessons.length, count), weights: new Float64Array(width) },
    ]),
  );
}

type Row = readonly { readonly entry: Entry; readonly value: number }[];

function rowOf(features: Features, entries: ReadonlyMap<string, Entry>): Row {
  const row = [...features].flatMap(([feature, weight]) => {
    const entry = entries.get(feature);
    return entry === undefined ? [] : [{ entry, value: weight * entry.rarity }];
  });
  const length = Math.sqrt(row.reduce((sum, { value }) => sum + value * value, 0)) || 1;
  return row.map(({ entry, value }) => ({ entry, value: value / length }));
}

function descend({ row, right }: { readonly row: Row; readonly right: number }, bias: number[], step: number): void {
  const scores = Float64Array.from(bias);
  for (const { entry, value } of row) {
    for (let at = 0; at < scores.length; at += 1) scores[at] = (scores[at] ?? 0) + (entry.weights[at] ?? 0) * value;
  }
  const highest = Math.max(...scores);
  const shares = scores.map((score) => Math.exp(score - highest));
  const whole = shares.reduce((sum, share) => sum + share, 0);
  const moves = shares.map((share, at) => step * (share / whole - (at === right ? 1 : 0)));
  for (const { entry, value } of row) {
    for (let at = 0; at < moves.length; at += 1)
      entry.weights[at] = (entry.weights[at] ?? 0) - (moves[at] ?? 0) * value;
  }
  for (const [at, move] of moves.entries()) bias[at] = (bias[at] ?? 0) - biasShare * move;
}

function shuffle(order: number[], next: (below: number) => number): void {
  for (let at = order.length - 1; at > 0; at -= 1) {
    const other = next(at + 1);
    [order[at], order[other]] = [order[other] ?? 0, order[at] ?? 0];
  }
}

function numbers(): (below: number) => number {
  let state = 1;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** The model in small digits, without the features that hardly count. */
export function packWords({ categories, bias, failures, entries }: LearntWords, taughtBy: string): PackedWords {
  const sizes = [...entries.values()]
    .flatMap(({ weights }) => [...weights].map(Math.abs))
    .sort((one, other) => other - one);
  const step = (sizes[Math.floor(sizes.length * cutShare)] ?? 1) / mostSteps;
  const steps = (weight: number): number => Math.max(-mostSteps, Math.min(mostSteps, Math.round(weight / step)));
  const lines = [...entries]
    .map(([feature, { having, weights }]) => ({ feature, having, taken: [...weights].map(steps) }))
    .filter(({ taken }) => taken.some((one) => Math.abs(one) >= leastSteps))
    .map(
      ({ feature, having, taken }) => `${feature}\t${having}\t${taken.map((one) => digits[one + mostSteps]).join("")}`,
    );
  return {
    categories,
    bias: bias.map((one) => Math.round(one * 1000) / 1000),
    failures,
    taughtBy,
    step: Number(step.toPrecision(4)),
    lines: lines.sort(),
  };
}
