import { afterEach, describe, expect, it } from "vitest";
import { ben, createWorld, type World } from "./approval-world.js";
import { createFakeAirflow, type Fault } from "./fake-airflow.js";
import { createFakeDatabricks } from "./fake-databricks.js";

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
    await world.click(ben, proposal.id);
    await world.drive();
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
      await world.click(ben, proposal.id);
      await world.drive(() => databricks.finish("SUCCESS"));
      expect(databricks.effects).toEqual(["repair 5001: c"]);
      expect(airflow.effects).toEqual(["success load"]);
      expect((await world.incident()).state).toBe("recovered");
    },
  );

  it("that can't be told from no request ends uncertain, asks a person and sends nothing more", async () => {
    const airflow = clearing();
    airflow.faults.push("lost_before");
    world = await createWorld({ airflow });
    const proposal = await world.propose();
    await world.click(ben, proposal.id);
    await world.drive(() => {
      const row = airflow.rows.get("load[-1]");
      // Somebody touches one of the two meanwhile.
      if (row !== undefined) airflow.rows.set("load[-1]", { ...row, id: "by-hand" });
    });
    expect(airflow.effects).toEqual([]);
    const ended = await world.proposal(proposal.id);
    expect(ended.execution).toMatchObject({ state: "uncertain" });
    expect(ended.execution?.outcome).toContain("Look at the run yourself");
  });

  it("that never arrives in three tries gives up in words", async () => {
    const airflow = clearing();
    airflow.faults.push("lost_before", "lost_before", "lost_before", "lost_before");
    world = await createWorld({ airflow });
    const proposal = await world.propose();
    await world.click(ben, proposal.id);
    await world.drive();
    expect(airflow.effects).toEqual([]);
    expect((await world.proposal(proposal.id)).execution).toMatchObject({ state: "failed" });
  });

  it("a refusal is final and says whose move it is", async () => {
    const airflow = clearing();
    airflow.faults.push("refused");
    world = await createWorld({ airflow });
    const proposal = await world.propose();
    await world.click(ben, proposal.id);
    await world.drive();
    expect((await world.proposal(proposal.id)).execution).toMatchObject({
      state: "failed",
      outcome: "Airflow refused: no permission. Give the write account Op.",
    });
  });
});

describe("a process that dies", () => {
  it.each(["killed_before", "killed_after"] as const)(
    "around the clear (%s) runs it once after its restart",
    async (fault) => {
      const airflow = clearing();
      airflow.faults.push(fault);
      world = await createWorld({ airflow });
      const proposal = await world.propose();
      await world.click(ben, proposal.id);
      await world.drive();
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

  it("at any transaction of repair and carrying on has repaired once and marked once", async () => {
    for (let at = 1; at < 90; at += 1) {
      const { airflow, databricks } = repairing();
      world = await createWorld({ airflow, databricks });
      const proposal = await world.propose();
      world.dieAt(at);
      await world.click(ben, proposal.id).catch(() => undefined);
      await world.drive(() => databricks.finish("SUCCESS"));
      const survived = (await world.incident()).state === "recovered";
      await world.restart();
      if ((await world.proposal(proposal.id)).state === "pending") await world.click(ben, proposal.id);
      await world.drive(() => databricks.finish("SUCCESS"));
      expect(databricks.effects, `killed at transaction ${at}`).toEqual(["repair 5001: c"]);
      expect(airflow.effects, `killed at transaction ${at}`).toEqual(["success load"]);
      expect((await world.incident()).state, `killed at transaction ${at}`).toBe("recovered");
      if (survived) {
        expect(at).toBeGreaterThan(12);
        return;
      }
      await world.close();
    }
    throw new Error("it never came to its end");
  });
});
