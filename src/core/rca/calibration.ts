import type { Category } from "../verdict.js";

/**
 * What a strength of proof was worth on failures that the rules had not seen: a logistic fit of right or wrong over the
 * logit of the strength with an offset for each category, the offsets held small by a ridge. Fitted by
 * test/evals/leave-one-source-out.ts (`npm run evals`) over every first scoring that is on record and over the present
 * engine without the signatures that only the source at hand has shaped; see test/evals/leave-one-source-out.md.
 * Categories with negative offsets are those whose words their neighbours use too.
 */
const intercept = 1.28;
const slope = 0.96;
const offsets: Readonly<Record<Category, number>> = {
  missing_upstream_data: -0.82,
  schema_drift: -0.16,
  data_quality: -0.55,
  transformation_error: -0.77,
  out_of_memory: 0.94,
  compute_failure: 0.04,
  infrastructure: -0.27,
  timeout: -0.59,
  dependency_failure: 0.22,
  permission: 0.55,
  network_transient: -0.38,
  quota_or_rate_limit: 0.88,
  configuration: -0.03,
  cancelled: 0.46,
  platform_bug: 0.47,
  unknown: 0,
};

/**
 * A verdict is called confident from 0.8. The fit is of first scorings by engines of the past, which have learnt from each
 * since; so the risk is counted this many times, and what was right in 92.3 of 100 of those cases gets 0.8.
 */
const caution = 2.6;
/** Weakly proven verdicts are rarer in the fit than in the wild; structure alone was right in 4 of 5. */
const mostAbove = 0.1;
const least = 0.42;

/** The confidence of a verdict: never more than its share of right answers on sources that the rules had not seen. */
export function calibratedConfidence(strength: number, category: Category): number {
  return toConfidence(probabilityOfRight(strength, category), strength);
}

/** From the probability of being right to the confidence that is shown. */
export function toConfidence(probability: number, strength: number): number {
  return Math.max(least, Math.min(1 - caution * (1 - probability), strength + mostAbove));
}

function probabilityOfRight(strength: number, category: Category): number {
  return 1 / (1 + Math.exp(-(intercept + slope * logit(strength) + offsets[category])));
}

/** Beyond these ends the fit has seen nothing. */
function logit(strength: number): number {
  const bounded = Math.min(0.97, Math.max(0.3, strength));
  return Math.log(bounded / (1 - bounded));
}
