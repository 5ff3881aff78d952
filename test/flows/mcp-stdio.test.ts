import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { getEncoding } from "js-tiktoken";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const program = resolve("dist/src/main.js");
let dataDir: string;
const cleanUps: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  if (!existsSync(program)) throw new Error(`${program} is missing; run "npm run build" first.`);
  dataDir = await mkdtemp(join(tmpdir(), "mcp-story-"));
});

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
  await rm(dataDir, { recursive: true, force: true });
});

const environment = (): Record<string, string> => ({
  PATH: process.env["PATH"] ?? "",
  HOME: dataDir,
  PIPEWRIGHT_DATA_DIR: dataDir,
  PIPEWRIGHT_SANDBOX: "1",
  PORT: "0",
  PIPEWRIGHT_CONSOLE_PORT: "0",
});

/** What a tool answered; the text of a refusal fails the test that did not expect it. */
async function call(client: Client, name: string, input: Record<string, unknown>): Promise<Record<string, unknown>> {
  const result = await client.callTool({ name, arguments: input });
  const [first] = result.content as readonly { readonly text: string }[];
  expect(result.isError, `${name}: ${first?.text}`).toBeFalsy();
  return result.structuredContent as Record<string, unknown>;
}

/** An MCP host with `pipewright mcp` as its server; `noise` is whatever stdout carried that is not protocol. */
async function openHost() {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [program, "mcp"],
    env: environment(),
    stderr: "ignore",
  });
  const noise: string[] = [];
  const client = new Client({ name: "story", version: "1" });
  client.onerror = (error) => noise.push(error.message);
  await client.connect(transport);
  cleanUps.push(() => client.close());
  return { client, noise };
}

async function startBot(): Promise<ChildProcess> {
  const bot = spawn(process.execPath, [program, "start"], { env: environment(), stdio: ["ignore", "pipe", "ignore"] });
  const gone = once(bot, "exit");
  cleanUps.push(async () => {
    if (bot.exitCode === null && bot.signalCode === null) bot.kill("SIGKILL");
    await gone;
  });
  let said = "";
  await new Promise<void>((ready, failed) => {
    bot.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes("Open http://")) ready();
    });
    gone.then(() => failed(new Error(`the bot ended by itself: ${said}`)), failed);
  });
  return bot;
}

async function loadOrders(client: Client) {
  const run = await call(client, "airflow_get_run", { dag: "orders_daily" });
  const tasks = run["tasks"] as readonly { readonly task: string; readonly state: string; readonly try: number }[];
  return tasks.find((task) => task.task === "load_orders");
}

describe("an MCP client over stdio", () => {
  it("diagnoses and proposes alone, goes on beside a bot that starts, and goes on when that bot is killed", {
    timeout: 180_000,
  }, async () => {
    const { client, noise } = await openHost();
    const names = (await client.listTools()).tools.map((tool) => tool.name);
    expect(names).toContain("diagnose_failure");
    await expect.poll(async () => (await loadOrders(client))?.state, { timeout: 60_000 }).toBe("failed");
    await expect
      .poll(async () => (await call(client, "airflow_get_run", { dag: "orders_daily" }))["state"], { timeout: 30_000 })
      .toBe("failed");

    const diagnosis = await call(client, "diagnose_failure", { what: "why did orders daily fail?" });
    expect(diagnosis).toMatchObject({
      about: { dag: "orders_daily", task: "load_orders" },
      outcome: "diagnosed",
      category: "compute_failure",
      rerunHelps: "yes",
    });
    expect(JSON.stringify(diagnosis["evidence"])).toContain("SPOT_INSTANCE_TERMINATION");
    expect(getEncoding("o200k_base").encode(JSON.stringify(diagnosis)).length).toBeLessThanOrEqual(600);

    const proposal = await call(client, "remediation_propose", { dag: "orders_daily" });
    expect(proposal).toMatchObject({ state: "pending", note: expect.stringMatching(/person must approve/) as unknown });
    const writers = names.filter((name) => /clear|repair|approve|run_now|trigger|set_state|execute/.test(name));
    expect(writers, "nothing that could run it").toEqual([]);
    expect(await loadOrders(client)).toMatchObject({ state: "failed", try: 1 });

    const bot = await startBot();
    const seen = await call(client, "remediation_get", { proposal: String(proposal["proposal"]) });
    expect(seen["incident"]).toBe(proposal["incident"]);
    const second = await openHost();
    expect(await call(second.client, "remediation_get", { proposal: String(proposal["proposal"]) })).toEqual(seen);

    bot.kill("SIGKILL");
    await once(bot, "exit");
    const after = await call(client, "remediation_get", { proposal: String(proposal["proposal"]) });
    expect(after["incident"]).toBe(proposal["incident"]);
    expect((await call(second.client, "incident_list", { state: "all" }))["total"]).toBeGreaterThan(0);
    expect([...noise, ...second.noise]).toEqual([]);
  });
});
