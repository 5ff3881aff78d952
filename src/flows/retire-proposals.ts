import type { Proposal } from "../core/approval/proposal.js";
import { transition } from "../core/approval/transition.js";
import type { StoreTx } from "../core/store.js";
import { applyTransition, type TransitionDeps } from "./apply-transition.js";

export interface Retirement {
  readonly state: Extract<Proposal["state"], "expired" | "superseded">;
  readonly detail: string;
  /** Which of those that wait for people; all without it. */
  readonly which?: (proposal: Proposal) => boolean;
}

/** Takes the working buttons from proposals that no longer fit; returns how many. The incident's own row is the caller's. */
export async function retireProposals(
  tx: StoreTx,
  incidentId: string,
  { state, detail, which }: Retirement,
  deps: TransitionDeps,
): Promise<number> {
  const waiting = await tx.proposals.find({ incidentId, state: "pending" });
  const retired = waiting.filter((proposal) => which?.(proposal) ?? true);
  for (const proposal of retired) {
    const event = { kind: "retire", state, by: null, why: detail } as const;
    await applyTransition(tx, proposal, transition(proposal, event), deps);
  }
  return retired.length;
}
