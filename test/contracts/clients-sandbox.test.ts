import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AirflowClient, createAirflow } from "../../src/clients/airflow/index.js";
import { createDatabricks, type DatabricksClient } from "../../src/clients/databricks/index.js";
import type { TaskInstance } from "../../src/core/airflow.js";
import { createSandbox, type Sandbox, type SandboxAddresses } from "../../src/sandbox/sandbox.js";
import { approvedByBen, errorOf } from "../unit/clients/approved.js";
import { createHandClock, type HandClock } from "../unit/clients/hand-clock.js";

/** The clients and the simulated systems were written apart from each other: here they meet over HTTP. */

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const secret = (value: string) => ({ name: "sandbox", read: () => value });

let clock: HandClock;
let sandbox: Sandbox;
let addresses: SandboxAddresses;
let airflow: AirflowClient;
let databricks: DatabricksClient;

async function open(version: 2 | 3): Promise<void> {
  clock = createHandClock("2026-11-22T05:30:00Z");
  sandbox = createSandbox({ seed: 7, clock, liveFailures: false, airflow: version });
  addresses = await sandbox.start({ host: "127.0.0.1" });
  const login = ({ username, password }: { username: string; password: string }) =>
    ({ kind: "airflow-login", username, password: secret(password) }) as const;
  const deps = { clock, redact: (text: string) => text, proxy: null, logger: silent };
  airflow = createAirflow(
    {
      name: "airflow:sandbox",
      baseUrl: addresses.airflowUrl,
      read: login(addresses.airflow.reader),
      write: login(addresses.airflow.writer),
      databricks: null,
    },
    deps,
  );
  databricks = createDatabricks(
    {
      name: "databricks:sandbox",
      host: addresses.databricksUrl,
      read: { kind: "bearer", token: secret(addresses.databricks.reader.token) },
      write: {
        kind: "oauth-m2m",
        clientId: addresses.databricks.writer.clientId,
        clientSecret: secret(addresses.databricks.writer.clientSecret),
      },
    },
    deps,
  );
}

afterEach(async () => {
  airflow.close();
  databricks.close();
  await sandbox.stop();
});

/** Breaks a pipeline and lets a few seconds pass; returns the run that failed. */
function breakNow(fault: string): string {
  const broken = sandbox.breakSomething(fault);
  if (broken === null) throw new Error(`unknown fault ${fault}`);
  clock.advance(20_000);
  return broken.runId;
}

function airflowWriter() {
  if (airflow.writer === null) throw new Error("expected a writer");
  return airflow.writer;
}

function databricksWriter() {
  if (databricks.writer === null) throw new Error("expected a writer");
  return databricks.writer;
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

const shortly = (tasks: readonly TaskInstance[]): string[] =>
  tasks.map(({ taskId, mapIndex, state }) => `${taskId} ${mapIndex} ${state}`).sort();

describe.each([3, 2] as const)("the Airflow client on the simulated Airflow %i", (version) => {
  beforeEach(() => open(version));

  it("finds the three mapped tasks that failed, reads all there is to know, and clears exactly those", async () => {
    const began = clock.now();
    const runId = breakNow("clickstream_hourly:http_503");
    const { reader } = airflow;
    const writer = airflowWriter();
    expect(await reader.version()).toMatch(version === 2 ? /^2\.11\./ : /^3\./);

    const failed = (await all(reader.failedTasksEndedSince(began))).filter((task) => task.runId === runId);
    const struck = failed.filter((task) => task.state === "failed");
    expect(struck.map(({ taskId, mapIndex }) => `${taskId} ${mapIndex}`).sort()).toEqual([
      "fetch_events 19",
      "fetch_events 3",
      "fetch_events 7",
    ]);
    const runs = await all(reader.runsChangedSince(began, ["failed"]));
    expect(runs.map((run) => run.runId)).toContain(runId);

    const ref = { dagId: "clickstream_hourly", runId, taskId: "fetch_events", mapIndex: 3 };
    expect(await reader.taskInstance(ref)).toMatchObject({ state: "failed", tryNumber: 2, maxTries: 1 });
    expect((await reader.tries(ref)).map((one) => one.tryNumber)).toEqual([1, 2]);
    const log = await reader.taskLog(ref, 2);
    const chunks = await all(log.bytes);
    expect(log.format).toBe(version === 2 ? "text" : "v2-ndjson");
    expect(Buffer.concat(chunks).toString("utf8")).toContain("503 Server Error");
    expect((await reader.taskInstances(ref.dagId, runId)).length).toBeGreaterThan(20);
    expect(await reader.run(ref.dagId, runId)).toMatchObject({ state: "failed" });
    expect((await reader.tasks(ref.dagId)).find((task) => task.taskId === ref.taskId)?.isMapped).toBe(true);
    expect(await reader.dag(ref.dagId)).toMatchObject({ owners: ["web-analytics"] });
    expect((await reader.dags()).length).toBeGreaterThanOrEqual(4);
    expect((await reader.recentRuns(ref.dagId, 3))[0]?.runId).toBe(runId);
    expect((await reader.recentTaskInstances(ref.dagId, "list_shards", 5)).length).toBeGreaterThan(0);
    if (version === 3)
      expect((await reader.eventLog({ dagId: ref.dagId, runId })).map(({ event }) => event)).toContain("failed");
    // Airflow 2 shows its audit log to administrators only.
    else expect(await errorOf(reader.eventLog({ dagId: ref.dagId }))).toMatchObject({ reason: "forbidden" });
    expect((await reader.pools()).length).toBeGreaterThan(0);
    expect(await reader.importFailures()).toEqual([]);
    expect(await reader.dagWarnings(ref.dagId)).toEqual([]);
    expect(await reader.blocking(ref)).toEqual([]);
    expect(await errorOf(reader.dag("no_such_dag"))).toMatchObject({ reason: "not_found" });

    const request = {
      dagId: ref.dagId,
      runId,
      tasks: struck.map(({ taskId, mapIndex }) => ({ taskId, mapIndex })),
      includeDownstream: true,
      onlyFailed: true,
      runOnLatestVersion: null,
    };
    const shown = await writer.dryRunClear(request);
    expect(shortly(shown).filter((line) => line.startsWith("fetch_events"))).toHaveLength(3);
    expect(await reader.taskInstance(ref)).toMatchObject({ state: "failed" });
    await writer.clear(approvedByBen(), request);
    clock.advance(60_000);
    const after = await reader.taskInstances(ref.dagId, runId);
    expect(after.filter((task) => task.state !== "success")).toEqual([]);
    expect(after.find((task) => task.taskId === "fetch_events" && task.mapIndex === 0)).toMatchObject({ tryNumber: 1 });
  });

  it("starts a run under its own id once, and tells whom an asset comes from", async () => {
    const { reader } = airflow;
    const request = {
      dagId: "clickstream_hourly",
      runId: "pipewright__pro_1__0",
      logicalDate: null,
      note: "by approval",
    };
    expect(await errorOf(reader.run(request.dagId, request.runId))).toMatchObject({ reason: "not_found" });
    const started = await airflowWriter().trigger(approvedByBen(), request);
    expect(started).toMatchObject({ runId: request.runId, state: "queued", note: "by approval" });
    expect(await errorOf(airflowWriter().trigger(approvedByBen(), request))).toMatchObject({
      reason: "conflict",
      ambiguous: false,
    });
    clock.advance(120_000);
    expect(await reader.run(request.dagId, request.runId)).toMatchObject({ state: "success", runType: "manual" });
    const runs = await reader.recentRuns(request.dagId, 5);
    expect(runs.filter((run) => run.runId === request.runId)).toHaveLength(1);

    const dated = { ...request, runId: "pipewright__pro_2__0", logicalDate: "2026-11-20T01:00:00Z" };
    expect(await airflowWriter().trigger(approvedByBen(), dated)).toMatchObject({ runId: dated.runId });
    expect(await errorOf(airflowWriter().trigger(approvedByBen(), { ...dated, runId: "other" }))).toMatchObject({
      reason: "conflict",
    });

    expect(await reader.assets("clickstream_hourly")).toEqual([
      {
        name: "s3://acme-marts/clickstream/sessions",
        producers: [{ dagId: "clickstream_hourly", taskId: "publish_sessions" }],
        startsDags: [],
      },
    ]);
    expect(await reader.assets("finance_close")).toEqual([]);
  });

  it("learns without writing that a viewer may not clear", async () => {
    const viewer = { username: addresses.airflow.reader.username, password: secret(addresses.airflow.reader.password) };
    const auth = { kind: "airflow-login", ...viewer } as const;
    const config = { name: "airflow:viewer", baseUrl: addresses.airflowUrl, read: auth, write: auth, databricks: null };
    const client = createAirflow(config, { clock, redact: (text) => text, proxy: null, logger: silent });
    expect(await client.writer?.canWrite()).toMatchObject({ ok: false, detail: expect.stringContaining("403") });
    expect(await airflowWriter().canWrite()).toMatchObject({ ok: true });
    client.close();
  });
});

describe.each([3, 2] as const)("the Databricks client on the simulated workspace behind Airflow %i", (version) => {
  beforeEach(() => open(version));

  it("reads the failed run with its cause, and repairs it with the latest repair as compare-and-set", async () => {
    const began = clock.now();
    const runId = breakNow("orders_daily:spot_loss");
    const { reader } = databricks;
    const writer = databricksWriter();
    const load = { dagId: "orders_daily", runId, taskId: "load_orders", mapIndex: -1 };
    const jobRunId = (await airflow.reader.xcom(load)).find(({ key }) => key === "run_id")?.value;
    if (typeof jobRunId !== "string") throw new Error("expected an exact id");
    expect(BigInt(jobRunId) > 2n ** 53n).toBe(true);

    const run = await reader.run(jobRunId);
    expect(run).toMatchObject({ runId: jobRunId, jobRunId, status: { result: "FAILED", lifeCycle: "INTERNAL_ERROR" } });
    const aggregate = run.tasks.find((task) => task.taskKey === "aggregate");
    if (aggregate?.clusterId === undefined || aggregate.clusterId === null) throw new Error("expected its cluster");
    expect(aggregate.status).toMatchObject({ result: "FAILED", terminationCode: "CLOUD_FAILURE" });
    expect(await reader.run(aggregate.taskRunId)).toMatchObject({ jobRunId });
    expect((await reader.runOutput(aggregate.taskRunId)).error).toContain("SPOT_INSTANCE_TERMINATION");
    expect(await errorOf(reader.runOutput(jobRunId))).toMatchObject({ reason: "rejected" });
    const events = await reader.clusterEvents(aggregate.clusterId, new Date(began.getTime() - 3_600_000), clock.now());
    expect(events.map(({ reasonCode }) => reasonCode)).toContain("SPOT_INSTANCE_TERMINATION");
    const completed = await all(
      reader.runs({ which: "completed", startedAfter: new Date(began.getTime() - 3_600_000) }),
    );
    expect(completed.map((one) => one.runId)).toContain(jobRunId);
    expect(await errorOf(reader.run("12345"))).toMatchObject({ reason: "not_found" });

    const request = { runId: jobRunId, rerunTasks: ["aggregate"], latestRepairId: null };
    const { repairId } = await writer.repair(approvedByBen(), request);
    clock.advance(1_000);
    expect((await all(reader.runs({ which: "active", startedAfter: null }))).map((one) => one.runId)).toContain(
      jobRunId,
    );
    clock.advance(120_000);
    const repaired = await reader.run(jobRunId);
    expect(repaired.status).toMatchObject({ result: "SUCCESS" });
    expect(repaired.repairs.map(({ id, type }) => [id, type])).toEqual([
      ["original", "ORIGINAL"],
      [repairId, "REPAIR"],
    ]);
    expect(await errorOf(writer.repair(approvedByBen(), request))).toMatchObject({ ambiguous: false });

    await airflowWriter().setSuccess(approvedByBen(), load);
    clock.advance(60_000);
    const tasks = await airflow.reader.taskInstances("orders_daily", runId);
    expect(tasks.filter((task) => task.state !== "success")).toEqual([]);
  });

  it("starts a job once under one token with its parameters, and stops what runs", async () => {
    breakNow("orders_daily:spot_loss");
    const { reader } = databricks;
    const [known] = await all(reader.runs({ which: "completed", startedAfter: null }));
    const jobId = known?.jobId ?? "";
    const request = {
      jobId,
      parameters: { job: { day: "2026-11-21" }, tasks: {} },
      idempotencyToken: "pipewright-pro_1-0",
    };
    const { runId } = await databricksWriter().runNow(approvedByBen(), request);
    expect(await databricksWriter().runNow(approvedByBen(), request)).toEqual({ runId });
    clock.advance(5_000);
    const active = await all(reader.runs({ which: "active", startedAfter: null, jobId }));
    expect(active.map((run) => run.runId)).toEqual([runId]);
    expect(await reader.run(runId)).toMatchObject({
      status: { lifeCycle: "RUNNING", result: null },
      // The service does not show the token.
      idempotencyToken: null,
      parameters: { job: { day: "2026-11-21" }, tasks: {} },
    });

    await databricksWriter().cancel(approvedByBen(), runId);
    clock.advance(60_000);
    const stopped = await reader.run(runId);
    expect(stopped.status).toMatchObject({ lifeCycle: "TERMINATED", result: "CANCELED" });
    expect(stopped.tasks.some((task) => task.status.result === "SUCCESS")).toBe(false);

    const rerunTasks = stopped.tasks.map((task) => task.taskKey);
    const { repairId } = await databricksWriter().repair(approvedByBen(), { runId, rerunTasks, latestRepairId: null });
    clock.advance(180_000);
    const repaired = await reader.run(runId);
    expect(repaired.status).toMatchObject({ result: "SUCCESS" });
    expect(repaired.repairs.at(-1)?.id).toBe(repairId);
  });

  it("knows who it is on both sides", async () => {
    expect(await databricks.reader.whoAmI()).toBe("pipewright-reader@sandbox.example");
    expect(await databricksWriter().canWrite()).toMatchObject({
      ok: true,
      detail: expect.stringContaining("pipewright-operator"),
    });
  });
});
