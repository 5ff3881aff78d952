import type { ReadTool } from "../../src/agent/deepen.js";
import { connectInMemory } from "../../src/mcp/client.js";
import type { Company } from "../fixtures/simulated-company.js";

/** The tools that only read, as a client of the simulated company's own MCP server lists and calls them. */
export async function openTools({ core }: Company): Promise<readonly ReadTool[]> {
  const caller = await connectInMemory(core.createServer({ kind: "alert" }, false));
  const listed = (await caller.list()).filter(({ isReadOnly }) => isReadOnly);
  return listed.map((tool) => ({ ...tool, call: (input) => caller.call(tool.name, input) }));
}
