import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { slackTeam } from "../fixtures/local-slack.js";
import type { AirflowLab } from "./airflow/lab.js";
import { freePort } from "./free-port.js";
import { startProduct } from "./product.js";
import { type RatesServer, startRatesServer } from "./rates-server.js";
import { openSlackRoom, type SlackRoom } from "./slack-room.js";
import { startWorkspace, type Workspace } from "./workspace.js";

/** The whole program between a real Airflow, real operators and Slack, and the people's hands on it. */
export interface Stage {
  readonly rates: RatesServer;
  readonly workspace: Workspace;
  readonly slack: SlackRoom;
  /** Starts a run and waits until it has failed. */
  failing(dagId: string, runId: string): Promise<void>;
  /** The states of a run's tasks, and how often each was tried: `load_orders[3]: "success 2"`. */
  tasksOf(dagId: string, runId: string): Promise<Readonly<Record<string, string>>>;
  /** Ben presses Approve on the thread's open card; returns the card's message. */
  approve(rootTs: string): Promise<string>;
  /** Ends everything; the program's own exit code. */
  close(): Promise<number | null>;
}

export const pollSeconds = 5;
const { ben } = slackTeam.people;

export async function openStage({ admin, baseUrl, generation }: AirflowLab): Promise<Stage> {
  const rates = await startRatesServer();
  const workspace = await startWorkspace();
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
  const slack = await openSlackRoom(`http://127.0.0.1:${publicPort}/slack/events`);
  const product = await startProduct({
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
  return {
    rates,
    workspace,
    slack,
    async failing(dagId, runId) {
      await admin.trigger(dagId, runId);
      const state = await admin.untilEnded(dagId, runId);
      if (state !== "failed") throw new Error(`${dagId} ${runId} was to fail, and ended ${state}`);
    },
    async tasksOf(dagId, runId) {
      const rows = await admin.tasks(dagId, runId);
      return Object.fromEntries(
        rows.map((row) => [
          `${String(row["task_id"])}${Number(row["map_index"]) < 0 ? "" : `[${String(row["map_index"])}]`}`,
          `${String(row["state"])} ${String(row["try_number"])}`,
        ]),
      );
    },
    async approve(rootTs) {
      const card = await slack.untilButton(rootTs, "approve");
      await slack.click(ben, card, "approve");
      return card.ts;
    },
    async close() {
      keepLog(product.log(), generation.api);
      const code = await product.stop();
      await slack.close();
      await workspace.close();
      await rates.close();
      return code;
    },
  };
}

/** What the program said is kept for whoever looks into a red story. */
function keepLog(text: string, api: string): void {
  const file = join(tmpdir(), `pipewright-live-${api}.log`);
  writeFileSync(file, text);
  process.stdout.write(`the program's own log: ${file}\n`);
}
