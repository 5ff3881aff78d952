import { afterEach, expect, it } from "vitest";
import { ben, cleo, createWorld, dan, type World } from "./approval-world.js";
import { createFakeAirflow, type Fault } from "./fake-airflow.js";
import { createFakeDatabricks } from "./fake-databricks.js";

let world: World | null = null;
afterEach(() => world?.close());

const approvals = 100;

/** A small generator of its own, so that a failing number can be run again alone. */
function numbers(seed: number): (below: number) => number {
  let state = seed * 2654435761 + 1;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const answers: readonly Fault[] = [
  null,
  null,
  null,
  null,
  "lost_before",
  "lost_after",
  "busy",
  "killed_before",
  "killed_after",
];

it(`has one effect for each of ${approvals} approvals with three clickers, lost answers and kills at random`, async () => {
  for (let run = 1; run <= approvals; run += 1) {
    const next = numbers(run);
    const databricks = createFakeDatabricks({ a: "SUCCESS", b: "SUCCESS", c: "FAILED" });
    const repairs = next(2) === 0;
    const load = repairs
      ? { id: "load", state: "failed", operator: "DatabricksRunNowOperator", fields: { json: { job_id: 77 } } }
      : { id: "load", state: "failed" };
    const airflow = createFakeAirflow([load, { id: "publish", after: ["load"], state: "upstream_failed" }]);
    airflow.xcom.push({ key: "run_id", value: "5001", taskId: "load" });
    airflow.carriesOn = next(2) === 0;
    for (const fake of [airflow, databricks]) {
      // Three requests in a row that never arrive end in words; here every request may be lost twice.
      for (let i = 0; i < 2; i += 1) fake.faults.push(answers[next(answers.length)] ?? null);
    }
    world = await createWorld({ airflow, databricks });
    const proposal = await world.propose();
    const decided: string[] = [];
    for (let life = 0; life < 8; life += 1) {
      if (life < 6) world.dieAt(2 + next(14));
      const clicks = Array.from({ length: 5 }, async () => {
        const person = [ben, cleo, dan][next(3)] ?? ben;
        const outcome = await world?.click(person, proposal.id).catch(() => null);
        if (outcome?.kind === "decided") decided.push(person.id);
      });
      await Promise.all(clicks);
      await world.drive(() => databricks.finish("SUCCESS"));
      await world.restart();
    }
    if ((await world.proposal(proposal.id)).state === "pending") await world.click(ben, proposal.id);
    await world.drive(() => databricks.finish("SUCCESS"));

    const state = (await world.incident()).state;
    const expected = repairs
      ? {
          databricks: ["repair 5001: c"],
          airflow: ["success load", ...(airflow.carriesOn ? [] : ["clear publish[-1]"])],
        }
      : { databricks: [], airflow: ["clear load[-1],publish[-1]"] };
    expect({ state, databricks: databricks.effects, airflow: airflow.effects }, `run ${run}`).toEqual({
      state: "recovered",
      ...expected,
    });
    expect(decided.length, `run ${run}`).toBeLessThanOrEqual(1);
    expect(decided, `run ${run}`).not.toContain(dan.id);
    await world.close();
    world = null;
  }
}, 120_000);
