import type { TaskInstance, TaskRef } from "../../core/airflow.js";
import type { DatabricksRun } from "../../core/databricks.js";
import type { AirflowReader, DatabricksReader } from "../../core/ports.js";
import { earlierGood, type TaskRun } from "../../core/rca/compare.js";
import { isEarlierGood } from "../../core/rca/compare-job-runs.js";

/** Instances looked through for a good one; a mapped task has one of each index a run. */
const instancesRead = 20;
const mappedInstancesRead = 100;
const jobRunsLookedAt = 48;
const jobRunsRead = 2;
const daysBack = 30;
const dayMs = 24 * 60 * 60 * 1000;

/** The newest earlier success of a task, with its DAG run, and the other good ones for usual durations. */
export interface LastGoodTask {
  readonly last: TaskRun;
  readonly good: readonly TaskInstance[];
}

/** null when no earlier success is known. Throws what the reader throws. */
export async function lastGoodTask(failed: TaskInstance, reader: AirflowReader): Promise<LastGoodTask | null> {
  const limit = failed.mapIndex < 0 ? instancesRead : mappedInstancesRead;
  const good = earlierGood(failed, await reader.recentTaskInstances(failed.dagId, failed.taskId, limit));
  const [task] = good;
  if (task === undefined) return null;
  const run = await reader.run(task.dagId, task.runId).catch(() => null);
  return { last: { task, run }, good };
}

/** Earlier good runs of the same job, newest first, at most two of them; empty for one-time submitted runs. */
export async function lastGoodJobRuns(
  failed: DatabricksRun,
  reader: DatabricksReader,
): Promise<readonly DatabricksRun[]> {
  if (failed.jobId === null) return [];
  const start = Date.parse(failed.startedAt ?? "");
  const startedAfter = Number.isNaN(start) ? null : new Date(start - daysBack * dayMs);
  const found: string[] = [];
  let looked = 0;
  for await (const run of reader.runs({ which: "completed", startedAfter, jobId: failed.jobId })) {
    looked += 1;
    if (isEarlierGood(run, failed)) found.push(run.runId);
    if (found.length === jobRunsRead || looked === jobRunsLookedAt) break;
  }
  return await Promise.all(found.map((runId) => reader.run(runId)));
}

export function refOf(task: TaskInstance): TaskRef {
  return { dagId: task.dagId, runId: task.runId, taskId: task.taskId, mapIndex: task.mapIndex };
}
