import { afterEach, describe, expect, it } from "vitest";
import { atLook, createWorld, taskFailed, type World } from "./approval-world.js";
import { createFakeAirflow, type FakeTask } from "./fake-airflow.js";
import { createFakeDatabricks } from "./fake-databricks.js";

let world: World;
afterEach(() => world.close());

const jobOfTwo = { ingest: "SUCCESS", totals: "FAILED" };
const withToken = { operator: "DatabricksRunNowOperator", fields: { job_id: 77, idempotency_token: "march" } };
const plain = { operator: "DatabricksRunNowOperator", fields: { job_id: 77 } };

/** `load` and `mail` failed side by side; XCom says which run each of them started. */
async function open(
  load: Partial<FakeTask>,
  mail: Partial<FakeTask>,
  runs: { load?: string; mail?: string },
  job: Readonly<Record<string, string>> = jobOfTwo,
) {
  const databricks = createFakeDatabricks(job);
  const airflow = createFakeAirflow([
    { id: "load", state: "failed", ...load },
    { id: "mail", state: "failed", ...mail },
  ]);
  for (const [taskId, value] of Object.entries(runs)) airflow.xcom.push({ key: "run_id", value, taskId });
  world = await createWorld({ airflow, databricks, failures: [taskFailed("load"), taskFailed("mail")] });
  return { airflow, databricks };
}

const steps = async () => (await world.propose()).plan.steps.map((step) => step.do);

describe("two failed tasks of one run", () => {
  it("are cleared together when neither works in Databricks", async () => {
    await open({}, {}, {});
    const proposal = await world.propose();
    expect(proposal.plan.steps.map((step) => step.do)).toEqual(["airflow_clear"]);
    expect(proposal.facts.risk).toBe("Nobody has said whether load is safe to repeat.");
  });

  it("that meet the same failed run: it is repaired once, then both are cleared", async () => {
    const { airflow, databricks } = await open(withToken, withToken, { load: "5001", mail: "5001" });
    const proposal = await world.propose();
    expect(proposal.plan.steps.map((step) => step.do)).toEqual(["databricks_repair", "airflow_clear"]);
    await world.approved(
      proposal,
      atLook(2, () => databricks.finish("SUCCESS")),
    );
    expect(databricks.effects).toEqual(["repair 5001: totals"]);
    expect(airflow.effects).toEqual(["clear load[-1],mail[-1]"]);
  });

  it("of which one meets its failed run again, which can't be found: says what to do", async () => {
    await open({ operator: "DatabricksRunNowOperator", fields: { idempotency_token: "march" } }, {}, {});
    await expect(world.propose()).rejects.toMatchObject({
      message: expect.stringContaining("A new try of load would meet the same failed Databricks runs again"),
      fix: "Repair their Databricks runs in Databricks, then clear the tasks in Airflow.",
    });
  });

  it("wait while the Databricks run of one of them goes on", async () => {
    const { databricks } = await open({}, plain, { mail: "5001" });
    expect(await steps()).toEqual(["airflow_clear"]);
    databricks.repairByHand();
    world.clock.move(61 * 60_000);
    await expect(world.propose()).rejects.toThrow("Databricks run 5001 of mail is still going on");
  });

  it("of which one has succeeded in Databricks: does not repeat that", async () => {
    await open({}, plain, { mail: "5001" }, { ingest: "SUCCESS" });
    await expect(world.propose()).rejects.toMatchObject({ fix: expect.stringContaining("Mark mail done") });
  });

  it("of which one's run can't be found: are cleared, with the risk stated", async () => {
    await open({}, { ...plain, fields: { json: { notebook: "x" } } }, {});
    const proposal = await world.propose();
    expect(proposal.plan.steps.map((step) => step.do)).toEqual(["airflow_clear"]);
    expect(proposal.facts.risk).toContain("The last Databricks run of mail can't be found");
  });
});
