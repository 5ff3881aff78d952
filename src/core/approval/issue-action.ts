import { RefusedByPolicy } from "../errors.js";
import type { Digest } from "../ports.js";
import { type ApprovedAction, mintApprovedAction } from "./approved-action.js";
import type { Proposal } from "./proposal.js";

/** True when the stored plan is, bit for bit, the one that was shown and approved. */
export function digestFits(proposal: Proposal, digest: Digest): boolean {
  const { plan, facts, expiresAt } = proposal;
  return (plan.terms?.expiresAt ?? expiresAt) === expiresAt && digest.of({ plan, facts }) === proposal.digest;
}

/** The proof of approval for a stored decision, also again after a restart; refuses a plan that differs from the one approved. */
export function issueAction(proposal: Proposal, digest: Digest): ApprovedAction {
  if (!digestFits(proposal, digest)) {
    throw new RefusedByPolicy(
      "The stored plan is not the one that was approved; nothing was run.",
      "Ask for a new proposal, and have the owner of this installation look at the store.",
    );
  }
  return mintApprovedAction(proposal);
}
