import { afterEach, describe, expect, it } from "vitest";
import type { Failure } from "../../src/core/failure.js";
import { failureKey } from "../../src/core/failure.js";
import { ana, createWorld, transient, type World } from "./approval-world.js";
import { createFakeAirflow, type FakeTask } from "./fake-airflow.js";
import { createFakeDatabricks, status } from "./fake-databricks.js";

let world: World;
afterEach(() => world.close());

const jobRun: Failure = {
  kind: "databricks_run",
  connection: "databricks:test",
  jobId: "77",
  jobName: "invoices job",
  runId: "5001",
  repairId: null,
  startedAt: null,
  endedAt: "2026-03-01T07:55:00Z",
};
const nothingToClear = () => createFakeAirflow([{ id: "other", state: "success" }]);

describe("a job run that no DAG owns and that names no failed task", () => {
  const skipped = () => createFakeDatabricks({}, { whole: status("SKIPPED", "MAXIMUM_CONCURRENT_RUNS_REACHED") });

  it("is started again once, under a token made from the approval, and watched to its end", async () => {
    const databricks = skipped();
    world = await createWorld({ airflow: nothingToClear(), databricks, failures: [jobRun] });
    const proposal = await world.propose();
    expect(proposal.plan.steps).toMatchObject([{ do: "databricks_run_now", jobId: "77", insteadOf: "5001" }]);
    expect(proposal.facts).toMatchObject({ willRun: ["the whole job 77 (Databricks)"], usualSeconds: 300 });
    await world.approved(proposal, () => databricks.finish("SUCCESS"));
    expect(databricks.effects).toEqual(["run job 77"]);
    expect(databricks.tokens).toEqual([`pipewright-${proposal.id}-0`]);
    expect((await world.proposal(proposal.id)).execution?.outcome).toContain("Databricks run 5100 succeeded.");
    expect((await world.incident()).state).toBe("recovered");
  });

  it("counts as recovered when the job tolerates the failures of the new run", async () => {
    const databricks = skipped();
    world = await createWorld({ airflow: nothingToClear(), databricks, failures: [jobRun] });
    const proposal = await world.propose();
    await world.approved(proposal, () => databricks.finish("SUCCESS_WITH_FAILURES"));
    expect((await world.proposal(proposal.id)).execution).toMatchObject({ state: "recovered" });
  });

  it("is diagnosed by the new run when that fails too, and counts against the cap", async () => {
    const databricks = skipped();
    world = await createWorld({ airflow: nothingToClear(), databricks, failures: [jobRun], rules: [] });
    const proposal = await world.propose();
    await world.approved(proposal, () => databricks.finish("FAILED"));
    expect((await world.proposal(proposal.id)).execution).toMatchObject({
      state: "failed",
      outcome: "The new Databricks run 5100 failed too (FAILED); nothing was done after it.",
    });
    const newest = (await world.incident()).failures.at(-1);
    expect(newest).toMatchObject({ kind: "databricks_run", runId: "5100" });
    expect(world.investigated).toEqual([newest === undefined ? "" : failureKey(newest)]);
    expect(await world.marks()).toEqual([
      "reruns|databricks:test|5001",
      "reruns|databricks:test|5100",
      "reruns|databricks:test|job 77",
    ]);
  });

  it("is not started beside another run of the job", async () => {
    const databricks = skipped();
    world = await createWorld({ airflow: nothingToClear(), databricks, failures: [jobRun] });
    const proposal = await world.propose();
    databricks.startByHand();
    await world.approved(proposal);
    expect(databricks.effects).toEqual([]);
    expect((await world.proposal(proposal.id)).execution?.outcome).toContain("of the same job is going on");
  });

  it("can't be started where it belongs to no job", async () => {
    const databricks = createFakeDatabricks({}, { whole: status("INTERNAL_ERROR", "FAILED"), jobId: null });
    world = await createWorld({ airflow: nothingToClear(), databricks, failures: [jobRun] });
    await expect(world.propose()).rejects.toThrow("belongs to no job that could be started again");
  });
});

describe("a Databricks run that is stuck behind a failed task", () => {
  const since = "2026-03-01T06:00:00Z";
  const stuck = () =>
    createFakeDatabricks({ a: "SUCCESS", b: "SUCCESS", c: "SUCCESS", d: "RUNNING" }, { startedAt: since });
  const dagOf = (load: Partial<FakeTask>) => {
    const airflow = createFakeAirflow([
      { id: "load", state: "failed", operator: "DatabricksRunNowOperator", ...load },
      { id: "publish", after: ["load"], state: "upstream_failed" },
    ]);
    airflow.xcom.push({ key: "run_id", value: "5001", taskId: "load" });
    return airflow;
  };
  const runNow = { fields: { json: { job_id: 77 } } };

  it("is stopped when a person asks, then repaired, then carried on in Airflow", async () => {
    const databricks = stuck();
    const airflow = dagOf(runNow);
    world = await createWorld({ airflow, databricks });
    const proposal = await world.propose(ana);
    expect(proposal.plan.steps.map((step) => step.do)).toEqual([
      "databricks_cancel",
      "databricks_repair",
      "airflow_set_success",
    ]);
    expect(proposal.facts.stops).toEqual(["d (Databricks)"]);
    let looks = 0;
    await world.approved(proposal, () => {
      looks += 1;
      if (looks === 2 || looks === 5) databricks.finish("SUCCESS");
    });
    expect(databricks.effects).toEqual(["cancel 5001", "repair 5001: d"]);
    expect(airflow.effects).toEqual(["success load"]);
    expect((await world.incident()).state).toBe("recovered");
  });

  it("is never stopped by the alert itself, nor while it takes no longer than usual", async () => {
    world = await createWorld({ airflow: dagOf(runNow), databricks: stuck() });
    await expect(world.propose()).rejects.toThrow("over three times as long as usual");
    await world.close();
    const young = createFakeDatabricks({ a: "SUCCESS", d: "RUNNING" }, { startedAt: "2026-03-01T07:50:00Z" });
    world = await createWorld({ airflow: dagOf(runNow), databricks: young });
    await expect(world.propose(ana)).rejects.toThrow("Databricks run 5001 is still going on");
  });

  it("of a job that did little yet is stopped and its task cleared: a new try starts it anew", async () => {
    const databricks = createFakeDatabricks({ a: "RUNNING" }, { startedAt: since });
    const airflow = dagOf(runNow);
    world = await createWorld({ airflow, databricks });
    const proposal = await world.propose(ana);
    await world.approved(proposal, () => databricks.finish("SUCCESS"));
    expect(databricks.effects).toEqual(["cancel 5001"]);
    expect(airflow.effects).toEqual(["clear load[-1],publish[-1]"]);
  });

  it("that ends well just before it is stopped is left as it is, with the plan of now", async () => {
    const databricks = stuck();
    const airflow = dagOf(runNow);
    world = await createWorld({ airflow, databricks });
    const proposal = await world.propose(ana);
    databricks.finish("SUCCESS");
    await world.approved(proposal);
    expect([...databricks.effects, ...airflow.effects]).toEqual([]);
    const ended = await world.proposal(proposal.id);
    expect(ended.execution?.outcome).toContain("Databricks run 5001 has ended by itself (SUCCESS)");
    const next = await world.proposal(ended.supersededBy ?? "");
    expect(next.plan.steps.map((step) => step.do)).toEqual(["airflow_set_success"]);
  });
});

describe("a run that ended badly without a failed task", () => {
  const runFailure: Failure = {
    kind: "airflow_run",
    connection: "airflow:test",
    dagId: "invoices",
    runId: "scheduled__2026-03-01",
    startedAt: null,
    endedAt: "2026-03-01T07:55:00Z",
    runAfter: null,
  };
  const verdict = { ...transient, category: "timeout", rerunHelps: "unsure" } as const;

  it("is cleared whole when a person asks, what went well before too, and recovers when all of it ran again", async () => {
    const airflow = createFakeAirflow([
      { id: "extract", state: "success" },
      { id: "load", after: ["extract"], state: "skipped" },
    ]);
    airflow.timedOut = true;
    world = await createWorld({ airflow, failures: [runFailure], verdict });
    const proposal = await world.propose(ana);
    expect(proposal.plan.steps).toMatchObject([{ do: "airflow_clear", wholeRun: true }]);
    expect(proposal.facts).toMatchObject({ willRun: ["extract", "load"], willNotRun: [] });
    await world.approved(proposal);
    expect(airflow.effects).toEqual(["clear extract[-1],load[-1]"]);
    expect((await world.proposal(proposal.id)).execution?.outcome).toContain("2 tasks ended well.");
    expect((await world.incident()).state).toBe("recovered");
  });

  it("has nothing to rerun once it went well", async () => {
    const airflow = createFakeAirflow([{ id: "extract", state: "success" }]);
    world = await createWorld({ airflow, failures: [runFailure], verdict });
    await expect(world.propose(ana)).rejects.toThrow("there is nothing to rerun");
  });
});

describe("a rerun that fails again", () => {
  it("joins its newest try to the incident and has that one diagnosed", async () => {
    const airflow = createFakeAirflow([{ id: "load", state: "failed" }]);
    airflow.broken.add("load");
    world = await createWorld({ airflow });
    const proposal = await world.propose();
    await world.approved(proposal);
    const newest = (await world.incident()).failures.at(-1);
    expect(newest).toMatchObject({ taskId: "load", tryNumber: 2 });
    expect(world.investigated).toEqual([newest === undefined ? "" : failureKey(newest)]);
    const again = await world.propose();
    expect(again.facts.guards[0]).toBe("max 2 reruns/6 h (1 used)");
  });
});
