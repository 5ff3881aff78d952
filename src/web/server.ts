import { createServer, type Server } from "node:http";
import express, { type ErrorRequestHandler, type Express, type RequestHandler, type Router } from "express";
import type { Logger } from "../core/ports.js";
import { guardConsole, securityHeaders } from "./guard.js";
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
  const consoleServer = createServer(consoleApp(config.consoleHosts ?? [], routers.console, health, logger));
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

function consoleApp(hosts: readonly string[], console: Router, health: Health, logger: Logger): Express {
  const app = bareApp();
  app.use(guardConsole(hosts));
  app.use(createHealthRouter(health));
  app.use(console);
  app.use(notFound, failed(logger));
  return app;
}

/** No body parser here: a platform's signature is checked over the raw bytes, so each router reads its own. */
function bareApp(): Express {
  const app = express();
  app.disable("x-powered-by");
  app.use(securityHeaders);
  return app;
}

const notFound: RequestHandler = (_request, response) => {
  response.status(404).json({ error: "There is nothing at this address." });
};

function failed(logger: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error);
    const status = statusOf(error);
    if (status >= 500) logger.error({ err: error, path: request.path }, "a web request failed");
    const message =
      status >= 500
        ? "Something went wrong inside Pipewright; the owner of this installation finds the details in its log."
        : "This request can't be read; nothing was done.";
    response.status(status).json({ error: message });
  };
}

/** Express and its body readers put an HTTP status on what the sender got wrong. */
function statusOf(error: unknown): number {
  if (typeof error !== "object" || error === null || !("status" in error)) return 500;
  const status = error.status;
  return typeof status === "number" && status >= 400 && status < 500 ? status : 500;
}
