import { afterEach, describe, expect, it } from "vitest";
import { stillAnswers } from "../../src/flows/open-proposal.js";
import { plainRule } from "../fixtures/plain-rule.js";
import { ben, cleo, createWorld, invoices, taskFailed, type World, type WorldOptions } from "./approval-world.js";
import { createFakeAirflow } from "./fake-airflow.js";

let world: World;
afterEach(() => world.close());

async function open(options: Partial<WorldOptions> = {}) {
  const airflow = options.airflow ?? invoices();
  world = await createWorld({ ...options, airflow });
  return airflow;
}

describe("an incident that holds two DAGs with one cause", () => {
  const closing = () =>
    createFakeAirflow([{ id: "close_books", state: "failed" }], {
      dagId: "finance_close",
      runId: "scheduled__2026-03-01",
    });
  const both = [
    taskFailed("load"),
    taskFailed("close_books", -1, { dagId: "finance_close", endedAt: "2026-03-01T07:58:00Z" }),
  ];

  it("is guarded by the rule of the DAG that the plan reruns, not of the one that opened it", async () => {
    const finance = closing();
    await open({ besides: [finance], failures: both, rules: [plainRule({ dag: "finance_*", allowed: false })] });
    await expect(world.propose()).rejects.toThrow("does not allow reruns of finance_close");
    expect(finance.effects).toEqual([]);
  });

  it("asks the people whom that DAG's rule names, on the card, at the click and before it is sent", async () => {
    const finance = closing();
    await open({ besides: [finance], failures: both, rules: [plainRule({ dag: "finance_*", approvers: [cleo.id] })] });
    const proposal = await world.propose();
    expect(proposal.approvers).toEqual([cleo.id]);
    expect(await world.click(ben, proposal.id)).toMatchObject({ refusal: { kind: "not_approver" } });
    expect(await world.click(cleo, proposal.id)).toMatchObject({ kind: "decided" });
    await world.drive();
    expect(finance.effects).toEqual(["clear close_books[-1]"]);
  });
});

describe("the run that is planned", () => {
  const march2 = "scheduled__2026-03-02";
  const twoRuns = [taskFailed("load"), taskFailed("load", -1, { runId: march2, endedAt: "2026-03-01T07:59:00Z" })];
  const ofMarch2 = (state: string) => createFakeAirflow([{ id: "load", state }], { runId: march2 });

  it("is the newest that is still failed, also when a newer one is well again", async () => {
    const airflow = await open({ besides: [ofMarch2("success")], failures: twoRuns });
    const proposal = await world.propose();
    expect(proposal.plan.subject.airflow).toMatchObject({ runId: "scheduled__2026-03-01", taskId: "load" });
    await world.approved(proposal);
    expect(airflow.effects).toEqual(["clear load[-1],publish[-1]"]);
  });

  it("is the newest while several are failed, and none when all are well", async () => {
    const newest = ofMarch2("failed");
    const airflow = await open({ besides: [newest], failures: twoRuns });
    expect((await world.propose()).plan.subject.airflow?.runId).toBe(march2);
    for (const [fake, key] of [
      [airflow, "load[-1]"],
      [newest, "load[-1]"],
    ] as const) {
      const row = fake.rows.get(key);
      if (row !== undefined) fake.rows.set(key, { ...row, state: "success" });
    }
    world.clock.move(61 * 60_000);
    await expect(world.propose()).rejects.toThrow("No task of these runs is failed any more");
  });

  it("is cleared on its own Airflow, whichever connection opened the incident", async () => {
    const other = createFakeAirflow([{ id: "load", state: "failed" }], { connection: "airflow:other" });
    const late = taskFailed("load", -1, { connection: "airflow:other", endedAt: "2026-03-01T07:59:00Z" });
    const airflow = await open({ besides: [other], failures: [taskFailed("load"), late] });
    const proposal = await world.propose();
    expect(proposal.plan.subject.connection).toBe("airflow:other");
    await world.approved(proposal);
    expect(other.effects).toEqual(["clear load[-1]"]);
    expect(airflow.effects).toEqual([]);
  });

  it("is answered by its open plan when a task of the same names fails on another connection", async () => {
    await open({ failures: [taskFailed("load")] });
    const proposal = await world.propose();
    const failures = [taskFailed("load"), taskFailed("extract", -1, { connection: "airflow:other" })];
    const incident = { ...(await world.incident()), failures };
    const asked = { requester: { kind: "alert" }, afterFix: false } as const;
    expect(stillAnswers(proposal, incident, asked, world.clock.now())).toBe(true);
    const here = { ...incident, failures: [taskFailed("load"), taskFailed("extract")] };
    expect(stillAnswers(proposal, here, asked, world.clock.now())).toBe(false);
  });
});
