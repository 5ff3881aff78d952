import { describe, expect, it } from "vitest";
import type { DagRun, TaskInstance } from "../../../src/core/airflow.js";
import type { DatabricksRun } from "../../../src/core/databricks.js";
import {
  cancelChange,
  readBackCancel,
  readBackRepair,
  repairChange,
  runNowChange,
  triggerChange,
} from "../../../src/core/remediation/compare-live.js";
import { judgeOutcome, judgeRun } from "../../../src/core/remediation/judge-outcome.js";
import type { CancelStep, RepairStep, RunNowStep, TriggerStep } from "../../../src/core/remediation/plan.js";
import { createFakeDatabricks, status } from "../../flows/fake-databricks.js";
import { repairEntry } from "./vineyard.js";

const going = createFakeDatabricks({ a: "SUCCESS", b: "RUNNING", c: "RUNNING" });
const cancel: CancelStep = {
  do: "databricks_cancel",
  connection: "databricks:test",
  runId: "5001",
  unfinished: ["b", "c"],
  latestRepairId: null,
};

describe("a run to be stopped", () => {
  it("is as it was shown while the same tasks have not ended", () => {
    expect(cancelChange(cancel, going.run())).toBeNull();
    expect(cancelChange({ ...cancel, unfinished: ["b"] }, going.run())).toBe("Databricks run 5001 has come further");
    expect(cancelChange({ ...cancel, unfinished: ["b", "d"] }, going.run())).toContain("has come further");
    expect(cancelChange({ ...cancel, unfinished: ["c", "b"] }, going.run())).toBeNull();
    expect(cancelChange({ ...cancel, latestRepairId: "90" }, going.run())).toBe(
      "Databricks run 5001 was repaired meanwhile",
    );
    const ended = (result: string | null): DatabricksRun => ({ ...going.run(), status: status("TERMINATED", result) });
    expect(cancelChange(cancel, ended("FAILED"))).toBe("Databricks run 5001 has ended by itself (FAILED)");
    expect(cancelChange(cancel, ended(null))).toBe("Databricks run 5001 has ended by itself (no result)");
  });

  it("was told to stop once it stops or has ended", () => {
    expect(readBackCancel(going.run())).toEqual({ kind: "not_done" });
    const done = { kind: "done", answer: null };
    expect(readBackCancel({ ...going.run(), status: status("TERMINATING", null) })).toEqual(done);
    expect(readBackCancel({ ...going.run(), status: status("TERMINATED", "CANCELED") })).toEqual(done);
    const asked = { ...status("RUNNING", null), cancelledOrTimedOut: true };
    expect(readBackCancel({ ...going.run(), status: asked })).toEqual(done);
  });

  it("is repaired after that, going on or not, unless one of its tasks has succeeded", () => {
    const step: RepairStep = {
      do: "databricks_repair",
      connection: "databricks:test",
      jobId: "77",
      runId: "5001",
      rerunTasks: ["b", "c"],
      latestRepairId: null,
      afterCancel: true,
    };
    expect(repairChange(step, going.run())).toBeNull();
    expect(repairChange({ ...step, rerunTasks: ["a", "b"] }, going.run())).toBe(
      "a of Databricks run 5001 has succeeded meanwhile",
    );
    expect(repairChange({ ...step, latestRepairId: "90" }, going.run())).toBe(
      "Databricks run 5001 was repaired meanwhile",
    );
    const well: DatabricksRun = { ...going.run(), status: status("TERMINATED", "SUCCESS") };
    expect(repairChange(step, well)).toBe("Databricks run 5001 has succeeded meanwhile");
  });
});

describe("a run to be repaired", () => {
  const failed = createFakeDatabricks({ a: "SUCCESS", b: "FAILED", c: "FAILED" }).run();
  const step: RepairStep = {
    do: "databricks_repair",
    connection: "databricks:test",
    jobId: "77",
    runId: "5001",
    rerunTasks: ["c", "b"],
    latestRepairId: null,
  };
  const repaired = (...ids: readonly string[]): DatabricksRun => ({
    ...failed,
    repairs: ids.map((id, n) => repairEntry(id, `2026-03-01T08:1${n}:00Z`)),
  });

  it("is as it was shown while the same tasks have failed and nobody has repaired it", () => {
    expect(repairChange(step, failed)).toBeNull();
    const again = { ...failed, status: status("RUNNING", null) };
    expect(repairChange(step, again)).toBe("Databricks run 5001 is going on again");
    const well = { ...failed, status: status("TERMINATED", "SUCCESS") };
    expect(repairChange(step, well)).toBe("Databricks run 5001 has succeeded meanwhile");
    expect(repairChange(step, repaired("91"))).toBe("Databricks run 5001 was repaired meanwhile");
    expect(repairChange({ ...step, latestRepairId: "91" }, repaired("91"))).toBeNull();
    for (const rerunTasks of [["b"], ["b", "a"], ["b", "c", "d"]]) {
      expect(repairChange({ ...step, rerunTasks }, failed)).toBe("other tasks of Databricks run 5001 are failed now");
    }
  });

  it("was reached by the one repair that follows the one shown; more than one can't be told apart", () => {
    expect(readBackRepair(step, failed)).toEqual({ kind: "not_done" });
    expect(readBackRepair(step, repaired("91"))).toEqual({ kind: "done", answer: "91" });
    expect(readBackRepair(step, repaired("91", "92"))).toEqual({ kind: "unclear" });
    const second = { ...step, latestRepairId: "91" };
    expect(readBackRepair(second, repaired("91"))).toEqual({ kind: "not_done" });
    expect(readBackRepair(second, repaired("91", "92"))).toEqual({ kind: "done", answer: "92" });
    expect(readBackRepair(second, repaired("91", "92", "93"))).toEqual({ kind: "unclear" });
    // The repair that was shown is gone: no count can be trusted.
    expect(readBackRepair(second, failed)).toEqual({ kind: "unclear" });
    expect(readBackRepair(second, repaired("92"))).toEqual({ kind: "unclear" });
  });
});

describe("a job to be started again", () => {
  const step: RunNowStep = {
    do: "databricks_run_now",
    connection: "databricks:test",
    jobId: "77",
    insteadOf: "5001",
    parameters: { job: {}, tasks: {} },
  };
  const failed: DatabricksRun = { ...going.run(), status: status("TERMINATED", "FAILED") };

  it("is not once it went well or runs again", () => {
    expect(runNowChange(step, failed, [])).toBeNull();
    const other = { ...going.run(), runId: "5002", jobRunId: "5002" };
    expect(runNowChange(step, failed, [going.run(), other])).toBe("Databricks run 5002 of the same job is going on");
    for (const result of ["SUCCESS", "SUCCESS_WITH_FAILURES"]) {
      expect(runNowChange(step, { ...failed, status: status("TERMINATED", result) }, [])).toBe(
        "Databricks run 5001 has succeeded meanwhile",
      );
    }
  });

  it("is not while somebody repairs the run that it stands in for, but may be once that has failed, too", () => {
    const repairs = [repairEntry("91", "2026-03-01T08:10:00Z")];
    expect(runNowChange(step, { ...going.run(), repairs }, [])).toBe("Databricks run 5001 was repaired meanwhile");
    expect(runNowChange(step, { ...failed, repairs }, [])).toBeNull();
  });

  it("is while the run that it stands in for is only being stopped", () => {
    expect(runNowChange(step, going.run(), [going.run()])).toBeNull();
  });
});

describe("a DAG to be started", () => {
  const step: TriggerStep = {
    do: "airflow_trigger",
    connection: "airflow:test",
    dagId: "ledger",
    logicalDate: "2026-03-01T00:00:00Z",
  };
  const run = (state: string, logicalDate: string | null) => ({ runId: "r1", state, logicalDate }) as DagRun;

  it("is not once it is paused, runs, or has a run for that date in whatever way that is written", () => {
    expect(triggerChange(step, { isPaused: false }, [run("success", "2026-02-28T00:00:00Z")])).toBeNull();
    expect(triggerChange(step, { isPaused: true }, [])).toBe("ledger is paused now");
    expect(triggerChange(step, { isPaused: false }, [run("failed", "2026-03-01T01:00:00+01:00")])).toBe(
      "ledger has a run for that date now (r1)",
    );
    expect(triggerChange(step, { isPaused: false }, [run("queued", null)])).toBe("ledger is running now (r1)");
    expect(triggerChange(step, { isPaused: false }, [run("running", "2026-02-28T00:00:00Z")])).toBe(
      "ledger is running now (r1)",
    );
    expect(triggerChange(step, { isPaused: false }, [run("failed", null), run("success", null)])).toBeNull();
    const undated = { ...step, logicalDate: null };
    expect(triggerChange(undated, { isPaused: false }, [run("success", null)])).toBeNull();
  });
});

describe("how a run ended", () => {
  const run = (state: string) => ({ runId: "r1", dagId: "ledger", state });
  const task = (taskId: string, state: string) =>
    ({
      taskId,
      mapIndex: -1,
      id: `row-${taskId}`,
      state,
      tryNumber: 1,
      endedAt: "2026-03-01T08:10:00Z",
    }) as TaskInstance;

  it("is told by its tasks: a run may end well beside a failed one", () => {
    expect(judgeRun(run("running"), [task("a", "failed")])).toEqual({ kind: "running", finished: [] });
    expect(judgeRun(run("queued"), [])).toEqual({ kind: "running", finished: [] });
    expect(judgeRun(run("success"), [task("a", "success"), task("b", "skipped")])).toEqual({
      kind: "recovered",
      finished: [],
      words: "Run r1 of ledger ended well.",
    });
    expect(judgeRun(run("success"), [task("a", "success"), task("b", "failed")])).toEqual({
      kind: "failed",
      finished: [],
      words: "b of ledger ended failed.",
    });
    const behind = task("c", "upstream_failed");
    expect(judgeRun(run("failed"), [behind, task("b", "failed")])).toMatchObject({
      words: "b of ledger ended failed.",
    });
    expect(judgeRun(run("failed"), [task("a", "success"), behind])).toMatchObject({
      words: "c of ledger ended upstream failed.",
    });
    expect(judgeRun(run("failed"), [task("a", "skipped")])).toEqual({
      kind: "failed",
      finished: [],
      words: "Run r1 of ledger failed.",
    });
  });

  it("counts a task that had gone well before only when it ran again: another row, try, or end after the action", () => {
    const before = { taskId: "a", mapIndex: -1, rowId: "row-a", state: "success", tryNumber: 1, maxTries: 0 };
    const kindOf = (now: TaskInstance, since: string | null = null) => judgeOutcome([before], [now], since).kind;
    expect(kindOf(task("a", "success"))).toBe("running");
    expect(kindOf({ ...task("a", "success"), id: "row-new" })).toBe("recovered");
    expect(kindOf({ ...task("a", "success"), tryNumber: 2 })).toBe("recovered");
    expect(kindOf(task("a", "success"), "2026-03-01T08:20:00Z")).toBe("running");
    expect(kindOf(task("a", "success"), "2026-03-01T08:00:00Z")).toBe("recovered");
    expect(kindOf(task("a", "success"), "2026-03-01T08:10:00Z")).toBe("recovered");
    expect(kindOf({ ...task("a", "success"), endedAt: null }, "2026-03-01T08:00:00Z")).toBe("running");
    expect(kindOf({ ...task("a", "skipped"), endedAt: null })).toBe("recovered");
  });
});
