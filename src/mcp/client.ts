import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import type { ToolCaller } from "../core/ports.js";
import { errorOf } from "./tool-errors.js";

/** A tool as it is listed, with what it says of itself. */
export interface ListedTool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: Readonly<Record<string, unknown>>;
  /** It changes nothing anywhere, not even a proposal. */
  readonly isReadOnly: boolean;
}

export interface InMemoryCaller extends ToolCaller {
  list(): Promise<readonly ListedTool[]>;
  close(): Promise<void>;
}

/** A diagnosis of a 200 MB log may take minutes; the agent bounds its own time. */
const callTimeoutMs = 10 * 60_000;

/** Talks MCP to a server in the same process. A refused call is thrown as the error class it was on the other side. */
export async function connectInMemory(server: McpServer): Promise<InMemoryCaller> {
  const [near, far] = InMemoryTransport.createLinkedPair();
  const client = new Client({ name: "pipewright-agent", version: "1" });
  await server.connect(far);
  await client.connect(near);
  return {
    async call(tool, input) {
      const request = { name: tool, arguments: { ...input } };
      const result = await client.callTool(request, undefined, { timeout: callTimeoutMs });
      if (result.isError === true) throw errorOf(result);
      return (result.structuredContent ?? {}) as Readonly<Record<string, unknown>>;
    },
    async list() {
      const { tools } = await client.listTools();
      return tools.map(({ name, description = "", inputSchema, annotations }) => ({
        name,
        description,
        inputSchema,
        isReadOnly: annotations?.readOnlyHint === true,
      }));
    },
    async close() {
      await client.close();
      await server.close();
    },
  };
}
