import { resolve } from "node:path";
import type { BenchFailure } from "./failures.js";
import type { BenchServer, Call, Policy } from "./policy.js";

const reader = { username: "reader", password: "reader" };

/** `pipewright mcp` by itself, as a client starts it; where its verdict is not the cause, a model reads the log as with the others. */
export function ours(dataDir: string, airflowUrl: string, login = reader): BenchServer {
  const diagnose = (dag: string, more: object = {}): Call => ({
    name: "diagnose_failure",
    arguments: { dag, ...more },
  });

  function* whyDidItFail({ dagId, child }: BenchFailure, runId: string): Policy {
    const seen = yield diagnose(dagId, { run: runId });
    if (child !== undefined && seen.includes(child.dagId)) yield diagnose(child.dagId);
    yield { name: "airflow_get_task_log", arguments: { dag: dagId, run: runId } };
  }

  return {
    name: "Pipewright",
    command: process.execPath,
    args: [resolve("dist/src/main.js"), "mcp"],
    env: {
      AIRFLOW_BASE_URL: airflowUrl,
      AIRFLOW_USERNAME: login.username,
      AIRFLOW_PASSWORD: login.password,
      PIPEWRIGHT_DATA_DIR: dataDir,
      PORT: "0",
      PIPEWRIGHT_CONSOLE_PORT: "0",
    },
    whyDidItFail,
    listTasks: (dagId, runId) => ({ name: "airflow_get_run", arguments: { dag: dagId, run: runId } }),
  };
}
