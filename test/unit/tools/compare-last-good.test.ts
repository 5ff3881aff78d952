import { describe, expect, it } from "vitest";
import { diagnoseFailure } from "../../../src/tools/diagnose/failure.js";
import { createWorld, dagRun, jobRun, jobTask, spec, task, unreachable, verdict, type World } from "./literal-world.js";

const failed = task({ taskId: "fetch_trips", state: "failed", dagVersion: 4 });
const good = task({
  taskId: "fetch_trips",
  runId: "scheduled__2026-11-21",
  startedAt: "2026-11-21T02:00:00Z",
  runAfter: "2026-11-21T02:00:00Z",
  dagVersion: 3,
});
const bikes: World = {
  tasks: [failed],
  specs: [spec("fetch_trips")],
  runs: [
    dagRun({ conf: { city: "Ghent", feed_token: "new" } }),
    dagRun({
      runId: "scheduled__2026-11-21",
      state: "success",
      runAfter: "2026-11-21T02:00:00Z",
      conf: { city: "Bruges", feed_token: "old" },
    }),
  ],
  airflow: { recentTaskInstances: () => Promise.resolve([failed, good]) },
};

async function ask(world: World, detail = "full") {
  const watched = createWorld(world);
  const answer = await diagnoseFailure.handler(
    diagnoseFailure.input.parse({ dag: "bikes_daily", detail }),
    watched.ports,
  );
  return { changes: answer.full?.changes, opened: watched.opened, warnings: answer.warnings };
}

describe("what changed since the last good run", () => {
  it("names the DAG's version and the conf, with the day of the last good run, and no secret", async () => {
    const { changes } = await ask(bikes);
    expect(changes).toEqual([
      "The DAG changed: version 4 ran, the last good run (2026-11-21 02:00 UTC) had version 3.",
      "Run conf `city` is `Ghent`; at the last good run it was `Bruges`.",
      "Run conf `feed_token` has another value than at the last good run (values not shown).",
    ]);
  });

  it("is not read for a short answer", async () => {
    const { opened } = await ask(bikes, "short");
    expect(opened).toEqual([["fetch_trips#1"]]);
  });

  it("is nothing without a good run", async () => {
    const { changes, opened } = await ask({ ...bikes, airflow: {} });
    expect(changes).toEqual([]);
    expect(opened).toEqual([["fetch_trips#1"]]);
  });

  it("costs the diagnosis nothing when it can't be read", async () => {
    const recentTaskInstances = () => Promise.reject(unreachable("airflow:prod"));
    const { changes, warnings } = await ask({ ...bikes, airflow: { recentTaskInstances } });
    expect([changes, warnings]).toEqual([[], []]);
  });

  it("says that the Databricks job was slower than at its last good run", async () => {
    const fine = { ...jobTask({ taskRunId: "0" }).status, result: "SUCCESS" };
    const { changes } = await ask({
      ...bikes,
      airflow: {},
      candidates: [{ runId: "50", url: null, isTaskRun: false, tryNumber: 1 }],
      jobRuns: [
        jobRun({ runId: "50", tasks: [jobTask({ taskRunId: "51", durationMs: 1_500_000 })] }),
        jobRun({
          runId: "40",
          status: fine,
          startedAt: "2026-11-21T02:01:00Z",
          tasks: [jobTask({ taskRunId: "41", status: fine, durationMs: 480_000 })],
        }),
      ],
    });
    expect(changes).toEqual([
      "Databricks task `load` ran 25 min until it failed; the last good run (2026-11-21 02:01 UTC) took 8 min.",
    ]);
  });

  it("tells when the try before failed of something else, by at most two more logs", async () => {
    const retried = { ...failed, tryNumber: 2 };
    const other = verdict({
      normalisedException: "OSError: disk full",
      evidence: [{ id: "E1", source: "log", line: 3, text: "OSError: disk full" }],
    });
    const bySession = [verdict(), other];
    const watched = createWorld({ ...bikes, tasks: [retried] });
    const { analyzer } = watched.ports;
    let sessions = 0;
    const ports = {
      ...watched.ports,
      analyzer: {
        ...analyzer,
        async open(logs: Parameters<typeof analyzer.open>[0]) {
          const about = logs[0]?.tryNumber === 1 && logs.length === 1 && logs[0].name === "fetch_trips#1" ? 1 : 0;
          sessions += 1;
          return { ...(await analyzer.open(logs)), diagnose: () => Promise.resolve(bySession[about] ?? verdict()) };
        },
      },
    };
    const answer = await diagnoseFailure.handler(
      diagnoseFailure.input.parse({ dag: "bikes_daily", detail: "full" }),
      ports,
    );
    expect(answer.full?.changes).toContain("Try 1 failed otherwise: `OSError: disk full`.");
    expect(sessions).toBe(3);
  });
});
