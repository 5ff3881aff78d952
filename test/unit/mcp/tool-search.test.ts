import { getEncoding } from "js-tiktoken";
import { describe, expect, it } from "vitest";
import { callSearch, describeSearch } from "../../../src/mcp/tool-search.js";
import { tools } from "../../../src/tools/index.js";
import { silentLogger } from "../../fixtures/silent-logger.js";
import { createWorld, spec, task } from "../tools/literal-world.js";

const { ports } = createWorld({
  tasks: [task({ taskId: "fetch_trips", state: "failed" })],
  specs: [spec("fetch_trips")],
});
const room = { tools, ports, redact: (text: string) => text, logger: silentLogger };
const textOf = (result: Awaited<ReturnType<typeof callSearch>>): string =>
  result.content[0]?.type === "text" ? result.content[0].text : "";

it("costs a model at most 600 tokens for the whole list", () => {
  const tokens = getEncoding("o200k_base").encode(JSON.stringify(describeSearch(tools))).length;
  expect(tokens).toBeLessThanOrEqual(600);
});

it("lists what writes by itself, beside one that finds and one that only reads", () => {
  const listed = describeSearch(tools).map(({ name, annotations }) => [name, annotations?.readOnlyHint]);
  expect(listed).toEqual([
    ["tools_find", true],
    ["tools_call", true],
    ["remediation_propose", false],
  ]);
});

describe("finding a tool", () => {
  it.each([
    ["why did the task fail, root cause", "diagnose_failure"],
    ["is it late", "airflow_what_is_late"],
    ["read a range of the log", "airflow_get_task_log"],
    ["databricks run output", "databricks_get_run_output"],
    ["state of a proposal", "remediation_get"],
  ])("%s", async (words, name) => {
    const result = await callSearch("tools_find", { words }, room);
    const { tools: found } = result.structuredContent as { tools: readonly { name: string; input: object }[] };
    expect(found.map((one) => one.name)).toContain(name);
    expect(found.length).toBeLessThanOrEqual(3);
    expect(found[0]?.input).toHaveProperty("properties");
  });

  it("names every tool where no word fits", async () => {
    const { structuredContent } = await callSearch("tools_find", { words: "??" }, room);
    expect(structuredContent).toEqual({ tools: [], others: tools.map(({ name }) => name) });
  });
});

describe("calling a tool that was found", () => {
  it("gives that tool's result", async () => {
    const result = await callSearch("tools_call", { tool: "diagnose_failure", input: { dag: "bikes_daily" } }, room);
    expect(result.structuredContent).toMatchObject({ about: { task: "fetch_trips" } });
  });

  it.each([
    ["remediation_propose", {}, "nothing was done. Call remediation_propose itself"],
    ["airflow_clear", {}, "There is no tool airflow_clear"],
    ["diagnose_failure", { dag_id: "x" }, "It takes: what, dag"],
  ])("%s %j is refused with what to change", async (tool, input, words) => {
    const result = await callSearch("tools_call", { tool, input }, room);
    expect([result.isError, textOf(result)]).toEqual([true, expect.stringContaining(words)]);
  });

  it("does not call itself", async () => {
    const nested = { tool: "tools_call", input: { tool: "remediation_propose", input: {} } };
    expect(textOf(await callSearch("tools_call", nested, room))).toContain("There is no tool tools_call");
  });
});
