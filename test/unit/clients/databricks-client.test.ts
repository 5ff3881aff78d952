import { afterEach, describe, expect, it } from "vitest";
import { createDatabricks } from "../../../src/clients/databricks/index.js";
import type { DatabricksAuth } from "../../../src/config/config.js";
import { approvedByBen, errorOf } from "./approved.js";
import { type FakeServer, json, type Reply, routes, startFakeServer } from "./fake-server.js";
import { createHandClock } from "./hand-clock.js";

const clock = createHandClock("2026-11-22T02:00:00Z");
const pat: DatabricksAuth = { kind: "bearer", token: { name: "DATABRICKS_TOKEN", read: () => "reading" } };
const writing: DatabricksAuth = { kind: "bearer", token: { name: "DATABRICKS_WRITE_TOKEN", read: () => "writing" } };
const huge = "9007199254740993";

let server: FakeServer;

async function open(read: DatabricksAuth, ...replies: Reply[]) {
  server = await startFakeServer(...replies);
  const config = { name: "databricks:eu", host: server.url, read, write: writing };
  const { reader, writer } = createDatabricks(config, { clock, redact: (text) => text, proxy: null });
  if (writer === null) throw new Error("expected a writer");
  return { reader, writer };
}

const query = (index: number) => new URL(server.seen[index]?.url ?? "", server.url).searchParams;
const task = (key: string, runId: string, more = "") =>
  `{"run_id":${runId},"task_key":"${key}","notebook_task":{},"attempt_number":0,"state":{"life_cycle_state":"TERMINATED","result_state":"FAILED"}${more}}`;

afterEach(() => server.close());

describe("reading Databricks", () => {
  it("puts the pages of a run together, with exact ids", async () => {
    const { reader } = await open(
      pat,
      json(
        `{"run_id":${huge},"job_id":77,"run_name":"orders","start_time":1795408245086,"end_time":0,"run_duration":0,
          "state":{"life_cycle_state":"RUNNING","state_message":""},"tasks":[${task("a", "9007199254740995")}],
          "repair_history":[{"type":"ORIGINAL","task_run_ids":[1]}],"next_page_token":"p2"}`,
      ),
      json(`{"run_id":${huge},"tasks":[${task("b", "9007199254740997")}],"repair_history":[{"id":5,"type":"REPAIR"}]}`),
    );
    const run = await reader.run(huge);
    expect(run).toMatchObject({ runId: huge, jobId: "77", jobRunId: huge, endedAt: null, durationMs: null });
    expect(run.startedAt).toBe("2026-11-23T04:30:45.086Z");
    expect(run.status).toMatchObject({ lifeCycle: "RUNNING", result: null, message: null });
    expect(run.tasks.map(({ taskRunId, kind }) => [taskRunId, kind])).toEqual([
      ["9007199254740995", "notebook"],
      ["9007199254740997", "notebook"],
    ]);
    expect(run.repairs.map(({ id, type }) => [id, type])).toEqual([
      ["original", "ORIGINAL"],
      ["5", "REPAIR"],
    ]);
    expect(query(0).get("include_history")).toBe("true");
    expect(query(1).get("page_token")).toBe("p2");
  });

  it("looks into the iterations of a for-each task", async () => {
    const { reader } = await open(
      pat,
      json(`{"run_id":1,"tasks":[{"run_id":2,"task_key":"each","for_each_task":{}}]}`),
      json(
        `{"run_id":2,"task_key":"each","job_run_id":1,"iterations":[${task("each_0", "3")}],"next_page_token":"more"}`,
      ),
      json(`{"run_id":2,"iterations":[${task("each_1", "4")}]}`),
    );
    const run = await reader.run("1");
    expect(run.tasks[0]?.kind).toBe("for_each");
    expect(run.tasks[0]?.iterations.map(({ taskRunId }) => taskRunId)).toEqual(["3", "4"]);
  });

  it("takes a run without a task list for its one task", async () => {
    const { reader } = await open(
      pat,
      json(
        `{"run_id":1,"run_name":"adhoc","task":{"spark_python_task":{}},"cluster_instance":{"cluster_id":"c-1"},"status":{"state":"TERMINATED","termination_details":{"code":"RUN_EXECUTION_ERROR","type":"CLIENT_ERROR","message":"boom"}}}`,
      ),
    );
    const run = await reader.run("1");
    expect(run.status).toMatchObject({
      lifeCycle: "TERMINATED",
      result: "FAILED",
      terminationCode: "RUN_EXECUTION_ERROR",
    });
    expect(run.tasks).toMatchObject([{ taskRunId: "1", taskKey: "adhoc", kind: "python", clusterId: "c-1" }]);
  });

  it("says that a run is gone, which Databricks calls an invalid parameter", async () => {
    const gone = { error_code: "INVALID_PARAMETER_VALUE", message: "Run 12 does not exist." };
    const { reader } = await open(pat, json(gone, 400));
    expect(await errorOf(reader.run("12"))).toMatchObject({
      reason: "not_found",
      message: "Databricks databricks:eu does not know this (400): Run 12 does not exist.",
    });
  });

  it("sends only digits as a run id", async () => {
    const { reader } = await open(pat, json({}));
    expect(String(await errorOf(reader.run("1&include=all")))).toContain("is not a run id");
    expect(server.seen).toEqual([]);
  });

  it("lists completed runs over all pages, and stops when the reader has enough", async () => {
    const { reader } = await open(
      pat,
      json({ runs: [{ run_id: 9 }, { run_id: 8 }], next_page_token: "older" }),
      json({ runs: [{ run_id: 7 }], next_page_token: "" }),
    );
    const since = new Date("2026-11-21T00:00:00Z");
    const ids: string[] = [];
    for await (const run of reader.runs({ which: "completed", startedAfter: since, jobId: "77" })) ids.push(run.runId);
    expect(ids).toEqual(["9", "8", "7"]);
    expect(Object.fromEntries(query(0))).toEqual({
      completed_only: "true",
      start_time_from: String(since.getTime()),
      job_id: "77",
      limit: "24",
    });
    for await (const _ of reader.runs({ which: "active", startedAfter: null })) break;
    expect(server.seen).toHaveLength(3);
  });

  it("reads the output of a task, ANSI codes as given", async () => {
    const { reader } = await open(
      pat,
      json({
        metadata: { run_id: 4 },
        error: "KeyError: 'x'",
        error_trace: "\u001b[31mKeyError\u001b[0m",
        notebook_output: {},
        run_job_output: { run_id: 44 },
      }),
    );
    expect(await reader.runOutput("4")).toEqual({
      taskRunId: "4",
      error: "KeyError: 'x'",
      errorTrace: "\u001b[31mKeyError\u001b[0m",
      logs: null,
      logsTruncated: false,
      notebookResult: null,
      sqlError: null,
      dbtError: null,
      innerRunId: "44",
    });
  });

  it("reads cluster events over pages of either form", async () => {
    const event = (type: string) => ({
      timestamp: 1795408245086,
      type,
      details: {
        reason: { code: "SPOT_INSTANCE_TERMINATION", type: "CLOUD_FAILURE", parameters: { instance_id: "i-1" } },
      },
    });
    const { reader } = await open(
      pat,
      json({ events: [event("TERMINATING")], next_page_token: "t" }),
      json({ events: [event("RUNNING")], next_page: { cluster_id: "c-1", offset: 50 } }),
      json({ events: [], total_count: 2 }),
    );
    const events = await reader.clusterEvents("c-1", new Date(1000), new Date(2000));
    expect(events).toHaveLength(2);
    expect(events[0]).toMatchObject({
      type: "TERMINATING",
      reasonCode: "SPOT_INSTANCE_TERMINATION",
      detail: "instance_id: i-1",
    });
    expect(server.seen.map((seen) => JSON.parse(seen.body))).toMatchObject([
      { cluster_id: "c-1", start_time: 1000, end_time: 2000 },
      { page_token: "t" },
      { cluster_id: "c-1", offset: 50 },
    ]);
  });

  it("reads a pipeline's events of a time, page after page, with the filter on the first only", async () => {
    const failed = {
      timestamp: "2026-11-22T05:01:00Z",
      level: "ERROR",
      event_type: "flow_progress",
      message: "Flow 'fees' has FAILED.",
      origin: { update_id: "u1", flow_name: "fees" },
      error: { exceptions: [{ class_name: "java.io.IOException", message: "disk" }] },
      details: {
        flow_progress: { data_quality: { expectations: [{ name: "ok", dataset: "fees", failed_records: 2 }] } },
      },
    };
    const { reader } = await open(pat, json({ events: [failed], next_page_token: "t2" }), json({ events: [{}] }));
    const found = await reader.pipelineEvents(
      "p-1",
      new Date("2026-11-22T05:00:00Z"),
      new Date("2026-11-22T05:02:00Z"),
    );
    expect(found[0]).toEqual({
      at: "2026-11-22T05:01:00Z",
      updateId: "u1",
      type: "flow_progress",
      level: "ERROR",
      flow: "fees",
      message: "Flow 'fees' has FAILED.",
      exceptions: [{ type: "java.io.IOException", message: "disk" }],
      broken: [{ expectation: "ok", dataset: "fees", failed: 2 }],
    });
    expect(found).toHaveLength(2);
    const asked = server.seen.map(({ url }) => new URL(url, server.url).searchParams);
    expect(asked.map((query) => [query.get("page_token"), query.get("filter")])).toEqual([
      [null, "timestamp >= '2026-11-22T05:00:00.000Z' AND timestamp <= '2026-11-22T05:02:00.000Z'"],
      ["t2", null],
    ]);
  });

  it("links only into its own workspace", async () => {
    const { reader } = await open(pat, json({}));
    expect(reader.runUrl({ runId: "5", url: `${server.url}/?o=1#job/2/run/5` })).toBe(`${server.url}/?o=1#job/2/run/5`);
    expect(reader.runUrl({ runId: "5", url: "https://evil.example/run/5" })).toBe(`${server.url}/#job/run/5`);
  });
});

describe("signing in to Databricks", () => {
  it("renews a service principal's token before it ends, whatever type its lifetime has", async () => {
    const m2m: DatabricksAuth = {
      kind: "oauth-m2m",
      clientId: "app-1",
      clientSecret: { name: "DATABRICKS_CLIENT_SECRET", read: () => "dose" },
    };
    const { reader } = await open(
      m2m,
      routes({
        "POST /oidc/v1/token": json({ access_token: "t-1", expires_in: "3600" }),
        "GET /api/2.0/preview/scim/v2/Me": json({ userName: "svc@example.com" }),
      }),
    );
    const logins = () => server.seen.filter((seen) => seen.method === "POST");
    expect(await reader.whoAmI()).toBe("svc@example.com");
    clock.advance(3_550_000);
    await reader.whoAmI();
    expect(logins()).toHaveLength(1);
    clock.advance(15_000);
    await reader.whoAmI();
    expect(logins()).toHaveLength(2);
    expect(logins()[0]).toMatchObject({
      body: "grant_type=client_credentials&scope=all-apis",
      headers: { authorization: `Basic ${Buffer.from("app-1:dose").toString("base64")}` },
    });
  });

  it("takes 403 Invalid access token for what it is", async () => {
    const { reader } = await open(pat, json({ error_code: "403", message: "Invalid access token." }, 403));
    expect(await errorOf(reader.whoAmI())).toMatchObject({
      reason: "unauthorized",
      fix: expect.stringContaining("DATABRICKS_TOKEN"),
    });
  });
});

describe("writing to Databricks", () => {
  it("repairs with the latest repair as compare-and-set, ids as exact numbers", async () => {
    const { writer } = await open(pat, json('{"repair_id":9007199254740999}'));
    const first = { runId: huge, rerunTasks: ["aggregate"], latestRepairId: null };
    expect(await writer.repair(approvedByBen(), first)).toEqual({ repairId: "9007199254740999" });
    await writer.repair(approvedByBen(), { ...first, latestRepairId: "9007199254740999" });
    expect(server.seen.map((seen) => seen.body)).toEqual([
      `{"run_id":${huge},"rerun_tasks":["aggregate"]}`,
      `{"run_id":${huge},"rerun_tasks":["aggregate"],"latest_repair_id":9007199254740999}`,
    ]);
    expect(server.seen[0]?.headers.authorization).toBe("Bearer writing");
  });

  it("starts a job under its token with what the run before it was given, and with nothing else of it", async () => {
    const { reader, writer } = await open(
      pat,
      json({
        run_id: 7,
        job_id: 77,
        job_parameters: [
          { name: "day", default: "today", value: "2026-03-01" },
          { name: "region", default: "eu", value: "eu" },
        ],
        overriding_parameters: { notebook_params: { full: "yes" }, job_id: 1, idempotency_token: "theirs" },
      }),
      json('{"run_id":9007199254740999,"number_in_job":9007199254740999}'),
    );
    const { parameters = { job: {}, tasks: {} } } = await reader.run("7");
    const request = { jobId: huge, parameters, idempotencyToken: "pipewright-pro_1-0" };
    expect(await writer.runNow(approvedByBen(), request)).toEqual({ runId: "9007199254740999" });
    expect(server.seen[1]?.body).toBe(
      `{"job_id":${huge},"idempotency_token":"pipewright-pro_1-0","job_parameters":{"day":"2026-03-01"},"notebook_params":{"full":"yes"}}`,
    );
  });

  it("refuses a repair without tasks", async () => {
    const { writer } = await open(pat, json({}));
    const repair = writer.repair(approvedByBen(), { runId: "1", rerunTasks: [], latestRepairId: null });
    expect(String(await errorOf(repair))).toContain("nothing was sent");
    expect(server.seen).toEqual([]);
  });

  it("knows that a run which is busy may be repaired later", async () => {
    const { writer } = await open(pat, json({ error_code: "COULD_NOT_ACQUIRE_LOCK", message: "try later" }, 400));
    const repair = writer.repair(approvedByBen(), { runId: "1", rerunTasks: ["a"], latestRepairId: null });
    expect(await errorOf(repair)).toMatchObject({ reason: "conflict", retryable: true, ambiguous: false });
  });
});
