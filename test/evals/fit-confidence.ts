import { type Category, categories } from "../../src/core/verdict.js";

/** A verdict with its strength of proof, and whether it was right. */
export interface Observation {
  readonly source: string;
  readonly strength: number;
  readonly category: Category;
  readonly right: boolean;
  /** How much it counts; one that the rules had seen counts less. */
  readonly weight: number;
}

export interface Fit {
  readonly intercept: number;
  readonly slope: number;
  readonly offsets: Readonly<Record<Category, number>>;
}

const slopeRidge = 0.3;
const offsetRidge = 1;
const rounds = 400;

/** Logistic regression of right on the logit of the strength, with an offset a category held small by a ridge. */
export function fitConfidence(observations: readonly Observation[]): Fit {
  let fit: Fit = { intercept: 0, slope: 0, offsets: ofEach(() => 0) };
  for (let round = 0; round < rounds; round += 1) fit = stepped(fit, observations);
  return fit;
}

/** The fitted probability that such a verdict is right. */
export function probability(fit: Fit, { strength, category }: Pick<Observation, "strength" | "category">): number {
  return 1 / (1 + Math.exp(-(fit.intercept + fit.slope * logit(strength) + fit.offsets[category])));
}

/** One damped Newton step with each coefficient by itself: slow, and never diverging on so few parameters. */
function stepped(fit: Fit, observations: readonly Observation[]): Fit {
  const damping = 0.3;
  let [upIntercept, curveIntercept, upSlope, curveSlope] = [0, 0, 0, 0];
  const up = ofEach(() => 0);
  const curve = ofEach(() => 0);
  for (const one of observations) {
    const p = probability(fit, one);
    const x = logit(one.strength);
    const miss = one.weight * ((one.right ? 1 : 0) - p);
    const spread = one.weight * p * (1 - p);
    upIntercept += miss;
    curveIntercept += spread;
    upSlope += miss * x;
    curveSlope += spread * x * x;
    up[one.category] += miss;
    curve[one.category] += spread;
  }
  const move = (value: number, gradient: number, curvature: number, ridge: number): number =>
    value + (damping * (gradient - ridge * value)) / (curvature + ridge + 1e-6);
  return {
    intercept: move(fit.intercept, upIntercept, curveIntercept, 0),
    slope: move(fit.slope, upSlope, curveSlope, slopeRidge),
    offsets: ofEach((name) => move(fit.offsets[name], up[name], curve[name], offsetRidge)),
  };
}

function ofEach(value: (name: Category) => number): Record<Category, number> {
  return Object.fromEntries(categories.map((name) => [name, value(name)])) as Record<Category, number>;
}

function logit(strength: number): number {
  const bounded = Math.min(0.97, Math.max(0.3, strength));
  return Math.log(bounded / (1 - bounded));
}
