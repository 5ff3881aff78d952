import type { IdentityOf } from "../identity.js";
import type { Freeze } from "../remediation/freeze.js";
import type { Guards } from "../remediation/policy.js";
import { askingPeople } from "./askers.js";
import { countingApprovals, neededApprovals } from "./counting.js";
import type { Decision, Proposal } from "./proposal.js";

/** What an open proposal waits for at this moment. */
export interface Waiting {
  readonly needed: number;
  /** The approvals that count so far. */
  readonly given: readonly Decision[];
  readonly frozen: Freeze | null;
  /** Something stands in the way that the people of the break-glass list may pass over. */
  readonly mayBreakGlass: boolean;
}

export interface WaitingFacts {
  readonly guards: Pick<Guards, "approvers" | "quorum" | "fourEyes" | "breakGlass">;
  readonly frozen: Freeze | null;
  readonly identityOf: IdentityOf;
}

export function waitingFor(proposal: Proposal, { guards, frozen, identityOf }: WaitingFacts): Waiting {
  const needed = neededApprovals(proposal, guards);
  const alone = guards.fourEyes && askingPeople(proposal).length === 0;
  return {
    needed,
    given: countingApprovals(proposal, { approvers: guards.approvers, identityOf }),
    frozen,
    mayBreakGlass: (guards.breakGlass?.people ?? []).length > 0 && (frozen !== null || needed > 1 || alone),
  };
}
