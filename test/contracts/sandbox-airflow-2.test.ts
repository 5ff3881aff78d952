import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Schemas, shapeCheck } from "../fixtures/answer-shape.js";
import { type Answer, ask, failedRun, leaveAll, runPath, runState, type Visit, visit } from "../unit/sandbox/visit.js";

const { schemas } = JSON.parse(
  readFileSync(new URL("../fixtures/airflow-2.11-answers.json", import.meta.url), "utf8"),
) as { schemas: Schemas };
const differences = shapeCheck(schemas, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?\+00:00$/);

let guest: Visit;

beforeEach(async () => {
  guest = await visit({ airflow: 2 });
  guest.pass(30);
});

afterEach(leaveAll);

describe("every answer fits the description of Airflow 2.11.2", () => {
  it("to reads", async () => {
    const clicks = runPath("clickstream_hourly", failedRun(guest, "clickstream_hourly").runId);
    const orders = runPath("orders_daily", failedRun(guest, "orders_daily").runId);
    const reads: readonly (readonly [string, string])[] = [
      ["/version", "VersionInfo"],
      ["/health", "HealthInfo"],
      ["/dags?limit=3", "DAGCollection"],
      ["/dags/orders_daily", "DAG"],
      ["/dags/orders_daily/tasks", "TaskCollection"],
      ["/dags/~/dagRuns?limit=100&order_by=-execution_date", "DAGRunCollection"],
      [orders, "DAGRun"],
      ["/dags/~/dagRuns/~/taskInstances?limit=5000", "TaskInstanceCollection"],
      [`${clicks}/taskInstances/fetch_events/3`, "TaskInstance"],
      [`${clicks}/taskInstances/fetch_events/3/tries`, "TaskInstanceHistoryCollection"],
      [`${orders}/taskInstances/load_orders/dependencies`, "TaskInstanceDependencyCollection"],
      [`${orders}/taskInstances/load_orders/xcomEntries`, "XComCollection"],
      [`${orders}/taskInstances/load_orders/xcomEntries/run_page_url`, "XCom"],
      ["/pools", "PoolCollection"],
      ["/importErrors", "ImportErrorCollection"],
      ["/dagWarnings", "DagWarningCollection"],
    ];
    for (const [path, schema] of reads) {
      const { status, body } = await v1("GET", path);
      expect([path, status, differences(body, schema, "body")]).toEqual([path, 200, []]);
    }
  });

  it("to writes and refusals", async () => {
    const { runId } = failedRun(guest, "clickstream_hourly");
    const clear = { dry_run: true, dag_run_id: runId, task_ids: ["fetch_events"] };
    const answers: readonly (readonly [Answer, number, string])[] = [
      [await v1("POST", "/dags/clickstream_hourly/clearTaskInstances", clear), 200, "TaskInstanceReferenceCollection"],
      [await v1("POST", "/dags/orders_daily/dagRuns", { dag_run_id: "own", conf: {} }), 200, "DAGRun"],
      [await v1("POST", "/dags/orders_daily/dagRuns", { dag_run_id: "own" }), 409, "Error"],
      [await v1("GET", "/dags/nothing"), 404, "Error"],
      [await v1("GET", "/dags?surprise=1"), 400, "Error"],
      [await v1("POST", "/dags/orders_daily/clearTaskInstances", { task_ids: [["load_orders", 1]] }), 400, "Error"],
      [await v1("GET", "/eventLogs"), 403, "Error"],
      [await v1("GET", "/dags", undefined, "nobody:nothing"), 403, "Error"],
    ];
    for (const [{ status, body }, wanted, schema] of answers)
      expect([status, differences(body, schema, "body")]).toEqual([wanted, []]);
  });
});

describe("what Airflow 2 does otherwise than 3", () => {
  it("answers API v2 with a web page, and no other page", async () => {
    const { status, text } = await ask(`${guest.at.airflowUrl}/api/v2/version`, "GET");
    expect([status, text.startsWith("<!doctype html>")]).toEqual([404, true]);
  });

  it("clears every failed index of a task, and forgets the run without reset_dag_runs", async () => {
    const { runId } = failedRun(guest, "clickstream_hourly");
    const clear = { dag_run_id: runId, task_ids: ["fetch_events"], include_downstream: true };
    const shown = await v1("POST", "/dags/clickstream_hourly/clearTaskInstances", clear);
    const tasks = shown.body.task_instances.map((one: { task_id: string }) => one.task_id).sort();
    expect(tasks.slice(0, 3)).toEqual(["fetch_events", "fetch_events", "fetch_events"]);
    expect(Object.keys(shown.body.task_instances[0])).not.toContain("map_index");
    await v1("POST", "/dags/clickstream_hourly/clearTaskInstances", { ...clear, dry_run: false });
    expect(runState(guest, "clickstream_hourly", runId)).toBe("failed");
    expect(failedRun(guest, "clickstream_hourly").tasks["fetch_events[3]"]).toBe("none");
    guest.pass(30);
    expect(failedRun(guest, "clickstream_hourly").tasks["fetch_events[3]"]).toBe("none");
  });

  it("only tries to set a state unless it is told otherwise, and leaves the times of a cleared row in place", async () => {
    const { runId } = failedRun(guest, "orders_daily");
    const path = `${runPath("orders_daily", runId)}/taskInstances/load_orders`;
    const before = await v1("GET", path);
    await v1("PATCH", path, { new_state: "success" });
    expect((await v1("GET", path)).body).toEqual(before.body);
    const clear = { dry_run: false, dag_run_id: runId, task_ids: ["load_orders"], reset_dag_runs: true };
    await v1("POST", "/dags/orders_daily/clearTaskInstances", clear);
    expect((await v1("GET", path)).body).toMatchObject({
      state: null,
      try_number: before.body.try_number,
      start_date: before.body.start_date,
      end_date: before.body.end_date,
    });
  });

  it("gives a log as text, whatever stands first in Accept, and one that says so for a try that never was", async () => {
    const { runId } = failedRun(guest, "clickstream_hourly");
    const path = `${runPath("clickstream_hourly", runId)}/taskInstances/fetch_events/logs`;
    const log = await v1("GET", `${path}/2?map_index=3&full_content=true`, undefined, undefined, {
      accept: "application/json, text/plain",
    });
    expect(log.headers.get("content-type")).toContain("text/plain");
    expect(log.text).toMatch(/\{taskinstance\.py:3337\} ERROR - Task failed with exception\nTraceback/);
    expect(log.text).toContain("503 Server Error");
    const none = await v1("GET", `${path}/9?map_index=3`, undefined, undefined, { accept: "text/plain" });
    expect([none.status, none.text.includes("Log file not found")]).toEqual([200, true]);
  });
});

function v1(method: string, path: string, body?: unknown, as?: string, headers = {}): Promise<Answer> {
  const { username, password } = guest.at.airflow.writer;
  const authorization = `Basic ${Buffer.from(as ?? `${username}:${password}`).toString("base64")}`;
  return ask(`${guest.at.airflowUrl}/api/v1${path}`, method, body, undefined, { authorization, ...headers });
}
