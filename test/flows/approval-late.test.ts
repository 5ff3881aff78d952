import { afterEach, describe, expect, it } from "vitest";
import { plainRule } from "../fixtures/plain-rule.js";
import { ben, createWorld, invoices, type World, type WorldOptions } from "./approval-world.js";

let world: World;
afterEach(() => world.close());

async function open(options: Partial<WorldOptions> = {}) {
  const airflow = options.airflow ?? invoices();
  world = await createWorld({ ...options, airflow });
  return airflow;
}

describe("a request that is proven not to have arrived", () => {
  it("is not sent again once the approval has expired", async () => {
    const airflow = await open();
    const proposal = await world.propose();
    await world.click(ben, proposal.id);
    airflow.faults.push("busy");
    let looks = 0;
    await world.drive(() => {
      looks += 1;
      if (looks === 1) world.clock.move(3 * 60 * 60_000);
    });
    expect(airflow.effects).toEqual([]);
    const ended = await world.proposal(proposal.id);
    expect(ended.execution).toMatchObject({ state: "refused" });
    expect(ended.execution?.outcome).toContain("expired before it could be carried out");
  });

  it("is not sent again after hours in which nobody was there to look, either", async () => {
    const airflow = await open();
    const proposal = await world.propose();
    await world.click(ben, proposal.id);
    airflow.faults.push("killed_before");
    await world.drive();
    world.clock.move(5 * 60 * 60_000);
    await world.restart();
    await world.drive();
    expect(airflow.effects).toEqual([]);
    expect((await world.proposal(proposal.id)).execution).toMatchObject({ state: "refused" });
  });

  it("is not sent again where the policy or the approver has changed meanwhile, and is where all still holds", async () => {
    const airflow = await open();
    const proposal = await world.propose();
    await world.click(ben, proposal.id);
    airflow.faults.push("killed_before");
    await world.drive();
    await world.restart([plainRule({ allowed: false })]);
    await world.drive();
    expect(airflow.effects).toEqual([]);
    expect((await world.proposal(proposal.id)).execution?.outcome).toContain("does not allow reruns of invoices");
    await world.restart([]);
    const second = await world.propose();
    await world.click(ben, second.id);
    airflow.faults.push("busy");
    await world.drive();
    expect(airflow.effects).toEqual(["clear load[-1],publish[-1]"]);
  });
});
