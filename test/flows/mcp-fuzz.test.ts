import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openCore } from "../../src/compose/core.js";
import { holdDataFolder } from "../../src/compose/hold.js";
import { startSandbox } from "../../src/compose/sandbox.js";
import { systemClock } from "../../src/compose/system-clock.js";
import { loadConfig } from "../../src/config/load.js";
import { anyCall } from "../fixtures/fuzzed-calls.js";
import { serveEndpoint } from "../fixtures/mcp-over-http.js";
import { silentLogger } from "../fixtures/silent-logger.js";
import { countWrites } from "../fixtures/write-counter.js";

const calls = 600;
const atOnce = 20;
const token = "0cc175b9c0f1b6a831c399e269772661";
let dataDir: string;
const undo: (() => unknown)[] = [];
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "mcp-fuzz-"));
});
afterEach(async () => {
  for (const step of undo.splice(0).toReversed()) await step();
  await rm(dataDir, { recursive: true, force: true });
});

/** The address of a counter before the server. */
async function counted(target: string, writes: string[]): Promise<string> {
  const counter = await countWrites(target, writes);
  undo.push(() => counter.stop());
  return counter.url;
}

it(`writes nothing to Airflow or Databricks under ${calls} fuzzed calls over HTTP, and answers each`, {
  timeout: 120_000,
}, async () => {
  const wanted = loadConfig({ PIPEWRIGHT_SANDBOX: "1", PIPEWRIGHT_DATA_DIR: dataDir });
  const lock = await holdDataFolder(wanted.dataDir, systemClock);
  undo.push(() => lock.release());
  const sandbox = await startSandbox(wanted, systemClock, { remember: false });
  undo.push(() => sandbox.stop());
  const writes: string[] = [];
  const [airflow] = sandbox.config.airflow;
  const [databricks] = sandbox.config.databricks;
  if (airflow === undefined || databricks === undefined) throw new Error("the sandbox has no connections");
  const airflowUrl = await counted(airflow.baseUrl, writes);
  const config = {
    ...sandbox.config,
    airflow: [{ ...airflow, baseUrl: airflowUrl }],
    databricks: [{ ...databricks, host: await counted(databricks.host, writes) }],
  };
  const core = await openCore(config, { clock: systemClock, logger: silentLogger, lock, version: "0" });
  undo.push(() => core.close());
  const served = await serveEndpoint({
    tokens: [{ name: "fuzz", read: () => token }],
    createServer: () => core.createServer({ kind: "person", id: "mcp:token/fuzz", name: "fuzz" }, true),
    hosts: [],
    origins: [],
    clock: systemClock,
    rate: { perMinute: 1_000_000, burst: 1_000_000 },
  });
  undo.push(() => served.close());

  let { client } = await served.connect(token);
  const propose = async () =>
    await client.callTool({ name: "remediation_propose", arguments: { dag: "orders_daily" } });
  await expect
    .poll(async () => (await propose()).structuredContent, { timeout: 60_000, interval: 1_000 })
    .toMatchObject({ state: "pending" });
  let proposals = 0;
  const samples = fc.sample(anyCall, { numRuns: calls, seed: 20_261_122 });
  for (let from = 0; from < calls; from += atOnce) {
    // The SDK's HTTP client adds a listener to one signal with each call.
    if (from % 500 === 0) client = (await served.connect(token)).client;
    const batch = samples.slice(from, from + atOnce);
    const results = await Promise.all(
      batch.map((one) => client.callTool(JSON.parse(JSON.stringify(one)) as typeof one)),
    );
    for (const { content } of results) {
      const [first] = content as readonly { readonly text: string }[];
      expect(first?.text).toBeTruthy();
      expect(first?.text).not.toContain("inside Pipewright");
      if (first?.text.startsWith('{"proposal"')) proposals += 1;
    }
  }
  expect(writes).toEqual([]);
  expect(proposals, "some calls did reach a proposal").toBeGreaterThan(0);
  await fetch(`${airflowUrl}/api/v2/dags/orders_daily/clearTaskInstances`, {
    method: "POST",
    body: '{"dry_run":false}',
  });
  expect(writes, "a write would have been seen").toHaveLength(1);
});

it("puts nothing but protocol on stdout, whatever stands on stdin", { timeout: 60_000 }, async () => {
  const env = {
    PATH: process.env["PATH"] ?? "",
    HOME: dataDir,
    PIPEWRIGHT_DATA_DIR: dataDir,
    PIPEWRIGHT_SANDBOX: "1",
    LOG_LEVEL: "trace",
  };
  const child = spawn(process.execPath, [resolve("dist/src/main.js"), "mcp"], {
    env,
    stdio: ["pipe", "pipe", "ignore"],
  });
  const ended = once(child, "exit");
  undo.push(() => child.kill("SIGKILL"));
  let out = "";
  child.stdout.on("data", (chunk: Buffer) => {
    out += chunk.toString();
  });
  const hello = { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "fuzz", version: "1" } };
  child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id: "hello", method: "initialize", params: hello })}\n`);
  const lines = fc.sample(
    fc.oneof(
      fc.string(),
      fc.json(),
      anyCall.map((params) => JSON.stringify({ jsonrpc: "2.0", id: 7, method: "tools/call", params })),
    ),
    { numRuns: 300, seed: 7 },
  );
  for (const line of lines) child.stdin.write(`${line.replaceAll("\n", " ")}\n`);
  child.stdin.end();
  await ended;
  const said = out.trimEnd().split("\n");
  expect(said.length).toBeGreaterThan(100);
  for (const line of said) expect(JSON.parse(line)).toMatchObject({ jsonrpc: "2.0" });
});
