import { afterEach, describe, expect, it } from "vitest";
import { offerAgain } from "../../src/flows/stop-plan.js";
import { plainRule } from "../fixtures/plain-rule.js";
import { silentLogger } from "../fixtures/silent-logger.js";
import { atLook, ben, createWorld, type World, type WorldOptions } from "./approval-world.js";
import { createFakeAirflow } from "./fake-airflow.js";
import { createFakeDatabricks } from "./fake-databricks.js";

let world: World;
afterEach(() => world.close());

/** The world begins at 08:00 UTC of a Sunday. */
const freeze = (from: string, to: string) =>
  plainRule({ freeze: [{ days: ["sun"], from, to, timezone: "UTC", until: null, reason: "month end" }] });

async function open(options: Partial<WorldOptions> = {}) {
  const databricks = createFakeDatabricks({ ingest: "SUCCESS", join: "SUCCESS", aggregate: "FAILED" });
  const airflow = createFakeAirflow([
    { id: "load", state: "failed", operator: "DatabricksRunNowOperator", fields: { json: { job_id: 77 } } },
    { id: "publish", after: ["load"], state: "upstream_failed" },
  ]);
  airflow.xcom.push({ key: "run_id", value: "5001", taskId: "load" });
  world = await createWorld({ airflow, databricks, ...options });
  return { airflow, databricks };
}

/** A repair that takes 20 minutes, and then marking the task done. */
const repairTakes20Minutes = (databricks: ReturnType<typeof createFakeDatabricks>) =>
  atLook(3, () => {
    world.clock.move(20 * 60_000);
    databricks.finish("SUCCESS");
  });

describe("a freeze that begins in the middle of a plan", () => {
  it("stops the steps that have not run, says which, and offers what is left when it is over", async () => {
    const { airflow, databricks } = await open({ rules: [freeze("08:15", "10:00")] });
    const proposal = await world.propose();
    expect(proposal.plan.steps.map((step) => step.do)).toEqual(["databricks_repair", "airflow_set_success"]);
    await world.click(ben, proposal.id);
    let frozen: readonly string[] | null = null;
    const finish = repairTakes20Minutes(databricks);
    await world.drive(() => {
      finish();
      if (world.clock.now() < new Date("2026-03-01T10:00:00Z")) frozen = [...databricks.effects, ...airflow.effects];
    });
    expect(frozen).toEqual(["repair 5001: aggregate"]);
    expect(airflow.effects).toEqual([]);
    const stopped = await world.proposal(proposal.id);
    expect(stopped.execution).toMatchObject({
      state: "failed",
      outcome:
        "Stopped before step 2 of 2. Reruns are frozen until 2026-03-01 10:00 UTC: month end. Ran: repair the 1 failed task (aggregate) of Databricks run 5001. Did not run: mark load done, continue downstream. A new proposal for what is left comes when the freeze is over.",
    });
    const incident = await world.incident();
    expect(incident.state).toBe("diagnosed");
    const next = await world.proposal(incident.proposalId ?? "");
    expect(next).toMatchObject({ state: "pending" });
    expect(next.createdAt >= "2026-03-01T10:00:00").toBe(true);
    expect(next.plan.steps.map((step) => step.do)).toEqual(["airflow_set_success"]);
  });

  it("stops nothing that began before it: what is left of a step is done", async () => {
    const { airflow, databricks } = await open({ rules: [freeze("08:30", "10:00")] });
    const proposal = await world.propose();
    await world.click(ben, proposal.id);
    await world.drive(repairTakes20Minutes(databricks));
    expect(airflow.effects).toEqual(["success load"]);
    expect((await world.incident()).state).toBe("recovered");
  });

  it("offers nothing where somebody was faster", async () => {
    const { databricks } = await open({ rules: [freeze("08:15", "10:00")] });
    const proposal = await world.propose();
    await world.click(ben, proposal.id);
    await world.drive(repairTakes20Minutes(databricks));
    const order = {
      id: "out_1",
      kind: "offer",
      subject: proposal.id,
      payload: {},
      createdAt: "",
      attempts: 0,
    } as const;
    const replace = (): never => {
      throw new Error("a second plan was made");
    };
    const { store, clock } = world;
    const deps = { store, clock, logger: silentLogger, proposals: { replace } };
    expect(await offerAgain({ ...order, notBefore: null }, deps)).toBeUndefined();
  });
});

describe("a policy that becomes stricter in the middle of a plan", () => {
  it("stops the steps that have not run, and leaves it to people to ask again", async () => {
    const { airflow, databricks } = await open();
    const proposal = await world.propose();
    await world.click(ben, proposal.id);
    await world.drive(atLook(2, () => world.dieAt(1)));
    await world.restart([plainRule({ quorum: 2 })]);
    databricks.finish("SUCCESS");
    await world.drive();
    expect(databricks.effects).toEqual(["repair 5001: aggregate"]);
    expect(airflow.effects).toEqual([]);
    const { execution } = await world.proposal(proposal.id);
    expect(execution?.outcome).toContain("Stopped before step 2 of 2. ");
    expect(execution?.outcome).toContain("Ask for a new proposal, or have the policy changed.");
    expect((await world.incident()).proposalId).toBeNull();
  });
});
