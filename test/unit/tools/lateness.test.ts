import { describe, expect, it } from "vitest";
import type { DagRun } from "../../../src/core/airflow.js";
import { latenessOf } from "../../../src/core/lateness.js";
import { airflowWhatIsLate } from "../../../src/tools/airflow/what-is-late.js";
import { nextDue } from "../../../src/tools/gathering/next-due.js";
import { createWorld, dag, dagRun, type World } from "./literal-world.js";

/** Runs due at 02:00 that took half an hour, newest first. */
const nights = (...days: readonly string[]): readonly DagRun[] =>
  days.map((day) =>
    dagRun({
      runId: day,
      state: "success",
      runAfter: `2026-11-${day}T02:00:00Z`,
      startedAt: `2026-11-${day}T02:02:00Z`,
      endedAt: `2026-11-${day}T02:30:00Z`,
    }),
  );
const at = (time: string): Date => new Date(`2026-11-22T${time}:00Z`);
const unfinished = (state: string, runAfter: string): DagRun =>
  dagRun({ runId: "now", state, runAfter, startedAt: runAfter, endedAt: null });
const late = (runs: readonly DagRun[], now: Date, changes: Parameters<typeof dag>[1] = {}) =>
  latenessOf(dag("bikes_daily", { schedule: "0 2 * * *", ...changes }), runs, now, nextDue);

describe("a run that should have begun", () => {
  it("is late once its cron time is five minutes past", () => {
    const runs = nights("21", "20", "19");
    expect(late(runs, at("02:04"))).toBeNull();
    expect(late(runs, at("04:00"))).toEqual({
      kind: "not_started",
      runId: null,
      due: "2026-11-22T02:00:00.000Z",
      lateSeconds: 7200,
      usualSeconds: 1800,
    });
  });

  it("is judged by the scheduler's own word where it gives one", () => {
    const runs = nights("21", "20");
    expect(late(runs, at("04:00"), { nextRunAfter: "2026-11-23T02:00:00Z" })).toBeNull();
    expect(late(runs, at("04:00"), { nextRunAfter: "2026-11-22T03:00:00Z" })).toMatchObject({ lateSeconds: 3600 });
    expect(late(nights("22", "21"), at("04:00"), { nextRunAfter: "2026-11-22T02:00:00Z" })).toBeNull();
  });

  it("is never late while the DAG is paused, and never where no clock and no rhythm drives it", () => {
    expect(late(nights("15"), at("04:00"), { isPaused: true })).toBeNull();
    expect(late(nights("21", "17", "16", "12", "5"), at("23:00"), { schedule: "Asset" })).toBeNull();
  });

  it("is late by its rhythm where assets drive it, with a quarter of it as patience", () => {
    const runs = nights("20", "19", "18", "17", "16");
    expect(late(runs, at("07:00"), { schedule: "Asset" })).toMatchObject({ kind: "not_started" });
    expect(late(nights("21", "20", "19", "18", "17"), at("07:00"), { schedule: "Asset" })).toBeNull();
  });
});

describe("a run that should have ended", () => {
  it("is late when it goes on well past its usual end, counted from when it was due", () => {
    const runs = [unfinished("running", "2026-11-22T02:00:00Z"), ...nights("21", "20", "19")];
    expect(late(runs, at("02:35"))).toBeNull();
    expect(late(runs, at("03:30"))).toMatchObject({ kind: "running", runId: "now", lateSeconds: 3600 });
  });

  it("is late while it waits in the queue, and while it is failed", () => {
    for (const state of ["queued", "failed"]) {
      const runs = [unfinished(state, "2026-11-22T02:00:00Z"), ...nights("21", "20")];
      expect(late(runs, at("06:00"))).toMatchObject({ kind: state, lateSeconds: 12_600 });
    }
  });

  it("is said of the worst of several runs, and of none without a good run to compare with", () => {
    const runs = [
      unfinished("running", "2026-11-22T02:00:00Z"),
      unfinished("running", "2026-11-21T02:00:00Z"),
      ...nights("20"),
    ];
    expect(late(runs, at("06:00"))).toMatchObject({ due: "2026-11-21T02:30:00.000Z" });
    expect(late([unfinished("running", "2026-11-22T02:00:00Z")], at("23:00"))).toBeNull();
  });
});

describe("the next due time", () => {
  it.each([
    ["0 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00.000Z"],
    ["30 6 * * 1-5", "America/New_York", "2026-10-30T12:00:00Z", "2026-11-02T11:30:00.000Z"],
    ["@hourly", "UTC", "2026-11-22T07:20:00Z", "2026-11-22T08:00:00.000Z"],
    ["1 day, 6:00:00", "UTC", "2026-11-21T02:00:00Z", "2026-11-22T08:00:00.000Z"],
  ])("of %s in %s behind %s is %s", (schedule, zone, after, due) => {
    expect(nextDue(schedule, new Date(after), zone)?.toISOString()).toBe(due);
  });

  it.each(["Asset", "Dataset", "@once", "None", "0:00:00", "not a cron at all", "99 99 * * *"])(
    "of %s is unknown",
    (schedule) => {
      expect(nextDue(schedule, new Date("2026-11-21T02:00:00Z"), "UTC")).toBeNull();
    },
  );

  it("is unknown in a zone that does not exist", () => {
    expect(nextDue("0 2 * * *", new Date("2026-11-21T02:00:00Z"), "Mars/Olympus")).toBeNull();
  });
});

describe("what is late", () => {
  const ask = (world: World) => airflowWhatIsLate.handler({}, createWorld(world).ports);

  it("names every late DAG with since when, the latest first, and none that is on time", async () => {
    const runs = [
      ...nights("21", "20"),
      dagRun({
        dagId: "trains_hourly",
        runId: "t9",
        state: "running",
        runAfter: "2026-11-22T07:00:00Z",
        endedAt: null,
      }),
      dagRun({
        dagId: "trains_hourly",
        runId: "t8",
        state: "success",
        runAfter: "2026-11-22T06:00:00Z",
        startedAt: "2026-11-22T06:00:00Z",
        endedAt: "2026-11-22T06:30:00Z",
      }),
      dagRun({
        dagId: "ferries",
        runId: "f1",
        state: "success",
        runAfter: "2026-11-22T03:00:00Z",
        endedAt: "2026-11-22T03:05:00Z",
      }),
    ];
    const dags = [
      dag("bikes_daily", { schedule: "0 2 * * *" }),
      dag("trains_hourly", { schedule: "@hourly" }),
      dag("ferries", { schedule: "0 3 * * *" }),
    ];
    expect(await ask({ dags, runs })).toEqual({
      checked: 3,
      total: 2,
      late: [
        {
          connection: "airflow:prod",
          dag: "bikes_daily",
          run: null,
          state: "not_started",
          due: "2026-11-22T02:00:00.000Z",
          lateBySeconds: 25_200,
          usualSeconds: 1800,
        },
        {
          connection: "airflow:prod",
          dag: "trains_hourly",
          run: "t9",
          state: "running",
          due: "2026-11-22T07:30:00.000Z",
          lateBySeconds: 5400,
          usualSeconds: 1800,
        },
      ],
      warnings: [],
    });
  });
});
