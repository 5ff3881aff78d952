import { describe, expect, it } from "vitest";
import type { Asset, DagRun } from "../../../src/core/airflow.js";
import { alsoStarts, clusterCost, stops } from "../../../src/core/remediation/blast-radius.js";
import type { ClearStep, PlanStep, SetSuccessStep } from "../../../src/core/remediation/plan.js";
import { stepsSeconds } from "../../../src/core/remediation/plan-times.js";
import type { DatabricksSituation, Situation } from "../../../src/core/remediation/situation.js";

const planned = { taskId: "load", mapIndex: -1, rowId: "r", state: "failed", tryNumber: 1, maxTries: 0 };
const clear: ClearStep = {
  do: "airflow_clear",
  connection: "airflow:test",
  dagId: "invoices",
  runId: "r1",
  tasks: [planned],
  runOnLatestVersion: null,
};
const markDone: SetSuccessStep = {
  do: "airflow_set_success",
  connection: "airflow:test",
  dagId: "invoices",
  runId: "r1",
  task: planned,
  downstream: [],
};
const start: PlanStep = { do: "airflow_trigger", connection: "airflow:test", dagId: "ledger", logicalDate: null };
const runNow: PlanStep = {
  do: "databricks_run_now",
  connection: "databricks:test",
  jobId: "77",
  insteadOf: "5001",
  parameters: { job: {}, tasks: {} },
};
const repair: PlanStep = {
  do: "databricks_repair",
  connection: "databricks:test",
  jobId: "77",
  runId: "5001",
  rerunTasks: ["a", "b"],
  latestRepairId: null,
};

function asset(dagId: string, taskId: string): Asset {
  return { name: `${dagId}_out`, producers: [{ dagId, taskId }], startsDags: ["mail", "report"] };
}

/** Only what these functions read. */
function situation(more: object): Situation {
  const airflow = { run: { dagId: "invoices" } as DagRun, assets: [asset("invoices", "load")] };
  return { airflow, databricks: null, producer: null, ...more } as unknown as Situation;
}

describe("DAGs that a rerun starts besides", () => {
  it("are those that an asset of a task which runs starts", () => {
    expect(alsoStarts(situation({}), [clear])).toEqual(["mail (by invoices_out)", "report (by invoices_out)"]);
  });

  it("are each said once, in the order of their names, by the first asset that starts them", () => {
    const assets = [
      { ...asset("invoices", "load"), name: "paid", startsDags: ["report", "mail"] },
      { ...asset("invoices", "load"), name: "unpaid", startsDags: ["mail", "alarm"] },
    ];
    const airflow = { run: { dagId: "invoices" } as DagRun, assets };
    expect(alsoStarts(situation({ airflow }), [clear])).toEqual([
      "alarm (by unpaid)",
      "mail (by paid)",
      "report (by paid)",
    ]);
  });

  it("are none of work in Databricks, nor where nobody could read them", () => {
    expect(alsoStarts(situation({}), [repair, runNow])).toEqual([]);
    expect(alsoStarts(situation({ airflow: { run: { dagId: "invoices" } } }), [clear])).toEqual([]);
    expect(alsoStarts(situation({ airflow: null }), [clear])).toEqual([]);
  });

  it("are none for a task of that name in another DAG, for another task, or for one that is only marked done", () => {
    expect(alsoStarts(situation({}), [{ ...clear, dagId: "other" }])).toEqual([]);
    expect(alsoStarts(situation({}), [{ ...clear, tasks: [{ ...planned, taskId: "extract" }] }])).toEqual([]);
    expect(alsoStarts(situation({}), [markDone])).toEqual([]);
    expect(alsoStarts(situation({}), [{ ...markDone, downstream: [planned] }])).toHaveLength(2);
  });

  it("are all of a producer's that is started whole, but not of one that is only waited for", () => {
    const producer = { dagId: "ledger", assets: [asset("ledger", "close")] };
    expect(alsoStarts(situation({ producer }), [start])).toEqual(["mail (by ledger_out)", "report (by ledger_out)"]);
    const wait: PlanStep = { ...start, do: "airflow_wait", runId: "r", tasks: [] };
    expect(alsoStarts(situation({ producer }), [wait])).toEqual([]);
  });
});

describe("what would be killed", () => {
  it("is what runs in the set of a clear, and the tasks a cancel stops", () => {
    const running = { ...planned, taskId: "mail", state: "running" };
    expect(stops([clear, markDone, runNow])).toEqual([]);
    for (const state of ["running", "deferred", "queued", "restarting"]) {
      expect(stops([{ ...clear, tasks: [{ ...planned, state }] }])).toEqual(["load"]);
    }
    expect(stops([{ ...clear, tasks: [{ ...planned, state: "up_for_retry" }] }])).toEqual([]);
    expect(stops([{ ...clear, wholeRun: true, tasks: [planned, running] }])).toEqual(["mail"]);
    const cancel = { do: "databricks_cancel", connection: "d", runId: "5001", latestRepairId: null } as const;
    expect(stops([{ ...cancel, unfinished: ["a"] }])).toEqual(["a (Databricks)"]);
    expect(stops([{ ...cancel, unfinished: [] }])).toEqual(["Databricks run 5001"]);
  });
});

describe("time and cost by the last good runs", () => {
  const databricks = {
    usualRunSeconds: 600,
    usualSeconds: new Map([
      ["a", 60],
      ["b", 30],
    ]),
    machines: 3,
  } as unknown as DatabricksSituation;

  it("of a repair are those of its tasks, of a new run those of the whole job", () => {
    expect(clusterCost(situation({ databricks }), [repair])).toEqual({ machines: 3, seconds: 90 });
    expect(clusterCost(situation({ databricks }), [repair, markDone])).toEqual({ machines: 3, seconds: 90 });
    expect(clusterCost(situation({ databricks }), [runNow])).toEqual({ machines: 3, seconds: 600 });
    // The cleared task starts a new run by itself.
    expect(clusterCost(situation({ databricks }), [clear])).toEqual({ machines: 3, seconds: 600 });
    expect(clusterCost(situation({ databricks }), [markDone, clear])).toEqual({ machines: 3, seconds: 600 });
    // The cleared task meets the run that was repaired.
    expect(clusterCost(situation({ databricks }), [repair, clear])).toEqual({ machines: 3, seconds: 90 });
  });

  it("are not made up where a part is unknown or no cluster is used", () => {
    expect(clusterCost(situation({}), [clear])).toBeNull();
    expect(clusterCost(situation({ databricks: { ...databricks, machines: null } }), [repair])).toBeNull();
    const unknown: PlanStep = { ...repair, rerunTasks: ["a", "new"] };
    expect(clusterCost(situation({ databricks }), [unknown])).toBeNull();
    expect(stepsSeconds(situation({ databricks }), [runNow, unknown])).toBeNull();
    expect(clusterCost(situation({ databricks }), [markDone])).toBeNull();
  });
});
