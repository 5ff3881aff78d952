import type { TaskInstance } from "../core/airflow.js";
import type { DatabricksRun } from "../core/databricks.js";
import { ConfigError, StaleApproval } from "../core/errors.js";
import type { AirflowReader, AirflowWriter, Connections, DatabricksReader, DatabricksWriter } from "../core/ports.js";
import {
  cancelChange,
  dryRunChange,
  repairChange,
  runNowChange,
  taskChange,
  triggerChange,
} from "../core/remediation/compare-live.js";
import type { ClearStep, PlannedTask, PlanStep, RunNowStep, SetSuccessStep } from "../core/remediation/plan.js";

/** The Airflow a step acts on; ConfigError when it was taken out of the configuration or lost its write credentials. */
export function airflowOf(
  connections: Connections,
  name: string,
): { readonly reader: AirflowReader; readonly writer: AirflowWriter } {
  const found = connections.airflow.get(name);
  if (found === undefined || found.writer === null) throw notWritable(name);
  return { reader: found.reader, writer: found.writer };
}

export function databricksOf(
  connections: Connections,
  name: string,
): { readonly reader: DatabricksReader; readonly writer: DatabricksWriter } {
  const found = connections.databricks.get(name);
  if (found === undefined || found.writer === null) throw notWritable(name);
  return { reader: found.reader, writer: found.writer };
}

function notWritable(name: string): ConfigError {
  return new ConfigError(
    `${name} has no write credentials any more; nothing was sent.`,
    "Configure them again, then ask for a new proposal.",
  );
}

/** Compares a step with the world of now; StaleApproval says what has changed. */
export async function checkStep(step: PlanStep, connections: Connections): Promise<void> {
  const change = await changeSince(step, connections);
  if (change !== null) {
    throw new StaleApproval(
      `The situation has changed since the plan was shown: ${change}. Nothing was run for it.`,
      "",
    );
  }
}

async function changeSince(step: PlanStep, connections: Connections): Promise<string | null> {
  switch (step.do) {
    case "airflow_clear":
    case "airflow_set_success":
      return tasksNow(step, tasksOf(step), rootsOf(step), connections);
    case "airflow_trigger": {
      const { reader } = airflowOf(connections, step.connection);
      const [dag, runs] = await Promise.all([reader.dag(step.dagId), reader.recentRuns(step.dagId, runsCompared)]);
      return triggerChange(step, dag, runs);
    }
    case "airflow_wait":
      return null;
    case "databricks_repair":
      return repairChange(step, await databricksOf(connections, step.connection).reader.run(step.runId));
    case "databricks_cancel":
      return cancelChange(step, await databricksOf(connections, step.connection).reader.run(step.runId));
    case "databricks_run_now":
      return runNowNow(step, connections);
  }
}

/** A run for the same date is among so many of the newest. */
const runsCompared = 25;

async function runNowNow(step: RunNowStep, connections: Connections): Promise<string | null> {
  const { reader } = databricksOf(connections, step.connection);
  const active: DatabricksRun[] = [];
  for await (const run of reader.runs({ which: "active", startedAfter: null, jobId: step.jobId })) active.push(run);
  return runNowChange(step, await reader.run(step.insteadOf), active);
}

/** Every task instance a step speaks of, as it was shown. */
export function tasksOf(step: ClearStep | SetSuccessStep): readonly PlannedTask[] {
  return step.do === "airflow_clear" ? step.tasks : [step.task, ...step.downstream];
}

/** The tasks whose clear dry run with everything downstream must give the shown set again. */
function rootsOf(step: ClearStep | SetSuccessStep): readonly PlannedTask[] {
  return step.do === "airflow_clear" ? step.tasks : [step.task];
}

async function tasksNow(
  step: ClearStep | SetSuccessStep,
  shown: readonly PlannedTask[],
  roots: readonly PlannedTask[],
  connections: Connections,
): Promise<string | null> {
  const { reader, writer } = airflowOf(connections, step.connection);
  const changed = taskChange(shown, await reader.taskInstances(step.dagId, step.runId));
  if (changed !== null) return changed;
  const whole = step.do === "airflow_clear" && step.wholeRun === true;
  const dryRun = await writer.dryRunClear({
    dagId: step.dagId,
    runId: step.runId,
    tasks: roots.map(({ taskId, mapIndex }) => ({ taskId, mapIndex })),
    includeDownstream: !whole,
    onlyFailed: !whole,
    runOnLatestVersion: step.do === "airflow_clear" ? step.runOnLatestVersion : null,
  });
  return dryRunChange(shown, dryRun);
}

export function liveTasks(
  step: ClearStep | SetSuccessStep,
  connections: Connections,
): Promise<readonly TaskInstance[]> {
  return airflowOf(connections, step.connection).reader.taskInstances(step.dagId, step.runId);
}
