import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DagRun, TaskInstance } from "../../src/core/airflow.js";
import type { DatabricksRun } from "../../src/core/databricks.js";
import { UpstreamError } from "../../src/core/errors.js";
import type { AirflowReader, DatabricksReader } from "../../src/core/ports.js";
import type { Store } from "../../src/core/store.js";
import { findOwnedRuns } from "../../src/flows/find-run-owner.js";
import { takeFirstContact } from "../../src/flows/first-contact.js";
import { takeFailure } from "../../src/flows/take-failure.js";
import { createAirflowWatch } from "../../src/flows/watch-airflow.js";
import { createDatabricksWatch } from "../../src/flows/watch-databricks.js";
import { createIds } from "../../src/store/ids.js";
import { openFileStore } from "../../src/store/lowdb/file-store.js";
import { bareRun, bareTask } from "../fixtures/bare-rows.js";
import { type MovedClock, movedClock } from "../fixtures/moved-clock.js";
import { silentLogger } from "../fixtures/silent-logger.js";

const minute = 60_000;
const hour = 60 * minute;

let folder: string;
let clock: MovedClock;
let store: Store;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "pipewright-detection-"));
  clock = movedClock("2026-11-22T06:00:00Z");
  store = await open();
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const open = () => openFileStore({ dataDir: folder, clock, ids: createIds(randomBytes, clock), logger: silentLogger });
const ago = (ms: number) => new Date(clock.now().getTime() - ms).toISOString();

/** A deployment whose rows the test writes; it answers by date as the real one does. */
class Deployment {
  instances: TaskInstance[] = [];
  runs: DagRun[] = [];
  xcoms = new Map<string, unknown>();
  down = false;

  readonly reader = {
    connection: "airflow:prod",
    failedTasksEndedSince: (since: Date) =>
      this.rows(this.instances.filter((row) => /failed$/.test(row.state) && late(row.endedAt, since))),
    runsChangedSince: (since: Date, states: readonly string[]) =>
      this.rows(
        this.runs.filter((row) => states.includes(row.state) && late(row.endedAt ?? clock.now().toISOString(), since)),
      ),
    taskInstances: async (dagId: string, runId: string) =>
      this.instances.filter((row) => row.dagId === dagId && row.runId === runId),
    xcom: async (ref: TaskInstance) => {
      const value = this.xcoms.get(ref.taskId);
      if (value instanceof Error) throw value;
      return value === undefined ? [] : [{ key: "run_id", value, taskId: ref.taskId }];
    },
  } as unknown as AirflowReader;

  private async *rows<T>(rows: readonly T[]): AsyncIterable<T> {
    if (this.down)
      throw new UpstreamError("Airflow airflow:prod does not answer.", "Start it.", "unreachable", true, false);
    yield* rows;
  }
}

function late(at: string | null, since: Date): boolean {
  return at !== null && new Date(at) >= since;
}

function instance(over: Partial<TaskInstance>): TaskInstance {
  return {
    ...bareTask,
    dagId: "orders_daily",
    runId: "scheduled__2026-11-22",
    taskId: "load_orders",
    operator: "PythonOperator",
    endedAt: ago(minute),
    ...over,
  };
}

function dagRun(over: Partial<DagRun>): DagRun {
  return { ...bareRun, dagId: "orders_daily", runId: "scheduled__2026-11-22", endedAt: ago(minute), ...over };
}

const takeDeps = () => ({ store, clock, ids: createIds(randomBytes, clock), logger: silentLogger, simulated: false });
const watchDeps = () => ({
  store,
  clock,
  logger: silentLogger,
  onFailure: async (failure: Parameters<typeof takeFailure>[0]) => void (await takeFailure(failure, takeDeps())),
  onFirstContact: (connection: string, failures: Parameters<typeof takeFirstContact>[1]) =>
    takeFirstContact(connection, failures, takeDeps()),
});
const incidents = () => store.transact((tx) => tx.incidents.find());
const outbox = (kind: "summary" | "investigate") => store.transact((tx) => tx.outbox.find({ kind }));

describe("watching Airflow", () => {
  let airflow: Deployment;
  const watch = () => createAirflowWatch(airflow.reader, watchDeps());
  beforeEach(() => {
    airflow = new Deployment();
  });

  it("meets months of failures with one summary and no thread", async () => {
    airflow.instances = [1, 2, 3].map((n) => instance({ dagId: `dag_${n}`, endedAt: ago(n * hour) }));
    airflow.instances.push(instance({ dagId: "old", endedAt: ago(40 * 24 * hour) }));
    await watch().poll();
    expect(await incidents()).toEqual([]);
    const [summary] = await outbox("summary");
    expect(summary?.payload["failures"]).toHaveLength(3);
    await watch().poll();
    expect([(await incidents()).length, (await outbox("summary")).length]).toEqual([0, 1]);
  });

  describe("from then on", () => {
    beforeEach(async () => {
      await watch().poll();
      clock.move(minute);
    });

    it("finds the failure of a run that began 30 h ago", async () => {
      airflow.instances = [instance({ startedAt: ago(30 * hour), endedAt: ago(10_000) })];
      await watch().poll();
      expect((await incidents()).map((incident) => incident.title)).toEqual(["orders_daily / load_orders"]);
    });

    it("finds a task that fails while its run goes on", async () => {
      airflow.runs = [dagRun({ state: "running", endedAt: null })];
      airflow.instances = [instance({})];
      await watch().poll();
      expect((await incidents()).length).toBe(1);
    });

    it("says nothing about tasks that only stand behind a failed one", async () => {
      airflow.instances = [instance({}), instance({ taskId: "publish", state: "upstream_failed" })];
      await watch().poll();
      expect((await incidents()).map((incident) => incident.title)).toEqual(["orders_daily / load_orders"]);
    });

    it("takes the same try once, however often and from wherever it is seen", async () => {
      airflow.instances = [instance({})];
      airflow.runs = [dagRun({})];
      await watch().poll();
      await watch().poll();
      await store.close();
      store = await open();
      clock.move(minute);
      await watch().poll();
      expect((await incidents()).map((incident) => incident.failures.length)).toEqual([1]);
      expect((await outbox("investigate")).length).toBe(1);
    });

    it("takes a cleared run that fails again as the next try of the same incident", async () => {
      airflow.instances = [instance({})];
      await watch().poll();
      clock.move(20 * minute);
      airflow.instances = [instance({ tryNumber: 2, endedAt: ago(1_000) })];
      await watch().poll();
      const [incident, ...more] = await incidents();
      expect(more).toEqual([]);
      expect(incident?.failures.map((failure) => failure.kind === "airflow_task" && failure.tryNumber)).toEqual([1, 2]);
    });

    it("gathers the failed map indexes of one task in one incident", async () => {
      airflow.instances = [3, 7, 19].map((mapIndex) => instance({ mapIndex }));
      await watch().poll();
      expect((await incidents()).map((incident) => incident.failures.length)).toEqual([3]);
    });

    it("reports a run that timed out with its tasks merely skipped", async () => {
      airflow.instances = [instance({ state: "skipped" })];
      airflow.runs = [dagRun({})];
      await watch().poll();
      expect((await incidents()).map((incident) => incident.failures[0]?.kind)).toEqual(["airflow_run"]);
    });

    it("leaves no gap when it or Airflow was down", async () => {
      airflow.down = true;
      await expect(watch().poll()).rejects.toThrow("does not answer");
      airflow.instances = [instance({ endedAt: clock.now().toISOString() })];
      await store.close();
      clock.move(3 * hour);
      store = await open();
      airflow.down = false;
      await watch().poll();
      expect((await incidents()).length).toBe(1);
    });

    it("does not move on before a failure is durable", async () => {
      airflow.instances = [instance({ endedAt: clock.now().toISOString() })];
      const dying = createAirflowWatch(airflow.reader, {
        ...watchDeps(),
        onFailure: () => Promise.reject(new Error("killed")),
      });
      await expect(dying.poll()).rejects.toThrow("killed");
      clock.move(2 * hour);
      await watch().poll();
      expect((await incidents()).length).toBe(1);
    });
  });
});

/** A workspace whose runs the test writes. */
class Workspace {
  jobRuns: DatabricksRun[] = [];
  readonly reader = {
    connection: "databricks:eu",
    runs: ({ which, startedAfter }: { which: string; startedAfter: Date | null }) =>
      this.list(which === "active", startedAfter),
    run: async (runId: string) => {
      const found = this.jobRuns.find((run) => run.runId === runId);
      if (found === undefined) throw new UpstreamError(`Run ${runId} does not exist.`, "", "not_found", false, false);
      return found;
    },
  } as unknown as DatabricksReader;

  private async *list(active: boolean, startedAfter: Date | null): AsyncIterable<DatabricksRun> {
    for (const run of this.jobRuns) {
      const started = startedAfter === null || new Date(run.startedAt ?? 0) >= startedAfter;
      if ((run.status.result === null) === active && started) yield run;
    }
  }
}

function jobRun(over: Partial<DatabricksRun>, result: string | null = "FAILED"): DatabricksRun {
  return {
    runId: "900719925474099301",
    jobId: "11",
    runName: "nightly_marts",
    jobRunId: "900719925474099301",
    startedAt: ago(10 * minute),
    endedAt: result === null ? null : ago(minute),
    durationMs: null,
    runType: "JOB_RUN",
    trigger: "PERIODIC",
    creator: null,
    pageUrl: null,
    tasks: [],
    repairs: [],
    numberInJob: null,
    idempotencyToken: null,
    status: {
      lifeCycle: result === null ? "RUNNING" : "TERMINATED",
      result,
      message: null,
      terminationCode: null,
      terminationType: null,
      terminationMessage: null,
      cancelledOrTimedOut: false,
    },
    ...over,
  };
}

describe("watching Databricks", () => {
  let workspace: Workspace;
  let airflow: Deployment;
  const watch = () =>
    createDatabricksWatch(workspace.reader, {
      ...watchDeps(),
      findOwned: (runs) => findOwnedRuns(runs, { store, readers: () => [airflow.reader], logger: silentLogger }),
    });
  const titles = async () => (await incidents()).map((incident) => incident.title);

  beforeEach(async () => {
    workspace = new Workspace();
    airflow = new Deployment();
    await watch().poll();
    clock.move(minute);
  });

  it("reports a scheduled run once", async () => {
    workspace.jobRuns = [jobRun({})];
    await watch().poll();
    await watch().poll();
    expect(await titles()).toEqual(["nightly_marts"]);
  });

  it("finds a run that started and failed while we were down", async () => {
    await store.close();
    clock.move(5 * hour);
    workspace.jobRuns = [jobRun({ startedAt: ago(3 * hour), endedAt: ago(2 * hour) })];
    store = await open();
    await watch().poll();
    expect(await titles()).toEqual(["nightly_marts"]);
  });

  it("finds the end of a run that was active for a day", async () => {
    const startedAt = ago(20 * hour);
    workspace.jobRuns = [jobRun({ startedAt }, null)];
    await watch().poll();
    clock.move(4 * hour);
    workspace.jobRuns = [jobRun({ startedAt, endedAt: ago(1_000) })];
    await watch().poll();
    expect(await titles()).toEqual(["nightly_marts"]);
  });

  it("tells nothing twice while another run stays active for weeks", async () => {
    const startedAt = ago(hour);
    const streaming = jobRun({ runId: "5", runName: "stream", startedAt }, null);
    workspace.jobRuns = [streaming, jobRun({})];
    await watch().poll();
    clock.move(9 * 24 * hour);
    await watch().poll();
    // What is known about so old a failure is let go.
    await store.transact(async (tx) => {
      for (const { id } of await tx.seen.find()) await tx.seen.delete(id);
      for (const { id } of await tx.incidents.find()) await tx.incidents.delete(id);
    });
    clock.move(minute);
    await watch().poll();
    expect(await titles()).toEqual([]);
  });

  it("says nothing of good runs, of those a person cancelled, and of inner runs", async () => {
    const cancelled = jobRun({ runId: "2" });
    workspace.jobRuns = [
      jobRun({ runId: "1" }, "SUCCESS"),
      { ...cancelled, status: { ...cancelled.status, result: "CANCELED", terminationCode: "USER_CANCELED" } },
      jobRun({ runId: "3", trigger: "RUN_JOB_TASK" }),
    ];
    await watch().poll();
    expect(await titles()).toEqual([]);
  });

  it("reports a repaired run that fails again", async () => {
    workspace.jobRuns = [jobRun({})];
    await watch().poll();
    clock.move(5 * minute);
    const failed = jobRun({});
    workspace.jobRuns = [
      jobRun({
        endedAt: ago(1_000),
        repairs: [{ id: "77", type: "REPAIR", status: failed.status, startedAt: null, endedAt: null, taskRunIds: [] }],
      }),
    ];
    await watch().poll();
    expect((await incidents()).map((incident) => incident.failures.length)).toEqual([2]);
  });

  it("leaves a run to the Airflow task that started it, even while that task waits for its retry", async () => {
    airflow.runs = [dagRun({ state: "running", endedAt: null })];
    airflow.instances = [instance({ state: "up_for_retry", operator: "DatabricksRunNowOperator", endedAt: null })];
    airflow.xcoms.set("load_orders", 900719925474099301n);
    workspace.jobRuns = [jobRun({ trigger: "ONE_TIME" })];
    await watch().poll();
    clock.move(10 * minute);
    await watch().poll();
    expect(await titles()).toEqual([]);
  });

  it("leaves a run to its task also when the DAG run went well after a retry", async () => {
    airflow.runs = [dagRun({ state: "success" })];
    airflow.instances = [instance({ state: "success", operator: "DatabricksRunNowOperator" })];
    airflow.xcoms.set("load_orders", "900719925474099301");
    workspace.jobRuns = [jobRun({ trigger: "ONE_TIME" })];
    await watch().poll();
    clock.move(10 * minute);
    await watch().poll();
    expect(await titles()).toEqual([]);
  });

  it("knows the owner of a run although the XCom of another task can't be read", async () => {
    const operator = "DatabricksRunNowOperator";
    airflow.runs = [dagRun({ state: "running", endedAt: null })];
    airflow.instances = [
      instance({ taskId: "broken", state: "running", operator, endedAt: null }),
      instance({ state: "up_for_retry", operator, endedAt: null }),
    ];
    airflow.xcoms.set("broken", new UpstreamError("This XCom can't be read.", "", "server_error", true, false));
    airflow.xcoms.set("load_orders", 900719925474099301n);
    workspace.jobRuns = [jobRun({ trigger: "ONE_TIME" })];
    await watch().poll();
    clock.move(10 * minute);
    await watch().poll();
    expect(await titles()).toEqual([]);
  });

  it("holds a run started by API back for two minutes, then reports it", async () => {
    workspace.jobRuns = [jobRun({ trigger: "ONE_TIME" })];
    await watch().poll();
    clock.move(minute);
    await watch().poll();
    expect(await titles()).toEqual([]);
    clock.move(minute);
    await watch().poll();
    expect(await titles()).toEqual(["nightly_marts"]);
  });
});
