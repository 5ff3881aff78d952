import type { Proposal } from "../core/approval/proposal.js";
import type { Transition } from "../core/approval/transition.js";
import { InputError } from "../core/errors.js";
import type { Incident } from "../core/incident.js";
import type { Clock, Ids } from "../core/ports.js";
import type { StoreTx } from "../core/store.js";
import { orderWork } from "./order-work.js";

export interface TransitionDeps {
  readonly clock: Clock;
  readonly ids: Ids;
}

/** Writes a transition down: the row, what follows for its incident, the audit and the ordered work, in one transaction. */
export async function applyTransition(
  tx: StoreTx,
  before: Proposal | null,
  { proposal, effects }: Transition,
  deps: TransitionDeps,
): Promise<Proposal> {
  const at = deps.clock.now().toISOString();
  const { id: proposalId, incidentId } = proposal;
  if (proposal !== before) await tx.proposals.put(proposal);
  for (const effect of effects) {
    switch (effect.do) {
      case "audit": {
        const { actor, action, detail } = effect;
        await tx.audit.append({ at, actor, action, incidentId, proposalId, detail });
        break;
      }
      case "act":
        await changeIncident(tx, incidentId, () => ({ state: "acting", proposalId, updatedAt: at }));
        break;
      case "stand_down":
        await changeIncident(tx, incidentId, ({ state }) => ({
          state: state === "acting" ? "diagnosed" : state,
          proposalId: null,
          updatedAt: at,
        }));
        break;
      case "execute":
        await orderWork(tx, { kind: "execute", subject: proposalId }, deps);
        break;
      case "publish":
        await orderWork(tx, { kind: "publish", subject: incidentId }, deps);
        break;
      case "announce":
        await orderWork(tx, { kind: "announce", subject: proposalId }, deps);
        break;
    }
  }
  return proposal;
}

async function changeIncident(
  tx: StoreTx,
  incidentId: string,
  change: (incident: Incident) => Partial<Incident>,
): Promise<void> {
  const incident = await tx.incidents.get(incidentId);
  if (incident === null) throw new InputError("This incident does not exist any more; nothing was changed.", "");
  await tx.incidents.put({ ...incident, ...change(incident) });
}
