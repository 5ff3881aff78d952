import type { Duplex } from "node:stream";
import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";

/** Serves one MCP session over a stream, line by line as on stdio, until the stream closes. */
export async function serveStream(server: McpServer, stream: Duplex): Promise<void> {
  stream.on("error", () => stream.destroy());
  stream.once("end", () => stream.end());
  stream.once("close", () => void server.close());
  await server.connect(new StdioServerTransport(stream, stream));
  stream.resume();
}
