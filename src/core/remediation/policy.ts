import { type PolicyTarget, type Several, targetsOf } from "./policy-target.js";
import type { BreakGlass, FreezeWindow, Policy } from "./rule.js";
import { strictestOf } from "./strictest.js";
import { type Standing, type Weighed, weigh } from "./weigh.js";

/** What the policy says for one plan. */
export interface Guards {
  /** Why nothing may be rerun, one sentence; null when it may. */
  readonly refusal: string | null;
  readonly approvers: readonly string[];
  /** How many distinct people must approve. */
  readonly quorum: number;
  readonly fourEyes: boolean;
  readonly maxReruns: number;
  readonly perHours: number;
  readonly coolDownMinutes: number;
  readonly expiresMinutes: number;
  readonly freeze: readonly FreezeWindow[];
  /** null: nobody said whether it is safe to repeat. */
  readonly idempotent: boolean | null;
  readonly standing: readonly Standing[];
  readonly breakGlass: BreakGlass | null;
}

/** What holds where nobody has said anything and nothing is counted: to choose a plan before its guards are known. */
export const noGuards: Guards = {
  refusal: null,
  approvers: [],
  quorum: 1,
  fourEyes: false,
  maxReruns: 1,
  perHours: 1,
  coolDownMinutes: 0,
  expiresMinutes: 1,
  freeze: [],
  idempotent: null,
  standing: [],
  breakGlass: null,
};

/** The guards of everything that a plan touches: an incident may hold failures of many DAGs, and a plan may run two. */
export function guardsForPlan(policy: Policy, plan: Parameters<typeof targetsOf>[0]): Guards {
  return guardsFor(policy, targetsOf(plan));
}

/** Of every guard the strictest that any rule says for any of the targets. */
export function guardsFor(policy: Policy, [first, ...others]: Several<PolicyTarget>): Guards {
  const weighed = strictestOf([weigh(policy, first), ...others.map((target) => weigh(policy, target))]);
  return valuesOf(weighed, policy);
}

/** Everybody whom the policy names for a plan. */
export function namedBy({ approvers, breakGlass }: Guards): readonly string[] {
  return [...new Set([...approvers, ...(breakGlass?.people ?? [])])];
}

/** The guards without the rules that said them. */
export function valuesOf(weighed: Weighed, { breakGlass }: Pick<Policy, "breakGlass">): Guards {
  return {
    refusal: weighed.refusal.value,
    approvers: weighed.approvers.value,
    quorum: weighed.quorum.value,
    fourEyes: weighed.fourEyes.value,
    maxReruns: weighed.maxReruns.value,
    perHours: weighed.perHours.value,
    coolDownMinutes: weighed.coolDownMinutes.value,
    expiresMinutes: weighed.expiresMinutes.value,
    freeze: weighed.freeze.value,
    idempotent: weighed.idempotent.value,
    standing: weighed.standing.value,
    breakGlass: breakGlass ?? null,
  };
}
