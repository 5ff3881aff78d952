import { countingApprovals, neededApprovals } from "./counting.js";
import { type DecisionFacts, type DecisionRefusal, policyRefusal, standingRefusal } from "./decider.js";
import { isUnsent } from "./execution.js";
import { type Decision, decisionsOf, type Proposal } from "./proposal.js";

export type DecisionResult =
  | { readonly ok: true; readonly proposal: Proposal; readonly decision: Decision }
  /** `proposal` is the row as it should stand now: an overdue one is marked expired. */
  | { readonly ok: false; readonly refusal: DecisionRefusal; readonly proposal: Proposal };

const hourMs = 60 * 60 * 1000;

/** Takes one person's decision on a proposal: approvals gather until they are as many as needed, a denial wins until something was sent. */
export function decide(proposal: Proposal, facts: DecisionFacts): DecisionResult {
  const refusal =
    standingRefusal(facts.person) ?? stateRefusal(proposal, facts.verdict, facts.now) ?? policyRefusal(proposal, facts);
  if (refusal !== null) {
    const overdue = refusal.kind === "expired" && proposal.state === "pending";
    return { ok: false, refusal, proposal: overdue ? { ...proposal, state: "expired" } : proposal };
  }
  const decision = decisionOf(proposal, facts);
  const heard: Proposal = { ...proposal, decisions: [...decisionsOf(proposal), decision] };
  if (facts.verdict === "denied") return { ok: true, proposal: settled(heard, "denied", decision), decision };
  const isFull = decision.breakGlass !== undefined || hasQuorum(heard, facts);
  return { ok: true, proposal: isFull ? settled(heard, "approved", decision) : heard, decision };
}

/** The row after the decision that settles it. */
export function settled(proposal: Proposal, state: "approved" | "denied", decision: Decision): Proposal {
  const queued = { state: "queued", startedAt: null, endedAt: null, trail: [], outcome: null } as const;
  return { ...proposal, state, decision, execution: state === "approved" ? queued : null };
}

function decisionOf(proposal: Proposal, facts: DecisionFacts): Decision {
  const { person, now, guards } = facts;
  const reviewHours =
    facts.verdict === "approved" && facts.breakGlass === true ? guards.breakGlass?.reviewHours : undefined;
  return {
    verdict: facts.verdict,
    personId: person.id,
    personName: person.displayName,
    at: now.toISOString(),
    reason: facts.reason,
    digest: proposal.digest,
    ...(reviewHours === undefined
      ? {}
      : { breakGlass: { reviewBy: new Date(now.getTime() + reviewHours * hourMs).toISOString() } }),
  };
}

function hasQuorum(proposal: Proposal, { guards, identityOf }: DecisionFacts): boolean {
  const counted = countingApprovals(proposal, { approvers: guards.approvers, identityOf });
  return counted.length >= neededApprovals(proposal, guards);
}

/** Why no decision of this kind can be taken any more; what happened meanwhile is said. */
export function stateRefusal(proposal: Proposal, verdict: Decision["verdict"], now: Date): DecisionRefusal | null {
  switch (proposal.state) {
    case "pending":
      return now.getTime() < Date.parse(proposal.expiresAt) ? null : expired;
    case "expired":
      return expired;
    case "superseded":
      return {
        kind: "superseded",
        message: "A newer plan has replaced this one; nothing was run. Decide the newer one.",
      };
    case "approved":
      return verdict === "denied" && isUnsent(proposal) ? null : alreadyDecided(proposal);
    case "denied":
    case "spent":
      return alreadyDecided(proposal);
  }
}

const expired: DecisionRefusal = {
  kind: "expired",
  message: "This proposal has expired; nothing was run. Refresh it to get the plan of now.",
};

function alreadyDecided(proposal: Proposal): DecisionRefusal {
  const { decision } = proposal;
  const who = decision === null ? "" : ` by ${decision.personName}`;
  const word = decision?.verdict === "denied" ? "denied" : "approved";
  const outcome = proposal.execution?.outcome;
  return {
    kind: "already_decided",
    message: `This was already ${word}${who}; your click changed nothing.${outcome ? ` ${outcome}` : ""}`,
  };
}
