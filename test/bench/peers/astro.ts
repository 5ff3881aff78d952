import type { BenchFailure } from "./failures.js";
import { type BenchServer, type Call, type Policy, tasksToRead } from "./policy.js";

export const astroVersion = "0.9.1";

/** Astronomer's server. Its own description calls `diagnose_dag_run` the tool for a failed run, and `get_task_logs` essential after it. */
export function astro(venv: string, airflowUrl: string): BenchServer {
  const diagnose = (dagId: string, runId: string): Call => ({
    name: "diagnose_dag_run",
    arguments: { dag_id: dagId, dag_run_id: runId },
  });

  function* readRun(dagId: string, runId: string): Generator<Call, string, string> {
    let seen = yield diagnose(dagId, runId);
    for (const { taskId, tryNumber, mapIndex } of tasksToRead(seen)) {
      const log = { dag_id: dagId, dag_run_id: runId, task_id: taskId, try_number: tryNumber, map_index: mapIndex };
      seen += yield { name: "get_task_logs", arguments: log };
    }
    return seen;
  }

  function* whyDidItFail({ dagId, child }: BenchFailure, runId: string): Policy {
    const seen = yield* readRun(dagId, runId);
    if (child !== undefined && seen.includes(child.dagId)) yield* readRun(child.dagId, child.runId);
    else yield { name: "get_dag_details", arguments: { dag_id: dagId } };
  }

  return {
    name: "astro-airflow-mcp",
    command: `${venv}/bin/astro-airflow-mcp`,
    args: ["--transport", "stdio", "--airflow-url", airflowUrl, "--username", "reader", "--password", "reader"],
    env: { AF_TELEMETRY_DISABLED: "1", AF_READ_ONLY: "true" },
    whyDidItFail,
    listTasks: diagnose,
  };
}
