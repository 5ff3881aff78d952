import { InputError } from "../core/errors.js";
import { type Failure, failureKey } from "../core/failure.js";
import type { Incident } from "../core/incident.js";
import type { Store } from "../core/store.js";
import { type InvestigateDeps, investigateIncident } from "./investigate-incident.js";
import { type TakeFailureDeps, takeFailure } from "./take-failure.js";

/** Finds or opens the incident of a failure somebody asks about before a poll has met it, and has it diagnosed. */
export async function openIncidentFor(failure: Failure, deps: InvestigateDeps & TakeFailureDeps): Promise<Incident> {
  await takeFailure(failure, deps);
  const known = await holderOf(failure, deps.store);
  if (known === null) {
    throw new InputError(
      "That failure was already known before Pipewright first looked; it has no incident.",
      "Ask for its diagnosis instead.",
    );
  }
  if (known.verdict !== null) return known;
  const [order] = await deps.store.transact((tx) => tx.outbox.find({ kind: "investigate", subject: known.id }));
  // The dispatcher may have it already; a second reading of the same failure comes to the same rows.
  if (order !== undefined) await investigateIncident(order, deps);
  return (await holderOf(failure, deps.store)) ?? known;
}

async function holderOf(failure: Failure, store: Store): Promise<Incident | null> {
  const key = failureKey(failure);
  const incidents = await store.transact((tx) => tx.incidents.find());
  return incidents.findLast((incident) => incident.failures.some((known) => failureKey(known) === key)) ?? null;
}
