import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { anyCall } from "../../fixtures/fuzzed-calls.js";
import { settingsFor } from "./program.js";
import type { McpStage } from "./stage.js";
import { openStdio, type StdioSession } from "./stdio-session.js";

const calls = 5_000;
const atOnce = 20;

/** 10,000 calls that a confused or hostile client might make, of a real process over stdio. */
export function fuzzStories(stage: () => McpStage): void {
  async function open(home: string, propose: "0" | "1"): Promise<StdioSession> {
    const { program, company } = stage();
    const env = settingsFor(home, { ...company.environment, PIPEWRIGHT_MCP_PROPOSE: propose, LOG_LEVEL: "trace" });
    return await openStdio({ command: process.execPath, args: [program, "mcp"], env });
  }

  it(`${calls} made-up calls of a client that may propose write nothing to Airflow or Databricks`, async () => {
    const home = stage().newFolder();
    const session = await open(home, "1");
    const before = await contentsOf(session, home);
    const { answered, proposals } = await callAll(session, 20_261_123);
    expect(session.noise, "stdout holds protocol alone").toEqual([]);
    expect(stage().company.writes).toEqual([]);
    expect(answered).toBe(calls);
    expect(proposals, "some of them did reach a proposal").toBeGreaterThan(0);
    expect(await contentsOf(session, home), "proposals are seen in the store").not.toEqual(before);
    expect(await incidentStates(session), "no incident acts").toEqual(["diagnosed"]);
    expect(await session.end()).toBe(0);
    process.stdout.write(`${answered} fuzzed calls answered, ${proposals} proposals pending, 0 writes\n`);
  });

  it(`${calls} made-up calls of a client that only reads change nothing in the store either`, async () => {
    const home = stage().newFolder();
    const session = await open(home, "0");
    const before = await contentsOf(session, home);
    const { answered, proposals } = await callAll(session, 20_261_124);
    expect(session.noise, "stdout holds protocol alone").toEqual([]);
    expect(stage().company.writes).toEqual([]);
    expect([answered, proposals]).toEqual([calls, 0]);
    expect(await contentsOf(session, home)).toEqual(before);
    expect(await session.end()).toBe(0);
    process.stdout.write(`${answered} fuzzed calls answered, the store as it was, 0 writes\n`);
  });
}

async function callAll(session: StdioSession, seed: number): Promise<{ answered: number; proposals: number }> {
  const left = fc.sample(anyCall, { numRuns: calls, seed });
  let answered = 0;
  let proposals = 0;
  async function callOn(): Promise<void> {
    for (let one = left.pop(); one !== undefined; one = left.pop()) {
      const got = await session.call(one.name, one.arguments);
      if (typeof got === "string") expect(got, "words for whoever called").toMatch(/^(?!.*inside Pipewright)./s);
      answered += 1;
      if (typeof got === "object" && got["state"] === "pending") proposals += 1;
    }
  }
  await Promise.all(Array.from({ length: atOnce }, callOn));
  return { answered, proposals };
}

async function incidentStates(session: StdioSession): Promise<readonly string[]> {
  const { incidents } = Object(await session.call("incident_list", { state: "all" })) as {
    readonly incidents: readonly { readonly state: string }[];
  };
  return [...new Set(incidents.map(({ state }) => state))];
}

/** Every file of the program's data folder with what it holds, once it has answered. */
async function contentsOf(session: StdioSession, home: string): Promise<Record<string, string>> {
  await session.call("incident_list", {});
  const data = join(home, "data");
  const files = readdirSync(data, { recursive: true, encoding: "utf8" }).filter((name) =>
    statSync(join(data, name)).isFile(),
  );
  return Object.fromEntries(
    files.map((name) => [
      name,
      createHash("sha256")
        .update(readFileSync(join(data, name)))
        .digest("hex"),
    ]),
  );
}
