import type { TaskInstance } from "../airflow.js";
import type { DatabricksRun } from "../databricks.js";
import { hasEnded, hasSucceeded, latestRepairId, repairsOf, tasksToRepair } from "./databricks-tasks.js";
import type { PlannedTask, RepairStep } from "./plan.js";

/** What a look at the other side says about a request whose answer was lost. */
export type ReadBack =
  | { readonly kind: "done"; readonly answer: string | null }
  | { readonly kind: "not_done" | "unclear" };

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
  if (!hasEnded(run.status)) return `Databricks run ${run.runId} is going on again`;
  if (hasSucceeded(run.status)) return `Databricks run ${run.runId} has succeeded meanwhile`;
  if (latestRepairId(run) !== step.latestRepairId) return `Databricks run ${run.runId} was repaired meanwhile`;
  const failed = tasksToRepair(run);
  const same = failed.length === step.rerunTasks.length && step.rerunTasks.every((key) => failed.includes(key));
  return same ? null : `other tasks of Databricks run ${run.runId} are failed now`;
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
  const known = step.latestRepairId === null ? -1 : repairs.findIndex((entry) => entry.id === step.latestRepairId);
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
