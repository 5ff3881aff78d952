import { beforeAll, expect, it } from "vitest";
import { slackTeam } from "../../fixtures/local-slack.js";
import type { AirflowLab } from "../airflow/lab.js";
import { hasButton, wordsOf } from "../slack-room.js";
import type { Stage } from "../stage.js";
import { driverLost } from "./whole-product.js";

const { ana, ben } = slackTeam.people;

/** Which rerun is right on which operator, counted in the Databricks runs that appear, and what makes a rerun wrong. */
export function rerunStories(lab: () => AirflowLab, stage: () => Stage): void {
  beforeAll(async () => {
    const { admin } = lab();
    await admin.setVariable("pw_shards_answer", "no");
    await admin.setVariable("pw_coupons_fixed", "no");
  });

  const runsOf = (name: string) =>
    stage()
      .workspace.runsOf(name)
      .map(({ state, repairs }) => `${state} ${repairs}`)
      .sort();

  /** A busy Airflow now and then queues a task twice, which is a try of its own: what counts is how many came on top. */
  async function triesOf(runId: string): Promise<number> {
    const said = (await stage().tasksOf("pw_flaky_http", runId))["fetch_rates"] ?? "";
    return Number(said.split(" ")[1]);
  }

  it("clears the 3 of 20 mapped tasks that failed, and none of the 17 others", async () => {
    await stage().failing("pw_shards", "live-shards");
    const root = await stage().slack.untilRoot("● FAILED pw_shards / read_shard");
    // As long as indexes go on failing, the card is replaced by one that names them all.
    await stage().slack.untilButton(root.ts, "approve", { says: "read_shard[4,9,17], sum_up" });
    await lab().admin.setVariable("pw_shards_answer", "yes");
    await stage().approve(root.ts);
    await stage().slack.untilSays(root.ts, "RECOVERED");
    const tasks = await stage().tasksOf("pw_shards", "live-shards");
    const again = Object.entries(tasks).filter(([, said]) => said !== "success 1");
    expect(Object.fromEntries(again)).toEqual({
      "read_shard[4]": "success 2",
      "read_shard[9]": "success 2",
      "read_shard[17]": "success 2",
    });
    expect(Object.keys(tasks)).toHaveLength(21);
  });

  it("repairs before it clears where the token of a run-now stays: the retry finds the same run", async () => {
    const name = "live stock";
    await lab().admin.setVariable("pw_token_job_id", await stage().workspace.createJob(name, ["load"]));
    stage().workspace.sandbox.setBehaviours([{ job: name, durationMs: 500, ...driverLost }]);
    await stage().failing("pw_token", "live-token");
    const root = await stage().slack.untilRoot("● FAILED pw_token / load_stock");
    stage().workspace.sandbox.healBehaviours(null);
    const card = await stage().slack.untilButton(root.ts, "approve");
    expect(wordsOf(card)).toMatch(/repair[\s\S]*clear/i);
    await stage().approve(root.ts);
    await stage().slack.untilSays(root.ts, "RECOVERED");
    expect(runsOf(name)).toEqual(["SUCCESS 1"]);
    expect(await stage().tasksOf("pw_token", "live-token")).toEqual({
      load_stock: "success 2",
      publish_stock: "success 1",
    });
  });

  it("only clears a submit operator: one new run, and no repair of the old one", async () => {
    const name = "live returns";
    stage().workspace.sandbox.setBehaviours([{ job: name, durationMs: 500, ...driverLost }]);
    await stage().failing("pw_submit", "live-submit");
    const root = await stage().slack.untilRoot("● FAILED pw_submit / load_returns");
    stage().workspace.sandbox.healBehaviours(null);
    await stage().approve(root.ts);
    await stage().slack.untilSays(root.ts, "RECOVERED");
    expect(runsOf(name)).toEqual(["FAILED 0", "SUCCESS 0"]);
  });

  it("carries on in Airflow after an operator whose own repair went well, and runs nothing in Databricks", async () => {
    const name = "live prices";
    await lab().admin.setVariable("pw_self_repair_job_id", await stage().workspace.createJob(name, ["load", "check"]));
    const { failsUntilHealed: _until, ...lostOnce } = driverLost;
    stage().workspace.sandbox.setBehaviours([
      { job: name, task: "check", durationMs: 500, ...lostOnce, failsTimes: 1 },
      { job: name, durationMs: 500 },
    ]);
    await stage().failing("pw_self_repair", "live-self-repair");
    expect(runsOf(name)).toEqual(["SUCCESS 1"]);
    const root = await stage().slack.untilRoot("● FAILED pw_self_repair / load_prices");
    await stage().approve(root.ts);
    await stage().slack.untilSays(root.ts, "RECOVERED");
    expect(runsOf(name)).toEqual(["SUCCESS 1"]);
    expect(await stage().tasksOf("pw_self_repair", "live-self-repair")).toEqual({
      load_prices: "success 1",
      publish_prices: "success 1",
    });
  });

  it("proposes nothing for a column that is gone, until Ana says that it is fixed", async () => {
    await stage().failing("pw_drift", "live-drift");
    const root = await stage().slack.untilRoot("● FAILED pw_drift / load_coupons");
    const told = await stage().slack.untilSays(root.ts, "discount_code");
    const refused = await stage().slack.untilSays(root.ts, "No rerun");
    expect([hasButton(told, "approve"), hasButton(refused, "propose")]).toEqual([false, true]);
    await lab().admin.setVariable("pw_coupons_fixed", "yes");
    await stage().slack.click(ana, refused, "propose");
    const card = await stage().slack.untilButton(root.ts, "approve");
    // Only Airflow 3.1 and later have versions of a DAG to choose from.
    expect(wordsOf(card)).toMatch(lab().generation.api === "v1" ? /current DAG files/ : /newest|latest/i);
    await stage().approve(root.ts);
    await stage().slack.untilSays(root.ts, "RECOVERED");
    expect(await stage().tasksOf("pw_drift", "live-drift")).toEqual({
      load_coupons: "success 2",
      publish_coupons: "success 1",
    });
  });

  it("refuses an approval when the run moved on after the card, and shows the plan of now", async () => {
    stage().rates.answer(503);
    await stage().failing("pw_flaky_http", "live-moved");
    const root = await stage().slack.untilRoot("● FAILED pw_flaky_http / fetch_rates");
    const old = await stage().slack.untilButton(root.ts, "approve");
    const tried = await triesOf("live-moved");
    await lab().admin.clear("pw_flaky_http", "live-moved", "fetch_rates");
    await stage().slack.click(ben, old, "approve");
    await stage().slack.untilSays(old.ts, "changed");
    expect(await lab().admin.untilEnded("pw_flaky_http", "live-moved")).toBe("failed");
    const next = await stage().slack.untilButton(root.ts, "approve", { not: old.ts });
    // The one clear was the hand's: nothing ran for the old card.
    expect(await triesOf("live-moved")).toBe(tried + 1);
    stage().rates.heal();
    await stage().slack.click(ben, next, "approve");
    await stage().slack.untilSays(root.ts, "RECOVERED");
    expect(await triesOf("live-moved")).toBe(tried + 2);
  });

  it("reports a rerun that fails again with its new cause, and counts it against the cap", async () => {
    stage().rates.answer(503);
    await stage().failing("pw_flaky_http", "live-again");
    const root = await stage().slack.untilRoot("● FAILED pw_flaky_http / fetch_rates");
    expect(wordsOf(await stage().slack.untilButton(root.ts, "approve"))).toContain("(0 used)");
    const tried = await triesOf("live-again");
    stage().rates.answer(429);
    const first = await stage().approve(root.ts);
    await stage().slack.untilSays(first, `failed again (try ${tried + 1})`);
    const told = await stage().slack.untilSays(root.ts, "limits the request rate");
    expect(wordsOf(told)).not.toContain("RECOVERED");
    await stage().slack.untilInThread(root.ts, "429 Client Error");
    const second = await stage().slack.untilButton(root.ts, "approve", { not: first });
    expect(wordsOf(second)).toContain("(1 used)");
    stage().rates.heal();
    await stage().slack.click(ben, second, "approve");
    await stage().slack.untilSays(root.ts, "RECOVERED");
    expect(await triesOf("live-again")).toBe(tried + 2);
  });
}
