import { createServer, type Server } from "node:http";
import type { Express, Router } from "express";
import type { Logger } from "../core/ports.js";
import { bareApp, failed, notFound } from "./app.js";
import { guardConsole } from "./guard.js";
import type { Health } from "./health.js";
import { createHealthRouter } from "./health-routes.js";
import { closeServer, type ListenAddress, listen } from "./listener.js";

export interface WebServersOptions {
  /** `consoleHosts`: host names beside loopback under which the console may be opened. */
  readonly config: {
    readonly host: string;
    readonly port: number;
    readonly consolePort: number;
    readonly consoleHosts?: readonly string[];
  };
  readonly routers: {
    readonly platform: readonly { readonly path: string; readonly router: Router }[];
    readonly console: Router;
    /** Answers at `/mcp` of the console's port; it has a guard of its own. */
    readonly mcp?: Router;
  };
  readonly health: Health;
  readonly logger: Logger;
}

export interface WebServers {
  /** Listens on both ports and says which they are; a taken port is a ConfigError that names the setting. */
  start(): Promise<{ readonly port: number; readonly consolePort: number }>;
  /** Takes no new requests, lets running ones end for at most `graceMs`, then cuts them. */
  stop(graceMs: number): Promise<void>;
}

/** The two listeners: PORT for what platforms must reach, PIPEWRIGHT_CONSOLE_PORT on loopback for people on this machine. */
export function createWebServers({ config, routers, health, logger }: WebServersOptions): WebServers {
  const publicServer = createServer(publicApp(routers.platform, health, logger));
  const consoleServer = createServer(consoleApp(config.consoleHosts ?? [], routers, health, logger));
  const publicAddress: ListenAddress = { host: config.host, port: config.port, portSetting: "PORT" };
  const consoleAddress: ListenAddress = {
    host: "127.0.0.1",
    port: config.consolePort,
    portSetting: "PIPEWRIGHT_CONSOLE_PORT",
  };
  const servers: readonly Server[] = [publicServer, consoleServer];
  for (const server of servers) {
    server.headersTimeout = 10_000;
    server.requestTimeout = 30_000;
  }

  return {
    async start() {
      const port = await listen(publicServer, publicAddress);
      try {
        return { port, consolePort: await listen(consoleServer, consoleAddress) };
      } catch (error) {
        await closeServer(publicServer, 0);
        throw error;
      }
    },
    async stop(graceMs) {
      await Promise.all(servers.map((server) => closeServer(server, graceMs)));
    },
  };
}

function publicApp(platform: WebServersOptions["routers"]["platform"], health: Health, logger: Logger): Express {
  const app = bareApp();
  app.use(createHealthRouter(health));
  for (const { path, router } of platform) app.use(path, router);
  app.use(notFound, failed(logger));
  return app;
}

function consoleApp(
  hosts: readonly string[],
  { console, mcp }: Pick<WebServersOptions["routers"], "console" | "mcp">,
  health: Health,
  logger: Logger,
): Express {
  const app = bareApp();
  if (mcp !== undefined) app.use("/mcp", mcp);
  app.use(guardConsole(hosts));
  app.use(createHealthRouter(health));
  app.use(console);
  app.use(notFound, failed(logger));
  return app;
}
