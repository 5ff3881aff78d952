import type { TaskInstance, TaskSpec, XComEntry } from "../core/airflow.js";
import type { DatabricksRun } from "../core/databricks.js";
import { UpstreamError } from "../core/errors.js";
import type { AirflowReader, DatabricksReader } from "../core/ports.js";
import { databricksUse, launchTaskOf, settingOf } from "../core/remediation/databricks-use.js";

export interface FindRunDeps {
  readonly airflow: AirflowReader;
  readonly databricks: DatabricksReader;
}

/** The start of a run may be stamped by another clock than the task's. */
const clockSkewMs = 60_000;

/**
 * The Databricks job run of a failed Airflow task, by what Airflow and Databricks themselves hold: XCom, the operator's own
 * fields, or the job's only run within the task's time. A number in a log is never followed: anybody can print one.
 */
export async function findDatabricksRun(
  task: TaskInstance,
  specs: readonly TaskSpec[],
  siblings: readonly TaskInstance[],
  deps: FindRunDeps,
): Promise<DatabricksRun | null> {
  if (databricksUse(task, specs, siblings).kind === "none") return null;
  const fields = task.renderedFields ?? {};
  const source = launchTaskOf(task.taskId, specs, siblings) ?? task.taskId;
  const mapIndex = source === task.taskId ? task.mapIndex : -1;
  const xcom = await orNothing(deps.airflow.xcom({ ...refOf(task), taskId: source, mapIndex }), []);
  const runId = runIdIn(xcom) ?? digits(settingOf(fields, "run_id"));
  if (runId !== null) return jobRun(runId, deps.databricks);
  const jobId = digits(settingOf(fields, "job_id"));
  return jobId === null ? null : onlyRunWithin(task, jobId, deps.databricks);
}

async function jobRun(runId: string, reader: DatabricksReader): Promise<DatabricksRun | null> {
  const run = await orNothing(reader.run(runId), null);
  if (run === null || run.jobRunId === run.runId) return run;
  return orNothing(reader.run(run.jobRunId), null);
}

async function onlyRunWithin(
  task: TaskInstance,
  jobId: string,
  reader: DatabricksReader,
): Promise<DatabricksRun | null> {
  if (task.startedAt === null || task.endedAt === null) return null;
  const from = Date.parse(task.startedAt) - clockSkewMs;
  const to = Date.parse(task.endedAt) + clockSkewMs;
  const found: string[] = [];
  for (const which of ["completed", "active"] as const) {
    for await (const run of reader.runs({ which, startedAfter: new Date(from), jobId })) {
      const at = Date.parse(run.startedAt ?? "");
      if (at >= from && at <= to) found.push(run.runId);
    }
  }
  const [only, ...others] = new Set(found);
  return only === undefined || others.length > 0 ? null : jobRun(only, reader);
}

function runIdIn(xcom: readonly XComEntry[]): string | null {
  for (const { key, value } of xcom) {
    if (key === "run_id") return digits(value);
    if (key === "return_value" && typeof value === "object" && value !== null) {
      const found = digits((value as Record<string, unknown>)["run_id"]);
      if (found !== null) return found;
    }
  }
  return null;
}

/** 64-bit ids come as text, or as number objects that print exactly. */
function digits(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "number" && !Number.isSafeInteger(value)) return null;
  const text = String(value);
  return /^\d{1,20}$/.test(text) ? text : null;
}

function refOf({ dagId, runId, taskId, mapIndex }: TaskInstance) {
  return { dagId, runId, taskId, mapIndex };
}

/** What is gone or not ours to see is unknown; an outage is not, and must be told. */
async function orNothing<T, N>(reading: Promise<T>, nothing: N): Promise<T | N> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof UpstreamError && !error.retryable) return nothing;
    throw error;
  }
}
