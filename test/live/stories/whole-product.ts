import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { slackTeam } from "../../fixtures/local-slack.js";
import type { AirflowLab } from "../airflow/lab.js";
import { hasButton, wordsOf } from "../slack-room.js";
import { pollSeconds, type Stage } from "../stage.js";

const { ana } = slackTeam.people;

const md5 = (text: string): string => createHash("md5").update(text).digest("hex");

/** A task whose driver is lost, until it is healed: the data is fine, a rerun helps. */
export const driverLost = {
  failsUntilHealed: true,
  error: "Could not reach driver of cluster 1122-live.",
  stateMessage: "Could not reach driver of cluster 1122-live.",
  terminationCode: "DRIVER_ERROR",
  terminationType: "INTERNAL_ERROR",
};

/** From the failure to the recovered card. */
export function productStories(lab: () => AirflowLab, stage: () => Stage): void {
  let fileThread: string;

  it("turns a 503 into a thread with the right cause within one poll, and clears it on approval", async () => {
    const runId = await lab().admin.trigger("pw_flaky_http", "live-503");
    expect(await lab().admin.untilEnded("pw_flaky_http", runId)).toBe("failed");
    const failedAt = Date.now();
    const root = await stage().slack.untilRoot("● FAILED pw_flaky_http / fetch_rates");
    const diagnosed = await stage().slack.untilSays(root.ts, new URL(stage().rates.url).host);
    // One poll, and the time to read and judge; the run had ended before the task's failure could be seen by us.
    expect(Date.now() - failedAt).toBeLessThan((pollSeconds + 10) * 1000);
    expect(wordsOf(diagnosed)).toContain("publish_rates");
    expect((await stage().slack.untilInThread(root.ts, "503 Server Error")).text).toContain("Evidence");

    stage().rates.heal();
    const cardTs = await stage().approve(root.ts);
    await stage().slack.untilSays(root.ts, "RECOVERED");
    expect(await stage().tasksOf("pw_flaky_http", runId)).toEqual({
      list_currencies: "success 1",
      fetch_rates: "success 2",
      publish_rates: "success 1",
    });
    const card = await stage().slack.untilSays(cardTs, "Recovered");
    expect(wordsOf(card)).toContain("2 tasks ended well");
    expect(hasButton(card, "approve")).toBe(false);
  });

  it("proposes no clear for a sensor whose file has not come, and says whose move it is", async () => {
    await lab().admin.setVariable("pw_awaited_file", `${lab().home}/ledger-2026-11-22.csv`);
    const runId = await lab().admin.trigger("pw_wait_file", "live-file");
    expect(await lab().admin.untilEnded("pw_wait_file", runId)).toBe("failed");
    const root = await stage().slack.untilRoot("● FAILED pw_wait_file / wait_for_ledger");
    fileThread = root.ts;
    const told = await stage().slack.untilSays(root.ts, "the producer must deliver it");
    expect(wordsOf(told)).toContain("ledger-2026-11-22.csv");
    await stage().slack.untilInThread(root.ts, "What to do");
  });

  it("repairs the one failed task of a plain run-now job and carries on: no new Databricks run", async () => {
    const name = "live orders nightly";
    await lab().admin.setVariable(
      "pw_job_id",
      await stage().workspace.createJob(name, ["extract", "clean", "join", "aggregate"]),
    );
    stage().workspace.sandbox.setBehaviours([
      { job: name, task: "aggregate", durationMs: 500, ...driverLost },
      { job: name, durationMs: 500 },
    ]);
    const runId = await lab().admin.trigger("pw_run_now", "live-repair");
    expect(await lab().admin.untilEnded("pw_run_now", runId)).toBe("failed");
    const root = await stage().slack.untilRoot("● FAILED pw_run_now / load_orders");
    stage().workspace.sandbox.healBehaviours(null);
    await stage().approve(root.ts);
    await stage().slack.untilSays(root.ts, "RECOVERED");
    expect(stage().workspace.runsOf(name)).toMatchObject([{ state: "SUCCESS", repairs: 1 }]);
    expect(await stage().tasksOf("pw_run_now", runId)).toEqual({ load_orders: "success 1", build_marts: "success 1" });
    // The run belongs to the Airflow task's thread: it has none of its own.
    expect((await stage().slack.roots()).filter((message) => message.text.includes(`FAILED ${name}`))).toEqual([]);
  });

  it("clears a plain run-now task whose job has nothing to keep: exactly one new Databricks run", async () => {
    const name = "live orders small";
    await lab().admin.setVariable("pw_job_id", await stage().workspace.createJob(name, ["load"]));
    stage().workspace.sandbox.setBehaviours([{ job: name, durationMs: 500, ...driverLost }]);
    const runId = await lab().admin.trigger("pw_run_now", "live-clear");
    expect(await lab().admin.untilEnded("pw_run_now", runId)).toBe("failed");
    expect(stage().workspace.runsOf(name)).toHaveLength(1);
    const root = await stage().slack.untilRoot("● FAILED pw_run_now / load_orders");
    stage().workspace.sandbox.healBehaviours(null);
    await stage().approve(root.ts);
    await stage().slack.untilSays(root.ts, "RECOVERED");
    expect(
      stage()
        .workspace.runsOf(name)
        .map(({ state, repairs }) => [state, repairs])
        .sort(),
    ).toEqual([
      ["FAILED", 0],
      ["SUCCESS", 0],
    ]);
    expect(await stage().tasksOf("pw_run_now", runId)).toEqual({ load_orders: "success 2", build_marts: "success 1" });
  });

  it("has proposed nothing for the missing file all this time", async () => {
    const thread = await stage().slack.thread(fileThread);
    expect(thread.length).toBeGreaterThan(1);
    expect(thread.filter((message) => hasButton(message, "approve"))).toEqual([]);
  });

  it("repairs the run of a workflow group before it clears the task that watches it", async () => {
    stage().workspace.sandbox.setBehaviours([
      // The provider names a Databricks task by the hash of its DAG and task.
      { job: "pw_workflow.nightly", task: md5("pw_workflow__nightly.aggregate"), durationMs: 500, ...driverLost },
      { job: "pw_workflow.nightly", durationMs: 500 },
    ]);
    const runId = await lab().admin.trigger("pw_workflow", "live-workflow");
    expect(await lab().admin.untilEnded("pw_workflow", runId)).toBe("failed");
    const root = await stage().slack.untilRoot("● FAILED pw_workflow / nightly.aggregate");
    stage().workspace.sandbox.healBehaviours(null);
    const card = await stage().slack.untilButton(root.ts, "approve");
    expect(wordsOf(card)).toMatch(/repair[\s\S]*clear/i);
    // Ana asked for nothing and may not approve: the policy names Ben.
    await stage().slack.click(ana, card, "approve");
    await stage().approve(root.ts);
    await stage().slack.untilSays(root.ts, "RECOVERED");
    expect(stage().workspace.runsOf("pw_workflow.nightly")).toMatchObject([{ state: "SUCCESS", repairs: 1 }]);
    const tasks = await stage().tasksOf("pw_workflow", runId);
    expect(tasks).toEqual({
      "nightly.launch": "success 1",
      "nightly.stage": "success 1",
      "nightly.aggregate": "success 2",
      announce: "success 1",
    });
  });
}
