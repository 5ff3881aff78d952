import type { Person } from "../person.js";
import { askingPeople, requesterIds } from "./askers.js";
import { isAtCommandLine, isNamed } from "./command-line.js";
import type { Decision, Proposal } from "./proposal.js";

/** Why a decision was not taken; nothing was changed by it. */
export type RefusalKind =
  | "guest"
  | "stranger"
  | "bot"
  | "deactivated"
  | "look_up_failed"
  | "not_approver"
  | "is_requester"
  | "needs_second_person"
  | "not_allowed"
  | "digest_mismatch"
  | "expired"
  | "superseded"
  | "already_decided"
  | "not_found";

export interface DecisionRefusal {
  readonly kind: RefusalKind;
  /** For the person alone: what was refused, then what to do. */
  readonly message: string;
}

export type DecisionResult =
  | { readonly ok: true; readonly proposal: Proposal; readonly decision: Decision }
  /** `proposal` is the row as it should stand now: an overdue one is marked expired. */
  | { readonly ok: false; readonly refusal: DecisionRefusal; readonly proposal: Proposal };

export interface DecisionFacts {
  readonly verdict: "approved" | "denied";
  readonly person: Person;
  readonly reason: string | null;
  /** Who may approve by the policy of this moment. */
  readonly approvers: readonly string[];
  /** The policy of this moment allows this plan at all; a denial needs no such thing. */
  readonly allowed: boolean;
  /** The policy wants two people: one who asks, one who approves. */
  readonly fourEyes: boolean;
  /** The stored digest still fits the stored plan. */
  readonly digestFits: boolean;
  readonly now: Date;
  /** One human has one identity across platforms; without it an id is its own identity. */
  readonly identityOf?: (personId: string) => string;
}

/** Takes one person's decision on a proposal. One approval is enough, a denial wins until something was sent. */
export function decide(proposal: Proposal, facts: DecisionFacts): DecisionResult {
  const refusal = refusalOf(proposal, facts);
  if (refusal !== null) {
    const overdue = refusal.kind === "expired" && proposal.state === "pending";
    return { ok: false, refusal, proposal: overdue ? { ...proposal, state: "expired" } : proposal };
  }
  const decision: Decision = {
    verdict: facts.verdict,
    personId: facts.person.id,
    personName: facts.person.displayName,
    at: facts.now.toISOString(),
    reason: facts.reason,
  };
  const queued = { state: "queued", startedAt: null, endedAt: null, trail: [], outcome: null } as const;
  const decided: Proposal = {
    ...proposal,
    state: facts.verdict,
    decision,
    execution: facts.verdict === "approved" ? queued : null,
  };
  return { ok: true, proposal: decided, decision };
}

/** True while nothing was sent for an approved proposal, so that it can still be taken back. */
export function isUnsent(proposal: Proposal): boolean {
  return proposal.state === "approved" && (proposal.execution?.requests ?? []).length === 0;
}

function refusalOf(proposal: Proposal, facts: DecisionFacts): DecisionRefusal | null {
  return standingRefusal(facts.person) ?? stateRefusal(proposal, facts) ?? policyRefusal(proposal, facts);
}

function standingRefusal(person: Person): DecisionRefusal | null {
  switch (person.standing) {
    case "member":
      return null;
    case "guest":
      return { kind: "guest", message: "Guests may not decide reruns. Ask a member of the team who may." };
    case "stranger":
      return {
        kind: "stranger",
        message: "People from another workspace may not decide reruns. Ask somebody of this one.",
      };
    case "bot":
      return { kind: "bot", message: "Bots may not decide reruns; a person must." };
    case "deactivated":
      return { kind: "deactivated", message: "This account is deactivated and may not decide reruns." };
  }
}

function stateRefusal(proposal: Proposal, facts: DecisionFacts): DecisionRefusal | null {
  switch (proposal.state) {
    case "pending":
      if (facts.now.getTime() < Date.parse(proposal.expiresAt)) return null;
      return {
        kind: "expired",
        message: "This proposal has expired; nothing was run. Refresh it to get the plan of now.",
      };
    case "expired":
      return {
        kind: "expired",
        message: "This proposal has expired; nothing was run. Refresh it to get the plan of now.",
      };
    case "superseded":
      return {
        kind: "superseded",
        message: "A newer plan has replaced this one; nothing was run. Decide the newer one.",
      };
    case "approved":
      if (facts.verdict === "denied" && isUnsent(proposal)) return null;
      return alreadyDecided(proposal);
    case "denied":
    case "spent":
      return alreadyDecided(proposal);
  }
}

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

function policyRefusal(proposal: Proposal, facts: DecisionFacts): DecisionRefusal | null {
  const same = facts.identityOf ?? ((id: string) => id);
  const me = same(facts.person.id);
  if (!isNamed(facts.person, facts.approvers, same)) {
    return { kind: "not_approver", message: "You may not decide this rerun; nothing was changed." };
  }
  const askers = requesterIds(proposal);
  if (askers.some((id) => same(id) === me)) {
    return { kind: "is_requester", message: "You asked for this rerun, so somebody else must decide it." };
  }
  if (facts.verdict === "denied") return null;
  if (!facts.digestFits) {
    return {
      kind: "digest_mismatch",
      message: "The stored plan is not the one that was shown; nothing was run. Ask for a new proposal.",
    };
  }
  if (!facts.allowed)
    return { kind: "not_allowed", message: "The policy does not allow this rerun now; nothing was run." };
  if (isAtCommandLine(facts.person) && (facts.fourEyes || askers.length > 0)) {
    return {
      kind: "needs_second_person",
      message: "The command line is never a second person; somebody must decide this in the chat or at the console.",
    };
  }
  if (facts.fourEyes && askingPeople(proposal).length === 0) {
    return {
      kind: "needs_second_person",
      message: "The policy asks for two people here: somebody else must ask for this rerun, then you can approve it.",
    };
  }
  return null;
}
