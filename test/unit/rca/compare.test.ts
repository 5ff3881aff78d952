import { describe, expect, it } from "vitest";
import type { DatabricksTaskRun } from "../../../src/core/databricks.js";
import { tellingChanges } from "../../../src/core/rca/change.js";
import { compareDuration, compareTaskRuns, earlierGood } from "../../../src/core/rca/compare.js";
import { compareConf } from "../../../src/core/rca/compare-conf.js";
import { compareJobRuns } from "../../../src/core/rca/compare-job-runs.js";
import { compareLogs } from "../../../src/core/rca/compare-logs.js";
import { dagRun, jobRun, jobTask, task } from "../tools/literal-world.js";

const words = (changes: Parameters<typeof tellingChanges>[0]) => tellingChanges(changes);
const today = task({ taskId: "load", state: "failed", durationSeconds: 300 });
const yesterday = task({
  taskId: "load",
  runId: "scheduled__2026-11-21",
  startedAt: "2026-11-21T02:00:00Z",
  durationSeconds: 300,
});
const same = { task: yesterday, run: dagRun({ runId: "scheduled__2026-11-21", state: "success" }) };

describe("which run is the last good one", () => {
  it("is the newest success of the same task and map index before the failure", () => {
    const older = { ...yesterday, runId: "scheduled__2026-11-20", startedAt: "2026-11-20T02:00:00Z" };
    const broken = { ...yesterday, runId: "scheduled__2026-11-21b", state: "failed" };
    const index = { ...yesterday, runId: "scheduled__2026-11-21c", mapIndex: 4 };
    const later = { ...yesterday, runId: "manual__later", startedAt: "2026-11-22T05:00:00Z" };
    const found = earlierGood(today, [later, older, broken, index, yesterday]);
    expect(found.map((one) => one.runId)).toEqual(["scheduled__2026-11-21", "scheduled__2026-11-20"]);
  });
});

describe("a task against its last good run", () => {
  it("says nothing when nothing differs", () => {
    expect(words(compareTaskRuns({ task: today, run: dagRun() }, same, [yesterday]))).toEqual([]);
  });

  it("names another DAG version first, then conf, run type, pool and duration", () => {
    const failed = { ...today, dagVersion: 7, pool: "small", durationSeconds: 2_460 };
    const run = dagRun({ runType: "manual", conf: { mode: "full" } });
    const good = { ...same, run: dagRun({ conf: { mode: "daily" } }) };
    const usual = [yesterday, { ...yesterday, durationSeconds: 360 }, { ...yesterday, durationSeconds: 400 }];
    expect(words(compareTaskRuns({ task: failed, run }, good, usual))).toEqual([
      "The DAG changed: version 7 ran, the last good run had version 1.",
      "Run conf `mode` is `full`; at the last good run it was `daily`.",
      "This is a `manual` run; the last good one was `scheduled`.",
      "It ran 41 min until it failed; usually it takes 6 min (median of 3 good runs).",
      "Its pool is `small`; at the last good run it was `default_pool`.",
    ]);
  });

  it("speaks of the host only when the good runs all shared another one", () => {
    const on = (hostname: string) => ({ ...yesterday, hostname });
    const failed = { task: { ...today, hostname: "worker-9" }, run: null };
    const steady = [on("worker-1"), on("worker-1"), on("worker-1")];
    expect(words(compareTaskRuns(failed, same, steady))).toEqual([
      "It ran on `worker-9`; the last 3 good runs all ran on `worker-1`.",
    ]);
    expect(compareTaskRuns(failed, same, [on("pod-a"), on("pod-b"), on("pod-c")])).toEqual([]);
  });

  it.each([
    [400, []],
    [30, ["It failed after 30 s; the last good run took 6 min."]],
    [900, ["It ran 15 min until it failed; the last good run took 6 min."]],
  ])("a failure after %d s against 360 s", (seconds, said) => {
    expect(words(compareDuration("It", seconds, [360]))).toEqual(said);
  });
});

describe("the run's conf", () => {
  it("never shows what may be a secret, whatever its key is called", () => {
    const now = {
      api_token: "abc-new",
      db: { password: "hunter2", host: "db2" },
      target: "postgres://ana:hunter2@db2/x",
      extra: "A9f3K1m2Z8q7L4w6",
    };
    const then = {
      api_token: "abc-old",
      db: { password: "hunter1", host: "db1" },
      target: "postgres://ana:hunter1@db1/x",
      extra: "B9f3K1m2Z8q7L4w6",
    };
    const said = words(compareConf(now, then)).join("\n");
    expect(said).toContain("Run conf `api_token` has another value than at the last good run (values not shown).");
    expect(said).toContain("Run conf `db.host` is `db2`; at the last good run it was `db1`.");
    expect(said).not.toMatch(/hunter|abc-|9f3K/);
  });

  it("names keys that are new or gone, and is silent about dates that move on", () => {
    const now = { ds: "2026-11-22", day: "20261122", limit: 5 };
    expect(words(compareConf(now, { ds: "2026-11-21", day: "20261121", region: "eu" }))).toEqual([
      "New in the run's conf: `limit`.",
      "Gone from the run's conf: `region`.",
    ]);
  });
});

describe("a Databricks job against its last good run", () => {
  const fine = { ...jobTask({ taskRunId: "0" }).status, result: "SUCCESS" };
  const good = (given: Partial<DatabricksTaskRun>, id = "40") =>
    jobRun({ runId: id, status: fine, tasks: [jobTask({ taskRunId: `${id}1`, status: fine, ...given })] });
  const failed = (given: Partial<DatabricksTaskRun>) =>
    jobRun({ runId: "50", tasks: [jobTask({ taskRunId: "51", ...given })] });

  it("says how much slower the task was that failed", () => {
    expect(words(compareJobRuns(failed({ durationMs: 2_460_000 }), [good({ durationMs: 360_000 })]))).toEqual([
      "Databricks task `load` ran 41 min until it failed; the last good run took 6 min.",
    ]);
  });

  it("names other tasks and other cluster settings", () => {
    const compute = { sparkVersion: "15.4.x-scala2.12", nodeType: "m5.xlarge", workers: "4" };
    const before = good({ compute });
    const now = failed({ compute: { ...compute, sparkVersion: "16.2.x-scala2.12" } });
    const more = { ...now, tasks: [...now.tasks, jobTask({ taskRunId: "52", taskKey: "audit", status: fine })] };
    expect(words(compareJobRuns(more, [before]))).toEqual([
      "The Databricks job has other tasks than at its last good run: new `audit`.",
      "The cluster of `load` has Spark version `16.2.x-scala2.12`; at the last good run it had `15.4.x-scala2.12`.",
    ]);
  });

  it("names libraries that are new or gone, another version among them", () => {
    const before = good({ libraries: ["pandas==2.1.4", "com.acme:fees:1.4"] });
    const now = failed({ libraries: ["com.acme:fees:1.4", "pandas==3.0.0"] });
    expect(words(compareJobRuns(now, [before]))).toEqual([
      "`load` has other libraries than at the last good run: new `pandas==3.0.0`; gone `pandas==2.1.4`.",
    ]);
    expect(compareJobRuns(failed({}), [good({})])).toEqual([]);
  });

  it("speaks of another cluster only when good runs shared one", () => {
    const now = failed({ clusterId: "c-9" });
    expect(compareJobRuns(now, [good({ clusterId: "c-1" }, "40"), good({ clusterId: "c-2" }, "39")])).toEqual([]);
    expect(words(compareJobRuns(now, [good({ clusterId: "c-1" }, "40"), good({ clusterId: "c-1" }, "39")]))).toEqual([
      "`load` ran on cluster `c-9`; its good runs ran on `c-1`.",
    ]);
  });

  it("has nothing to say without a good run", () => {
    expect(compareJobRuns(failed({}), [])).toEqual([]);
  });
});

describe("two logs", () => {
  const line = (day: string, text: string) => `[2026-11-${day}T02:00:01.123+0000] {load.py:31} INFO - ${text}`;

  it("differ in a row count of the same words by more than half", () => {
    const now = [line("22", "loaded 12 rows into staging.orders"), line("22", "rows=990 kept")];
    const then = [line("21", "loaded 48,210 rows into staging.orders"), line("21", "rows=1000 kept")];
    expect(words(compareLogs(now, then))).toEqual([
      "The log says 12 rows where the last good run had 48,210: `12 rows into staging.orders`.",
    ]);
  });

  it("say nothing by lines that repeat: those report progress", () => {
    const now = [line("22", "read 100 rows so far"), line("22", "read 200 rows so far")];
    expect(compareLogs(now, [line("21", "read 90000 rows so far")])).toEqual([]);
  });

  it("differ in the columns of the same list", () => {
    const now = [line("22", "columns: ['id', 'amount', 'promo_code']")];
    const then = [line("21", "columns: ['id', 'amount', 'discount_code']")];
    expect(words(compareLogs(now, then))).toEqual([
      "The columns in the log differ from the last good run: `discount_code` gone, `promo_code` new.",
    ]);
  });
});
