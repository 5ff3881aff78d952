import type { ConnectionName, TaskRef } from "./airflow.js";

/** One failed try of one task instance that Airflow will not retry by itself. */
export interface TaskFailure extends TaskRef {
  readonly kind: "airflow_task";
  readonly connection: ConnectionName;
  readonly tryNumber: number;
  readonly maxTries: number;
  readonly state: "failed" | "upstream_failed";
  readonly operator: string | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly runAfter: string | null;
}

/** A DAG run that failed without a failed task instance (dagrun_timeout, deadlock). */
export interface DagRunFailure {
  readonly kind: "airflow_run";
  readonly connection: ConnectionName;
  readonly dagId: string;
  readonly runId: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly runAfter: string | null;
}

/** A Databricks job run that ended badly and that no watched Airflow task owns (or whose owner was not found in time). */
export interface JobRunFailure {
  readonly kind: "databricks_run";
  readonly connection: ConnectionName;
  readonly jobId: string | null;
  readonly jobName: string | null;
  readonly runId: string;
  /** The latest repair when it ended, else null: a repaired run may fail again. */
  readonly repairId: string | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
}

export type Failure = TaskFailure | DagRunFailure | JobRunFailure;

/** Identifies a failure across polls and restarts: the same try is never handled twice, a later try of the same task is. */
export function failureKey(failure: Failure): string {
  switch (failure.kind) {
    case "airflow_task":
      return [
        "task",
        failure.connection,
        failure.dagId,
        failure.runId,
        failure.taskId,
        failure.mapIndex,
        failure.tryNumber,
        failure.state,
      ].join("|");
    case "airflow_run":
      return ["run", failure.connection, failure.dagId, failure.runId, failure.endedAt ?? ""].join("|");
    case "databricks_run":
      return ["job", failure.connection, failure.runId, failure.repairId ?? "original"].join("|");
  }
}

/** `orders_daily / load_orders`, the way cards name it. */
export function failureTitle(failure: Failure): string {
  switch (failure.kind) {
    case "airflow_task":
      return `${failure.dagId} / ${failure.taskId}`;
    case "airflow_run":
      return failure.dagId;
    case "databricks_run":
      return failure.jobName ?? `job ${failure.jobId ?? "run"} ${failure.runId}`;
  }
}
