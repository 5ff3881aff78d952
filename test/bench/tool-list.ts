import { describeTool } from "../../src/mcp/describe-tool.js";
import { describeSearch } from "../../src/mcp/tool-search.js";
import { tools } from "../../src/tools/index.js";
import type { Figure } from "./figure.js";
import { tokensOf } from "./tokens.js";

/** P1: what the list of tools costs a model before it has asked anything. */
export async function benchToolList(): Promise<Figure> {
  const tokens = (value: unknown): number => tokensOf(JSON.stringify(value));
  const wire = tools.map(describeTool);
  const definitions = wire.map(({ name, description, inputSchema }) => ({ name, description, inputSchema }));
  return {
    name: `o200k tokens of the list of ${tools.length} tools`,
    measured: `definitions ${tokens(definitions)}; all of tools/list ${tokens(wire)}; search mode ${tokens(describeSearch(tools))}`,
    target: "<= 2000; <= 4000; <= 600",
  };
}
