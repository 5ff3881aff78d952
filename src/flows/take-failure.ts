import { type Failure, failureKey, failureTitle } from "../core/failure.js";
import { provisionalFingerprint } from "../core/fingerprint.js";
import type { Incident } from "../core/incident.js";
import type { Clock, Ids, Logger } from "../core/ports.js";
import type { Store, StoreTx } from "../core/store.js";
import { orderWork } from "./order-work.js";

export interface TakeFailureDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly simulated: boolean;
}

/** What became of a failure: a new incident, one more failure of a live one, or nothing because it was known. */
export type Taken = { readonly kind: "known" } | { readonly kind: "opened" | "joined"; readonly incidentId: string };

const liveStates: ReadonlySet<Incident["state"]> = new Set(["open", "diagnosed", "acting", "verifying"]);

/** True while an incident has a live thread that new failures join. */
export function isLive(incident: Incident): boolean {
  return liveStates.has(incident.state);
}

/** Makes a failure durable exactly once and orders its investigation, in one transaction. */
export async function takeFailure(failure: Failure, deps: TakeFailureDeps): Promise<Taken> {
  return deps.store.transact(async (tx) => {
    const at = deps.clock.now().toISOString();
    const key = failureKey(failure);
    if ((await tx.seen.get(key)) !== null) return { kind: "known" };
    await tx.seen.put({ id: key, at });
    const same = await tx.incidents.find({ connection: failure.connection }, "current");
    const incident = same.find((candidate) => isLive(candidate) && sameProblem(candidate, failure));
    const taken = incident === undefined ? await open(tx, failure, at, deps) : await join(tx, incident, failure, at);
    await orderWork(tx, { kind: "investigate", subject: taken.incidentId, payload: { failureKey: key } }, deps);
    return taken;
  });
}

/** Another map index or a later try of the same task of the same run belongs to the live incident of that task. */
function sameProblem(incident: Incident, failure: Failure): boolean {
  const fingerprint = provisionalFingerprint(failure);
  return incident.failures.some((known) => provisionalFingerprint(known) === fingerprint);
}

async function open(
  tx: StoreTx,
  failure: Failure,
  at: string,
  deps: TakeFailureDeps,
): Promise<{ kind: "opened"; incidentId: string }> {
  const incident: Incident = {
    id: deps.ids.next("incident"),
    fingerprint: provisionalFingerprint(failure),
    state: "open",
    connection: failure.connection,
    title: failureTitle(failure),
    dagId: failure.kind === "databricks_run" ? null : failure.dagId,
    owner: null,
    simulated: deps.simulated,
    failures: [failure],
    verdict: null,
    blocked: [],
    links: [],
    proposalId: null,
    noRerunBecause: null,
    openedAt: at,
    updatedAt: at,
    recoveredAt: null,
    mutedUntil: null,
    earlierIncidentId: null,
  };
  await tx.incidents.put(incident);
  await tx.audit.append({
    at,
    actor: "alert",
    action: "incident_opened",
    incidentId: incident.id,
    proposalId: null,
    detail: `${incident.title} failed on ${incident.connection}`,
  });
  deps.logger.info({ incident: incident.id, connection: incident.connection }, `incident opened: ${incident.title}`);
  return { kind: "opened", incidentId: incident.id };
}

async function join(
  tx: StoreTx,
  incident: Incident,
  failure: Failure,
  at: string,
): Promise<{ kind: "joined"; incidentId: string }> {
  await tx.incidents.put({ ...incident, failures: [...incident.failures, failure], updatedAt: at });
  return { kind: "joined", incidentId: incident.id };
}
