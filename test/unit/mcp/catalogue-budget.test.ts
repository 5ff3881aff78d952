import { getEncoding } from "js-tiktoken";
import { expect, it } from "vitest";
import { describeTool } from "../../../src/mcp/describe-tool.js";
import { tools } from "../../../src/tools/index.js";

const encoding = getEncoding("o200k_base");
const tokens = (value: unknown): number => encoding.encode(JSON.stringify(value)).length;

it("costs a model at most 2,000 tokens for names, descriptions and input schemas, and 4,000 with everything", () => {
  const wire = tools.map(describeTool);
  const definitions = wire.map(({ name, description, inputSchema }) => ({ name, description, inputSchema }));
  expect(tokens(definitions)).toBeLessThanOrEqual(2_000);
  expect(tokens(wire)).toBeLessThanOrEqual(4_000);
});

it("leaves room for the tools still to come", () => {
  const wire = tools.map(describeTool);
  const average = tokens(wire.map(({ name, description, inputSchema }) => ({ name, description, inputSchema })));
  expect(average / wire.length).toBeLessThan(140);
});

it("describes every argument's type and which are required", () => {
  const diagnose = tools.map(describeTool).find((tool) => tool.name === "diagnose_failure");
  expect(diagnose?.inputSchema).toMatchObject({
    type: "object",
    properties: { what: { type: "string" }, mapIndex: { type: "integer" }, detail: { enum: ["short", "full"] } },
  });
  const run = tools.map(describeTool).find((tool) => tool.name === "airflow_get_run");
  expect(run?.inputSchema.required).toEqual(["dag"]);
});
