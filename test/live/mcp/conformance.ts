import { execFile } from "node:child_process";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { expect, it } from "vitest";
import { introduce } from "./introduce.js";
import { type ServedMcp, serveMcp } from "./program.js";
import type { McpStage } from "./stage.js";

const applicable = [
  "server-initialize",
  "ping",
  "completion-complete",
  "tools-list",
  "tools-call-simple-text",
  "tools-call-error",
  "tools-call-with-progress",
  "tools-call-elicitation",
  "server-sse-multiple-streams",
  "resources-list",
  "resources-read-text",
  "resources-templates-read",
  "prompts-list",
  "prompts-get-simple",
  "prompts-get-with-args",
  "dns-rebinding-protection",
];
const orders = { dag: "orders_daily" };

/** A failure with an incident, for the scenarios that read one. */
async function failedOrders(served: ServedMcp) {
  const transport = new StreamableHTTPClientTransport(new URL(served.address), {
    requestInit: { headers: { Authorization: `Bearer ${served.tokens.at(-1)}` } },
  });
  const client = new Client({ name: "setup", version: "1" });
  await client.connect(transport as unknown as Transport);
  const propose = async () => {
    const { structuredContent } = await client.callTool({ name: "remediation_propose", arguments: orders });
    return String((structuredContent as Record<string, unknown> | undefined)?.["incident"] ?? "");
  };
  await expect.poll(propose, { timeout: 60_000, interval: 1_000 }).not.toBe("");
  const incident = await propose();
  const run = await client.callTool({ name: "airflow_get_run", arguments: orders });
  await client.close();
  return { incident, run: String((run.structuredContent as Record<string, unknown>)["run"]) };
}

export function conformanceStories(stage: () => McpStage): void {
  it("passes every scenario of the protocol's conformance runner that applies", async () => {
    const { bin, company } = stage();
    const served = await serveMcp(stage(), { tokens: 60 });
    const { incident, run } = await failedOrders(served);
    const relay = await introduce(served.address, served.tokens.slice(0, -1), {
      "complete test_prompt_with_arguments": {
        ref: { type: "ref/prompt", name: "triage_failure" },
        argument: { name: "dag", value: "o" },
      },
      test_simple_prompt: { name: "morning_check" },
      test_prompt_with_arguments: {
        name: "explain_to_stakeholder",
        arguments: { dag: "testValue1", audience: "testValue2" },
      },
      test_simple_text: { name: "incident_list", arguments: {} },
      test_error_handling: { name: "diagnose_failure", arguments: { dag: "no_such_dag" } },
      test_tool_with_progress: { name: "diagnose_failure", arguments: orders },
      test_elicitation: { name: "remediation_propose", arguments: orders },
      "test://static-text": { uri: `incident://${incident}` },
      "test://template/123/data": {
        uri: `log://${encodeURIComponent("airflow:default")}/orders_daily/${encodeURIComponent(run)}/load_orders/1/123`,
      },
    });
    const baseline = resolve("test/live/mcp/not-applicable.yaml");
    const args = ["server", "--url", relay.url, "--suite", "all", "--expected-failures", baseline];
    const { stdout, failed } = await promisify(execFile)(join(bin, "conformance"), args, {
      env: { PATH: process.env["PATH"], NO_COLOR: "1" },
      maxBuffer: 16 * 1024 * 1024,
      timeout: 120_000,
    })
      .then((done) => ({ stdout: done.stdout, failed: "" }))
      .catch((error: { stdout: string; stderr: string }) => ({
        stdout: error.stdout,
        failed: `${error.stdout.slice(error.stdout.indexOf("=== SUMMARY"))}${error.stderr}`,
      }))
      .finally(() => relay.stop());
    expect(failed).toBe("");
    const passed = [...stdout.matchAll(/✓ ([a-z0-9-]+): [1-9]\d* passed, 0 failed/g)].map(([, name]) => name);
    expect(passed).toEqual(applicable);
    process.stdout.write(`${passed.length} conformance scenarios passed\n`);
    expect(company.writes).toEqual([]);
    expect(await served.stop()).toBe(0);
  });
}
