import { setTimeout as pause } from "node:timers/promises";
import { beforeAll, expect, it } from "vitest";
import { createAirflow } from "../../../src/clients/airflow/index.js";
import type { AirflowAuth, AirflowConnectionConfig } from "../../../src/config/config.js";
import type { TaskInstance } from "../../../src/core/airflow.js";
import type { AirflowReader, AirflowWriter, Clock, LogInput } from "../../../src/core/ports.js";
import { approvedByBen, errorOf } from "../../unit/clients/approved.js";
import type { AirflowLab } from "../airflow/lab.js";

const clock: Clock = {
  now: () => new Date(),
  sleep: (ms, signal) => pause(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined),
};
const logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** Every method of the clients against the server that they were written for. */
export function clientStories(lab: () => AirflowLab): void {
  const runId = "contract-1";
  const east = { dagId: "pw_mapped", runId, taskId: "count_orders", mapIndex: 1 };
  const report = { dagId: "pw_mapped", runId, taskId: "report", mapIndex: -1 };
  const began = new Date(Date.now() - 1000);
  let reader: AirflowReader;
  let writer: AirflowWriter;
  const isAirflow2 = () => lab().generation.api === "v1";

  beforeAll(async () => {
    await lab().admin.setVariable("pw_east_is_open", "no");
    ({ reader, writer } = connect("reader", "writer"));
    await lab().admin.trigger("pw_mapped", runId);
    expect(await lab().admin.untilEnded("pw_mapped", runId)).toBe("failed");
  });

  function connect(read: string, write: string): { reader: AirflowReader; writer: AirflowWriter } {
    const login = (name: string): AirflowAuth => ({
      kind: "airflow-login",
      username: name,
      password: { name: "AIRFLOW_PASSWORD", read: () => name },
    });
    const config: AirflowConnectionConfig = {
      name: "airflow:live",
      baseUrl: lab().baseUrl,
      read: login(read),
      write: login(write),
      databricks: null,
    };
    const client = createAirflow(config, { clock, redact: (text) => text, proxy: null, logger });
    if (client.writer === null) throw new Error("expected a writer");
    return { reader: client.reader, writer: client.writer };
  }

  it("knows the version", async () => {
    expect(await reader.version()).toMatch(isAirflow2() ? /^2\.11\./ : /^3\.3\./);
  });

  it("finds what failed since a mark, over all DAGs, oldest first", async () => {
    const failed = await all(reader.failedTasksEndedSince(began));
    const ours = failed.filter((task) => task.runId === runId);
    expect(ours.map(({ taskId, mapIndex, state }) => [taskId, mapIndex, state])).toEqual([
      ["count_orders", 1, "failed"],
      ["report", -1, "upstream_failed"],
    ]);
    expect(ours.every((task) => task.endedAt !== null)).toBe(true);
    expect(await all(reader.failedTasksEndedSince(new Date(Date.now() + 60_000)))).toEqual([]);
  });

  it("finds the runs that changed since a mark, by state too", async () => {
    const runs = [];
    for await (const run of reader.runsChangedSince(began, ["failed"])) runs.push(run);
    expect(runs.filter((run) => run.dagId === "pw_mapped")).toMatchObject([
      { dagId: "pw_mapped", runId, state: "failed", runType: "manual", runAfter: expect.any(String) },
    ]);
    for await (const run of reader.runsChangedSince(began, ["running"])) expect(run.runId).not.toBe(runId);
  });

  it("reads DAGs, their tasks and their runs", async () => {
    const dags = await reader.dags();
    expect(dags.map(({ dagId }) => dagId)).toEqual(
      expect.arrayContaining(["pw_flaky_http", "pw_mapped", "pw_wait_file"]),
    );
    expect(await reader.dag("pw_mapped")).toMatchObject({
      owners: ["data-platform"],
      tags: ["pipewright"],
      isPaused: false,
    });
    const count = (await reader.tasks("pw_mapped")).find((task) => task.taskId === "count_orders");
    expect(count).toMatchObject({
      isMapped: true,
      downstreamTaskIds: ["report"],
      triggerRule: "all_success",
      retries: 0,
    });
    expect(await reader.run("pw_mapped", runId)).toMatchObject({
      state: "failed",
      triggeredBy: isAirflow2() ? null : "admin",
    });
    expect((await reader.recentRuns("pw_mapped", 1)).map((run) => run.runId)).toEqual([runId]);
  });

  it("reads task instances, mapped ones by their index, and their tries", async () => {
    const instances = await reader.taskInstances("pw_mapped", runId);
    expect(instances.map(({ taskId, mapIndex }) => `${taskId} ${mapIndex}`).sort()).toEqual([
      "count_orders 0",
      "count_orders 1",
      "count_orders 2",
      "parts -1",
      "report -1",
    ]);
    expect(await reader.taskInstance(east)).toMatchObject({
      mapIndex: 1,
      state: "failed",
      tryNumber: 1,
      dagVersion: isAirflow2() ? null : 1,
    });
    expect(await reader.tries(east)).toMatchObject([{ tryNumber: 1, state: "failed" }]);
    const recent = await reader.recentTaskInstances("pw_mapped", "count_orders", 10);
    expect(recent.map(({ taskId, state }) => `${taskId} ${state}`)).toEqual(
      expect.arrayContaining(["count_orders success", "count_orders failed"]),
    );
    expect(recent.every((task) => task.taskId === "count_orders")).toBe(true);
  });

  it("reads the log of one mapped task", async () => {
    const log = await reader.taskLog(east, 1);
    expect(log.format).toBe(isAirflow2() ? "text" : "v2-ndjson");
    expect(await textOf(log)).toContain("region east is closed");
  });

  it("reads the log of a task that never ran, and says when a try does not exist", async () => {
    // Each is asked for when it is awaited: a refusal that comes while the other is read would be nobody's.
    const never = () => reader.taskLog(report, 0);
    const none = () => reader.taskLog(east, 9);
    if (isAirflow2()) {
      // It answers both with 200 and a sentence where the log would be.
      expect(await textOf(await never())).toContain("Try number 0 is invalid");
      expect(await textOf(await none())).toContain("Log file not found");
      return;
    }
    expect(await textOf(await never())).toContain("upstream");
    expect(await errorOf(none())).toMatchObject({ reason: "not_found" });
  });

  it("ends at the last line of a task that still runs", async () => {
    await lab().admin.trigger("pw_long_task", "contract-long");
    await lab().admin.untilTask("pw_long_task", "contract-long", "think", ["running"]);
    const think = { dagId: "pw_long_task", runId: "contract-long", taskId: "think", mapIndex: -1 };
    let text = "";
    while (!text.includes("thinking 1")) text = await textOf(await reader.taskLog(think, 1));
    expect((await reader.taskInstance(think)).state).toBe("running");
    await lab().admin.endRun("pw_long_task", "contract-long");
  });

  it("reads XCom with exact 64-bit numbers", async () => {
    expect(await reader.xcom({ ...east, mapIndex: 0 })).toEqual([
      { key: "return_value", value: "9007199254740993", taskId: "count_orders" },
    ]);
  });

  it("reads the audit log of a run in the order of events", async () => {
    // Airflow 2 shows its audit log to administrators only.
    const privileged = isAirflow2() ? connect("admin", "writer").reader : reader;
    if (isAirflow2())
      expect(await errorOf(reader.eventLog({ dagId: "pw_mapped" }))).toMatchObject({ reason: "forbidden" });
    const events = await privileged.eventLog({ dagId: "pw_mapped", runId, taskId: "count_orders" });
    expect(events.map(({ event }) => event)).toEqual(expect.arrayContaining(["running", "success", "failed"]));
    const times = events.map(({ when }) => when ?? "");
    expect(times).toEqual([...times].sort());
  });

  it("reads pools, blocking reasons, warnings and import errors", async () => {
    expect(await reader.pools()).toMatchObject([{ name: "default_pool", slots: 128 }]);
    expect(await reader.blocking(report)).toEqual([]);
    expect(await reader.dagWarnings("pw_mapped")).toEqual([]);
    expect(await reader.importFailures()).toEqual([]);
  });

  it("names what does not exist, and who may not", async () => {
    expect(await errorOf(reader.dag("no_such_dag"))).toMatchObject({ reason: "not_found" });
    expect(await errorOf(connect("nobody", "writer").reader.dags())).toMatchObject({
      // Airflow 2 says 403 to an unknown user as to one who lacks a role.
      reason: isAirflow2() ? "forbidden" : "unauthorized",
      fix: expect.stringContaining("AIRFLOW_PASSWORD"),
    });
    expect(await writer.canWrite()).toMatchObject({ ok: true });
    expect(await connect("reader", "reader").writer.canWrite()).toMatchObject({ ok: false });
  });

  it("shows in a dry run what a clear would touch, and changes nothing", async () => {
    const before = await reader.taskInstance(east);
    expect(shortly(await writer.dryRunClear(clearEast(true)))).toEqual([
      "count_orders 1 failed",
      "report -1 upstream_failed",
    ]);
    expect(shortly(await writer.dryRunClear(clearEast(false)))).toEqual(["count_orders 1 failed"]);
    expect(await reader.taskInstance(east)).toEqual(before);
  });

  it("clears exactly the mapped index and what it blocks; the run goes on to its end", async () => {
    await lab().admin.setVariable("pw_east_is_open", "yes");
    const before = await reader.taskInstance(east);
    const cleared = await writer.clear(approvedByBen(), clearEast(true));
    expect(cleared.map(({ taskId, mapIndex }) => `${taskId} ${mapIndex}`).sort()).toEqual([
      "count_orders 1",
      "report -1",
    ]);
    expect(await lab().admin.untilEnded("pw_mapped", runId)).toBe("success");
    const after = await reader.taskInstance(east);
    expect(after).toMatchObject({ state: "success", tryNumber: 2 });
    if (isAirflow2()) expect([before.id, after.id, after.maxTries]).toEqual([null, null, before.maxTries + 1]);
    else expect(after.id).not.toBe(before.id);
    expect(await reader.taskInstance({ ...east, mapIndex: 0 })).toMatchObject({ tryNumber: 1 });
  });

  it("starts a run by our own id, which can't be taken twice", async () => {
    const request = { dagId: "pw_mapped", runId: "contract-own", logicalDate: null, note: "asked for in a test" };
    const run = await writer.trigger(approvedByBen(), request);
    expect(run).toMatchObject({ dagId: "pw_mapped", runId: "contract-own", note: "asked for in a test" });
    expect(await errorOf(writer.trigger(approvedByBen(), request))).toMatchObject({ reason: "conflict" });
    expect(await lab().admin.untilEnded("pw_mapped", "contract-own")).toBe("success");
  });

  it("marks a failed task done, and Airflow itself goes on behind it", async () => {
    await lab().admin.setVariable("pw_east_is_open", "no");
    await lab().admin.trigger("pw_mapped", "contract-2");
    await lab().admin.untilEnded("pw_mapped", "contract-2");
    await writer.setSuccess(approvedByBen(), { ...east, runId: "contract-2" });
    await lab().admin.untilTask("pw_mapped", "contract-2", "report", ["success"]);
    expect(await reader.taskInstance({ ...east, runId: "contract-2" })).toMatchObject({
      state: "success",
      tryNumber: 1,
    });
  });

  function clearEast(includeDownstream: boolean) {
    const tasks = [{ taskId: "count_orders", mapIndex: 1 }];
    return { dagId: "pw_mapped", runId, tasks, includeDownstream, onlyFailed: true, runOnLatestVersion: null };
  }
}

const shortly = (tasks: readonly TaskInstance[]): string[] =>
  tasks.map(({ taskId, mapIndex, state }) => `${taskId} ${mapIndex} ${state}`).sort();

async function all(items: AsyncIterable<TaskInstance>): Promise<TaskInstance[]> {
  const list: TaskInstance[] = [];
  for await (const item of items) list.push(item);
  return list;
}

async function textOf(log: LogInput): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of log.bytes) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
