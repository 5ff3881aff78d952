import { describe, expect, it } from "vitest";
import { airflowDagStatus } from "../../../src/tools/airflow/dag-status.js";
import { airflowGetRun } from "../../../src/tools/airflow/get-run.js";
import { airflowGetTaskLog } from "../../../src/tools/airflow/get-task-log.js";
import { airflowListFailures } from "../../../src/tools/airflow/list-failures.js";
import { createWorld, dag, dagRun, task, unreachable, type World } from "./literal-world.js";

const status = (world: World) => airflowDagStatus.handler({ dag: "bikes_daily" }, createWorld(world).ports);

/** Four good runs at 02:00 of half an hour each, before 22 November 09:00. */
const goodRuns = ["22", "21", "20", "19"].map((day) =>
  dagRun({
    runId: day,
    state: "success",
    runAfter: `2026-11-${day}T02:00:00Z`,
    startedAt: `2026-11-${day}T02:00:00Z`,
    endedAt: `2026-11-${day}T02:30:00Z`,
  }),
);

describe("is it late, when will it finish", () => {
  it("is on time when today's run succeeded, and knows the next one", async () => {
    expect(await status({ runs: goodRuns })).toMatchObject({
      state: "success",
      late: false,
      usualSeconds: 1800,
      expectedEnd: null,
      nextExpected: "2026-11-23T02:00:00.000Z",
    });
  });

  it("is late when the next run should have started hours ago", async () => {
    const runs = goodRuns.slice(1);
    expect(await status({ runs })).toMatchObject({ late: true, lateBySeconds: 7 * 3600 });
    expect(await status({ runs, dags: [dag("bikes_daily", { isPaused: true })] })).toMatchObject({ late: false });
  });

  it("says when a running one should end, and that it is late once it is well over the usual time", async () => {
    const running = (startedAt: string) => dagRun({ runId: "now", state: "running", startedAt, endedAt: null });
    expect(await status({ runs: [running("2026-11-22T08:45:00Z"), ...goodRuns] })).toMatchObject({
      late: false,
      expectedEnd: "2026-11-22T09:15:00.000Z",
    });
    expect(await status({ runs: [running("2026-11-22T08:25:00Z"), ...goodRuns] })).toMatchObject({ late: false });
    expect(await status({ runs: [running("2026-11-22T08:00:00Z"), ...goodRuns] })).toMatchObject({
      late: true,
      lateBySeconds: 1800,
    });
  });

  it("promises nothing when no run ever succeeded", async () => {
    const runs = [dagRun({ state: "running", endedAt: null })];
    expect(await status({ runs })).toMatchObject({ late: false, expectedEnd: null, usualSeconds: null });
    expect(await status({ runs: [] })).toMatchObject({ state: "no runs", run: null, late: false });
  });
});

describe("what failed", () => {
  const list = (world: World, input: Record<string, unknown> = {}) =>
    airflowListFailures.handler(airflowListFailures.input.parse(input), createWorld(world).ports);

  it("collapses map indexes, counts who waits, and names runs that failed without a failed task", async () => {
    const answer = await list({
      tasks: [
        task({ taskId: "shard", mapIndex: 3, state: "failed" }),
        task({ taskId: "shard", mapIndex: 7, state: "failed", tryNumber: 2 }),
        task({ taskId: "publish", state: "upstream_failed" }),
        task({ taskId: "old", state: "failed", endedAt: "2026-11-01T00:00:00Z" }),
      ],
      runs: [dagRun(), dagRun({ dagId: "trains", runId: "timed_out", endedAt: "2026-11-22T08:00:00Z" })],
    });
    expect(answer).toMatchObject({ total: 2, upstreamFailed: 1 });
    expect(answer.failures).toEqual([
      { connection: "airflow:prod", dag: "trains", run: "timed_out", ended: "2026-11-22T08:00:00Z" },
      {
        connection: "airflow:prod",
        dag: "bikes_daily",
        run: "scheduled__2026-11-22",
        task: "shard",
        mapIndexes: [3, 7],
        try: 2,
        ended: "2026-11-22T02:10:00Z",
      },
    ]);
  });

  it("keeps to the limit and says how many there are", async () => {
    const tasks = Array.from({ length: 30 }, (_, index) => task({ taskId: `t${index}`, state: "failed" }));
    const answer = await list({ tasks }, { limit: 5 });
    expect(answer.failures).toHaveLength(5);
    expect(answer.total).toBe(30);
  });

  it("throws when no deployment answers, instead of saying that nothing failed", async () => {
    async function* broken(): AsyncGenerator<never> {
      yield await Promise.reject(unreachable("airflow:prod"));
    }
    await expect(list({ airflow: { failedTasksEndedSince: broken, runsChangedSince: broken } })).rejects.toMatchObject({
      reason: "unreachable",
    });
    const half = await list({ airflow: { runsChangedSince: broken } });
    expect(half.warnings.join()).toContain("Failed runs of airflow:prod could not be read");
  });
});

describe("a run and its log", () => {
  it("puts what failed first and counts the rest", async () => {
    const tasks = [
      ...Array.from({ length: 50 }, (_, index) => task({ taskId: `ok${index}` })),
      task({ taskId: "late", state: "upstream_failed" }),
      task({ taskId: "broken", state: "failed" }),
    ];
    const answer = await airflowGetRun.handler({ dag: "bikes_daily", run: "latest" }, createWorld({ tasks }).ports);
    expect(answer.tasks.slice(0, 3).map((entry) => entry.task)).toEqual(["broken", "late", "ok0"]);
    expect(answer.tasksOmitted).toBe(12);
    expect(answer.taskStates).toEqual({ success: 50, upstream_failed: 1, failed: 1 });
  });

  it("shows the log of a task that did not fail, too", async () => {
    const world: World = { tasks: [task({ taskId: "fine" })], runs: [dagRun({ state: "success" })] };
    const input = airflowGetTaskLog.input.parse({ dag: "bikes_daily", task: "fine", from: 1, to: 2 });
    expect((await airflowGetTaskLog.handler(input, createWorld(world).ports)).quoted).toBe("1: line 1\n2: line 2\n");
  });

  it("cuts endless lines and stops before the answer grows too large", async () => {
    const world: World = {
      tasks: [task({ taskId: "fetch", state: "failed" })],
      logLines: Array.from({ length: 100 }, () => "x".repeat(5_000)),
    };
    const input = airflowGetTaskLog.input.parse({ dag: "bikes_daily", from: 1, to: 100 });
    const answer = await airflowGetTaskLog.handler(input, createWorld(world).ports);
    expect(answer.quoted.length).toBeLessThanOrEqual(30_000);
    expect(answer.more).toBe(`Go on with from ${(answer.to ?? 0) + 1}.`);
  });
});
