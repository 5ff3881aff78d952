import { afterEach, describe, expect, it } from "vitest";
import { ben, createWorld, type World } from "./approval-world.js";
import { createFakeAirflow, type FakeAirflow, type Fault } from "./fake-airflow.js";
import { createFakeDatabricks } from "./fake-databricks.js";

/** Airflow 2 has no row ids: state, try_number and max_tries alone must keep a click at one effect. */

let world: World;
afterEach(() => world.close());

const clearing = (): FakeAirflow =>
  createFakeAirflow(
    [
      { id: "load", state: "failed", mapIndexes: [3, 7] },
      { id: "publish", after: ["load"], state: "upstream_failed" },
    ],
    {},
    { airflow: 2 },
  );

async function approved(airflow: FakeAirflow): Promise<string> {
  world = await createWorld({ airflow });
  const { id } = await world.propose();
  await world.click(ben, id);
  return id;
}

const onceCleared = ["clear load[3],load[7],publish[-1]"];

describe("a clear on Airflow 2", () => {
  const faults: readonly (readonly Fault[])[] = [
    ["lost_before"],
    ["lost_after"],
    ["lost_before", "lost_after"],
    ["busy", "lost_after"],
  ];
  it.each(faults)("whose answer is lost (%s, %s) is done exactly once", async (...given) => {
    const airflow = clearing();
    airflow.faults.push(...given);
    await approved(airflow);
    await world.drive();
    expect(airflow.effects).toEqual(onceCleared);
    expect((await world.incident()).state).toBe("recovered");
  });

  it.each(["killed_before", "killed_after"] as const)("around which the process dies (%s) too", async (fault) => {
    const airflow = clearing();
    airflow.faults.push(fault);
    await approved(airflow);
    await world.drive();
    await world.restart();
    await world.drive();
    expect(airflow.effects).toEqual(onceCleared);
  });

  it("is known to have arrived although what it cleared has failed again and fallen back behind", async () => {
    const airflow = clearing();
    airflow.broken.add("load");
    airflow.faults.push("lost_after");
    const id = await approved(airflow);
    await world.drive();
    expect(airflow.effects).toEqual(onceCleared);
    expect((await world.proposal(id)).execution).toMatchObject({
      state: "failed",
      outcome: expect.stringContaining("failed again (try 2)"),
    });
  });

  it.each([{ tryNumber: 2 }, { maxTries: 1 }])(
    "is refused, and planned anew, when the row alone shows that it was run or cleared since (%o)",
    async (moved) => {
      const airflow = clearing();
      world = await createWorld({ airflow });
      const { id } = await world.propose();
      const row = airflow.rows.get("load[3]");
      if (row === undefined) throw new Error("no such row");
      airflow.rows.set("load[3]", { ...row, ...moved });
      await world.click(ben, id);
      await world.drive();
      expect(airflow.effects).toEqual([]);
      const old = await world.proposal(id);
      expect(old.execution?.outcome).toContain("load[3] has been run or cleared again since");
      expect((await world.proposal(old.supersededBy ?? "")).state).toBe("pending");
    },
  );

  it("asks a person when only one of its indexes has moved and nobody can say why", async () => {
    const airflow = clearing();
    airflow.faults.push("lost_before");
    const id = await approved(airflow);
    await world.drive(() => {
      const row = airflow.rows.get("load[3]");
      if (row !== undefined) airflow.rows.set("load[3]", { ...row, state: "running", tryNumber: 2 });
    });
    expect(airflow.effects).toEqual([]);
    expect((await world.proposal(id)).execution).toMatchObject({ state: "uncertain" });
  });
});

describe("marking a task done on Airflow 2", () => {
  it.each(["lost_before", "lost_after", "killed_before", "killed_after"] as const)(
    "happens exactly once (%s), and Airflow carries on",
    async (fault) => {
      const airflow = createFakeAirflow(
        [
          { id: "load", state: "failed", operator: "DatabricksRunNowOperator", fields: { json: { job_id: 77 } } },
          { id: "publish", after: ["load"], state: "upstream_failed" },
        ],
        {},
        { airflow: 2 },
      );
      airflow.xcom.push({ key: "run_id", value: "5001", taskId: "load" });
      const databricks = createFakeDatabricks({ a: "SUCCESS", b: "SUCCESS", c: "FAILED" });
      airflow.faults.push(fault);
      world = await createWorld({ airflow, databricks });
      const { id } = await world.propose();
      await world.click(ben, id);
      const finish = () => databricks.finish("SUCCESS");
      await world.drive(finish);
      if (fault.startsWith("killed")) {
        await world.restart();
        await world.drive(finish);
      }
      expect([databricks.effects, airflow.effects]).toEqual([["repair 5001: c"], ["success load"]]);
      expect((await world.incident()).state).toBe("recovered");
    },
  );
});
