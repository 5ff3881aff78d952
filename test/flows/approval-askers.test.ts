import { afterEach, describe, expect, it } from "vitest";
import { plainRule } from "../fixtures/plain-rule.js";
import {
  ana,
  ben,
  createWorld,
  invoices,
  taskFailed,
  transient,
  type World,
  type WorldOptions,
} from "./approval-world.js";

let world: World;
afterEach(() => world.close());

async function open(options: Partial<WorldOptions> = {}) {
  const airflow = options.airflow ?? invoices();
  world = await createWorld({ ...options, airflow });
  return airflow;
}

const desk = { kind: "person", id: "mcp:desk", name: "desk" } as const;
const people = { kind: "person", id: ana.id, name: "Ana" } as const;
const drifted = { ...transient, category: "schema_drift", rerunHelps: "no", nextStep: "Ask the producer." } as const;
const ask = (requester: typeof desk | typeof people, afterFix = false) =>
  world.proposals.propose({ incidentId: "inc_1", requester, afterFix });

describe("a model that asks over MCP", () => {
  it("is never the second of two people, whether it asked first or joined", async () => {
    const airflow = await open({ rules: [plainRule({ fourEyes: true })] });
    const first = await ask(desk);
    expect(await world.click(ben, first.id)).toMatchObject({ refusal: { kind: "needs_second_person" } });
    await world.click(ben, first.id, "denied");
    const second = await world.propose();
    expect((await ask(desk)).id).toBe(second.id);
    expect(await world.click(ben, second.id)).toMatchObject({ refusal: { kind: "needs_second_person" } });
    await ask(people);
    expect(await world.click(ben, second.id)).toMatchObject({ kind: "decided" });
    await world.drive();
    expect(airflow.effects).toHaveLength(1);
  });

  it("is not counted before the request is sent either", async () => {
    const airflow = await open();
    const proposal = await ask(desk);
    await world.click(ben, proposal.id);
    await world.restart([plainRule({ fourEyes: true })]);
    await world.drive();
    expect(airflow.effects).toEqual([]);
    expect((await world.proposal(proposal.id)).execution?.outcome).toContain("asks for two people");
  });

  it("can't say that the cause was fixed", async () => {
    await open({ verdict: drifted });
    await expect(ask(desk, true)).rejects.toThrow("A rerun can't help");
    expect((await ask(people, true)).plan.afterFix).toBe(true);
  });

  it("gets the open plan of people or the alert, and never puts another in its place", async () => {
    const airflow = await open();
    const first = await world.propose();
    const row = airflow.rows.get("load[-1]");
    if (row === undefined) throw new Error("no such row");
    airflow.rows.set("load[-1]", { ...row, id: "by-hand", tryNumber: 2 });
    const incident = await world.incident();
    const failures = [taskFailed("load", -1, { tryNumber: 2 })];
    await world.store.transact((tx) => tx.incidents.put({ ...incident, failures }));
    expect((await ask(desk)).id).toBe(first.id);
    expect((await world.proposal(first.id)).state).toBe("pending");
    const second = await ask(people);
    expect(second.id).not.toBe(first.id);
    expect((await world.proposal(first.id)).state).toBe("superseded");
  });
});
