import type { TaskInstance } from "../../../src/core/airflow.js";
import { emptyCase, type FailureCase } from "../../../src/core/case.js";
import type { DatabricksRun, DatabricksRunOutput, DatabricksTaskRun, RunStatus } from "../../../src/core/databricks.js";
import type { LogInput } from "../../../src/core/ports.js";
import { diagnose } from "../../../src/core/rca/diagnose.js";
import type { Verdict } from "../../../src/core/verdict.js";
import { createInlineAnalyzer } from "../../../src/logs/inline-analyzer.js";
import { bareTask } from "../../fixtures/bare-rows.js";

const analyzer = createInlineAnalyzer({ diagnose, redactor: { configuredSecrets: [] } });

/** The verdict about a log's text and facts, decoded as the product decodes. */
export async function verdictOn(
  text: string | null,
  facts: Partial<FailureCase> = {},
  format: LogInput["format"] = "unknown",
): Promise<Verdict> {
  const logs = text === null ? [] : [{ name: "log", tryNumber: 1, format, bytes: bytesOf(text) }];
  const session = await analyzer.open(logs);
  try {
    return await session.diagnose({ ...emptyCase, ...facts });
  } finally {
    await session.close();
  }
}

async function* bytesOf(text: string): AsyncIterable<Uint8Array> {
  yield new TextEncoder().encode(text);
}

const at = (file: string, rest: string): string => `[2031-05-04T02:00:00.000+0000] {${file}:90} ${rest}`;
export const info = (text: string): string => at("subprocess.py", `INFO - ${text}`);
export const failedMark = at("taskinstance.py", "INFO - Marking task as FAILED. dag_id=fees, task_id=load_fees");
export const succeededMark = at("taskinstance.py", "INFO - Marking task as SUCCESS. dag_id=fees, task_id=load_fees");

/** An Airflow 2 log whose try ended by the given traceback. */
export function failedLog(output: readonly string[], traceback: readonly string[]): string {
  return [
    at("taskinstance.py", "INFO - Starting attempt 1 of 1"),
    ...output,
    at("taskinstance.py", "ERROR - Task failed with exception"),
    "Traceback (most recent call last):",
    ...traceback,
    failedMark,
    at("local_task_job_runner.py", "INFO - Task exited with return code 1"),
    "",
  ].join("\n");
}

/** An Airflow 3 log body of records. */
export function body(records: readonly Readonly<Record<string, unknown>>[]): string {
  return JSON.stringify({ content: records, continuation_token: null });
}

export const bashFailed: readonly string[] = [
  '  File "/home/airflow/.local/lib/python3.11/site-packages/airflow/operators/bash.py", line 210, in execute',
  "    raise AirflowException(",
  "airflow.exceptions.AirflowException: Bash command failed. The command returned a non-zero exit code 1.",
];

export function task(changes: Partial<TaskInstance>): TaskInstance {
  return { ...bareTask, dagId: "fees", runId: "scheduled__2031-05-04", taskId: "load_fees", ...changes };
}

const failedStatus: RunStatus = {
  lifeCycle: "INTERNAL_ERROR",
  result: "FAILED",
  message: "Workload failed, see run output for details",
  terminationCode: "RUN_EXECUTION_ERROR",
  terminationType: "CLIENT_ERROR",
  terminationMessage: "Workload failed, see run output for details",
  cancelledOrTimedOut: false,
};

export function status(changes: Partial<RunStatus> = {}): RunStatus {
  return { ...failedStatus, ...changes };
}

export function taskRun(changes: Partial<DatabricksTaskRun>): DatabricksTaskRun {
  return {
    taskRunId: "71",
    taskKey: "load",
    attempt: 0,
    status: failedStatus,
    startedAt: "2031-05-04T02:00:00.000Z",
    endedAt: null,
    durationMs: null,
    clusterId: null,
    kind: "notebook",
    dependsOn: [],
    pageUrl: null,
    iterations: [],
    ...changes,
  };
}

export function run(changes: Partial<DatabricksRun>): DatabricksRun {
  return {
    runId: "70",
    jobId: "9",
    runName: "fees",
    jobRunId: "70",
    status: failedStatus,
    startedAt: null,
    endedAt: null,
    durationMs: null,
    runType: "JOB_RUN",
    trigger: "PERIODIC",
    creator: null,
    pageUrl: null,
    tasks: [taskRun({})],
    repairs: [],
    numberInJob: null,
    idempotencyToken: null,
    ...changes,
  };
}

export function output(changes: Partial<DatabricksRunOutput>): DatabricksRunOutput {
  return {
    taskRunId: "71",
    error: null,
    errorTrace: null,
    logs: null,
    logsTruncated: false,
    notebookResult: null,
    sqlError: null,
    dbtError: null,
    innerRunId: null,
    ...changes,
  };
}
