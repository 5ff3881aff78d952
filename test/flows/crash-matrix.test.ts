import { afterEach, describe, expect, it } from "vitest";
import type { DagRunFailure, JobRunFailure } from "../../src/core/failure.js";
import type { Person } from "../../src/core/person.js";
import { ana, ben, createWorld, transient, type World, type WorldOptions } from "./approval-world.js";
import { createFakeAirflow, type FakeDag, type Fault } from "./fake-airflow.js";
import { createFakeDatabricks, status } from "./fake-databricks.js";

let world: World;
afterEach(() => world.close());

function clearing() {
  return createFakeAirflow([
    { id: "load", state: "failed" },
    { id: "publish", after: ["load"], state: "upstream_failed" },
  ]);
}

function repairing() {
  const airflow = createFakeAirflow([
    { id: "load", state: "failed", operator: "DatabricksRunNowOperator", fields: { json: { job_id: 77 } } },
    { id: "publish", after: ["load"], state: "upstream_failed" },
  ]);
  airflow.xcom.push({ key: "run_id", value: "5001", taskId: "load" });
  return { airflow, databricks: createFakeDatabricks({ a: "SUCCESS", b: "SUCCESS", c: "FAILED" }) };
}

const missing = { ...transient, category: "missing_upstream_data", rerunHelps: "unsure" } as const;
const date = "2026-03-01T00:00:00Z";
const dayBefore = "2026-02-28T00:00:00Z";

/** `load` waits for the run of `ledger` for the same date. */
function waiting(ledger: FakeDag) {
  const fields = { external_dag_id: "ledger" };
  const airflow = createFakeAirflow(
    [{ id: "load", state: "failed", operator: "ExternalTaskSensor", fields }],
    {},
    { logicalDate: date, earlier: [dayBefore] },
  );
  const producer = createFakeAirflow(
    [{ id: "close", state: "failed" }],
    { dagId: "ledger", runId: "scheduled__ledger" },
    { earlier: [dayBefore], ...ledger },
  );
  return { airflow, producer };
}

const jobRun: JobRunFailure = {
  kind: "databricks_run",
  connection: "databricks:test",
  jobId: "77",
  jobName: "invoices job",
  runId: "5001",
  repairId: null,
  startedAt: null,
  endedAt: "2026-03-01T07:55:00Z",
};

const runFailed: DagRunFailure = {
  kind: "airflow_run",
  connection: "airflow:test",
  dagId: "invoices",
  runId: "scheduled__2026-03-01",
  startedAt: null,
  endedAt: "2026-03-01T07:55:00Z",
  runAfter: null,
};

/** A job run without a failed task: it is started anew. */
function jobOfNobody() {
  const databricks = createFakeDatabricks({}, { whole: status("SKIPPED", "MAXIMUM_CONCURRENT_RUNS_REACHED") });
  const options: WorldOptions = { airflow: clearing(), databricks, failures: [jobRun] };
  return { options, databricks };
}

describe("a lost answer", () => {
  const faults: readonly (readonly Fault[])[] = [
    ["lost_before"],
    ["lost_after"],
    ["busy"],
    ["lost_before", "lost_after"],
    ["busy", "lost_after"],
  ];
  it.each(faults)("to the clear (%s, %s) still leaves exactly one clear", async (...given) => {
    const airflow = clearing();
    airflow.faults.push(...given.filter((fault) => fault !== undefined));
    world = await createWorld({ airflow });
    const proposal = await world.propose();
    await world.approved(proposal);
    expect(airflow.effects).toEqual(["clear load[-1],publish[-1]"]);
    expect((await world.incident()).state).toBe("recovered");
  });

  it.each(["lost_before", "lost_after"] as const)(
    "to the repair (%s) still leaves exactly one repair",
    async (fault) => {
      const { airflow, databricks } = repairing();
      databricks.faults.push(fault);
      world = await createWorld({ airflow, databricks });
      const proposal = await world.propose();
      await world.approved(proposal, () => databricks.finish("SUCCESS"));
      expect(databricks.effects).toEqual(["repair 5001: c"]);
      expect(airflow.effects).toEqual(["success load"]);
      expect((await world.incident()).state).toBe("recovered");
    },
  );

  it.each(["lost_before", "lost_after"] as const)(
    "to the start of a producer (%s) still leaves exactly one run of it",
    async (fault) => {
      const { airflow, producer } = waiting({ hasRun: false });
      producer.faults.push(fault);
      world = await createWorld({ airflow, besides: [producer], verdict: missing });
      const proposal = await world.propose();
      await world.approved(proposal);
      expect(producer.effects).toEqual([`start ledger ${date}`]);
      expect((await world.incident()).state).toBe("recovered");
    },
  );

  it.each(["lost_before", "lost_after"] as const)(
    "to the start of a job (%s) still leaves exactly one new run",
    async (fault) => {
      const { options, databricks } = jobOfNobody();
      databricks.faults.push(fault);
      world = await createWorld(options);
      const proposal = await world.propose();
      await world.approved(proposal, () => databricks.finish("SUCCESS"));
      expect(databricks.effects).toEqual(["run job 77"]);
      expect((await world.incident()).state).toBe("recovered");
    },
  );

  it("to the start of a job that comes five times says that nobody knows, and starts no second run", async () => {
    const { options, databricks } = jobOfNobody();
    databricks.hidesTokens = true;
    databricks.faults.push(...Array.from({ length: 5 }, () => "lost_after" as const));
    world = await createWorld(options);
    const proposal = await world.propose();
    await world.approved(proposal);
    expect(databricks.effects).toEqual(["run job 77"]);
    expect((await world.proposal(proposal.id)).execution).toMatchObject({ state: "uncertain" });
  });

  it("that can't be told from no request ends uncertain, asks a person and sends nothing more", async () => {
    const airflow = clearing();
    airflow.faults.push("lost_before");
    world = await createWorld({ airflow });
    const proposal = await world.propose();
    await world.approved(proposal, () => {
      const row = airflow.rows.get("load[-1]");
      // Somebody touches one of the two meanwhile.
      if (row !== undefined) airflow.rows.set("load[-1]", { ...row, id: "by-hand" });
    });
    expect(airflow.effects).toEqual([]);
    const ended = await world.proposal(proposal.id);
    expect(ended.execution).toMatchObject({ state: "uncertain" });
    expect(ended.execution?.outcome).toContain("Look at the run yourself");
  });

  it("that never arrives in five tries gives up in words", async () => {
    const airflow = clearing();
    airflow.faults.push(...Array.from({ length: 6 }, () => "lost_before" as const));
    world = await createWorld({ airflow });
    const proposal = await world.propose();
    await world.approved(proposal);
    expect(airflow.effects).toEqual([]);
    expect((await world.proposal(proposal.id)).execution).toMatchObject({ state: "failed" });
  });

  it("a refusal is final and says whose move it is", async () => {
    const airflow = clearing();
    airflow.faults.push("refused");
    world = await createWorld({ airflow });
    const proposal = await world.propose();
    await world.approved(proposal);
    expect((await world.proposal(proposal.id)).execution).toMatchObject({
      state: "failed",
      outcome: "Airflow refused: no permission. Give the write account Op.",
    });
  });
});

// Each story is told again for every transaction it has.
describe("a process that dies", { timeout: 90_000 }, () => {
  it.each(["killed_before", "killed_after"] as const)(
    "around the clear (%s) runs it once after its restart",
    async (fault) => {
      const airflow = clearing();
      airflow.faults.push(fault);
      world = await createWorld({ airflow });
      const proposal = await world.propose();
      await world.approved(proposal);
      expect((await world.proposal(proposal.id)).execution?.state).toBe("running");
      await world.restart();
      await world.drive();
      expect(airflow.effects).toEqual(["clear load[-1],publish[-1]"]);
      expect((await world.incident()).state).toBe("recovered");
    },
  );

  it("at any transaction between click and end has cleared once when it is done", async () => {
    for (let at = 1; at < 60; at += 1) {
      const airflow = clearing();
      world = await createWorld({ airflow });
      const proposal = await world.propose();
      world.dieAt(at);
      await world.click(ben, proposal.id).catch(() => undefined);
      await world.drive();
      const survived = (await world.incident()).state === "recovered";
      await world.restart();
      // Who got no answer clicks again.
      if ((await world.proposal(proposal.id)).state === "pending") await world.click(ben, proposal.id);
      await world.drive();
      expect(airflow.effects, `killed at transaction ${at}`).toEqual(["clear load[-1],publish[-1]"]);
      expect((await world.incident()).state, `killed at transaction ${at}`).toBe("recovered");
      if (survived) {
        expect(at).toBeGreaterThan(8);
        return;
      }
      await world.close();
    }
    throw new Error("it never came to its end");
  });

  interface Story {
    readonly options: WorldOptions;
    readonly by?: Person;
    /** What the other sides do while nothing of ours is at work. */
    readonly meanwhile?: () => void;
    effects(): readonly string[];
  }

  const stories: readonly (readonly [name: string, effects: readonly string[], story: () => Story])[] = [
    ["repair and carrying on", ["repair 5001: c", "success load"], repairStory],
    ["a run of the producer, then the clear", ["start ledger 2026-03-01T00:00:00Z", "clear load[-1]"], triggerStory],
    ["the producer's clear, then the other", ["clear close[-1]", "clear load[-1]"], producerClearStory],
    ["a new run of a job", ["run job 77"], newRunStory],
    ["cancel, repair and carrying on", ["cancel 5001", "repair 5001: d", "success load"], stuckStory],
    ["the clear of a whole run", ["clear load[-1],publish[-1]"], wholeRunStory],
  ];

  it.each(stories)("at any transaction of %s has had each effect once", async (_name, effects, tell) => {
    for (let at = 1; at < 120; at += 1) {
      const { options, by, meanwhile, effects: seen } = tell();
      world = await createWorld(options);
      const proposal = await world.propose(by);
      world.dieAt(at);
      await world.click(ben, proposal.id).catch(() => undefined);
      await world.drive(meanwhile);
      const survived = (await world.incident()).state === "recovered";
      await world.restart();
      // Who got no answer clicks again.
      if ((await world.proposal(proposal.id)).state === "pending") await world.click(ben, proposal.id);
      await world.drive(meanwhile);
      expect(seen(), `killed at transaction ${at}`).toEqual(effects);
      expect((await world.incident()).state, `killed at transaction ${at}`).toBe("recovered");
      if (survived) {
        expect(at).toBeGreaterThan(8);
        return;
      }
      await world.close();
    }
    throw new Error("it never came to its end");
  });

  function repairStory(): Story {
    const { airflow, databricks } = repairing();
    return {
      options: { airflow, databricks },
      meanwhile: () => databricks.finish("SUCCESS"),
      effects: () => [...databricks.effects, ...airflow.effects],
    };
  }

  function triggerStory(): Story {
    const { airflow, producer } = waiting({ hasRun: false });
    return {
      options: { airflow, besides: [producer], verdict: missing },
      effects: () => [...producer.effects, ...airflow.effects],
    };
  }

  function producerClearStory(): Story {
    const { airflow, producer } = waiting({ logicalDate: date });
    return {
      options: { airflow, besides: [producer], verdict: missing },
      effects: () => [...producer.effects, ...airflow.effects],
    };
  }

  function newRunStory(): Story {
    const { options, databricks } = jobOfNobody();
    return { options, meanwhile: () => databricks.finish("SUCCESS"), effects: () => databricks.effects };
  }

  function stuckStory(): Story {
    const { airflow } = repairing();
    const going = { a: "SUCCESS", b: "SUCCESS", c: "SUCCESS", d: "RUNNING" };
    const databricks = createFakeDatabricks(going, { startedAt: "2026-03-01T06:00:00Z" });
    return {
      options: { airflow, databricks },
      by: ana,
      // It goes on for ever until it is stopped; then the repair runs.
      meanwhile: () => {
        if (databricks.effects.length > 0) databricks.finish("SUCCESS");
      },
      effects: () => [...databricks.effects, ...airflow.effects],
    };
  }

  function wholeRunStory(): Story {
    const airflow = createFakeAirflow([
      { id: "load", state: "success" },
      { id: "publish", after: ["load"], state: "skipped" },
    ]);
    airflow.timedOut = true;
    const verdict = { ...transient, category: "timeout" } as const;
    return { options: { airflow, verdict, failures: [runFailed] }, by: ana, effects: () => airflow.effects };
  }
});
