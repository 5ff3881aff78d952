import type { DagRun, TaskInstance } from "../core/airflow.js";
import type { DagRunFailure, Failure, TaskFailure } from "../core/failure.js";
import { failureKey } from "../core/failure.js";
import type { AirflowReader, Clock, Logger } from "../core/ports.js";
import type { Store } from "../core/store.js";

/** Rows are written up to this long after they are dated (slow transactions, skewed clocks): each poll looks back so far. */
export const overlapMs = 10 * 60_000;
const firstLookBackMs = 24 * 3_600_000;

export interface Watch {
  readonly connection: string;
  /** One look at the deployment: what is new is handed on and durable before the mark moves. */
  poll(): Promise<{ readonly found: number }>;
}

export interface WatchDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A failure of now; resolves when it is durable. */
  readonly onFailure: (failure: Failure) => Promise<void>;
  /** What had failed in the 24 hours before we first looked, and still is. */
  readonly onFirstContact: (connection: string, failures: readonly Failure[]) => Promise<void>;
}

/**
 * Finds failed task instances of all DAGs by their end date, and failed runs by theirs: a run that began days ago, a task
 * whose run goes on and a cleared run that fails again are all dated now.
 */
export function createAirflowWatch(reader: AirflowReader, deps: WatchDeps): Watch {
  const markId = `watch:${reader.connection}`;
  return {
    connection: reader.connection,
    async poll() {
      const startedAt = deps.clock.now();
      const mark = await deps.store.transact((tx) => tx.marks.get(markId));
      const last = typeof mark?.value["polledAt"] === "string" ? new Date(mark.value["polledAt"]) : null;
      const since = new Date((last ?? startedAt).getTime() - (last === null ? firstLookBackMs : overlapMs));
      const { failures, settledRuns } = await collect(reader, since, deps.store);
      if (last === null) await deps.onFirstContact(reader.connection, failures);
      else for (const failure of failures) await deps.onFailure(failure);
      // Only now, with every failure durable, may the next poll skip what this one read.
      await deps.store.transact(async (tx) => {
        await tx.marks.put({ id: markId, value: { polledAt: startedAt.toISOString() } });
        for (const id of settledRuns) await tx.seen.put({ id, at: startedAt.toISOString() });
      });
      return { found: failures.length };
    },
  };
}

interface Collected {
  readonly failures: readonly Failure[];
  /** Keys of failed runs whose tasks were read. */
  readonly settledRuns: readonly string[];
}

async function collect(reader: AirflowReader, since: Date, store: Store): Promise<Collected> {
  const found = new Map<string, Failure>();
  for await (const instance of reader.failedTasksEndedSince(since)) {
    if (instance.state !== "failed") continue;
    const failure = taskFailure(reader.connection, instance);
    found.set(failureKey(failure), failure);
  }
  const settledRuns: string[] = [];
  for await (const run of reader.runsChangedSince(since, ["failed"])) {
    const runFailure = failureOfRun(reader.connection, run);
    const settledKey = `settled|${failureKey(runFailure)}`;
    if ((await store.transact((tx) => tx.seen.get(settledKey))) !== null) continue;
    // A run without a failed task (dagrun_timeout, deadlock) failed by itself.
    const failed = (await reader.taskInstances(run.dagId, run.runId)).filter((instance) => instance.state === "failed");
    const failures =
      failed.length > 0 ? failed.map((instance) => taskFailure(reader.connection, instance)) : [runFailure];
    for (const failure of failures) found.set(failureKey(failure), failure);
    settledRuns.push(settledKey);
  }
  return { failures: [...found.values()], settledRuns };
}

function failureOfRun(connection: string, run: DagRun): DagRunFailure {
  return {
    kind: "airflow_run",
    connection,
    dagId: run.dagId,
    runId: run.runId,
    startedAt: run.startedAt,
    endedAt: run.endedAt,
    runAfter: run.runAfter,
  };
}

export function taskFailure(connection: string, instance: TaskInstance): TaskFailure {
  return {
    kind: "airflow_task",
    connection,
    dagId: instance.dagId,
    runId: instance.runId,
    taskId: instance.taskId,
    mapIndex: instance.mapIndex,
    tryNumber: instance.tryNumber,
    maxTries: instance.maxTries,
    state: instance.state === "upstream_failed" ? "upstream_failed" : "failed",
    operator: instance.operator,
    startedAt: instance.startedAt,
    endedAt: instance.endedAt,
    runAfter: instance.runAfter,
  };
}
