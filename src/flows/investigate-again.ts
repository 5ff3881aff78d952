import { requestOf } from "../core/approval/execution.js";
import type { Proposal } from "../core/approval/proposal.js";
import { type Failure, failureKey, type JobRunFailure, type TaskFailure } from "../core/failure.js";
import type { Clock, Connections, Ids, Logger } from "../core/ports.js";
import type { Store, StoreTx } from "../core/store.js";
import { orderWork } from "./order-work.js";
import { addTime, rerunMark } from "./recent-times.js";
import { taskFailure } from "./watch-airflow.js";
import { jobRunFailure } from "./watch-databricks.js";

export interface InvestigateAgainDeps {
  readonly store: Store;
  readonly connections: Connections;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
}

/** A rerun that failed may have failed of something else: its newest try joins the incident and is diagnosed. */
export async function investigateAgain(proposal: Proposal, deps: InvestigateAgainDeps): Promise<void> {
  const newest = await newestFailure(proposal, deps).catch((error: unknown) => {
    deps.logger.warn({ err: error, proposal: proposal.id }, "the newest try of a failed rerun can't be read just now");
    return null;
  });
  await deps.store.transact(async (tx) => {
    const incident = await tx.incidents.get(proposal.incidentId);
    if (incident === null) return;
    const at = deps.clock.now().toISOString();
    const key = newest === null ? null : failureKey(newest);
    if (newest !== null && key !== null && !incident.failures.some((known) => failureKey(known) === key)) {
      // The poll will meet it too, and must know it then.
      await tx.seen.put({ id: key, at });
      await countForNewRun(tx, proposal, newest);
      await tx.incidents.put({ ...incident, failures: [...incident.failures, newest], updatedAt: at });
    }
    const payload = key === null ? {} : { failureKey: key };
    await orderWork(tx, { kind: "investigate", subject: incident.id, payload }, deps);
  });
}

/** A new run stands in for the one it replaced: its rerun was one already. */
async function countForNewRun(tx: StoreTx, { plan, execution }: Proposal, newest: Failure): Promise<void> {
  const { connection, databricksRunId } = plan.subject;
  if (newest.kind !== "databricks_run" || newest.runId === databricksRunId) return;
  const at = execution?.startedAt ?? null;
  if (at !== null) await addTime(tx, rerunMark(connection, newest.runId), new Date(at));
}

async function newestFailure(proposal: Proposal, deps: InvestigateAgainDeps): Promise<Failure | null> {
  return proposal.plan.subject.airflow === null ? newestRun(proposal, deps) : newestTask(proposal, deps);
}

/** Of the subject's own run the failed task that ended last, the subject itself where several did. */
async function newestTask({ plan }: Proposal, { connections }: InvestigateAgainDeps): Promise<TaskFailure | null> {
  const { connection, airflow } = plan.subject;
  const reader = connections.airflow.get(connection)?.reader;
  if (airflow === null || reader === undefined) return null;
  const failed = (await reader.taskInstances(airflow.dagId, airflow.runId)).filter((task) => task.state === "failed");
  const own = failed.filter((task) => task.taskId === airflow.taskId);
  const task = (own.length > 0 ? own : failed).toSorted((a, b) => (b.endedAt ?? "").localeCompare(a.endedAt ?? ""))[0];
  return task === undefined ? null : taskFailure(connection, task);
}

/** The run that was started instead, or the same run with its newest repair. */
async function newestRun(proposal: Proposal, { connections }: InvestigateAgainDeps): Promise<JobRunFailure | null> {
  const { steps, subject } = proposal.plan;
  const reader = connections.databricks.get(subject.connection)?.reader;
  if (reader === undefined || subject.databricksRunId === null) return null;
  const started = steps.findIndex((step) => step.do === "databricks_run_now");
  const answer = started === -1 ? null : (requestOf(proposal, `${started}:run_now`)?.answer ?? null);
  return jobRunFailure(subject.connection, await reader.run(answer ?? subject.databricksRunId));
}
