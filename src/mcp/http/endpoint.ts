import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { hostHeaderValidation } from "@modelcontextprotocol/sdk/server/middleware/hostHeaderValidation.js";
import { isInitializeRequest } from "@modelcontextprotocol/sdk/types.js";
import express, {
  type ErrorRequestHandler,
  type Request,
  type RequestHandler,
  type Response,
  type Router,
} from "express";
import type { Clock, Logger } from "../../core/ports.js";
import { createCallRate, type RateLimit } from "./call-rate.js";
import { guardOrigin } from "./guard-origin.js";
import { callerOf, type TokenRow } from "./known-caller.js";
import { refuse } from "./refuse.js";
import { createSessions, type Session, type SessionLimits } from "./sessions.js";

export interface EndpointOptions {
  readonly tokens: readonly TokenRow[];
  /** A server for one session of the token with this name. */
  readonly createServer: (tokenName: string) => McpServer;
  /** Host names without port, beside loopback. */
  readonly hosts: readonly string[];
  readonly origins: readonly string[];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly rate?: RateLimit;
  readonly sessions?: SessionLimits;
}

export interface McpEndpoint {
  /** To be mounted at `/mcp`, before any body parser. */
  readonly router: Router;
  /** Answers what is under way until the deadline, then ends every session. */
  drain(deadline: AbortSignal): Promise<void>;
}

const loopback = ["localhost", "127.0.0.1", "[::1]"];
const longestBody = "256kb";
/** Ten questions a person asks, with room for a model that looks around. */
const usualRate: RateLimit = { perMinute: 120, burst: 60 };
const usualSessions: SessionLimits = { mostPerToken: 8, idleMs: 30 * 60_000 };

/** MCP over Streamable HTTP: own tokens on each call, Host and Origin lists, sessions that belong to one token. */
export function createMcpEndpoint(options: EndpointOptions): McpEndpoint {
  const { clock, logger } = options;
  const rate = createCallRate(options.rate ?? usualRate, clock);
  const sessions = createSessions(options.createServer, options.sessions ?? usualSessions, clock);

  const authenticate: RequestHandler = (request, response, next) => {
    const caller = callerOf(request.headers.authorization, options.tokens);
    if (caller === null) {
      response.set("WWW-Authenticate", 'Bearer realm="pipewright"');
      return refuse(
        response,
        401,
        "This needs a bearer token from mcp.tokens of the YAML; ask the owner of this Pipewright.",
      );
    }
    const seconds = rate.take(caller.name);
    if (seconds > 0) {
      response.set("Retry-After", String(seconds));
      return refuse(response, 429, `Too many calls with this token; go on in ${seconds} s.`);
    }
    response.locals["caller"] = caller.name;
    next();
  };

  async function sessionFor(request: Request, response: Response, owner: string): Promise<Session | null> {
    const id = request.headers["mcp-session-id"];
    if (typeof id === "string") {
      const session = sessions.find(id, owner);
      if (session === null) refuse(response, 404, "This session is over; begin a new one with initialize.");
      return session;
    }
    if (request.method !== "POST" || !isInitializeRequest(request.body)) {
      refuse(response, 400, "A session begins with initialize; send its Mcp-Session-Id after that.");
      return null;
    }
    const session = await sessions.open(owner);
    if (session === null)
      refuse(response, 429, "All sessions of this token are busy; wait for their answers or end one.");
    return session;
  }

  const serve: RequestHandler = async (request, response) => {
    const owner = String(response.locals["caller"]);
    const session = await sessionFor(request, response, owner);
    if (session === null) return;
    if (request.method === "POST") {
      session.busy += 1;
      response.once("close", () => {
        session.busy -= 1;
        session.usedAt = clock.now().getTime();
      });
    }
    await session.transport.handleRequest(request, response, request.body);
  };

  const failed: ErrorRequestHandler = (error: unknown, _request, response, next) => {
    if (response.headersSent) return next(error);
    const status = statusOf(error);
    if (status === 413) return refuse(response, 413, `A message may have ${longestBody} at most; send less.`);
    if (status < 500) return refuse(response, status, "This is no JSON-RPC message; nothing was done.");
    logger.error({ error }, "a call of MCP over HTTP failed");
    refuse(response, 500, "Something went wrong inside Pipewright; its owner finds the details in the log.");
  };

  const router = express.Router();
  const readBody = express.json({ limit: longestBody, type: () => true });
  router.use(hostHeaderValidation([...loopback, ...options.hosts]), guardOrigin(options.origins), authenticate);
  router.post("/", readBody, serve);
  router.get("/", serve);
  router.delete("/", serve);
  router.use(otherMethod, failed);
  return { router, drain: (deadline) => sessions.drain(deadline) };
}

const otherMethod: RequestHandler = (_request, response) => {
  refuse(response, 405, "MCP is spoken here by POST, GET and DELETE.");
};

function statusOf(error: unknown): number {
  const status = typeof error === "object" && error !== null && "status" in error ? error.status : 500;
  return typeof status === "number" ? status : 500;
}
