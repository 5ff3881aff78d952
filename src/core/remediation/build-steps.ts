import type { TaskInstance } from "../airflow.js";
import { latestRepairId, tasksToRepair } from "./databricks-tasks.js";
import type { ClearStep, PlannedTask, RepairStep, RunNowStep, SetSuccessStep } from "./plan.js";
import type { AirflowSituation, DatabricksSituation, Situation } from "./situation.js";

/** Clears what the dry run showed. */
export function clearStep(situation: Situation, airflow: AirflowSituation): ClearStep {
  return {
    do: "airflow_clear",
    connection: airflow.connection,
    dagId: airflow.run.dagId,
    runId: airflow.run.runId,
    tasks: airflow.wouldClear.map(plannedTask),
    runOnLatestVersion: situation.afterFix && airflow.canRunLatestVersion ? true : null,
    ...(airflow.roots.length === 0 ? { wholeRun: true } : {}),
  };
}

export function setSuccessStep(airflow: AirflowSituation, root: TaskInstance): SetSuccessStep {
  const downstream = airflow.wouldClear.filter((task) => !isSameTask(task, root));
  return {
    do: "airflow_set_success",
    connection: airflow.connection,
    dagId: airflow.run.dagId,
    runId: airflow.run.runId,
    task: plannedTask(root),
    downstream: downstream.map(plannedTask),
  };
}

/** null when the run names no failed task. */
export function repairStep({ connection, run }: DatabricksSituation): RepairStep | null {
  const rerunTasks = tasksToRepair(run);
  if (rerunTasks.length === 0) return null;
  return {
    do: "databricks_repair",
    connection,
    jobId: run.jobId,
    runId: run.jobRunId,
    rerunTasks,
    latestRepairId: latestRepairId(run),
  };
}

/** null for a run that belongs to no job. */
export function runNowStep({ connection, run }: DatabricksSituation): RunNowStep | null {
  if (run.jobId === null) return null;
  return {
    do: "databricks_run_now",
    connection,
    jobId: run.jobId,
    insteadOf: run.jobRunId,
    parameters: run.parameters ?? { job: {}, tasks: {} },
  };
}

/** A task instance as it stands now, for comparing later. */
export function plannedTask(task: TaskInstance): PlannedTask {
  return {
    taskId: task.taskId,
    mapIndex: task.mapIndex,
    rowId: task.id,
    state: task.state,
    tryNumber: task.tryNumber,
    maxTries: task.maxTries,
  };
}

function isSameTask(a: TaskInstance, b: TaskInstance): boolean {
  return a.taskId === b.taskId && a.mapIndex === b.mapIndex;
}
