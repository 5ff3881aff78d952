import type { Freeze } from "../remediation/freeze.js";
import type { Plan } from "../remediation/plan.js";
import type { Guards } from "../remediation/policy.js";
import type { Standing } from "../remediation/weigh.js";
import { requesterIds } from "./askers.js";
import type { Decision, Proposal } from "./proposal.js";

export interface StandingFacts {
  readonly guards: Guards;
  readonly frozen: Freeze | null;
  readonly now: Date;
}

/**
 * The standing approval that covers an alert's own proposal; null when people must decide. It needs a rerun that is known to be
 * safe to repeat, and never counts where the policy wants more than one approval, in a freeze, or once anybody asked.
 */
export function standingFor(proposal: Proposal, { guards, frozen, now }: StandingFacts): Standing | null {
  const { plan } = proposal;
  const needs = Math.max(guards.quorum, plan.terms?.quorum ?? 1);
  if (plan.requester.kind !== "alert" || requesterIds(proposal).length > 0 || plan.afterFix === true) return null;
  if (guards.refusal !== null || frozen !== null || needs > 1 || guards.fourEyes) return null;
  if (guards.idempotent !== true || !areTagsKnown(plan)) return null;
  const found = guards.standing.find(
    (standing) =>
      now.getTime() < Date.parse(standing.until) &&
      guards.approvers.includes(standing.approvedBy) &&
      plan.steps.every((step) => standing.steps.includes(step.do)),
  );
  return found ?? null;
}

/** The decision of a rule in the name of who answers for it. */
export function standingDecision(proposal: Proposal, standing: Standing, now: Date): Decision {
  return {
    verdict: "approved",
    personId: `policy:${standing.rule}`,
    personName: `the rule ${standing.rule}`,
    at: now.toISOString(),
    reason: null,
    digest: proposal.digest,
    standingBy: standing.approvedBy,
  };
}

/** The rule that a decision was taken by; null for a person's. */
export function ruleOf({ personId }: Pick<Decision, "personId">): string | null {
  return personId.startsWith("policy:") ? personId.slice("policy:".length) : null;
}

/** A tag may say that a rerun is not safe: where tags were not read, nobody can know. */
function areTagsKnown({ matchedBy }: Plan): boolean {
  return (matchedBy?.tags ?? null) !== null;
}
