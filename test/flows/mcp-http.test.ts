import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const program = resolve("dist/src/main.js");
const proposer = "5d41402abc4b2a76b9719d911017c592";
const reader = "7d793037a0760186574b0282f2f435e7";
let dataDir: string;
const cleanUps: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "mcp-http-"));
  await writeFile(
    join(dataDir, "pipewright.yaml"),
    `mcp:
  tokens:
    - { name: ana-laptop, person: console:ana, token_env: ANA, propose: true }
    - { name: dan-desk, person: console:dan, token_env: DAN }
`,
  );
});

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
  await rm(dataDir, { recursive: true, force: true });
});

interface Served {
  readonly child: ChildProcess;
  readonly address: string;
  /** Its exit code. */
  readonly ended: Promise<unknown>;
}

/** A process, and the address that it says it serves. */
async function serve(args: readonly string[], says: RegExp): Promise<Served> {
  const env = {
    PATH: process.env["PATH"] ?? "",
    HOME: dataDir,
    PIPEWRIGHT_DATA_DIR: dataDir,
    PIPEWRIGHT_CONFIG: join(dataDir, "pipewright.yaml"),
    PIPEWRIGHT_SANDBOX: "1",
    PORT: "0",
    PIPEWRIGHT_CONSOLE_PORT: "0",
    ANA: proposer,
    DAN: reader,
  };
  const child = spawn(process.execPath, [program, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
  const gone = once(child, "exit");
  cleanUps.push(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    await gone;
  });
  let said = "";
  const address = await new Promise<string>((ready, failed) => {
    child.stderr.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      const found = says.exec(said)?.[1];
      if (found !== undefined) ready(found);
    });
    gone.then(() => failed(new Error(`it ended by itself: ${said}`)), failed);
  });
  return { child, address, ended: gone.then(([code]) => code as unknown) };
}

async function connect(address: string, token: string): Promise<Client> {
  const transport = new StreamableHTTPClientTransport(new URL(address), {
    requestInit: { headers: { Authorization: `Bearer ${token}` } },
  });
  const client = new Client({ name: "story", version: "1" });
  await client.connect(transport as unknown as Transport);
  cleanUps.push(() => client.close());
  return client;
}

async function call(client: Client, name: string, input: Record<string, unknown>) {
  const result = await client.callTool({ name, arguments: input });
  const [first] = result.content as readonly { readonly text: string }[];
  const structured = (result.structuredContent ?? {}) as Record<string, unknown>;
  return { isError: result.isError === true, text: first?.text ?? "", structured };
}

describe("MCP over HTTP, from the first question to a person's turn", () => {
  it("serves alone, makes room for the bot, and goes on there with what was proposed", {
    timeout: 120_000,
  }, async () => {
    const alone = await serve(["mcp", "--http"], /served at (\S+)/);
    const ana = await connect(alone.address, proposer);
    const failures = async () =>
      JSON.stringify((await call(ana, "airflow_list_failures", { since: "24h" })).structured);
    await expect.poll(failures, { timeout: 60_000, interval: 1_000 }).toContain("orders_daily");
    const diagnosis = await call(ana, "diagnose_failure", { dag: "orders_daily" });
    expect(diagnosis.structured).toMatchObject({ outcome: "diagnosed", category: "compute_failure" });
    const proposed = await call(ana, "remediation_propose", { dag: "orders_daily" });
    expect(proposed.text).toContain("A person must approve it");

    const dan = await connect(alone.address, reader);
    expect((await dan.listTools()).tools.map(({ name }) => name)).not.toContain("remediation_propose");
    const refused = await call(dan, "remediation_propose", { dag: "orders_daily" });
    expect([refused.isError, refused.text]).toEqual([
      true,
      expect.stringContaining("only reads; nothing was proposed"),
    ]);

    const bot = await serve(["start"], /Open (http:\S+)/);
    expect(await alone.ended).toBe(0);
    const again = await connect(`${bot.address}mcp`, proposer);
    const state = await call(again, "remediation_get", { proposal: String(proposed.structured["proposal"]) });
    expect(state.structured["incident"]).toBe(proposed.structured["incident"]);

    bot.child.kill("SIGTERM");
    expect(await bot.ended).toBe(0);
  });
});
