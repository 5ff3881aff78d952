import type { IdentityOf } from "../identity.js";
import type { Calendar } from "../ports.js";
import { type Freeze, frozenAt } from "../remediation/freeze.js";
import { valuesOf } from "../remediation/policy.js";
import type { PolicyTarget } from "../remediation/policy-target.js";
import type { Policy } from "../remediation/rule.js";
import { matchedRules, type Weighed, weigh } from "../remediation/weigh.js";
import { type DecisionRefusal, policyRefusal, type SpokenFacts, standingRefusal } from "./decider.js";
import type { Decidable } from "./proposal.js";

/** What the policy says of one failure at one moment, and why. */
export interface PolicyExplained {
  /** Rules that speak of it, in their order; `maybe`: something that they ask for was not said. */
  readonly rules: readonly { readonly name: string; readonly match: "yes" | "maybe" }[];
  readonly guards: Weighed;
  readonly frozen: Freeze | null;
  /** null: nobody was asked about. */
  readonly person: PersonExplained | null;
}

export interface PersonExplained {
  readonly id: string;
  /** Whether they may approve what the alert asks for at that moment, all else being well. */
  readonly mayApprove: boolean;
  readonly because: string;
  readonly mayBreakGlass: boolean;
}

export interface ExplainFacts {
  readonly at: Date;
  readonly calendar: Calendar;
  readonly identityOf: IdentityOf;
  readonly personId: string | null;
}

/** Explains the policy by the same functions that decide. */
export function explainPolicy(policy: Policy, target: PolicyTarget, facts: ExplainFacts): PolicyExplained {
  const guards = weigh(policy, target);
  const frozen = frozenAt(guards.freeze.value, facts.at, facts.calendar);
  return {
    rules: matchedRules(policy, target).map(({ name, match }) => ({ name, match })),
    guards,
    frozen,
    person: facts.personId === null ? null : personExplained(facts.personId, policy, guards, frozen, facts),
  };
}

function personExplained(
  id: string,
  policy: Policy,
  weighed: Weighed,
  frozen: Freeze | null,
  { identityOf }: ExplainFacts,
): PersonExplained {
  const guards = valuesOf(weighed, policy);
  const click: SpokenFacts = {
    verdict: "approved",
    person: { id },
    reason: "explained",
    guards,
    frozen,
    digestFits: true,
    identityOf,
  };
  const refusal = standingRefusal({ id, standing: "member" }) ?? policyRefusal(ofTheAlert, click);
  return {
    id,
    mayApprove: refusal === null,
    because: refusal === null ? approves(guards.quorum) : refusalWords(refusal, guards.refusal),
    mayBreakGlass: policyRefusal(ofTheAlert, { ...click, breakGlass: true }) === null,
  };
}

function approves(quorum: number): string {
  return quorum === 1 ? "Their approval is enough." : `Their approval counts; ${quorum} people must approve.`;
}

/** A refusal speaks to the person; here somebody else reads it. */
function refusalWords({ kind, message }: DecisionRefusal, refusal: string | null): string {
  switch (kind) {
    case "not_approver":
      return "They are not among the approvers.";
    case "needs_second_person":
      return "The policy asks for somebody else as well: they can't do it alone.";
    case "not_allowed":
      return refusal ?? message;
    default:
      return message;
  }
}

/** A proposal that the alert alone asked for. */
const ofTheAlert: Decidable = { plan: { requester: { kind: "alert" } }, digest: "", decision: null };
