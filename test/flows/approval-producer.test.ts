import { afterEach, describe, expect, it } from "vitest";
import type { Verdict } from "../../src/core/verdict.js";
import { plainRule } from "../fixtures/plain-rule.js";
import { ana, ben, createWorld, incidentAbout, taskFailed, transient, type World } from "./approval-world.js";
import { createFakeAirflow, type FakeDag } from "./fake-airflow.js";

let world: World;
afterEach(() => world.close());

const missing: Verdict = {
  ...transient,
  category: "missing_upstream_data",
  signature: "sensor-timed-out",
  rerunHelps: "unsure",
  nextStep: "Clear the sensor once the data is there.",
};
const date = "2026-03-01T00:00:00Z";
const yesterday = "2026-02-28T00:00:00Z";

/** `invoices` waits for `ledger` with a sensor; both ran well for the day before. */
function sensing() {
  return createFakeAirflow(
    [
      {
        id: "load",
        state: "failed",
        operator: "ExternalTaskSensor",
        fields: { external_dag_id: "ledger", external_task_id: "close" },
      },
      { id: "publish", after: ["load"], state: "upstream_failed" },
    ],
    {},
    { logicalDate: date, earlier: [yesterday] },
  );
}

function ledger(closeState: string, dag: FakeDag) {
  return createFakeAirflow(
    [
      { id: "book", state: "success" },
      { id: "close", after: ["book"], state: closeState },
    ],
    { dagId: "ledger", runId: "scheduled__ledger" },
    { earlier: [yesterday], ...dag },
  );
}

describe("a sensor that waits for a DAG that never ran for its date", () => {
  it("gets the producer's run first, under an id of our own, and is cleared when that ended well", async () => {
    const airflow = sensing();
    const producer = ledger("failed", { hasRun: false });
    world = await createWorld({ airflow, besides: [producer], verdict: missing });
    const proposal = await world.propose();
    expect(proposal.plan.steps).toMatchObject([
      { do: "airflow_trigger", dagId: "ledger", logicalDate: date },
      { do: "airflow_wait", dagId: "ledger", runId: null },
      { do: "airflow_clear", dagId: "invoices", tasks: [{ taskId: "load" }, { taskId: "publish" }] },
    ]);
    expect(proposal.facts.willRun).toEqual(["all of ledger", "load", "publish"]);
    expect(proposal.facts.risk).toContain("load may wait for another date");
    await world.approved(proposal);
    expect(producer.effects).toEqual([`start ledger ${date}`]);
    expect(producer.home.runId).toBe(`pipewright__${proposal.id}__0`);
    expect(airflow.effects).toEqual(["clear load[-1],publish[-1]"]);
    expect((await world.incident()).state).toBe("recovered");
    const trail = await world.trail(proposal.id);
    expect(trail).toContain("ledger ended well");
  });

  it("is left alone when the producer's run fails, and that is said", async () => {
    const airflow = sensing();
    const producer = ledger("failed", { hasRun: false });
    producer.broken.add("close");
    world = await createWorld({ airflow, besides: [producer], verdict: missing });
    const proposal = await world.propose();
    await world.approved(proposal);
    expect(airflow.effects).toEqual([]);
    expect((await world.proposal(proposal.id)).execution).toMatchObject({
      state: "failed",
      outcome: "ledger did not help: close of ledger ended failed. What waits for it was not rerun.",
    });
  });

  it("is refused with a new plan when somebody starts the producer between card and click", async () => {
    const airflow = sensing();
    const producer = ledger("none", { hasRun: false, logicalDate: date });
    world = await createWorld({ airflow, besides: [producer], verdict: missing });
    const proposal = await world.propose();
    producer.startByHand();
    await world.approved(proposal);
    expect([...producer.effects, ...airflow.effects]).toEqual([]);
    expect((await world.proposal(proposal.id)).execution?.outcome).toContain("ledger has a run for that date now");
  });

  it("takes a run id that is taken for our own run, and a date that is taken for somebody else's", async () => {
    for (const ours of [true, false]) {
      const airflow = sensing();
      const producer = ledger("none", { hasRun: false, logicalDate: date });
      producer.hidesNewest = true;
      world = await createWorld({ airflow, besides: [producer], verdict: missing });
      const proposal = await world.propose();
      producer.startByHand();
      if (ours) producer.home.runId = `pipewright__${proposal.id}__0`;
      const ended = await world.approved(proposal);
      expect(producer.effects).toEqual([]);
      expect(airflow.effects).toEqual(ours ? ["clear load[-1],publish[-1]"] : []);
      expect(ended.execution?.state).toBe(ours ? "recovered" : "failed");
      if (ours) await world.close();
    }
  });

  it("is not proposed for a date that both never shared, for a paused producer, or beside a running one", async () => {
    const unlike = ledger("failed", { hasRun: false, earlier: ["2026-02-27T12:00:00Z"] });
    world = await createWorld({ airflow: sensing(), besides: [unlike], verdict: missing });
    await expect(world.propose()).rejects.toThrow("for which date can't be read");
    await world.close();

    const paused = ledger("failed", { hasRun: false });
    paused.isPaused = true;
    world = await createWorld({ airflow: sensing(), besides: [paused], verdict: missing });
    await expect(world.propose()).rejects.toThrow("ledger makes the missing input and is paused");
    await world.close();

    const running = ledger("running", { logicalDate: date });
    world = await createWorld({ airflow: sensing(), besides: [running], verdict: missing });
    await expect(world.propose()).rejects.toThrow("ledger is still at work on the missing input");
  });
});

describe("a sensor that waits for a DAG that failed", () => {
  it("gets the producer's failed tasks cleared first, then its own", async () => {
    const airflow = sensing();
    const producer = ledger("failed", { logicalDate: date });
    world = await createWorld({ airflow, besides: [producer], verdict: missing });
    const proposal = await world.propose();
    expect(proposal.plan.steps.map((step) => step.do)).toEqual(["airflow_clear", "airflow_wait", "airflow_clear"]);
    expect(proposal.facts.willRun).toEqual(["ledger: close", "load", "publish"]);
    await world.approved(proposal);
    expect(producer.effects).toEqual(["clear close[-1]"]);
    expect(airflow.effects).toEqual(["clear load[-1],publish[-1]"]);
    expect((await world.incident()).state).toBe("recovered");
  });

  it("counts the producer's rerun for the producer too", async () => {
    const producer = ledger("failed", { logicalDate: date });
    producer.broken.add("close");
    const rules = [plainRule({ maxReruns: 1 })];
    world = await createWorld({ airflow: sensing(), besides: [producer], verdict: missing, rules });
    await world.click(ben, (await world.propose()).id);
    await world.drive();
    await expect(world.propose(ana)).rejects.toThrow("already rerun 1 times within 6 h");
    expect(await world.marks()).toEqual([
      "reruns|airflow:test|invoices|scheduled__2026-03-01",
      "reruns|airflow:test|ledger|scheduled__ledger",
    ]);
  });

  it("is refused while the producer's own failure is one that no rerun helps", async () => {
    const producer = ledger("failed", { logicalDate: date });
    world = await createWorld({ airflow: sensing(), besides: [producer], verdict: missing });
    await world.store.transact((tx) =>
      tx.incidents.put({
        ...incidentAbout({
          failures: [taskFailed("close", -1, { dagId: "ledger", runId: "scheduled__ledger" })],
          verdict: { ...transient, category: "schema_drift", rerunHelps: "no" },
        }),
        id: "inc_2",
      }),
    );
    await expect(world.propose(ana)).rejects.toThrow(
      "ledger makes the missing input and failed itself. A rerun can't help: the data has another shape",
    );
  });

  it("is simply cleared once the producer has ended well since", async () => {
    const airflow = sensing();
    const producer = ledger("failed", { logicalDate: date });
    world = await createWorld({ airflow, besides: [producer], verdict: missing });
    producer.rerunByHand("2026-03-01T07:58:00Z");
    const proposal = await world.propose();
    expect(proposal.plan.steps.map((step) => step.do)).toEqual(["airflow_clear"]);
    expect(proposal.facts.why).toContain("ledger, which makes the missing input, has ended well since");
  });
});

describe("assets", () => {
  const orders = {
    name: "orders",
    producers: [{ dagId: "ledger", taskId: "close" }],
    startsDags: ["invoices", "mail"],
  };

  it("name the producer where there is no sensor, and the DAGs that its run starts besides", async () => {
    const airflow = createFakeAirflow([{ id: "load", state: "failed" }], {}, { assets: [orders] });
    const producer = ledger("failed", { assets: [orders] });
    world = await createWorld({ airflow, besides: [producer], verdict: missing });
    const proposal = await world.propose();
    expect(proposal.plan.steps).toMatchObject([
      { do: "airflow_clear", dagId: "ledger" },
      { do: "airflow_wait", dagId: "ledger" },
      { do: "airflow_clear", dagId: "invoices" },
    ]);
    expect(proposal.facts.alsoStarts).toEqual(["invoices (by orders)", "mail (by orders)"]);
  });

  it("of two DAGs that could have brought it, none is chosen", async () => {
    const twice = { ...orders, producers: [...orders.producers, { dagId: "billing", taskId: "x" }] };
    const airflow = createFakeAirflow([{ id: "load", state: "failed" }], {}, { assets: [twice] });
    world = await createWorld({ airflow, verdict: missing });
    await expect(world.propose(ana)).rejects.toThrow("The input is not there yet");
  });
});
