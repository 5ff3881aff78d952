import type { Proposal } from "../core/approval/proposal.js";
import type { Clock } from "../core/ports.js";
import type { StoreTx } from "../core/store.js";

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
  { clock }: { readonly clock: Clock },
): Promise<number> {
  const waiting = await tx.proposals.find({ incidentId, state: "pending" });
  const retired = waiting.filter((proposal) => which?.(proposal) ?? true);
  for (const proposal of retired) {
    await tx.proposals.put({ ...proposal, state });
    await tx.audit.append({
      at: clock.now().toISOString(),
      actor: "pipewright",
      action: state === "expired" ? "proposal_expired" : "proposal_superseded",
      incidentId,
      proposalId: proposal.id,
      detail,
    });
  }
  return retired.length;
}
