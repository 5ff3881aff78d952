import type { AuditAction } from "../audit/event.js";
import type { Standing } from "../remediation/weigh.js";
import { decide, settled, stateRefusal } from "./approval.js";
import { requesterIds } from "./askers.js";
import { neededApprovals } from "./counting.js";
import type { DecisionFacts, DecisionRefusal } from "./decider.js";
import { type Decision, decisionsOf, type Proposal } from "./proposal.js";
import { standingDecision } from "./standing.js";

/** What can happen to a proposal before it is carried out. */
export type ApprovalEvent =
  | { readonly kind: "decide"; readonly facts: DecisionFacts }
  /** A standing approval covers it. */
  | { readonly kind: "stand"; readonly standing: Standing; readonly now: Date }
  /** Somebody asks for the same plan. */
  | { readonly kind: "ask"; readonly personId: string }
  /** It fits no longer, or nobody decided in time. */
  | {
      readonly kind: "retire";
      readonly state: "expired" | "superseded";
      readonly by: string | null;
      readonly why: string;
    };

/** What has to be done in the transaction that keeps the new state. */
export type ApprovalEffect =
  | { readonly do: "audit"; readonly actor: string; readonly action: AuditAction; readonly detail: string }
  /** The incident is being acted on. */
  | { readonly do: "act" }
  /** What was approved was taken back, or will not be run. */
  | { readonly do: "stand_down" }
  | { readonly do: "execute" }
  /** Every copy of the card is drawn again. */
  | { readonly do: "publish" }
  /** A second channel is told. */
  | { readonly do: "announce" };

export interface Transition {
  /** The same object when nothing changed. */
  readonly proposal: Proposal;
  readonly effects: readonly ApprovalEffect[];
  readonly refusal: DecisionRefusal | null;
}

/** The state machine of an approval: pending → approved | denied | expired | superseded, and approved → denied while nothing was sent. */
export function transition(proposal: Proposal, event: ApprovalEvent): Transition {
  switch (event.kind) {
    case "decide":
      return decided(proposal, event.facts);
    case "stand":
      return stood(proposal, event.standing, event.now);
    case "ask":
      return asked(proposal, event.personId);
    case "retire":
      return retired(proposal, event);
  }
}

function decided(before: Proposal, facts: DecisionFacts): Transition {
  const result = decide(before, facts);
  if (!result.ok) {
    const { proposal, refusal } = result;
    return { proposal, refusal, effects: proposal === before ? [] : [expiry("Nobody decided in time"), publish] };
  }
  const { proposal, decision } = result;
  const effects: ApprovalEffect[] = [
    {
      do: "audit",
      actor: decision.personId,
      action: decision.verdict,
      detail: detailOf(proposal, decision, facts),
    },
  ];
  if (decision.breakGlass !== undefined) {
    const detail = `Review of the broken glass is due by ${decision.breakGlass.reviewBy}`;
    effects.push({ do: "audit", actor: "pipewright", action: "review_due", detail }, { do: "announce" });
  }
  if (proposal.state === "approved") effects.push({ do: "act" }, { do: "execute" });
  if (proposal.state === "denied") effects.push({ do: "stand_down" });
  return { proposal, effects: [...effects, publish], refusal: null };
}

function stood(before: Proposal, standing: Standing, now: Date): Transition {
  const refusal = stateRefusal(before, "approved", now);
  if (refusal !== null) return { proposal: before, effects: [], refusal };
  const decision = standingDecision(before, standing, now);
  const heard: Proposal = { ...before, decisions: [...decisionsOf(before), decision] };
  const detail = `The rule ${standing.rule} approved the plan ${before.digest}; ${standing.approvedBy} answers for it until ${standing.until}`;
  return {
    proposal: settled(heard, "approved", decision),
    effects: [
      { do: "audit", actor: decision.personId, action: "approved", detail },
      { do: "act" },
      { do: "execute" },
      publish,
    ],
    refusal: null,
  };
}

/** Who asks may not decide it: an approval they gave before does not count any more. */
function asked(before: Proposal, personId: string): Transition {
  if (before.state !== "pending" || requesterIds(before).includes(personId)) return unchanged(before);
  return { proposal: { ...before, askedBy: [...(before.askedBy ?? []), personId] }, effects: [publish], refusal: null };
}

function retired(before: Proposal, event: Extract<ApprovalEvent, { kind: "retire" }>): Transition {
  if (before.state !== "pending") return unchanged(before);
  const proposal: Proposal = { ...before, state: event.state, supersededBy: event.by ?? before.supersededBy };
  const action = event.state === "expired" ? "proposal_expired" : "proposal_superseded";
  return {
    proposal,
    effects: [{ do: "audit", actor: "pipewright", action, detail: event.why }, publish],
    refusal: null,
  };
}

const publish: ApprovalEffect = { do: "publish" };

function expiry(detail: string): ApprovalEffect {
  return { do: "audit", actor: "pipewright", action: "proposal_expired", detail };
}

function unchanged(proposal: Proposal): Transition {
  return { proposal, effects: [], refusal: null };
}

function detailOf(proposal: Proposal, decision: Decision, facts: DecisionFacts): string {
  const needed = neededApprovals(proposal, facts.guards);
  const given = decisionsOf(proposal).filter(({ verdict }) => verdict === "approved").length;
  const share = decision.verdict === "approved" && needed > 1 ? ` (${given} of ${needed})` : "";
  const how = decision.breakGlass === undefined ? share : " by breaking the glass";
  // Whose word it is stands in the row's actor, which can be forgotten; what is chained can't.
  const words = `${decision.verdict} the plan ${proposal.digest}${how}`;
  return decision.reason === null ? words : `${words}: ${decision.reason}`;
}
