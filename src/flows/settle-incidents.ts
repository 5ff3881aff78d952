import type { Proposal } from "../core/approval/proposal.js";
import { UpstreamError } from "../core/errors.js";
import type { Failure, TaskFailure } from "../core/failure.js";
import { failureKey } from "../core/failure.js";
import type { Incident } from "../core/incident.js";
import type { Clock, Connections, Ids, Logger } from "../core/ports.js";
import type { Store } from "../core/store.js";
import { isOverdue } from "./open-proposal.js";
import { orderWork } from "./order-work.js";
import { rememberEndings } from "./remember-endings.js";
import { retireProposals } from "./retire-proposals.js";

export interface SettleDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly connections: Connections;
  /** When each incident was last looked at, by id (ms); kept by whoever calls, from round to round. */
  readonly lookedAt: Map<string, number>;
}

/** One reading a poll and incident is enough, and so many incidents a poll: the oldest reading comes first. */
const perPoll = 25;
/** A recovered incident that gathered several runs is looked at once more for so long. */
const secondLookMs = 30 * 60_000;

/**
 * Looks after incidents that nobody acts on: one whose tasks have all gone well in the meantime (cleared by hand, rerun by
 * somebody) is recovered, and one that recovered for one of its runs goes on for the runs that are still failed. Proposals
 * that nobody decided in time expire, mutes end, and what ended is remembered.
 */
export async function settleIncidents(deps: SettleDeps): Promise<void> {
  const now = deps.clock.now();
  const incidents = await deps.store.transact((tx) => tx.incidents.find({}, "current"));
  await expireOverdue(deps);
  await endMutes(incidents, deps);
  for (const incident of leastRecent(incidents, deps)) {
    deps.lookedAt.set(incident.id, now.getTime());
    try {
      await settleOne(incident, deps);
    } catch (error) {
      deps.logger.warn({ incident: incident.id, error }, "could not look whether an incident is over");
    }
  }
  await rememberEndings(deps);
}

function leastRecent(incidents: readonly Incident[], { lookedAt, clock }: SettleDeps): readonly Incident[] {
  const now = clock.now();
  const waiting = incidents.filter((incident) => needsLook(incident, now));
  const ids = new Set(waiting.map(({ id }) => id));
  for (const id of [...lookedAt.keys()]) if (!ids.has(id)) lookedAt.delete(id);
  return waiting.toSorted((a, b) => (lookedAt.get(a.id) ?? 0) - (lookedAt.get(b.id) ?? 0)).slice(0, perPoll);
}

/** An expired card offers its Refresh by itself, not only after a click. */
async function expireOverdue(deps: SettleDeps): Promise<void> {
  const now = deps.clock.now();
  await deps.store.transact(async (tx) => {
    for (const { incidentId } of await tx.proposals.find({ state: "pending" }, "current")) {
      const which = (proposal: Proposal): boolean => isOverdue(proposal, now);
      const detail = "Nobody decided in time";
      await retireProposals(tx, incidentId, { state: "expired", detail, which }, deps);
    }
  });
}

/** What came up while it was muted is shown now. */
async function endMutes(incidents: readonly Incident[], deps: SettleDeps): Promise<void> {
  const now = deps.clock.now().getTime();
  const isOver = ({ mutedUntil }: Incident): boolean => mutedUntil !== null && Date.parse(mutedUntil) <= now;
  for (const { id } of incidents.filter(isOver)) {
    await deps.store.transact(async (tx) => {
      const current = await tx.incidents.get(id);
      if (current === null || !isOver(current)) return;
      await tx.incidents.put({ ...current, mutedUntil: null });
      await orderWork(tx, { kind: "publish", subject: id }, deps);
    });
  }
}

function needsLook(incident: Incident, now: Date): boolean {
  if (incident.state === "diagnosed") return true;
  const runs = new Set(incident.failures.map(runOf));
  if (incident.state !== "recovered" || incident.recoveredAt === null || runs.size < 2) return false;
  return now.getTime() - new Date(incident.recoveredAt).getTime() < secondLookMs;
}

async function settleOne(incident: Incident, deps: SettleDeps): Promise<void> {
  const failures = latestTries(incident.failures);
  const states: StateNow[] = [];
  for (const failure of failures) states.push(await stateNow(failure, deps.connections));
  const isOver = states.every((state) => state === "well" || state === "gone");
  if (incident.state === "diagnosed" && isOver)
    await end(incident, states.includes("well") ? "recovered" : "closed", deps);
  const still = failures.findLast((_failure, index) => states[index] === "failed");
  if (incident.state === "recovered" && still !== undefined) await goOn(incident, still, deps);
}

/** `gone`: deleted on the other side, so there is nothing left that could go well. */
type StateNow = "failed" | "well" | "gone" | "other";

async function stateNow(failure: Failure, connections: Connections): Promise<StateNow> {
  try {
    return await readState(failure, connections);
  } catch (error) {
    if (error instanceof UpstreamError && error.reason === "not_found") return "gone";
    throw error;
  }
}

async function readState(failure: Failure, connections: Connections): Promise<StateNow> {
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

async function end(incident: Incident, state: "recovered" | "closed", deps: SettleDeps): Promise<void> {
  await deps.store.transact(async (tx) => {
    const current = await tx.incidents.get(incident.id);
    if (current === null || current.state !== "diagnosed") return;
    const at = deps.clock.now().toISOString();
    const recovered = state === "recovered";
    await retireProposals(tx, incident.id, { state: "expired", detail: "The incident ended by itself" }, deps);
    await tx.incidents.put({
      ...current,
      state,
      proposalId: null,
      noRerunBecause: null,
      updatedAt: at,
      recoveredAt: recovered ? at : null,
    });
    await tx.audit.append({
      at,
      actor: "pipewright",
      action: recovered ? "incident_recovered" : "incident_closed",
      incidentId: incident.id,
      proposalId: null,
      detail: recovered
        ? `${incident.title} went well without a rerun by Pipewright`
        : `${incident.title}: the runs that failed do not exist any more`,
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
    await retireProposals(tx, incident.id, { state: "expired", detail: "The incident began anew" }, deps);
    await tx.incidents.put({ ...current, state: "diagnosed", proposalId: null, recoveredAt: null, updatedAt: at });
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
