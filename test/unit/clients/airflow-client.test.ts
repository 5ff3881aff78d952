import { afterEach, describe, expect, it } from "vitest";
import { createAirflow } from "../../../src/clients/airflow/index.js";
import type { AirflowAuth } from "../../../src/config/config.js";
import type { TaskInstance } from "../../../src/core/airflow.js";
import { jwtUntil, taskInstanceBody, taskInstancesBody } from "./airflow-bodies.js";
import { approvedByBen, errorOf } from "./approved.js";
import { type FakeServer, html, json, type Reply, routes, startFakeServer } from "./fake-server.js";
import { createHandClock } from "./hand-clock.js";

const clock = createHandClock("2026-11-22T02:00:00Z");
const logged: string[] = [];
const log = (_fields: object, message: string) => void logged.push(message);
const logger = { debug: log, info: log, warn: log, error: log };
const bearer: AirflowAuth = { kind: "bearer", token: { name: "AIRFLOW_TOKEN", read: () => "reading" } };
const writing: AirflowAuth = { kind: "bearer", token: { name: "AIRFLOW_WRITE_TOKEN", read: () => "writing" } };
const run = "scheduled__2026-11-22T02:00:00+00:00";
const runPath = "/api/v2/dags/orders_daily/dagRuns/scheduled__2026-11-22T02%3A00%3A00%2B00%3A00";
const load = { dagId: "orders_daily", runId: run, taskId: "load", mapIndex: -1 };

let server: FakeServer;

/** An Airflow 3 that answers each request but for its version by the next reply. */
const open = (read: AirflowAuth, ...replies: Reply[]) => {
  let given = 0;
  return openServer(read, (response, seen) => {
    if (seen.url === "/api/v2/version") return json({ version: "3.3.2" })(response, seen);
    const reply = replies[Math.min(given, replies.length - 1)];
    given += 1;
    reply?.(response, seen);
  });
};

/** Every request but for those that only asked for the version. */
const asked = () => server.seen.filter(({ url }) => !url.endsWith("/version"));

async function openServer(read: AirflowAuth, reply: Reply) {
  server = await startFakeServer(reply);
  const config = { name: "airflow:prod", baseUrl: server.url, read, write: writing, databricks: null };
  const { reader, writer } = createAirflow(config, { clock, redact: (text) => text, proxy: null, logger });
  if (writer === null) throw new Error("expected a writer");
  return { reader, writer };
}

async function collect(items: AsyncIterable<TaskInstance>): Promise<string[]> {
  const ids: string[] = [];
  for await (const item of items) ids.push(item.taskId);
  return ids;
}

afterEach(async () => {
  logged.length = 0;
  await server.close();
});

describe("signing in to Airflow", () => {
  const password = { current: "first" };
  const login: AirflowAuth = {
    kind: "airflow-login",
    username: "reader",
    password: { name: "AIRFLOW_PASSWORD", read: () => password.current },
  };
  const dag = json({ dag_id: "orders_daily" });

  it("fetches a token once and again a minute before it ends", async () => {
    const { reader } = await open(
      login,
      routes({
        "POST /auth/token": (response, seen) =>
          json({ access_token: jwtUntil(new Date(clock.now().getTime() + 600_000).toISOString(), seen.body) }, 201)(
            response,
            seen,
          ),
        "GET /api/v2/dags/orders_daily": dag,
      }),
    );
    const logins = () => asked().filter((seen) => seen.url === "/auth/token");
    await Promise.all([reader.dag("orders_daily"), reader.dag("orders_daily")]);
    clock.advance(530_000);
    await reader.dag("orders_daily");
    expect(logins()).toHaveLength(1);
    expect(logins()[0]?.body).toBe('{"username":"reader","password":"first"}');
    clock.advance(20_000);
    await reader.dag("orders_daily");
    expect(logins()).toHaveLength(2);
  });

  it("signs in again, with the secret as it is now, when the server no longer takes its token", async () => {
    const { reader } = await open(
      login,
      json({ access_token: "one" }, 201),
      json({ detail: "Invalid JWT token" }, 403),
      json({ access_token: "two" }, 201),
      dag,
    );
    password.current = "rotated";
    await reader.dag("orders_daily");
    expect(asked()[2]?.body).toContain("rotated");
    expect(asked()[3]?.headers.authorization).toBe("Bearer two");
  });

  it("does not sign in again for a plain 403, which a new token would not change", async () => {
    const { reader } = await open(bearer, json({ detail: "Forbidden" }, 403));
    expect(await errorOf(reader.dag("orders_daily"))).toMatchObject({
      reason: "forbidden",
      message: "Airflow airflow:prod does not allow this to our account (403): Forbidden.",
      fix: expect.stringContaining("AIRFLOW_TOKEN"),
    });
    expect(asked()).toHaveLength(1);
  });

  it("names the password's setting when the login is refused", async () => {
    const { reader } = await open(login, json({ detail: "Invalid credentials" }, 401));
    expect(await errorOf(reader.dag("orders_daily"))).toMatchObject({
      reason: "unauthorized",
      fix: expect.stringContaining("AIRFLOW_PASSWORD"),
    });
  });

  it("reads a token file again after a refusal", async () => {
    const tokens = ["stale", "fresh"];
    const rotating: AirflowAuth = {
      kind: "bearer",
      token: { name: "AIRFLOW_TOKEN", read: () => tokens.shift() ?? "fresh" },
    };
    const { reader } = await open(rotating, json({}, 401), dag);
    await reader.dag("orders_daily");
    expect(asked().map((seen) => seen.headers.authorization)).toEqual(["Bearer stale", "Bearer fresh"]);
  });

  it("runs a command for its token, once until it is refused", async () => {
    const command = [process.execPath, "-e", "console.log('printed-token')"];
    const { reader } = await open({ kind: "command", command }, dag, json({}, 401), dag);
    await reader.dag("orders_daily");
    await reader.dag("orders_daily");
    expect(asked()[2]?.headers.authorization).toBe("Bearer printed-token");
  });

  it("says which command failed, without what it printed", async () => {
    const command = [process.execPath, "-e", "console.error('hunter2'); process.exit(3)"];
    const { reader } = await open({ kind: "command", command }, dag);
    const error = await errorOf(reader.dag("orders_daily"));
    expect(String(error)).toContain("prints a token for airflow:prod, ended with 3");
    expect(String(error)).not.toContain("hunter2");
  });
});

describe("reading Airflow", () => {
  it("follows pages by the rows received when the server gives fewer than asked for", async () => {
    const { reader } = await open(
      bearer,
      json(taskInstancesBody([taskInstanceBody("a"), taskInstanceBody("b")], 3)),
      json(taskInstancesBody([taskInstanceBody("c")], 3)),
    );
    expect(await collect(reader.failedTasksEndedSince(new Date("2026-11-22T01:50:00Z")))).toEqual(["a", "b", "c"]);
    const first = new URL(asked()[0]?.url ?? "", server.url).searchParams;
    expect(first.getAll("state")).toEqual(["failed", "upstream_failed"]);
    expect(first.get("end_date_gte")).toBe("2026-11-22T01:50:00.000Z");
    expect(new URL(asked()[1]?.url ?? "", server.url).searchParams.get("offset")).toBe("2");
  });

  it("stops at an empty page even when the total says more", async () => {
    const { reader } = await open(
      bearer,
      json(taskInstancesBody([taskInstanceBody("a")], 9)),
      json(taskInstancesBody([], 9)),
    );
    expect(await collect(reader.failedTasksEndedSince(new Date()))).toEqual(["a"]);
    expect(asked()).toHaveLength(2);
  });

  it("hands back our own words, also for a state and fields of a later version", async () => {
    const { reader } = await open(
      bearer,
      json(taskInstanceBody("load", { state: "awaiting_input", map_index: 7, new_thing: {}, note: 5 })),
    );
    const instance = await reader.taskInstance({ ...load, mapIndex: 7 });
    expect(asked()[0]?.url).toBe(`${runPath}/taskInstances/load/7`);
    expect(instance).toMatchObject({
      id: "row-load",
      runId: run,
      state: "awaiting_input",
      mapIndex: 7,
      tryNumber: 3,
      dagVersion: 4,
      note: null,
    });
  });

  it("never widens a request: ids that mean all, or climb, are refused before anything is sent", async () => {
    const { reader } = await open(bearer, json({}));
    for (const id of ["~", "..", ".", ""])
      expect(String(await errorOf(reader.taskInstances(id, run)))).toContain("is not an id");
    expect(asked()).toEqual([]);
  });

  it("reads a log as NDJSON, and as JSON where the server has no NDJSON yet", async () => {
    const ndjson: Reply = (response) => {
      response.writeHead(200, { "content-type": "application/x-ndjson" });
      response.end('{"event":"x"}\n');
    };
    const { reader } = await open(
      bearer,
      ndjson,
      json({ detail: "Only application/json" }, 406),
      json({ content: [] }),
    );
    expect(await reader.taskLog({ ...load, mapIndex: 3 }, 2)).toMatchObject({
      format: "v2-ndjson",
      tryNumber: 2,
      name: "orders_daily/load[3] try 2",
    });
    expect(await reader.taskLog(load, 1)).toMatchObject({ format: "v2-json" });
    expect(asked().map((seen) => seen.headers.accept)).toEqual([
      "application/x-ndjson",
      "application/x-ndjson",
      "application/json",
    ]);
    expect(asked()[0]?.url).toBe(`${runPath}/taskInstances/load/logs/2?map_index=3&full_content=true`);
  });

  it("reads XCom key by key with exact ids, leaving out what the server can't decode", async () => {
    const path = `${runPath}/taskInstances/load/xcomEntries`;
    const { reader } = await open(
      bearer,
      routes({
        [`GET ${path}`]: json({ xcom_entries: [{ key: "run_id" }, { key: "odd" }], total_entries: 2 }),
        [`GET ${path}/run_id`]: json('{"key":"run_id","task_id":"load","value":9223372036854775807}'),
        [`GET ${path}/odd`]: json({ detail: "cannot deserialize" }, 500),
      }),
    );
    expect(await reader.xcom(load)).toEqual([{ key: "run_id", value: "9223372036854775807", taskId: "load" }]);
  });

  it("links to the pages of Airflow's own web interface", async () => {
    const { reader } = await open(bearer, json({}));
    expect(reader.taskUrl({ ...load, mapIndex: 3 }, 2)).toBe(
      `${server.url}/dags/orders_daily/runs/scheduled__2026-11-22T02%3A00%3A00%2B00%3A00/tasks/load/mapped/3?try_number=2`,
    );
  });
});

describe("an Airflow of another version", () => {
  const versionV1 = (version: string) => ({ "GET /api/v1/version": json({ version }) });

  it("is refused by name when it is older than 2.10, and when it is none at all", async () => {
    const { reader } = await openServer(bearer, routes(versionV1("2.9.3")));
    const error = await errorOf(reader.dags());
    expect(String(error)).toContain("Airflow airflow:prod runs version 2.9.3");
    expect(error).toMatchObject({ fix: expect.stringContaining("pipewright diagnose") });
    await server.close();
    const other = await openServer(bearer, html(404));
    expect(await errorOf(other.reader.version())).toMatchObject({
      message: expect.stringContaining("answers neither as Airflow 3"),
      fix: expect.stringContaining("address"),
      reason: "not_found",
    });
  });

  it("is read by its own API after it was rolled back from 3 to 2 and when it is upgraded again", async () => {
    const table: Record<string, Reply> = {
      "GET /api/v2/version": json({ version: "3.3.2" }),
      "GET /api/v2/dags/orders_daily": json({ dag_id: "orders_daily", timetable_summary: "@daily" }),
    };
    const { reader } = await openServer(bearer, (response, seen) => routes(table)(response, seen));
    expect(await reader.dag("orders_daily")).toMatchObject({ schedule: "@daily" });
    for (const path of Object.keys(table)) delete table[path];
    Object.assign(table, versionV1("2.11.2"), {
      "GET /api/v1/dags/orders_daily": json({ dag_id: "orders_daily", schedule_interval: { value: "@hourly" } }),
      "GET /api/v1/dags/~/dagRuns/~/taskInstances": json(taskInstancesBody([taskInstanceBody("load")])),
    });
    expect(await collect(reader.failedTasksEndedSince(new Date()))).toEqual(["load"]);
    expect(await reader.dag("orders_daily")).toMatchObject({ schedule: "@hourly" });
    expect(logged).toEqual(["this Airflow changed its version while we were running"]);
  });

  it("is asked for once, however much is read", async () => {
    const { reader } = await open(bearer, json({ dag_id: "orders_daily" }));
    await Promise.all([reader.dag("orders_daily"), reader.dag("orders_daily")]);
    await reader.dag("orders_daily");
    expect(server.seen).toHaveLength(4);
  });

  it("is asked with the token where a proxy lets nobody in without one", async () => {
    const { reader } = await openServer(bearer, (response, seen) =>
      seen.headers.authorization === undefined
        ? json({}, 401)(response, seen)
        : json({ version: "3.3.2" })(response, seen),
    );
    expect(await reader.version()).toBe("3.3.2");
  });

  it("is noted when it was upgraded while we run, and a missing DAG stays a missing DAG", async () => {
    const versions = ["3.2.1", "3.3.2"];
    const { reader } = await openServer(
      bearer,
      routes({ "GET /api/v2/version": (response, seen) => json({ version: versions.shift() })(response, seen) }),
    );
    expect(await reader.version()).toBe("3.2.1");
    expect(await errorOf(reader.dag("gone"))).toMatchObject({ reason: "not_found" });
    expect(logged).toEqual(["this Airflow changed its version while we were running"]);
  });

  it("gets a write by no second API when it does not know the address", async () => {
    const { writer } = await openServer(
      bearer,
      routes({ "GET /api/v2/version": json({ version: "3.3.2" }), ...versionV1("2.11.2") }),
    );
    await errorOf(writer.setSuccess(approvedByBen(), load));
    expect(server.seen.filter((seen) => seen.method === "PATCH")).toHaveLength(1);
  });
});

describe("writing to Airflow", () => {
  const request = {
    dagId: "orders_daily",
    runId: run,
    tasks: [
      { taskId: "load", mapIndex: -1 },
      { taskId: "build_marts", mapIndex: 7 },
    ],
    includeDownstream: true,
    onlyFailed: true,
    runOnLatestVersion: null,
  };

  it("sends the same clear as the dry run, but for dry_run, with the write credentials", async () => {
    const { writer } = await open(bearer, json(taskInstancesBody([taskInstanceBody("load")])));
    const [shown] = await writer.dryRunClear(request);
    const [cleared] = await writer.clear(approvedByBen(), request);
    expect([shown?.taskId, cleared?.taskId]).toEqual(["load", "load"]);
    const [dry, real] = asked().map((seen) => JSON.parse(seen.body));
    expect(real).toEqual({
      dry_run: false,
      dag_run_id: run,
      task_ids: ["load", ["build_marts", 7]],
      only_failed: true,
      include_downstream: true,
      reset_dag_runs: true,
    });
    expect(dry).toEqual({ ...real, dry_run: true });
    expect(asked().map((seen) => seen.headers.authorization)).toEqual(["Bearer writing", "Bearer writing"]);
  });

  it("refuses to clear without tasks or without a run, which Airflow takes for all of them", async () => {
    const { writer } = await open(bearer, json({}));
    for (const wide of [
      { ...request, tasks: [] },
      { ...request, runId: "" },
    ])
      expect(String(await errorOf(writer.clear(approvedByBen(), wide)))).toContain("nothing was sent");
    expect(asked()).toEqual([]);
  });

  it("refuses a dry run that reaches into another run", async () => {
    const other = taskInstanceBody("child", { dag_id: "child_dag" });
    const { writer } = await open(bearer, json(taskInstancesBody([taskInstanceBody("load"), other])));
    expect(String(await errorOf(writer.dryRunClear(request)))).toContain("would clear child_dag / child too");
  });

  it("marks a mapped task done", async () => {
    const { writer } = await open(bearer, json({}));
    await writer.setSuccess(approvedByBen(), { ...load, mapIndex: 7 });
    expect(asked()).toMatchObject([
      { method: "PATCH", url: `${runPath}/taskInstances/load/7`, body: '{"new_state":"success"}' },
    ]);
  });

  it("knows without writing whether it may clear", async () => {
    const dags = json({ dags: [{ dag_id: "orders_daily" }], total_entries: 1 });
    const { writer } = await open(
      bearer,
      dags,
      json({ detail: "DagRun not found" }, 404),
      dags,
      json({ detail: "Forbidden" }, 403),
    );
    expect(await writer.canWrite()).toEqual({ ok: true, detail: "may clear tasks (dry run on orders_daily)" });
    expect(await writer.canWrite()).toMatchObject({
      ok: false,
      detail: expect.stringContaining("AIRFLOW_WRITE_TOKEN"),
    });
    expect(
      asked()
        .filter((seen) => seen.method === "POST")
        .map((seen) => JSON.parse(seen.body).dry_run),
    ).toEqual([true, true]);
  });
});
