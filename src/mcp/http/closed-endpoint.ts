import express from "express";
import type { McpEndpoint } from "./endpoint.js";
import { refuse } from "./refuse.js";

/** What stands at `/mcp` where no token is configured. */
export function closedEndpoint(): McpEndpoint {
  const router = express.Router();
  router.use((_request, response) =>
    refuse(response, 404, "MCP over HTTP is off: the owner of this Pipewright names tokens under mcp in the YAML."),
  );
  return { router, drain: async () => undefined };
}
