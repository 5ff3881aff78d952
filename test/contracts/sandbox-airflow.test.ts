import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { type Schemas, shapeCheck } from "../fixtures/answer-shape.js";
import { ask, failedRun, leaveAll, runPath, type Visit, visit } from "../unit/sandbox/visit.js";

afterEach(leaveAll);

const { schemas } = JSON.parse(
  readFileSync(new URL("../fixtures/airflow-3.3-answers.json", import.meta.url), "utf8"),
) as { schemas: Schemas };
const object = shapeCheck(schemas, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z$/);

it("notices what is missing, superfluous or of another type", () => {
  expect(object({ version: "3.3.2" }, "VersionInfo", "body")).toEqual(["body.git_version is missing"]);
  expect(object({ version: 3, git_version: null, more: 1 }, "VersionInfo", "body")).toEqual([
    "body.version is 3, not string",
    "body.more is not in VersionInfo",
  ]);
});

describe("every answer fits the description of Airflow 3.3.2", () => {
  const answers = async (guest: Visit): Promise<readonly (readonly [string, string])[]> => {
    const orders = runPath("orders_daily", failedRun(guest, "orders_daily").runId);
    const clicks = runPath("clickstream_hourly", failedRun(guest, "clickstream_hourly").runId);
    const stock = runPath("inventory_sync", failedRun(guest, "inventory_sync").runId);
    return [
      ["/version", "VersionInfo"],
      ["/monitor/health", "HealthInfoResponse"],
      ["/dags", "DAGCollectionResponse"],
      ["/dags/orders_daily", "DAGResponse"],
      ["/dags/orders_daily/details", "DAGDetailsResponse"],
      ["/dags/orders_daily/tasks", "TaskCollectionResponse"],
      ["/dags/orders_daily/tasks/load_orders", "TaskResponse"],
      ["/dags/inventory_sync/tasks/wait_for_stock_levels", "TaskResponse"],
      [`${stock}/taskInstances/wait_for_stock_levels`, "TaskInstanceResponse"],
      [`${stock}/taskInstances/wait_for_stock_levels/links`, "ExtraLinkCollectionResponse"],
      ["/dags/~/dagRuns?limit=100", "DAGRunCollectionResponse"],
      ["/dags/~/dagRuns?cursor=", "DAGRunCollectionResponse"],
      [orders, "DAGRunResponse"],
      ["/dags/~/dagRuns/~/taskInstances?limit=100&order_by=-start_date", "TaskInstanceCollectionResponse"],
      [`${orders}/taskInstances/publish`, "TaskInstanceResponse"],
      [`${clicks}/taskInstances/fetch_events/3`, "TaskInstanceResponse"],
      [`${clicks}/taskInstances/fetch_events/listMapped`, "TaskInstanceCollectionResponse"],
      [`${clicks}/taskInstances/fetch_events/3/tries`, "TaskInstanceHistoryCollectionResponse"],
      [`${clicks}/taskInstances/fetch_events/tries/1?map_index=3`, "TaskInstanceHistoryResponse"],
      [`${orders}/taskInstances/publish/tries`, "TaskInstanceHistoryCollectionResponse"],
      [`${orders}/taskInstances/publish/dependencies`, "TaskDependencyCollectionResponse"],
      [`${orders}/taskInstances/load_orders/xcomEntries`, "XComCollectionResponse"],
      [`${orders}/taskInstances/load_orders/xcomEntries/run_page_url`, "XComResponseNative"],
      [`${orders}/taskInstances/load_orders/links`, "ExtraLinkCollectionResponse"],
      ["/eventLogs?dag_id=orders_daily&limit=100", "EventLogCollectionResponse"],
      ["/importErrors", "ImportErrorCollectionResponse"],
      ["/dagWarnings", "DAGWarningCollectionResponse"],
      ["/pools", "PoolCollectionResponse"],
      ["/dags/nope", "HTTPExceptionResponse"],
    ];
  };

  it("reads", async () => {
    const guest = await visit();
    guest.pass(15);
    const wrong: string[] = [];
    for (const [path, name] of await answers(guest)) {
      const { body } = await guest.airflow("GET", path, undefined, "reader");
      wrong.push(...object(body, name, path));
    }
    expect(wrong).toEqual([]);
  });

  it("writes", async () => {
    const guest = await visit();
    guest.pass(15);
    const { runId } = failedRun(guest, "orders_daily");
    const wrong: string[] = [];
    const expectShape = async (name: string, method: string, path: string, body: unknown): Promise<void> => {
      const answer = await guest.airflow(method, path, body);
      wrong.push(...object(answer.body, name, `${method} ${path}`));
    };
    const load = `${runPath("orders_daily", runId)}/taskInstances/load_orders`;
    const clear = "/dags/orders_daily/clearTaskInstances";
    await expectShape("TaskInstanceCollectionResponse", "POST", clear, { dag_run_id: runId });
    await expectShape("TaskInstanceCollectionResponse", "PATCH", `${load}/dry_run`, { new_state: "success" });
    await expectShape("TaskInstanceCollectionResponse", "PATCH", load, { new_state: "success" });
    await expectShape("TaskInstanceCollectionResponse", "POST", clear, { dag_run_id: runId, dry_run: false });
    await expectShape("DAGRunResponse", "POST", "/dags/orders_daily/dagRuns", { logical_date: null });
    await expectShape("DAGRunResponse", "PATCH", runPath("orders_daily", runId), { note: "seen" });
    await expectShape("DAGRunCollectionResponse", "POST", "/dags/~/dagRuns/list", { states: ["failed"] });
    await expectShape("TaskInstanceCollectionResponse", "POST", "/dags/~/dagRuns/~/taskInstances/list", {
      state: ["failed"],
    });
    await expectShape("HTTPValidationError", "POST", clear, { dagrun_id: runId });
    expect(wrong).toEqual([]);
  });
});

describe("the server's manners", () => {
  it("lets a viewer read and not write; tells apart no, wrong and forged credentials", async () => {
    const guest = await visit();
    guest.pass(12);
    const { runId } = failedRun(guest, "orders_daily");
    const refused = await guest.airflow(
      "POST",
      "/dags/orders_daily/clearTaskInstances",
      { dag_run_id: runId },
      "reader",
    );
    expect([refused.status, refused.body]).toEqual([403, { detail: "Forbidden" }]);
    const dags = `${guest.at.airflowUrl}/api/v2/dags`;
    expect((await ask(dags, "GET")).status).toBe(401);
    const forged = await ask(dags, "GET", undefined, "a.b.c");
    expect([forged.status, forged.body]).toEqual([403, { detail: "Invalid JWT token" }]);
    const login = `${guest.at.airflowUrl}/auth/token`;
    expect((await ask(login, "POST", { username: "pipewright-reader", password: "no" })).status).toBe(401);
    const given = await ask(login, "POST", {
      username: guest.at.airflow.reader.username,
      password: guest.at.airflow.reader.password,
    });
    expect(given.status).toBe(201);
    const claims = JSON.parse(Buffer.from(given.body.access_token.split(".")[1], "base64url").toString("utf8"));
    expect(claims.exp - claims.iat).toBe(86_400);
    guest.leap(86_401);
    expect((await ask(dags, "GET", undefined, given.body.access_token)).status).toBe(403);
  });

  it("cuts limits to 100, gives no rows for 0, and pages by offset and by cursor without loss", async () => {
    const guest = await visit();
    guest.pass(15);
    const path = "/dags/~/dagRuns/~/taskInstances";
    const all = await guest.airflow("GET", `${path}?limit=1000`);
    expect(all.body.task_instances).toHaveLength(100);
    expect((await guest.airflow("GET", `${path}?limit=0`)).body.task_instances).toEqual([]);
    const total: number = all.body.total_entries;
    const ids = async (next: (seen: number, cursor: string | null) => string | null): Promise<string[]> => {
      const seen: string[] = [];
      let address = next(0, "");
      while (address !== null) {
        const { body } = await guest.airflow("GET", address);
        seen.push(...body.task_instances.map((task: { id: string }) => task.id));
        address = body.task_instances.length === 0 ? null : next(seen.length, body.next_cursor);
      }
      return seen;
    };
    const byOffset = await ids((seen) => (seen >= total ? null : `${path}?limit=100&order_by=end_date&offset=${seen}`));
    const byCursor = await ids((_seen, cursor) =>
      cursor === null ? null : `${path}?order_by=end_date&cursor=${cursor}`,
    );
    expect(new Set(byOffset).size).toBe(total);
    expect(byCursor).toEqual(byOffset);
  });

  it("finds what failed since a moment, of all DAGs", async () => {
    const guest = await visit();
    const since = encodeURIComponent("2026-11-22T18:40:00+00:00");
    const path = `/dags/~/dagRuns/~/taskInstances?state=failed&state=upstream_failed&end_date_gte=${since}&order_by=end_date`;
    expect((await guest.airflow("GET", path)).body.total_entries).toBe(0);
    guest.pass(16);
    const found = await guest.airflow("GET", path);
    const names = new Set(found.body.task_instances.map((task: { dag_id: string }) => task.dag_id));
    expect([...names].sort()).toEqual([
      "clickstream_hourly",
      "customer_360",
      "inventory_sync",
      "marketing_attribution",
      "orders_daily",
      "payments_recon",
    ]);
    const ends: number[] = found.body.task_instances.map((task: { end_date: string }) => Date.parse(task.end_date));
    expect(ends).toEqual([...ends].sort((a, b) => a - b));
  });

  it("answers odd requests as the real one does", async () => {
    const guest = await visit();
    guest.pass(12);
    const { runId } = failedRun(guest, "orders_daily");
    const status = async (path: string): Promise<readonly [number, unknown]> => {
      const { status: code, body } = await guest.airflow("GET", path);
      return [code, body.detail];
    };
    expect(await status("/dags/~/dagRuns?start_date_gte=2026-11-22T10:00:00")).toEqual([500, "Database error"]);
    expect((await status("/dags/~/dagRuns?start_date_gte=soon"))[0]).toBe(422);
    expect((await status("/dags/~/dagRuns?state=broken"))[0]).toBe(422);
    expect((await status("/dags/~/dagRuns?order_by=colour"))[0]).toBe(400);
    expect(await status("/dags/nope/dagRuns")).toEqual([404, "The Dag with ID: `nope` was not found"]);
    expect((await status("/dags/orders_daily/dagRuns/nope"))[0]).toBe(404);
    const old = await ask(`${guest.at.airflowUrl}/api/v1/health`, "GET");
    expect([old.status, old.body.error]).toEqual([404, expect.stringContaining("/api/v1 has been removed")]);
    const twice = { logical_date: null, dag_run_id: runId };
    const conflict = await guest.airflow("POST", "/dags/orders_daily/dagRuns", twice);
    expect([conflict.status, conflict.body.detail.reason]).toEqual([409, "Unique constraint violation"]);
    expect((await guest.airflow("POST", "/dags/orders_daily/dagRuns", {})).status).toBe(422);
    expect((await guest.airflow("POST", "/dags/orders_daily/clearTaskInstances", "{")).status).toBe(422);
  });

  it("gives logs as JSON or NDJSON, by the first listed of the two, and refuses text", async () => {
    const guest = await visit();
    guest.pass(12);
    const { runId } = failedRun(guest, "orders_daily");
    const base = `${guest.at.airflowUrl}/api/v2${runPath("orders_daily", runId)}/taskInstances`;
    const { username, password } = guest.at.airflow.reader;
    const token: string = (await ask(`${guest.at.airflowUrl}/auth/token`, "POST", { username, password })).body
      .access_token;
    const get = (path: string, accept: string) => ask(`${base}${path}`, "GET", undefined, token, { accept });
    expect((await get("/load_orders/logs/1", "text/plain")).status).toBe(406);
    expect((await get("/load_orders/logs/1", "text/plain, */*")).status).toBe(406);
    const lines = await get("/load_orders/logs/1", "application/x-ndjson, application/json");
    expect(lines.headers.get("content-type")).toContain("application/x-ndjson");
    expect(lines.headers.get("airflow-continuation-token")).toBeTruthy();
    const records: { event: string; timestamp: string | null }[] = lines.text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(records[1]).toEqual({
      timestamp: null,
      event: `/opt/airflow/logs/dag_id=orders_daily/run_id=${runId}/task_id=load_orders/attempt=1.log`,
    });
    const whole = await get("/load_orders/logs/1", "application/json");
    expect(whole.body.continuation_token).toBeNull();
    expect(whole.body.content).toHaveLength(records.length);
    expect(whole.body.content[1]).toEqual({ event: records[1]?.event });
    const never = await get("/publish/logs/0", "application/json");
    expect(never.body.content.at(-1).event).toBe("Task did not run because upstream task(s) failed.");
    expect((await get("/load_orders/logs/7", "application/json")).status).toBe(404);
  });

  it("kills and starts anew what runs when it is cleared", async () => {
    const guest = await visit();
    guest.pass(2);
    const run = guest.sandbox.snapshot().dagRuns.find((one) => one.dagId === "orders_daily" && one.state === "running");
    const path = `${runPath("orders_daily", run?.runId ?? "")}/taskInstances/load_orders`;
    const jobRunId: string = (await guest.airflow("GET", `${path}/xcomEntries/run_id`)).body.value;
    const wish = { dag_run_id: run?.runId, task_ids: ["load_orders"], only_failed: false, dry_run: false };
    const refused = await guest.airflow("POST", "/dags/orders_daily/clearTaskInstances", {
      ...wish,
      prevent_running_task: true,
    });
    expect(refused.status).toBe(409);
    const cleared = await guest.airflow("POST", "/dags/orders_daily/clearTaskInstances", wish);
    expect(cleared.body.task_instances[0].state).toBe("restarting");
    guest.pass(4);
    expect((await guest.airflow("GET", path)).body).toMatchObject({ state: "running", try_number: 2 });
    expect((await guest.databricks("GET", `/jobs/runs/get?run_id=${jobRunId}`)).body.state.result_state).toBe(
      "CANCELED",
    );
    expect((await guest.airflow("GET", `${path}/logs/1`)).text).toContain("Task killed!");
  });
});
