import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { slackTeam } from "../../fixtures/local-slack.js";
import type { AirflowLab } from "../airflow/lab.js";
import { freePort } from "../free-port.js";
import { type RunningProduct, startProduct } from "../product.js";
import { type RatesServer, startRatesServer } from "../rates-server.js";
import { hasButton, openSlackRoom, type SlackRoom, wordsOf } from "../slack-room.js";
import { startWorkspace, type Workspace } from "../workspace.js";

const pollSeconds = 5;
const { ana, ben } = slackTeam.people;

const md5 = (text: string): string => createHash("md5").update(text).digest("hex");

/** What the program said is kept for whoever looks into a red story. */
function keepLog(text: string): void {
  const file = join(tmpdir(), "pipewright-live.log");
  writeFileSync(file, text);
  process.stdout.write(`the program's own log: ${file}\n`);
}

/** A task whose driver is lost, until it is healed: the data is fine, a rerun helps. */
const driverLost = {
  failsUntilHealed: true,
  error: "Could not reach driver of cluster 1122-live.",
  stateMessage: "Could not reach driver of cluster 1122-live.",
  terminationCode: "DRIVER_ERROR",
  terminationType: "INTERNAL_ERROR",
};

/** The whole program between a real Airflow, real operators and Slack: from the failure to the recovered card. */
export function productStories(lab: () => AirflowLab): void {
  let rates: RatesServer;
  let workspace: Workspace;
  let slack: SlackRoom;
  let product: RunningProduct;
  let fileThread: string;

  beforeAll(async () => {
    rates = await startRatesServer();
    workspace = await startWorkspace();
    const { admin, baseUrl } = lab();
    const { databricksUrl, databricks } = workspace.addresses;
    const { hostname, port } = new URL(databricksUrl);
    await admin.setVariable("pw_rates_url", rates.url);
    await admin.setConnection("pw_databricks", {
      conn_type: "databricks",
      host: hostname,
      port: Number(port),
      schema: "http",
      password: databricks.writer.token,
    });
    const publicPort = await freePort();
    slack = await openSlackRoom(`http://127.0.0.1:${publicPort}/slack/events`);
    product = await startProduct({
      PORT: String(publicPort),
      PIPEWRIGHT_POLL_SECONDS: String(pollSeconds),
      PIPEWRIGHT_APPROVERS: `slack:${ben}`,
      AIRFLOW_BASE_URL: baseUrl,
      AIRFLOW_USERNAME: "reader",
      AIRFLOW_PASSWORD: "reader",
      AIRFLOW_WRITE_USERNAME: "writer",
      AIRFLOW_WRITE_PASSWORD: "writer",
      DATABRICKS_HOST: databricksUrl,
      DATABRICKS_TOKEN: databricks.reader.token,
      DATABRICKS_WRITE_TOKEN: databricks.writer.token,
      SLACK_BOT_TOKEN: slackTeam.botToken,
      SLACK_SIGNING_SECRET: slackTeam.signingSecret,
      SLACK_CHANNEL: slackTeam.channel,
      SLACK_API_URL: slack.apiUrl,
    });
  });

  afterAll(async () => {
    keepLog(product?.log() ?? "");
    const code = await product?.stop();
    await slack?.close();
    await workspace?.close();
    await rates?.close();
    expect(code).toBe(0);
  });

  /** The states of a run's tasks, and how often each was tried. */
  async function tasksOf(dagId: string, runId: string): Promise<Readonly<Record<string, string>>> {
    const rows = await lab().admin.tasks(dagId, runId);
    return Object.fromEntries(
      rows.map((row) => [String(row["task_id"]), `${String(row["state"])} ${String(row["try_number"])}`]),
    );
  }

  async function approve(rootTs: string): Promise<string> {
    const card = await slack.untilButton(rootTs, "approve");
    await slack.click(ben, card, "approve");
    return card.ts;
  }

  it("turns a 503 into a thread with the right cause within one poll, and clears it on approval", async () => {
    const runId = await lab().admin.trigger("pw_flaky_http", "live-503");
    expect(await lab().admin.untilEnded("pw_flaky_http", runId)).toBe("failed");
    const failedAt = Date.now();
    const root = await slack.untilRoot("● FAILED pw_flaky_http / fetch_rates");
    const diagnosed = await slack.untilSays(root.ts, new URL(rates.url).host);
    // One poll, and the time to read and judge; the run had ended before the task's failure could be seen by us.
    expect(Date.now() - failedAt).toBeLessThan((pollSeconds + 10) * 1000);
    expect(wordsOf(diagnosed)).toContain("publish_rates");
    expect((await slack.untilInThread(root.ts, "503 Server Error")).text).toContain("Evidence");

    rates.heal();
    const cardTs = await approve(root.ts);
    await slack.untilSays(root.ts, "RECOVERED");
    expect(await tasksOf("pw_flaky_http", runId)).toEqual({
      list_currencies: "success 1",
      fetch_rates: "success 2",
      publish_rates: "success 1",
    });
    const card = await slack.untilSays(cardTs, "Recovered");
    expect(wordsOf(card)).toContain("2 tasks ended well");
    expect(hasButton(card, "approve")).toBe(false);
  });

  it("proposes no clear for a sensor whose file has not come, and says whose move it is", async () => {
    await lab().admin.setVariable("pw_awaited_file", `${lab().home}/ledger-2026-11-22.csv`);
    const runId = await lab().admin.trigger("pw_wait_file", "live-file");
    expect(await lab().admin.untilEnded("pw_wait_file", runId)).toBe("failed");
    const root = await slack.untilRoot("● FAILED pw_wait_file / wait_for_ledger");
    fileThread = root.ts;
    const told = await slack.untilSays(root.ts, "the producer must deliver it");
    expect(wordsOf(told)).toContain("ledger-2026-11-22.csv");
    await slack.untilInThread(root.ts, "What to do");
  });

  it("repairs the one failed task of a plain run-now job and carries on: no new Databricks run", async () => {
    const name = "live orders nightly";
    await lab().admin.setVariable(
      "pw_job_id",
      await workspace.createJob(name, ["extract", "clean", "join", "aggregate"]),
    );
    workspace.sandbox.setBehaviours([
      { job: name, task: "aggregate", durationMs: 500, ...driverLost },
      { job: name, durationMs: 500 },
    ]);
    const runId = await lab().admin.trigger("pw_run_now", "live-repair");
    expect(await lab().admin.untilEnded("pw_run_now", runId)).toBe("failed");
    const root = await slack.untilRoot("● FAILED pw_run_now / load_orders");
    workspace.sandbox.healBehaviours(null);
    await approve(root.ts);
    await slack.untilSays(root.ts, "RECOVERED");
    expect(workspace.runsOf(name)).toMatchObject([{ state: "SUCCESS", repairs: 1 }]);
    expect(await tasksOf("pw_run_now", runId)).toEqual({ load_orders: "success 1", build_marts: "success 1" });
    // The run belongs to the Airflow task's thread: it has none of its own.
    expect((await slack.roots()).filter((message) => message.text.includes(`FAILED ${name}`))).toEqual([]);
  });

  it("clears a plain run-now task whose job has nothing to keep: exactly one new Databricks run", async () => {
    const name = "live orders small";
    await lab().admin.setVariable("pw_job_id", await workspace.createJob(name, ["load"]));
    workspace.sandbox.setBehaviours([{ job: name, durationMs: 500, ...driverLost }]);
    const runId = await lab().admin.trigger("pw_run_now", "live-clear");
    expect(await lab().admin.untilEnded("pw_run_now", runId)).toBe("failed");
    expect(workspace.runsOf(name)).toHaveLength(1);
    const root = await slack.untilRoot("● FAILED pw_run_now / load_orders");
    workspace.sandbox.healBehaviours(null);
    await approve(root.ts);
    await slack.untilSays(root.ts, "RECOVERED");
    expect(
      workspace
        .runsOf(name)
        .map(({ state, repairs }) => [state, repairs])
        .sort(),
    ).toEqual([
      ["FAILED", 0],
      ["SUCCESS", 0],
    ]);
    expect(await tasksOf("pw_run_now", runId)).toEqual({ load_orders: "success 2", build_marts: "success 1" });
  });

  it("has proposed nothing for the missing file all this time", async () => {
    const thread = await slack.thread(fileThread);
    expect(thread.length).toBeGreaterThan(1);
    expect(thread.filter((message) => hasButton(message, "approve"))).toEqual([]);
  });

  it("repairs the run of a workflow group before it clears the task that watches it", async () => {
    workspace.sandbox.setBehaviours([
      // The provider names a Databricks task by the hash of its DAG and task.
      { job: "pw_workflow.nightly", task: md5("pw_workflow__nightly.aggregate"), durationMs: 500, ...driverLost },
      { job: "pw_workflow.nightly", durationMs: 500 },
    ]);
    const runId = await lab().admin.trigger("pw_workflow", "live-workflow");
    expect(await lab().admin.untilEnded("pw_workflow", runId)).toBe("failed");
    const root = await slack.untilRoot("● FAILED pw_workflow / nightly.aggregate");
    workspace.sandbox.healBehaviours(null);
    const card = await slack.untilButton(root.ts, "approve");
    expect(wordsOf(card)).toMatch(/repair[\s\S]*clear/i);
    // Ana asked for nothing and may not approve: the policy names Ben.
    await slack.click(ana, card, "approve");
    await approve(root.ts);
    await slack.untilSays(root.ts, "RECOVERED");
    expect(workspace.runsOf("pw_workflow.nightly")).toMatchObject([{ state: "SUCCESS", repairs: 1 }]);
    const tasks = await tasksOf("pw_workflow", runId);
    expect(tasks).toEqual({
      "nightly.launch": "success 1",
      "nightly.stage": "success 1",
      "nightly.aggregate": "success 2",
      announce: "success 1",
    });
  });
}
