import { createServer } from "node:http";
import type { Router } from "express";
import type { Logger } from "../core/ports.js";
import { bareApp, failed, notFound } from "./app.js";
import { closeServer, listen } from "./listener.js";

export interface McpListener {
  /** Resolves with the port that is listened on. */
  start(): Promise<number>;
  stop(graceMs: number): Promise<void>;
}

/** The console's port with nothing but MCP on it, for `mcp --http`. */
export function createMcpListener(consolePort: number, mcp: Router, logger: Logger): McpListener {
  const app = bareApp();
  app.use("/mcp", mcp);
  app.use(notFound, failed(logger));
  const server = createServer(app);
  server.headersTimeout = 10_000;
  server.requestTimeout = 30_000;
  return {
    start: () => listen(server, { host: "127.0.0.1", port: consolePort, portSetting: "PIPEWRIGHT_CONSOLE_PORT" }),
    stop: (graceMs) => closeServer(server, graceMs),
  };
}
