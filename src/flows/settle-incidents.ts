import type { Failure, TaskFailure } from "../core/failure.js";
import { failureKey } from "../core/failure.js";
import type { Incident } from "../core/incident.js";
import type { Clock, Connections, Ids, Logger } from "../core/ports.js";
import type { Store } from "../core/store.js";
import { orderWork } from "./order-work.js";
import { rememberEndings } from "./remember-endings.js";

export interface SettleDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly connections: Connections;
}

/** One reading a poll and incident is enough, and so many incidents a poll: the oldest reading comes first. */
const perPoll = 25;
/** A recovered incident that gathered several runs is looked at once more for so long. */
const secondLookMs = 30 * 60_000;

/**
 * Looks after incidents that nobody acts on: one whose tasks have all gone well in the meantime (cleared by hand, rerun by
 * somebody) is recovered, and one that recovered for one of its runs goes on for the runs that are still failed. What ended
 * is remembered.
 */
export async function settleIncidents(deps: SettleDeps): Promise<void> {
  const now = deps.clock.now();
  const incidents = await deps.store.transact((tx) => tx.incidents.find({}, "current"));
  const due = incidents.filter((incident) => needsLook(incident, now)).slice(0, perPoll);
  for (const incident of due) {
    try {
      await settleOne(incident, deps);
    } catch (error) {
      deps.logger.warn({ incident: incident.id, error }, "could not look whether an incident is over");
    }
  }
  await rememberEndings(deps);
}

function needsLook(incident: Incident, now: Date): boolean {
  if (incident.state === "diagnosed") return true;
  const runs = new Set(incident.failures.map(runOf));
  if (incident.state !== "recovered" || incident.recoveredAt === null || runs.size < 2) return false;
  return now.getTime() - new Date(incident.recoveredAt).getTime() < secondLookMs;
}

async function settleOne(incident: Incident, deps: SettleDeps): Promise<void> {
  const still: Failure[] = [];
  let allWell = true;
  for (const failure of latestTries(incident.failures)) {
    const state = await stateNow(failure, deps.connections);
    if (state === "failed") still.push(failure);
    if (state !== "well") allWell = false;
  }
  if (incident.state === "diagnosed" && allWell) await recover(incident, deps);
  const first = still.at(-1);
  if (incident.state === "recovered" && first !== undefined) await goOn(incident, first, deps);
}

type StateNow = "failed" | "well" | "other";

async function stateNow(failure: Failure, connections: Connections): Promise<StateNow> {
  if (failure.kind === "databricks_run") {
    const run = await connections.databricks.get(failure.connection)?.reader.run(failure.runId);
    if (run === undefined) return "other";
    return run.status.result === "SUCCESS" ? "well" : run.status.result === null ? "other" : "failed";
  }
  const reader = connections.airflow.get(failure.connection)?.reader;
  if (reader === undefined) return "other";
  const state =
    failure.kind === "airflow_task"
      ? (await reader.taskInstance(failure)).state
      : (await reader.run(failure.dagId, failure.runId)).state;
  if (state === "success" || state === "skipped") return "well";
  return state === "failed" ? "failed" : "other";
}

async function recover(incident: Incident, deps: SettleDeps): Promise<void> {
  await deps.store.transact(async (tx) => {
    const current = await tx.incidents.get(incident.id);
    if (current === null || current.state !== "diagnosed") return;
    const at = deps.clock.now().toISOString();
    await tx.incidents.put({ ...current, state: "recovered", recoveredAt: at, updatedAt: at, noRerunBecause: null });
    for (const proposal of await tx.proposals.find({ incidentId: incident.id, state: "pending" })) {
      await tx.proposals.put({ ...proposal, state: "expired" });
    }
    await tx.audit.append({
      at,
      actor: "pipewright",
      action: "incident_recovered",
      incidentId: incident.id,
      proposalId: null,
      detail: `${incident.title} went well without a rerun by Pipewright`,
    });
    await orderWork(tx, { kind: "publish", subject: incident.id }, deps);
  });
}

/** The rerun helped one run; the same cause still holds another of this incident. */
async function goOn(incident: Incident, failure: Failure, deps: SettleDeps): Promise<void> {
  await deps.store.transact(async (tx) => {
    const current = await tx.incidents.get(incident.id);
    if (current === null || current.state !== "recovered") return;
    const at = deps.clock.now().toISOString();
    await tx.incidents.put({ ...current, state: "diagnosed", recoveredAt: null, updatedAt: at });
    await tx.audit.append({
      at,
      actor: "pipewright",
      action: "incident_reopened",
      incidentId: incident.id,
      proposalId: null,
      detail: `${incident.title}: another run of this incident is still failed`,
    });
    await orderWork(
      tx,
      { kind: "investigate", subject: incident.id, payload: { failureKey: failureKey(failure) } },
      deps,
    );
  });
}

function runOf(failure: Failure): string {
  return failure.kind === "databricks_run" ? failure.runId : `${failure.dagId}|${failure.runId}`;
}

/** Of each task instance the newest try; the order of arrival is kept. */
function latestTries(failures: readonly Failure[]): readonly Failure[] {
  const latest = new Map<string, Failure>();
  for (const failure of failures) latest.set(instanceKey(failure), failure);
  return [...latest.values()];
}

function instanceKey(failure: Failure): string {
  return failure.kind === "airflow_task" ? taskKey(failure) : `${failure.kind}|${runOf(failure)}`;
}

function taskKey(failure: TaskFailure): string {
  return `${failure.dagId}|${failure.runId}|${failure.taskId}|${failure.mapIndex}`;
}
