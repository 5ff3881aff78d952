import { describe, expect, it } from "vitest";
import type { DagRun, TaskInstance } from "../../../src/core/airflow.js";
import type { DatabricksRun } from "../../../src/core/databricks.js";
import {
  cancelChange,
  readBackCancel,
  repairChange,
  runNowChange,
  triggerChange,
} from "../../../src/core/remediation/compare-live.js";
import { judgeOutcome, judgeRun } from "../../../src/core/remediation/judge-outcome.js";
import type { CancelStep, RepairStep, RunNowStep, TriggerStep } from "../../../src/core/remediation/plan.js";
import { createFakeDatabricks, status } from "../../flows/fake-databricks.js";

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
    expect(cancelChange({ ...cancel, unfinished: ["b"] }, going.run())).toContain("has come further");
    expect(cancelChange({ ...cancel, unfinished: ["b", "d"] }, going.run())).toContain("has come further");
    expect(cancelChange({ ...cancel, latestRepairId: "90" }, going.run())).toContain("was repaired meanwhile");
    const ended: DatabricksRun = { ...going.run(), status: status("TERMINATED", "FAILED") };
    expect(cancelChange(cancel, ended)).toContain("has ended by itself (FAILED)");
  });

  it("was told to stop once it stops or has ended", () => {
    expect(readBackCancel(going.run())).toEqual({ kind: "not_done" });
    expect(readBackCancel({ ...going.run(), status: status("TERMINATING", null) }).kind).toBe("done");
    expect(readBackCancel({ ...going.run(), status: status("TERMINATED", "CANCELED") }).kind).toBe("done");
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
    expect(repairChange({ ...step, rerunTasks: ["a", "b"] }, going.run())).toContain("a of Databricks run 5001 has");
    expect(repairChange({ ...step, latestRepairId: "90" }, going.run())).toContain("was repaired meanwhile");
    const well: DatabricksRun = { ...going.run(), status: status("TERMINATED", "SUCCESS") };
    expect(repairChange(step, well)).toContain("has succeeded meanwhile");
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
    expect(runNowChange(step, failed, [{ ...going.run(), runId: "5002", jobRunId: "5002" }])).toContain("5002");
    expect(runNowChange(step, { ...failed, status: status("TERMINATED", "SUCCESS_WITH_FAILURES") }, [])).toContain(
      "has succeeded meanwhile",
    );
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
    expect(judgeRun(run("running"), [task("a", "failed")])).toMatchObject({ kind: "running" });
    expect(judgeRun(run("success"), [task("a", "success"), task("b", "skipped")])).toMatchObject({ kind: "recovered" });
    expect(judgeRun(run("success"), [task("a", "success"), task("b", "failed")])).toMatchObject({
      kind: "failed",
      words: "b of ledger ended failed.",
    });
    expect(judgeRun(run("failed"), [task("a", "skipped")])).toMatchObject({ words: "Run r1 of ledger failed." });
  });

  it("counts a task that had gone well before only when it ran again: another row, try, or end after the action", () => {
    const before = { taskId: "a", mapIndex: -1, rowId: "row-a", state: "success", tryNumber: 1, maxTries: 0 };
    const kindOf = (now: TaskInstance, since: string | null = null) => judgeOutcome([before], [now], since).kind;
    expect(kindOf(task("a", "success"))).toBe("running");
    expect(kindOf({ ...task("a", "success"), id: "row-new" })).toBe("recovered");
    expect(kindOf({ ...task("a", "success"), tryNumber: 2 })).toBe("recovered");
    expect(kindOf(task("a", "success"), "2026-03-01T08:20:00Z")).toBe("running");
    expect(kindOf(task("a", "success"), "2026-03-01T08:00:00Z")).toBe("recovered");
  });
});
