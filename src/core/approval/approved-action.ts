import { RefusedByPolicy } from "../errors.js";
import type { Plan } from "../remediation/plan.js";
import type { Proposal } from "./proposal.js";

const genuine = new WeakSet<object>();

/** Proof that a person approved exactly this plan; the class itself is not exported, so nobody else can construct one. */
class Approved {
  constructor(
    readonly proposalId: string,
    readonly plan: Plan,
    readonly digest: string,
    readonly approvedBy: string,
    readonly approvedAt: string,
  ) {
    Object.freeze(this);
  }
}

export type ApprovedAction = Approved;

/** Issues the proof from a stored decision row; called by core/approval only (the architecture test checks). */
export function mintApprovedAction(proposal: Proposal): ApprovedAction {
  if (proposal.state !== "approved" || proposal.decision?.verdict !== "approved") {
    throw new RefusedByPolicy(
      "This proposal is not approved; nothing was done.",
      "Ask somebody who may approve to decide.",
    );
  }
  const { id, plan, digest, decision } = proposal;
  const action = new Approved(id, plan, digest, decision.personId, decision.at);
  // Here and not in the constructor, which anybody reaches through an action they were handed.
  genuine.add(action);
  return action;
}

/** Checked at run time by every write: a cast or a look-alike object does not pass. */
export function requireApprovedAction(value: unknown): asserts value is ApprovedAction {
  if (typeof value !== "object" || value === null || !genuine.has(value)) {
    throw new RefusedByPolicy(
      "A write was tried without an approval; nothing was sent.",
      "Propose the action and have it approved.",
    );
  }
}
