import { type Coefficients, type Parts, partNames, probabilityOf } from "../../src/core/rca/calibration.js";

/** Something that could be said of a failure, what spoke for it, and whether it was right. */
export interface Observation {
  readonly source: string;
  readonly parts: Parts;
  readonly right: boolean;
  /** How much it counts; one that the rules had seen counts less. */
  readonly weight: number;
}

const ridge = 1;
const damping = 0.3;
const rounds = 300;

/** Logistic regression of right on its parts, every coefficient but the intercept held small by a ridge. */
export function fitConfidence(observations: readonly Observation[]): Coefficients {
  let fit: Record<string, number> = {};
  for (let round = 0; round < rounds; round += 1) fit = stepped(fit, observations);
  return fit;
}

/** One damped Newton step with each coefficient by itself: slow, and never diverging on so few parameters. */
function stepped(fit: Coefficients, observations: readonly Observation[]): Record<string, number> {
  const up: Record<string, number> = {};
  const curve: Record<string, number> = {};
  for (const { parts, right, weight } of observations) {
    const p = probabilityOf(fit, parts);
    for (const [name, value] of Object.entries(parts)) {
      up[name] = (up[name] ?? 0) + weight * ((right ? 1 : 0) - p) * value;
      curve[name] = (curve[name] ?? 0) + weight * p * (1 - p) * value * value;
    }
  }
  const next: Record<string, number> = {};
  for (const name of partNames) {
    if (up[name] === undefined) continue;
    const held = name === "intercept" ? 0 : ridge;
    const value = fit[name] ?? 0;
    next[name] = value + (damping * ((up[name] ?? 0) - held * value)) / ((curve[name] ?? 0) + held + 1e-6);
  }
  return next;
}
