import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { tools } from "../../../src/tools/index.js";
import { serveMcp, settingsFor } from "./program.js";
import type { McpStage } from "./stage.js";

const script = resolve("test/live/mcp/story.py");

/** What the script saw; it is ended when it takes too long. */
async function tell(
  { python }: McpStage,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Record<string, unknown>> {
  const { stdout } = await promisify(execFile)(python, [script, ...args], { env, timeout: 120_000 });
  return JSON.parse(stdout) as Record<string, unknown>;
}

/** The same whole story over either transport, and not one write. */
function expectWholeStory({ company }: McpStage, seen: Readonly<Record<string, unknown>>): void {
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

/** The MCP client of Python, which is not ours and not the SDK's of TypeScript. */
export function pythonStories(stage: () => McpStage): void {
  const story = "a Python client lists failures, diagnoses, proposes, and is told that a person must approve";

  it(`${story}: over stdio`, async () => {
    const { company, program, newFolder } = stage();
    const env = settingsFor(newFolder(), company.environment);
    expectWholeStory(stage(), await tell(stage(), ["stdio", process.execPath, program, "mcp"], env));
  });

  it(`${story}: over HTTP`, async () => {
    const served = await serveMcp(stage());
    const env = { PATH: process.env["PATH"] ?? "", MCP_TOKEN: served.tokens[0] ?? "" };
    expectWholeStory(stage(), await tell(stage(), ["http", served.address], env));
    expect(await served.stop()).toBe(0);
  });
}
