import type { Failure } from "./failure.js";
import type { Verdict } from "./verdict.js";

/** Before the diagnosis: the connection, DAG, run and task, map indexes collapsed. */
export function provisionalFingerprint(failure: Failure): string {
  switch (failure.kind) {
    case "airflow_task":
      return key("task", failure.connection, failure.dagId, failure.runId, failure.taskId);
    case "airflow_run":
      return key("run", failure.connection, failure.dagId, failure.runId);
    case "databricks_run":
      return key("job", failure.connection, failure.runId);
  }
}

/**
 * After the diagnosis: what failed, not where. Two DAGs of one connection share one only when a signature and the object it
 * names agree; the same name means another thing on another installation;
 * an abstained failure, or one that names nothing, stays with its own DAG and task.
 */
export function finalFingerprint(failure: Failure, verdict: Verdict): string {
  const ancestor = verdict.failedAncestor?.taskId ?? "";
  if (verdict.outcome === "diagnosed" && verdict.signature !== null && verdict.object !== null) {
    return key(
      "cause",
      failure.connection,
      verdict.signature,
      verdict.normalisedException ?? "",
      verdict.object,
      ancestor,
    );
  }
  return key("local", ...home(failure), verdict.signature ?? "", verdict.normalisedException ?? "", ancestor);
}

function home(failure: Failure): string[] {
  switch (failure.kind) {
    case "airflow_task":
      return [failure.connection, failure.dagId, failure.taskId];
    case "airflow_run":
      return [failure.connection, failure.dagId];
    case "databricks_run":
      return [failure.connection, failure.jobId ?? failure.runId];
  }
}

function key(...parts: string[]): string {
  return JSON.stringify(parts);
}
