import type { DatabricksRun, DatabricksTaskRun, RepairEntry, RunStatus } from "../databricks.js";

const endedStates: ReadonlySet<string> = new Set(["TERMINATED", "INTERNAL_ERROR", "SKIPPED"]);
const fine: ReadonlySet<string> = new Set(["SUCCESS", "SUCCESS_WITH_FAILURES", "EXCLUDED", "DISABLED"]);

export function hasEnded(status: RunStatus): boolean {
  return endedStates.has(status.lifeCycle);
}

export function hasSucceeded(status: RunStatus): boolean {
  return hasEnded(status) && status.result === "SUCCESS";
}

/** True when the run is over and its job counts it as done, also where some of its tasks failed and the job tolerates that. */
export function endedWell(status: RunStatus): boolean {
  return hasSucceeded(status) || (hasEnded(status) && status.result === "SUCCESS_WITH_FAILURES");
}

/** What to say of a run that ended well: `succeeded`, or that it has failures beside. */
export function howItEndedWell(status: RunStatus): string {
  return hasSucceeded(status) ? "succeeded" : "ended, with failures that the job tolerates";
}

/** Of each task the attempt that counts: repairs and retries add entries of the same key, unsorted. */
export function latestAttempts(run: DatabricksRun): readonly DatabricksTaskRun[] {
  const latest = new Map<string, DatabricksTaskRun>();
  for (const task of run.tasks) {
    const known = latest.get(task.taskKey);
    if (known === undefined || startOf(task) > startOf(known)) latest.set(task.taskKey, task);
    else if (startOf(task) === startOf(known) && task.attempt >= known.attempt) latest.set(task.taskKey, task);
  }
  return [...latest.values()];
}

/** Keys of the tasks a repair must run: those that failed and those that never ran because of them, in the order given. */
export function tasksToRepair(run: DatabricksRun): readonly string[] {
  return latestAttempts(run)
    .filter(({ status }) => hasEnded(status) && !fine.has(status.result ?? "") && !isSkippedByCondition(status))
    .map((task) => task.taskKey);
}

/** Keys of the tasks that still run or wait to. */
export function unfinishedTasks(run: DatabricksRun): readonly string[] {
  return latestAttempts(run)
    .filter(({ status }) => !hasEnded(status))
    .map((task) => task.taskKey);
}

/** "Many" begins at three: of two tasks a repair saves at most one. */
export function mostSucceeded(run: DatabricksRun): boolean {
  const again = tasksToRepair(run).length + unfinishedTasks(run).length;
  const succeeded = succeededTasks(run).length;
  return again + succeeded >= 3 && succeeded > again;
}

export function succeededTasks(run: DatabricksRun): readonly string[] {
  return latestAttempts(run)
    .filter(({ status }) => hasSucceeded(status))
    .map((task) => task.taskKey);
}

/** Repairs of the run, oldest first. */
export function repairsOf(run: DatabricksRun): readonly RepairEntry[] {
  return run.repairs.filter((entry) => entry.type !== "ORIGINAL").sort((a, b) => startOf(a).localeCompare(startOf(b)));
}

/** What the next repair must name as `latest_repair_id`; null before the first. */
export function latestRepairId(run: DatabricksRun): string | null {
  return repairsOf(run).at(-1)?.id ?? null;
}

function isSkippedByCondition(status: RunStatus): boolean {
  return status.lifeCycle === "SKIPPED" && (status.result === null || status.result === "SKIPPED");
}

function startOf(entry: { readonly startedAt: string | null }): string {
  return entry.startedAt ?? "";
}
