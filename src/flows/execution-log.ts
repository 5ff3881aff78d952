import { withExecution, withTrail } from "../core/approval/execution.js";
import type { ExecutionState, Proposal } from "../core/approval/proposal.js";
import type { AuditAction } from "../core/audit/event.js";
import type { Incident } from "../core/incident.js";
import type { Clock, Ids } from "../core/ports.js";
import type { Store, StoreTx } from "../core/store.js";
import { isUnderway } from "./open-proposal.js";
import { orderWork } from "./order-work.js";

export interface ExecutionLogDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** One durable change of an execution: the row, a line on the card, and a line in the audit, in one transaction. */
export interface ExecutionChange {
  readonly change?: (proposal: Proposal) => Proposal;
  readonly trail?: string;
  readonly audit?: readonly { readonly action: AuditAction; readonly detail: string }[];
  readonly incident?: Partial<Incident>;
  /** More work or conditions inside the same transaction; throwing leaves no trace. */
  readonly also?: (tx: StoreTx, proposal: Proposal, incident: Incident) => Promise<void>;
}

export type EndState = Extract<ExecutionState, "recovered" | "failed" | "refused" | "uncertain">;

export interface ExecutionLog {
  /** The proposal when it is approved and not ended, else null. */
  load(proposalId: string): Promise<Proposal | null>;
  /** The proposal after the change; null when it is not being carried out any more: then nothing was changed. */
  change(proposalId: string, change: ExecutionChange): Promise<Proposal | null>;
  /** Ends it for good: the approval is spent. */
  end(
    proposalId: string,
    state: EndState,
    outcome: string,
    also?: NonNullable<ExecutionChange["also"]>,
  ): Promise<Proposal | null>;
}

export function createExecutionLog(deps: ExecutionLogDeps): ExecutionLog {
  const { store, clock } = deps;

  async function change(proposalId: string, wanted: ExecutionChange): Promise<Proposal | null> {
    return store.transact(async (tx) => {
      const before = await tx.proposals.get(proposalId);
      if (before === null || !isUnderway(before)) return null;
      const incident = await tx.incidents.get(before.incidentId);
      if (incident === null) return null;
      const at = clock.now().toISOString();
      let after = wanted.change?.(before) ?? before;
      if (wanted.trail !== undefined) after = withTrail(after, { at, text: wanted.trail });
      await wanted.also?.(tx, after, incident);
      if (after === before && wanted.incident === undefined && wanted.audit === undefined) return before;
      await tx.proposals.put(after);
      for (const line of wanted.audit ?? []) {
        await tx.audit.append({ at, actor: "pipewright", incidentId: incident.id, proposalId, ...line });
      }
      await tx.incidents.put({ ...incident, ...wanted.incident, updatedAt: at });
      await orderWork(tx, { kind: "publish", subject: incident.id }, deps);
      return after;
    });
  }

  return {
    change,
    async load(proposalId) {
      const proposal = await store.transact((tx) => tx.proposals.get(proposalId));
      return proposal !== null && isUnderway(proposal) ? proposal : null;
    },
    end(proposalId, state, outcome, also) {
      const at = clock.now().toISOString();
      const recovered = state === "recovered";
      return change(proposalId, {
        change: (proposal) => withExecution({ ...proposal, state: "spent" }, { state, outcome, endedAt: at }),
        trail: outcome,
        ...(also === undefined ? {} : { also }),
        audit: [
          { action: "execution_ended", detail: `${state}: ${outcome}` },
          ...(recovered ? [{ action: "incident_recovered" as const, detail: outcome }] : []),
        ],
        incident: {
          state: recovered ? "recovered" : "diagnosed",
          proposalId: null,
          ...(recovered ? { recoveredAt: at } : {}),
        },
      });
    },
  };
}
