import { getEncoding } from "js-tiktoken";
import { describeTool } from "../../src/mcp/describe-tool.js";
import { describeSearch } from "../../src/mcp/tool-search.js";
import { tools } from "../../src/tools/index.js";
import type { Figure } from "./figure.js";

/** P1: what the list of tools costs a model before it has asked anything. */
export async function benchToolList(): Promise<Figure> {
  const encoding = getEncoding("o200k_base");
  const tokens = (value: unknown): number => encoding.encode(JSON.stringify(value)).length;
  const wire = tools.map(describeTool);
  const definitions = wire.map(({ name, description, inputSchema }) => ({ name, description, inputSchema }));
  return {
    name: `o200k tokens of the list of ${tools.length} tools`,
    measured: `definitions ${tokens(definitions)}; all of tools/list ${tokens(wire)}; search mode ${tokens(describeSearch(tools))}`,
    target: "<= 2000; <= 4000; <= 600",
  };
}
