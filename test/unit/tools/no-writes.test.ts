import { describe, expect, it } from "vitest";
import type { AirflowWriter, DatabricksWriter } from "../../../src/core/ports.js";
import { tools } from "../../../src/tools/index.js";
import type { ToolPorts } from "../../../src/tools/ports.js";
import { createWorld, incident, jobOutput, jobRun, jobTask, spec, task } from "./literal-world.js";

/** Every member of both writers goes off like an alarm. */
function alarmed(ports: ToolPorts, alarms: string[]): ToolPorts {
  const alarm = new Proxy({} as AirflowWriter & DatabricksWriter, {
    get(_target, member) {
      alarms.push(String(member));
      return () => Promise.reject(new Error("a tool tried to write"));
    },
  });
  const airflow = new Map([...ports.connections.airflow].map(([name, entry]) => [name, { ...entry, writer: alarm }]));
  const databricks = new Map(
    [...ports.connections.databricks].map(([name, entry]) => [name, { ...entry, writer: alarm }]),
  );
  return { ...ports, connections: { airflow, databricks } };
}

const inputs: Readonly<Record<string, object>> = {
  diagnose_failure: { dag: "bikes_daily" },
  airflow_list_failures: {},
  airflow_dag_status: { dag: "bikes_daily" },
  airflow_what_is_late: {},
  airflow_get_run: { dag: "bikes_daily" },
  airflow_get_task_log: { dag: "bikes_daily" },
  databricks_get_run: { run: "50" },
  databricks_get_run_output: { run: "50" },
  incident_list: {},
  incident_get: { incident: "inc_0001" },
  remediation_propose: { incident: "inc_0001" },
  remediation_get: { proposal: "pro_0001" },
};

describe("whatever a model calls", () => {
  it("never touches a writer", async () => {
    const alarms: string[] = [];
    const { ports } = createWorld({
      tasks: [task({ taskId: "fetch_trips", state: "failed" })],
      specs: [spec("fetch_trips")],
      jobRuns: [jobRun({ runId: "50", tasks: [jobTask({ taskRunId: "51" })] })],
      outputs: [jobOutput("51")],
      incidents: [incident({ id: "inc_0001" })],
    });
    const guarded = alarmed(ports, alarms);
    for (const tool of tools) {
      const given = inputs[tool.name];
      expect(given, `${tool.name} has no story here`).toBeDefined();
      await tool.handler(tool.input.parse(given), guarded).catch(() => undefined);
    }
    expect(alarms).toEqual([]);
  });
});
