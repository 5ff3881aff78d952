import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { tools } from "../../../src/tools/index.js";
import { type CountedCompany, startCountedCompany } from "./counted-company.js";
import { installPythonClient } from "./install.js";
import { builtProgram, serveMcp, settingsFor } from "./program.js";

const script = resolve("test/live/mcp/story.py");
let python: string;
let company: CountedCompany;
let dataDir: string;

beforeAll(async () => {
  python = await installPythonClient();
});
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "pipewright-python-"));
  company = await startCountedCompany();
});
afterEach(async () => {
  await company.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

/** What the script saw; it is ended when it takes too long. */
async function tell(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Record<string, unknown>> {
  const { stdout } = await promisify(execFile)(python, [script, ...args], { env, timeout: 120_000 });
  return JSON.parse(stdout) as Record<string, unknown>;
}

/** The same whole story over either transport, and not one write. */
function expectWholeStory(seen: Readonly<Record<string, unknown>>): void {
  expect(seen["server"]).toBe("pipewright");
  expect(seen["tools"]).toEqual(tools.map(({ name }) => name));
  expect(seen["prompts"]).toEqual(["triage_failure", "morning_check", "explain_to_stakeholder"]);
  expect(JSON.stringify(seen["failures"])).toContain("load_orders");
  expect(seen["diagnosis"]).toMatchObject({
    about: { dag: "orders_daily", task: "load_orders" },
    category: "compute_failure",
    rerunHelps: "yes",
  });
  expect(JSON.stringify((seen["diagnosis"] as Record<string, unknown>)["evidence"])).toContain("SPOT_INSTANCE");
  expect(seen["proposed"]).toMatchObject({
    state: "pending",
    note: expect.stringContaining("A person must approve it") as unknown,
  });
  expect(seen["state"]).toMatchObject({ state: "pending" });
  expect(seen["unknown"]).toMatchObject({ error: expect.stringContaining("no_such_dag") as unknown });
  expect(company.writes, "nothing was written to Airflow or Databricks").toEqual([]);
}

describe("the MCP client of Python, which is not ours and not the SDK's of TypeScript", () => {
  it("lists failures, diagnoses, proposes, and is told that a person must approve: over stdio", async () => {
    const command = [process.execPath, await builtProgram(), "mcp"];
    expectWholeStory(await tell(["stdio", ...command], settingsFor(dataDir, company.environment)));
  });

  it("lists failures, diagnoses, proposes, and is told that a person must approve: over HTTP", async () => {
    const served = await serveMcp(dataDir, company.environment);
    const [token = ""] = served.tokens;
    expectWholeStory(await tell(["http", served.address], { PATH: process.env["PATH"] ?? "", MCP_TOKEN: token }));
    expect(await served.stop()).toBe(0);
  });
});
