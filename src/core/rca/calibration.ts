import { type Category, categories } from "../verdict.js";
import { likeliest, type Opinion } from "./words/opinion.js";

/** What a probability is made of, each part by its name; a category stands for itself. */
export type Parts = Readonly<Record<string, number>>;

/** Coefficients of a logistic model, by the names of its parts. */
export type Coefficients = Readonly<Record<string, number>>;

/**
 * How likely a cause is right on failures that nobody has seen: two logistic fits, one of what a signature proved and one of what
 * the words alone say. Fitted by test/evals/leave-one-source-out.ts (`npm run evals`) over first scorings, each with an
 * opinion of words that had learnt nothing from its source; see test/evals/leave-one-source-out.md.
 */
export interface Chances {
  readonly proven: Coefficients;
  readonly worded: Coefficients;
}

export const chances: Chances = {
  proven: {
    intercept: 1.98,
    strength: 0.48,
    beside: 0.75,
    agrees: 2.01,
    missing_upstream_data: -1.13,
    schema_drift: 0.05,
    data_quality: -0.98,
    transformation_error: -1.04,
    out_of_memory: 1.06,
    compute_failure: 0.11,
    infrastructure: 0.16,
    timeout: -0.36,
    dependency_failure: 0.5,
    permission: 0.27,
    network_transient: -0.13,
    quota_or_rate_limit: 0.99,
    configuration: 0.4,
    cancelled: -0.29,
    platform_bug: 0.44,
  },
  worded: {
    intercept: 1.1,
    said: 2.55,
    next: -0.51,
  },
};

/** What a signature of this category, proven so strongly, has for it and against it. */
export function partsOfProven(strength: number, category: Category, opinion: Opinion | null): Parts {
  const parts: Record<string, number> = { intercept: 1, strength: logit(strength), [category]: 1 };
  if (opinion === null) return parts;
  const first = likeliest(opinion);
  const agrees = first.category === category;
  parts["beside"] = Math.log(((opinion.get(category) ?? 0) + floor) / (first.share + floor));
  parts["agrees"] = agrees ? first.share : 0;
  return parts;
}

/** What the likeliest category by words has for it. */
export function partsOfWorded(opinion: Opinion): Parts {
  const { share, next } = likeliest(opinion);
  return {
    intercept: 1,
    said: Math.log(share + floor),
    next: Math.log(next + floor),
  };
}

/** The logistic of what speaks for it, 0..1. */
export function probabilityOf(coefficients: Coefficients, parts: Parts): number {
  const sum = Object.entries(parts).reduce((total, [name, value]) => total + (coefficients[name] ?? 0) * value, 0);
  return 1 / (1 + Math.exp(-sum));
}

/** Below this it is no answer: too many of such guesses are wrong. */
export const leastProbability = 0.75;
/** From this probability on a verdict is called confident: of such first scorings 99 in 100 were right. */
const sure = 0.972;
const leastShown = 0.42;
const sureShown = 0.8;
/** Words without a signature that proves them are never called sure. */
const mostByWords = 0.74;

/** From the probability of being right to the confidence that is shown: from 0.42 for the least that is answered over 0.8, "sure", to 1. */
export function toConfidence(probability: number, by: "signature" | "words"): number {
  const shown =
    probability < sure
      ? leastShown + ((sureShown - leastShown) * (probability - leastProbability)) / (sure - leastProbability)
      : sureShown + ((1 - sureShown) * (probability - sure)) / (1 - sure);
  return Math.max(leastShown, by === "words" ? Math.min(mostByWords, shown) : shown);
}

const floor = 0.02;

/** Beyond these ends the fit has seen nothing. */
function logit(strength: number): number {
  const bounded = Math.min(0.97, Math.max(0.3, strength));
  return Math.log(bounded / (1 - bounded));
}

/** The names of all parts that may have a coefficient. */
export const partNames: readonly string[] = [
  "intercept",
  "strength",
  "beside",
  "said",
  "next",
  "agrees",
  ...categories,
];
