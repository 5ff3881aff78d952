import { afterEach, describe, expect, it } from "vitest";
import { createAirflow } from "../../../src/clients/airflow/index.js";
import type { AirflowAuth } from "../../../src/config/config.js";
import type { TaskInstance } from "../../../src/core/airflow.js";
import { silentLogger } from "../../fixtures/silent-logger.js";
import { approvedByBen, errorOf } from "./approved.js";
import { type FakeServer, html, json, type Reply, routes, startFakeServer } from "./fake-server.js";
import { createHandClock } from "./hand-clock.js";

const runId = "scheduled__2026-11-22T02:00:00+00:00";
const runPath = "/api/v1/dags/shops/dagRuns/scheduled__2026-11-22T02%3A00%3A00%2B00%3A00";
const tasksPath = `GET ${runPath}/taskInstances`;
const clearPath = "POST /api/v1/dags/shops/clearTaskInstances";
const failedPath = "/api/v1/dags/~/dagRuns/~/taskInstances";
const count = { dagId: "shops", runId, taskId: "count", mapIndex: 4 };

let server: FakeServer;
afterEach(() => server.close());

const signIn = (name: string): AirflowAuth => ({
  kind: "airflow-login",
  username: name,
  password: { name: `${name.toUpperCase()}_PASSWORD`, read: () => "s:cret" },
});

/** An Airflow 2.11 that knows these addresses; its web interface answers all others. */
async function open(table: Readonly<Record<string, Reply>>) {
  const known: Readonly<Record<string, Reply>> = { "GET /api/v1/version": json({ version: "2.11.2" }), ...table };
  server = await startFakeServer((response, seen) =>
    (`${seen.method} ${seen.url.split("?")[0]}` in known ? routes(known) : html(404))(response, seen),
  );
  const write = signIn("writer");
  const config = { name: "airflow:old", baseUrl: server.url, read: signIn("reader"), write, databricks: null };
  const deps = { clock: createHandClock("2026-11-22T03:00:00Z"), redact: (text: string) => text, proxy: null };
  const { reader, writer } = createAirflow(config, { ...deps, logger: silentLogger });
  if (writer === null) throw new Error("expected a writer");
  return { reader, writer };
}

function row(taskId: string, mapIndex: number, state: string | null, more: object = {}): object {
  return { dag_id: "shops", dag_run_id: runId, task_id: taskId, map_index: mapIndex, state, try_number: 1, ...more };
}

const rows = (...items: object[]): Reply => json({ task_instances: items, total_entries: items.length });
const references = (...taskIds: string[]): Reply =>
  json({ task_instances: taskIds.map((id) => ({ dag_id: "shops", dag_run_id: runId, task_id: id })) });
const bodies = (method: string) =>
  server.seen.filter((seen) => seen.method === method).map(({ body }) => JSON.parse(body));
const names = (tasks: readonly TaskInstance[]) => tasks.map(({ taskId, mapIndex }) => `${taskId} ${mapIndex}`).sort();

describe("reading Airflow 2", () => {
  it("sends the name and password that make a token on Airflow 3", async () => {
    const { reader } = await open({ "GET /api/v1/dags/shops": json({ dag_id: "shops" }) });
    await reader.dag("shops");
    const sent = server.seen.map(({ url, headers }) => [url, headers.authorization]);
    expect(sent).toEqual([
      ["/api/v2/version", undefined],
      ["/api/v1/version", undefined],
      ["/api/v1/dags/shops", `Basic ${Buffer.from("reader:s:cret").toString("base64")}`],
    ]);
  });

  it("says that a bare 403 may be a wrong password as well as a missing role", async () => {
    const refusal = { detail: null, status: 403, title: "Forbidden", type: "about:blank" };
    const { reader } = await open({ "GET /api/v1/dags/shops": json(refusal, 403) });
    expect(await errorOf(reader.dag("shops"))).toMatchObject({
      reason: "forbidden",
      message: expect.stringContaining("also says to a wrong name or password"),
      fix: expect.stringContaining("READER_PASSWORD"),
    });
  });

  it("halves the time until every failed task came, since the list has no order to page by", async () => {
    const all = Array.from({ length: 7 }, (_, index) =>
      row("count", index, "failed", { end_date: `2026-11-22T02:0${index}:00+00:00` }),
    ).reverse();
    const { reader } = await open({
      [`GET ${failedPath}`]: (response, { url }) => {
        const query = new URL(url, server.url).searchParams;
        const [from, to] = [Date.parse(query.get("end_date_gte") ?? ""), Date.parse(query.get("end_date_lte") ?? "")];
        const inside = all.filter((one) => {
          const at = Date.parse((one as { end_date: string }).end_date);
          return at >= from && !(at > to);
        });
        // This server gives no more than three at once.
        json({ task_instances: inside.slice(0, 3), total_entries: inside.length })(response, {} as never);
      },
    });
    const found: TaskInstance[] = [];
    for await (const one of reader.failedTasksEndedSince(new Date("2026-11-22T02:00:00Z"))) found.push(one);
    expect(found.map(({ mapIndex }) => mapIndex)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(server.seen.every(({ url }) => !url.includes("order_by") && !url.includes("offset"))).toBe(true);
  });

  it("finds the newest instances of a task by way of the newest runs", async () => {
    const list = "/api/v1/dags/~/dagRuns/~/taskInstances/list";
    const { reader } = await open({
      "GET /api/v1/dags/shops/dagRuns": json({ dag_runs: [{ dag_id: "shops", dag_run_id: "new" }], total_entries: 1 }),
      [`POST ${list}`]: rows(
        row("count", 0, "success", { start_date: "2026-11-21T02:00:00+00:00" }),
        row("count", 1, "success", { start_date: "2026-11-22T02:00:00+00:00" }),
      ),
    });
    expect(names(await reader.recentTaskInstances("shops", "count", 1))).toEqual(["count 1"]);
    expect(bodies("POST")).toEqual([
      { dag_ids: ["shops"], dag_run_ids: ["new"], task_ids: ["count"], state: ["success", "failed"], page_limit: 10 },
    ]);
  });

  it("dates a scheduled run by the end of its interval and a manual one by the moment it was asked for", async () => {
    const { reader } = await open({
      [`GET ${runPath}`]: json({
        dag_id: "shops",
        dag_run_id: runId,
        run_type: "scheduled",
        logical_date: "2026-11-22T02:00:00+00:00",
        data_interval_end: "2026-11-23T02:00:00+00:00",
      }),
      "GET /api/v1/dags/shops/dagRuns/by-hand": json({
        dag_id: "shops",
        dag_run_id: "by-hand",
        run_type: "manual",
        logical_date: "2026-11-22T09:30:00+00:00",
        data_interval_end: "2026-11-22T02:00:00+00:00",
      }),
    });
    expect((await reader.run("shops", runId)).runAfter).toBe("2026-11-23T02:00:00+00:00");
    expect((await reader.run("shops", "by-hand")).runAfter).toBe("2026-11-22T09:30:00+00:00");
  });

  it("asks for a log as text, for XCom values as they are, and links to the grid", async () => {
    const xcom = `${runPath}/taskInstances/count/xcomEntries`;
    const { reader } = await open({
      [`GET ${runPath}/taskInstances/count/logs/2`]: (response, seen) => {
        response.writeHead(200, { "content-type": "text/plain" });
        response.end(`${seen.headers.accept}\n`);
      },
      [`GET ${xcom}`]: json({ xcom_entries: [{ key: "run_id" }], total_entries: 1 }),
      [`GET ${xcom}/run_id`]: json('{"key":"run_id","task_id":"count","value":9223372036854775807}'),
    });
    const log = await reader.taskLog(count, 2);
    const chunks: Uint8Array[] = [];
    for await (const chunk of log.bytes) chunks.push(chunk);
    expect([log.format, Buffer.concat(chunks).toString()]).toEqual(["text", "text/plain\n"]);
    expect(await reader.xcom(count)).toEqual([{ key: "run_id", value: "9223372036854775807", taskId: "count" }]);
    expect(server.seen.at(-1)?.url).toContain("stringify=false");
    const run = "dag_run_id=scheduled__2026-11-22T02%3A00%3A00%2B00%3A00";
    expect(reader.runUrl("shops", runId)).toBe(`${server.url}/dags/shops/grid?${run}`);
    expect(reader.taskUrl(count, 2)).toBe(`${server.url}/dags/shops/grid?${run}&task_id=count&map_index=4&tab=logs`);
  });
});

describe("writing to Airflow 2", () => {
  const tasks = [4, 7].map((mapIndex) => ({ taskId: "count", mapIndex }));
  const request = {
    dagId: "shops",
    runId,
    tasks,
    includeDownstream: true,
    onlyFailed: true,
    runOnLatestVersion: null,
  };
  const world = [
    row("count", 1, "success"),
    row("count", 7, "failed"),
    row("report", -1, "upstream_failed"),
    row("count", 4, "failed"),
  ];
  const table = { [tasksPath]: rows(...world), [clearPath]: references("count", "count", "report") };

  it("tells which instances a clear means by their states, for its answer names no map index", async () => {
    const { writer } = await open(table);
    expect(names(await writer.dryRunClear(request))).toEqual(["count 4", "count 7", "report -1"]);
    expect(bodies("POST")).toEqual([
      {
        dry_run: true,
        dag_run_id: runId,
        task_ids: ["count"],
        only_failed: true,
        include_downstream: true,
        reset_dag_runs: true,
        include_subdags: false,
        include_parentdag: false,
      },
    ]);
  });

  it("clears with the same words after one more look, as the writer", async () => {
    const { writer } = await open(table);
    await writer.clear(approvedByBen(), request);
    const [look, clear] = bodies("POST");
    expect(clear).toEqual({ ...look, dry_run: false });
    expect(new Set(server.seen.slice(2).map(({ headers }) => headers.authorization))).toEqual(
      new Set([`Basic ${Buffer.from("writer:s:cret").toString("base64")}`]),
    );
  });

  it("sends no clear that would take an index beside the approved ones", async () => {
    const { writer } = await open(table);
    const error = await errorOf(writer.clear(approvedByBen(), { ...request, tasks: tasks.slice(0, 1) }));
    expect(error).toMatchObject({
      message: expect.stringContaining("would clear count[7] too"),
      reason: "rejected",
      ambiguous: false,
    });
    expect(bodies("POST").map((body) => body.dry_run)).toEqual([true]);
  });

  it("looks again when the rows moved while the dry run was read", async () => {
    const { writer } = await open({ ...table, [tasksPath]: rows(...world.slice(0, 3)) });
    expect(await errorOf(writer.clear(approvedByBen(), request))).toMatchObject({
      reason: "conflict",
      retryable: true,
      ambiguous: false,
    });
    expect(bodies("POST").map((body) => body.dry_run)).toEqual([true]);
  });

  it("refuses to clear without tasks, which Airflow takes for all of them", async () => {
    const { writer } = await open(table);
    expect(String(await errorOf(writer.clear(approvedByBen(), { ...request, tasks: [] })))).toContain(
      "nothing was sent",
    );
    expect(bodies("POST")).toEqual([]);
  });

  it("marks a mapped task done for good, not as a try", async () => {
    const { writer } = await open({ [`PATCH ${runPath}/taskInstances/count/4`]: json({}) });
    await writer.setSuccess(approvedByBen(), count);
    expect(bodies("PATCH")).toEqual([{ dry_run: false, new_state: "success" }]);
  });

  it("starts a run by our own id, at the date where there is one", async () => {
    const runs = "POST /api/v1/dags/shops/dagRuns";
    const { writer } = await open({ [runs]: json({ dag_id: "shops", dag_run_id: "ours", state: "queued" }) });
    const wish = { dagId: "shops", runId: "ours", note: "approved by Ben" };
    await writer.trigger(approvedByBen(), { ...wish, logicalDate: null });
    await writer.trigger(approvedByBen(), { ...wish, logicalDate: "2026-11-21T00:00:00Z" });
    const body = { dag_run_id: "ours", conf: {}, note: "approved by Ben" };
    expect(bodies("POST")).toEqual([body, { ...body, logical_date: "2026-11-21T00:00:00Z" }]);
  });

  it("can't be made to clear without an approval", async () => {
    const { writer } = await open(table);
    await errorOf(writer.clear({} as never, request));
    expect(bodies("POST").map((body) => body.dry_run)).toEqual([true]);
  });
});
