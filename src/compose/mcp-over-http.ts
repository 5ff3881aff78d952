import type { Config } from "../config/config.js";
import { tokenId } from "../config/mcp.js";
import { closedEndpoint } from "../mcp/http/closed-endpoint.js";
import { createMcpEndpoint, type McpEndpoint } from "../mcp/http/endpoint.js";
import type { Core } from "./core.js";

/** MCP at `/mcp`, for the tokens of the configuration; each asks under a name of its own and reads as its person. */
export function mcpOverHttp({ mcp, oidc }: Config, core: Core): McpEndpoint {
  const { clock, logger } = core;
  if (mcp.tokens.length === 0) {
    logger.info({}, "MCP over HTTP is off: no tokens stand under mcp in the YAML");
    return closedEndpoint();
  }
  const mayPropose = new Map(mcp.tokens.map((token) => [token.name, token.mayPropose]));
  const proxied = oidc?.consoleUrl ?? null;
  return createMcpEndpoint({
    tokens: mcp.tokens.map(({ name, secret }) => ({ name, read: () => secret.read() })),
    createServer: (name) =>
      core.createServer({ kind: "person", id: tokenId(name), name: `${name} (MCP)` }, mayPropose.get(name) === true),
    hosts: [...mcp.hosts, ...(proxied === null ? [] : [new URL(proxied).hostname])],
    origins: mcp.origins,
    clock,
    logger,
  });
}
