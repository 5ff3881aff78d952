import type { BenchFailure } from "./failures.js";
import { type BenchServer, type Call, type Policy, tasksToRead } from "./policy.js";

export const incidentMcpVersion = "1.0.2";
/** Its README asks for the client of the Airflow in question. */
export const incidentMcpClient = "apache-airflow-client==3.3.2";

/** apache-airflow-mcp-server, used as its README's "incident workflow" says, from an alert's link; its lists carry the try number already. */
export function incidentMcp(venv: string, airflowUrl: string): BenchServer {
  const linkOf = (dagId: string, runId: string): string => `${airflowUrl}/dags/${dagId}/runs/${runId}`;
  const list = (dagId: string, runId: string, more: object = {}): Call => ({
    name: "airflow_list_task_instances",
    arguments: { ui_url: linkOf(dagId, runId), ...more },
  });
  const log = (ui_url: string, task_id: string, try_number: number, more: object = {}): Call => ({
    name: "airflow_get_task_instance_logs",
    arguments: { ui_url, task_id, try_number, ...more },
  });
  const recommended = { tail_lines: 500, filter_level: "error", context_lines: 5 };

  function* readRun(dagId: string, runId: string): Generator<Call, string, string> {
    let seen = yield list(dagId, runId, { state: ["failed"] });
    let tasks = tasksToRead(seen);
    if (tasks.length === 0) {
      const all = yield list(dagId, runId);
      tasks = tasksToRead(all);
      seen += all;
    }
    for (const { taskId, tryNumber } of tasks) {
      seen += yield log(linkOf(dagId, runId), taskId, tryNumber, recommended);
    }
    const [first] = tasks;
    if (first !== undefined) seen += yield log(linkOf(dagId, runId), first.taskId, first.tryNumber);
    return seen;
  }

  function* whyDidItFail({ dagId, child }: BenchFailure, runId: string): Policy {
    const seen = yield* readRun(dagId, runId);
    if (child !== undefined && seen.includes(child.dagId)) yield* readRun(child.dagId, child.runId);
    else yield { name: "airflow_get_dag", arguments: { ui_url: linkOf(dagId, runId) } };
  }

  return {
    name: "apache-airflow-mcp-server",
    command: `${venv}/bin/airflow-mcp`,
    args: ["--transport", "stdio"],
    env: {
      AIRFLOW_MCP_HOST: airflowUrl,
      AIRFLOW_MCP_USERNAME: "reader",
      AIRFLOW_MCP_PASSWORD: "reader",
      AIRFLOW_MCP_READ_ONLY: "true",
      FASTMCP_CHECK_FOR_UPDATES: "off",
    },
    whyDidItFail,
    listTasks: (dagId, runId) => list(dagId, runId),
  };
}
