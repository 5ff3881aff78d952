import { afterEach, describe, expect, it } from "vitest";
import type { Failure } from "../../src/core/failure.js";
import { atLook, ben, createWorld, taskFailed, transient, type World, type WorldOptions } from "./approval-world.js";
import { createFakeAirflow, type FakeTask } from "./fake-airflow.js";
import { createFakeDatabricks, type FakeDatabricks } from "./fake-databricks.js";

let world: World;
afterEach(() => world.close());

const fiveTasks = { ingest: "SUCCESS", clean: "SUCCESS", join: "SUCCESS", enrich: "SUCCESS", aggregate: "FAILED" };

function dagOf(load: Partial<FakeTask>) {
  return createFakeAirflow([
    { id: "extract", state: "success" },
    { id: "load", after: ["extract"], state: "failed", operator: "DatabricksRunNowOperator", ...load },
    { id: "publish", after: ["load"], state: "upstream_failed" },
  ]);
}

async function open(load: Partial<FakeTask>, databricks: FakeDatabricks, options: Partial<WorldOptions> = {}) {
  const airflow = dagOf(load);
  airflow.xcom.push({ key: "run_id", value: "5001", taskId: "load" });
  world = await createWorld({ airflow, databricks, ...options });
  return airflow;
}

const runNow = { fields: { json: { job_id: 77 } } };

describe("a plain run-now operator", () => {
  it("on a job of five tasks: repairs the failed one, marks the task done and carries on; no new run", async () => {
    const databricks = createFakeDatabricks(fiveTasks);
    const airflow = await open(runNow, databricks);
    const proposal = await world.propose();
    expect(proposal.plan.steps.map((step) => step.do)).toEqual(["databricks_repair", "airflow_set_success"]);
    expect(proposal.facts.willRun).toEqual(["aggregate (Databricks)", "publish"]);
    expect(proposal.facts.willNotRun).toEqual([
      "extract (succeeded)",
      "load (marked done)",
      "4 Databricks tasks (succeeded)",
    ]);
    await world.approved(
      proposal,
      atLook(4, () => databricks.finish("SUCCESS")),
    );
    expect(databricks.effects).toEqual(["repair 5001: aggregate"]);
    expect(airflow.effects).toEqual(["success load"]);
    expect((await world.incident()).state).toBe("recovered");
    // The run may have an incident of its own: both count the same repairs.
    expect(await world.marks()).toContain("reruns|databricks:test|5001");
    const trail = await world.trail(proposal.id);
    expect(trail.slice(0, 5)).toEqual([
      "Asked to repair aggregate of Databricks run 5001",
      "Done: repair aggregate of Databricks run 5001",
      "Databricks run 5001 succeeded",
      "Asked to mark load done in run scheduled__2026-03-01 of invoices",
      "Done: mark load done in run scheduled__2026-03-01 of invoices",
    ]);
  });

  it("does nothing in Airflow when the repair fails again", async () => {
    const databricks = createFakeDatabricks(fiveTasks);
    const airflow = await open(runNow, databricks);
    const proposal = await world.propose();
    await world.approved(
      proposal,
      atLook(2, () => databricks.finish("FAILED")),
    );
    expect(airflow.effects).toEqual([]);
    expect((await world.proposal(proposal.id)).execution).toMatchObject({ state: "failed" });
  });

  it("carries on, and says so, when the repaired run ends with failures that its job tolerates", async () => {
    const databricks = createFakeDatabricks(fiveTasks);
    const airflow = await open(runNow, databricks);
    const proposal = await world.propose();
    await world.approved(
      proposal,
      atLook(2, () => databricks.finish("SUCCESS_WITH_FAILURES")),
    );
    expect(airflow.effects).toEqual(["success load"]);
    const trail = await world.trail(proposal.id);
    expect(trail).toContain("Databricks run 5001 ended, with failures that the job tolerates");
  });

  it("on a job of one task: clears only, and never repairs before it", async () => {
    const databricks = createFakeDatabricks({ only: "FAILED" });
    const airflow = await open(runNow, databricks);
    const proposal = await world.propose();
    expect(proposal.plan.steps.map((step) => step.do)).toEqual(["airflow_clear"]);
    await world.approved(proposal);
    expect(databricks.effects).toEqual([]);
    expect(airflow.effects).toEqual(["clear load[-1],publish[-1]"]);
  });

  it("refuses the repair when somebody repaired the run meanwhile, and says what changed", async () => {
    const databricks = createFakeDatabricks(fiveTasks);
    const airflow = await open(runNow, databricks);
    const proposal = await world.propose();
    databricks.repairByHand();
    await world.approved(proposal);
    expect([...databricks.effects, ...airflow.effects]).toEqual([]);
    expect((await world.proposal(proposal.id)).execution?.outcome).toContain("is going on again");
  });

  it("carries on without a repair when the run has succeeded by now", async () => {
    const databricks = createFakeDatabricks(fiveTasks);
    const airflow = await open({ fields: { json: { job_id: 77 }, repair_run: true } }, databricks);
    databricks.repairByHand();
    await expect(world.propose()).rejects.toThrow("still going on");
    databricks.finish("SUCCESS");
    const proposal = await world.propose();
    expect(proposal.plan.steps.map((step) => step.do)).toEqual(["airflow_set_success"]);
    await world.approved(proposal);
    expect(airflow.effects).toEqual(["success load"]);
    expect(databricks.effects).toEqual([]);
  });

  it("clears what Airflow does not carry on by itself, and only what was shown", async () => {
    const databricks = createFakeDatabricks(fiveTasks);
    const airflow = await open(runNow, databricks);
    airflow.carriesOn = false;
    const proposal = await world.propose();
    await world.approved(proposal, () => databricks.finish("SUCCESS"));
    expect(airflow.effects).toEqual(["success load", "clear publish[-1]"]);
    expect((await world.incident()).state).toBe("recovered");
  });

  it("is not taken in by a run that shows its old end for a while after the repair", async () => {
    const databricks = createFakeDatabricks(fiveTasks);
    const airflow = await open(runNow, databricks);
    const proposal = await world.propose();
    databricks.lag = 2;
    let looks = 0;
    await world.approved(proposal, () => {
      looks += 1;
      if (looks < 5) expect(airflow.effects).toEqual([]);
      if (looks === 5) databricks.finish("SUCCESS");
    });
    expect(airflow.effects).toEqual(["success load"]);
  });

  it("marks nothing done when somebody cleared the task while the repair ran, and proposes anew", async () => {
    const databricks = createFakeDatabricks(fiveTasks);
    const airflow = await open(runNow, databricks);
    const proposal = await world.propose();
    let looks = 0;
    await world.approved(proposal, () => {
      looks += 1;
      const row = airflow.rows.get("load[-1]");
      if (looks !== 2 || row === undefined) return;
      airflow.rows.set("load[-1]", { ...row, id: "by-hand", tryNumber: 2 });
      databricks.finish("SUCCESS");
    });
    expect(airflow.effects).toEqual([]);
    const ended = await world.proposal(proposal.id);
    expect(ended.execution).toMatchObject({ state: "failed" });
    expect(ended.execution?.outcome).toContain("load has been run or cleared again");
    const next = await world.proposal(ended.supersededBy ?? "");
    expect(next.plan.steps.map((step) => step.do)).toEqual(["airflow_set_success"]);
  });

  it("on a job most of which failed: clears", async () => {
    const databricks = createFakeDatabricks({
      a: "FAILED",
      b: "FAILED",
      c: "UPSTREAM_FAILED",
      d: "SUCCESS",
      e: "SUCCESS",
    });
    await open(runNow, databricks);
    expect((await world.propose()).plan.steps.map((step) => step.do)).toEqual(["airflow_clear"]);
  });

  it("without XCom: is the job's only run in the task's time, and unknown when there are two", async () => {
    const databricks = createFakeDatabricks(fiveTasks);
    const airflow = await open(runNow, databricks);
    airflow.xcom.length = 0;
    const found = await world.propose();
    expect(found.plan.steps[0]).toMatchObject({ do: "databricks_repair", runId: "5001" });
    await world.click(ben, found.id, "denied");
    databricks.sibling = true;
    expect((await world.propose()).plan.steps.map((step) => step.do)).toEqual(["airflow_clear"]);
  });

  it("says the risk and only clears where the operator's settings can't be read", async () => {
    const databricks = createFakeDatabricks(fiveTasks);
    await open({}, databricks);
    const proposal = await world.propose();
    expect(proposal.plan.steps.map((step) => step.do)).toEqual(["airflow_clear"]);
    expect(proposal.facts.risk).toContain("can't be read from Airflow");
  });
});

describe("a task that would meet the same failed run", () => {
  it("with a fixed token: repair first, then clear", async () => {
    const databricks = createFakeDatabricks(fiveTasks);
    const airflow = await open({ fields: { json: { job_id: 77, idempotency_token: "invoices-march" } } }, databricks);
    const proposal = await world.propose();
    expect(proposal.plan.steps.map((step) => step.do)).toEqual(["databricks_repair", "airflow_clear"]);
    let looks = 0;
    await world.approved(proposal, () => {
      looks += 1;
      if (looks === 2) {
        expect(airflow.effects).toEqual([]);
        databricks.finish("SUCCESS");
      }
    });
    expect(databricks.effects).toEqual(["repair 5001: aggregate"]);
    expect(airflow.effects).toEqual(["clear load[-1],publish[-1]"]);
    expect((await world.incident()).state).toBe("recovered");
  });

  it("in a workflow group: the run is the launch task's", async () => {
    const databricks = createFakeDatabricks({ nightly: "SUCCESS", totals: "FAILED" });
    const airflow = createFakeAirflow([
      { id: "etl.launch", state: "success", operator: "_CreateDatabricksWorkflowOperator" },
      { id: "etl.totals", after: ["etl.launch"], state: "failed", operator: "DatabricksNotebookOperator" },
    ]);
    airflow.xcom.push({ key: "return_value", value: { conn_id: "d", job_id: 77, run_id: 5001 }, taskId: "etl.launch" });
    world = await createWorld({ airflow, databricks, failures: [taskFailed("etl.totals")] });
    const proposal = await world.propose();
    expect(proposal.plan.steps).toMatchObject([
      { do: "databricks_repair", runId: "5001", rerunTasks: ["totals"] },
      { do: "airflow_clear", tasks: [{ taskId: "etl.totals" }] },
    ]);
  });
});

describe("a run id that only a log names", () => {
  it("is never a target: without XCom and job id there is no combined plan", async () => {
    const databricks = createFakeDatabricks(fiveTasks);
    const airflow = dagOf({ fields: { json: { idempotency_token: "t" } } });
    world = await createWorld({
      airflow,
      databricks,
      verdict: { ...transient, databricksRuns: [{ runId: "5001", url: null }] },
    });
    await expect(world.propose()).rejects.toThrow("can't be found to repair it");
  });
});

describe("a Databricks run of its own", () => {
  it("is repaired and watched to its end", async () => {
    const databricks = createFakeDatabricks(fiveTasks);
    const failure: Failure = {
      kind: "databricks_run",
      connection: "databricks:test",
      jobId: "77",
      jobName: "invoices job",
      runId: "5001",
      repairId: null,
      startedAt: null,
      endedAt: null,
    };
    world = await createWorld({ airflow: createFakeAirflow([]), databricks, failures: [failure] });
    const proposal = await world.propose();
    await world.approved(
      proposal,
      atLook(2, () => databricks.finish("SUCCESS")),
    );
    expect(databricks.effects).toEqual(["repair 5001: aggregate"]);
    expect((await world.incident()).state).toBe("recovered");
  });
});
