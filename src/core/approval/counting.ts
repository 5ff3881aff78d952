import type { IdentityOf } from "../identity.js";
import { isModel, requesterIds } from "./askers.js";
import { isNamed } from "./command-line.js";
import { type Decidable, type Decision, decisionsOf } from "./proposal.js";

export interface WhoCounts {
  /** Who may approve by the policy of this moment. */
  readonly approvers: readonly string[];
  readonly identityOf: IdentityOf;
}

/** The approvals that make a quorum: of this very plan, one for each human, by people who may approve and did not ask. */
export function countingApprovals(proposal: Decidable, { approvers, identityOf }: WhoCounts): readonly Decision[] {
  const askers = requesterIds(proposal).map(identityOf);
  const humans = new Map<string, Decision>();
  for (const decision of decisionsOf(proposal)) {
    const human = identityOf(decision.personId);
    const ofThisPlan = decision.digest === undefined || decision.digest === proposal.digest;
    if (decision.verdict !== "approved" || !ofThisPlan || isModel(decision.personId) || humans.has(human)) continue;
    if (!isNamed({ id: decision.personId }, approvers, identityOf) || askers.includes(human)) continue;
    humans.set(human, decision);
  }
  return [...humans.values()];
}

/** How many distinct people must approve: what was shown holds, and a stricter policy of now, too. */
export function neededApprovals(proposal: Decidable, { quorum }: { readonly quorum: number }): number {
  return Math.max(quorum, proposal.plan.terms?.quorum ?? 1);
}
