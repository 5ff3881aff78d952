import type { Dag, DagRun, TaskInstance } from "../airflow.js";
import type { DatabricksRun } from "../databricks.js";
import {
  endedWell,
  hasEnded,
  hasSucceeded,
  latestRepairId,
  repairsOf,
  succeededTasks,
  tasksToRepair,
  unfinishedTasks,
} from "./databricks-tasks.js";
import type { CancelStep, PlannedTask, RepairStep, RunNowStep, TriggerStep } from "./plan.js";

/** What a look at the other side says about a request whose answer was lost. */
export type ReadBack =
  | { readonly kind: "done"; readonly answer: string | null }
  /** `ask_again`: it can't be told, and the same request has its effect only once. */
  | { readonly kind: "not_done" | "ask_again" | "unclear" };

type Named = Pick<PlannedTask, "taskId" | "mapIndex">;

/** What has changed about the tasks since they were shown, in words; null when nothing has. */
export function taskChange(planned: readonly PlannedTask[], live: readonly TaskInstance[]): string | null {
  for (const task of planned) {
    const now = find(live, task);
    const name = nameOf(task);
    if (now === undefined) return `${name} is not in the run any more`;
    if (now.state !== task.state) return `${name} is now ${now.state}, it was ${task.state}`;
    if (now.tryNumber !== task.tryNumber || now.maxTries !== task.maxTries || now.id !== task.rowId) {
      return `${name} has been run or cleared again since`;
    }
  }
  return null;
}

/** How a fresh dry run differs from the set that was shown, in words; null when it is the same. */
export function dryRunChange(shown: readonly Named[], dryRun: readonly Named[]): string | null {
  const added = dryRun.find((task) => find(shown, task) === undefined);
  if (added !== undefined) return `${nameOf(added)} would be cleared too`;
  const missing = shown.find((task) => find(dryRun, task) === undefined);
  return missing === undefined ? null : `${nameOf(missing)} would not be cleared any more`;
}

/** What has changed about a Databricks run since the repair was shown, in words; null when nothing has. */
export function repairChange(step: RepairStep, run: DatabricksRun): string | null {
  if (step.afterCancel === true) return repairAfterCancelChange(step, run);
  if (!hasEnded(run.status)) return `Databricks run ${run.runId} is going on again`;
  if (hasSucceeded(run.status)) return `Databricks run ${run.runId} has succeeded meanwhile`;
  if (latestRepairId(run) !== step.latestRepairId) return `Databricks run ${run.runId} was repaired meanwhile`;
  const failed = tasksToRepair(run);
  const same = failed.length === step.rerunTasks.length && step.rerunTasks.every((key) => failed.includes(key));
  return same ? null : `other tasks of Databricks run ${run.runId} are failed now`;
}

/** Before its cancel the run goes on, and after it what it stopped is not succeeded. */
function repairAfterCancelChange(step: RepairStep, run: DatabricksRun): string | null {
  if (hasSucceeded(run.status)) return `Databricks run ${run.runId} has succeeded meanwhile`;
  if (latestRepairId(run) !== step.latestRepairId) return `Databricks run ${run.runId} was repaired meanwhile`;
  const done = succeededTasks(run).find((key) => step.rerunTasks.includes(key));
  return done === undefined ? null : `${done} of Databricks run ${run.runId} has succeeded meanwhile`;
}

/** What has changed about a stuck run since it was shown, in words; null when it still goes on as it was. */
export function cancelChange(step: CancelStep, run: DatabricksRun): string | null {
  if (hasEnded(run.status))
    return `Databricks run ${run.runId} has ended by itself (${run.status.result ?? "no result"})`;
  if (latestRepairId(run) !== step.latestRepairId) return `Databricks run ${run.runId} was repaired meanwhile`;
  const now = unfinishedTasks(run);
  const same = now.length === step.unfinished.length && step.unfinished.every((key) => now.includes(key));
  return same ? null : `Databricks run ${run.runId} has come further`;
}

/** What speaks against starting the job beside the run that was shown, in words; null when nothing does. */
export function runNowChange(step: RunNowStep, run: DatabricksRun, active: readonly DatabricksRun[]): string | null {
  if (endedWell(run.status)) return `Databricks run ${run.runId} has succeeded meanwhile`;
  const other = active.find((one) => one.jobRunId !== step.insteadOf);
  if (other !== undefined) return `Databricks run ${other.runId} of the same job is going on`;
  return latestRepairId(run) !== null && !hasEnded(run.status)
    ? `Databricks run ${run.runId} was repaired meanwhile`
    : null;
}

/** What speaks against starting a DAG for a date, in words; null when nothing does. */
export function triggerChange(step: TriggerStep, dag: Pick<Dag, "isPaused">, runs: readonly DagRun[]): string | null {
  if (dag.isPaused) return `${step.dagId} is paused now`;
  const { logicalDate } = step;
  // No date is like no other: NaN equals nothing.
  const same = runs.find((run) => Date.parse(run.logicalDate ?? "") === Date.parse(logicalDate ?? ""));
  if (same !== undefined) return `${step.dagId} has a run for that date now (${same.runId})`;
  const active = runs.find((run) => run.state === "running" || run.state === "queued");
  return active === undefined ? null : `${step.dagId} is running now (${active.runId})`;
}

/** Whether a stuck run was told to stop. */
export function readBackCancel(run: DatabricksRun): ReadBack {
  const stopping = hasEnded(run.status) || run.status.lifeCycle === "TERMINATING" || run.status.cancelledOrTimedOut;
  return stopping ? { kind: "done", answer: null } : { kind: "not_done" };
}

/** Whether a clear has reached Airflow: of its tasks all stand as before, or none does. */
export function readBackClear(before: readonly PlannedTask[], live: readonly TaskInstance[]): ReadBack {
  const untouched = before.filter((task) => taskChange([task], live) === null);
  if (untouched.length === before.length) return { kind: "not_done" };
  // Airflow 2 has no row ids: what fell back to upstream_failed behind a cleared task looks as it did before.
  const telling = untouched.filter((task) => task.rowId !== null || task.state !== "upstream_failed");
  return telling.length === 0 ? { kind: "done", answer: null } : { kind: "unclear" };
}

/** Whether a repair has reached Databricks: `latest_repair_id` lets exactly one follow the repair that was shown. */
export function readBackRepair(step: RepairStep, run: DatabricksRun): ReadBack {
  const repairs = repairsOf(run);
  const known = repairs.findIndex((entry) => entry.id === step.latestRepairId);
  if (step.latestRepairId !== null && known === -1) return { kind: "unclear" };
  const newer = repairs.slice(known + 1);
  const [first, second] = newer;
  if (first === undefined) return { kind: "not_done" };
  return second === undefined ? { kind: "done", answer: first.id } : { kind: "unclear" };
}

/** Whether marking a task done has reached Airflow. */
export function readBackSuccess(task: PlannedTask, live: readonly TaskInstance[]): ReadBack {
  if (find(live, task)?.state === "success") return { kind: "done", answer: null };
  return taskChange([task], live) === null ? { kind: "not_done" } : { kind: "unclear" };
}

function find<T extends Named>(tasks: readonly T[], wanted: Named): T | undefined {
  return tasks.find((task) => task.taskId === wanted.taskId && task.mapIndex === wanted.mapIndex);
}

export function nameOf({ taskId, mapIndex }: Named): string {
  return mapIndex < 0 ? taskId : `${taskId}[${mapIndex}]`;
}
