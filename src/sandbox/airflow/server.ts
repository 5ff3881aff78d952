import express, { type ErrorRequestHandler, type Express, type Request, Router } from "express";
import { fromJson } from "../json.js";
import { answer } from "./answer.js";
import { AirflowAnswer, refused } from "./http-error.js";
import { addAssetRoutes } from "./routes-assets.js";
import { addDagRoutes } from "./routes-dags.js";
import { addLogRoutes } from "./routes-logs.js";
import { addPageRoutes } from "./routes-pages.js";
import { addRunRoutes } from "./routes-runs.js";
import { addTaskInstanceRoutes } from "./routes-task-instances.js";
import { addWriteRoutes } from "./routes-writes.js";
import type { AirflowSite } from "./site.js";
import { type AirflowUser, readToken, writeToken } from "./tokens.js";

const OPEN_PATHS: ReadonlySet<string> = new Set(["/version", "/monitor/health"]);
/** POSTs that only read. */
const READING_POSTS = /\/(dagRuns|taskInstances)\/list$/;

/** The simulated Airflow 3.3.2 as an express application; `catchUp` plays the world up to now before each request. */
export function createAirflowServer(site: AirflowSite, catchUp: () => void, control: Router): Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.use((_request, response, next) => {
    catchUp();
    response.setHeader("server", "uvicorn");
    next();
  });
  app.use(express.text({ type: () => true, limit: "1mb" }));
  app.use((request, _response, next) => {
    request.body = readBody(request);
    next();
  });

  app.post(["/auth/token", "/auth/token/cli"], (request, response) => {
    const body = request.body as { username?: unknown; password?: unknown } | undefined;
    const user = site.users.find((one) => one.username === body?.username && one.password === body?.password);
    if (user === undefined) throw refused(401, "Invalid credentials");
    answer(response, { access_token: writeToken(site.tokenSecret, user, site.sim.world.now) }, 201);
  });
  app.use("/_control", control);
  app.use("/api/v1", (_request, response) => {
    answer(
      response,
      { error: "/api/v1 has been removed in Airflow 3, please use its upgraded version /api/v2 instead." },
      404,
    );
  });

  const whoIs = (request: Request): AirflowUser => identify(site, request);
  const api = Router({ caseSensitive: true });
  api.use((request, _response, next) => {
    if (OPEN_PATHS.has(request.path)) return next();
    const user = whoIs(request);
    const reads = request.method === "GET" || request.method === "HEAD" || READING_POSTS.test(request.path);
    if (!reads && user.role === "Viewer") throw refused(403, "Forbidden");
    next();
  });
  addDagRoutes(api, site);
  addAssetRoutes(api, site);
  addRunRoutes(api, site);
  addWriteRoutes(api, site, whoIs);
  addLogRoutes(api, site);
  addTaskInstanceRoutes(api, site);
  app.use("/api/v2", api);
  addPageRoutes(app, site);

  app.use(() => {
    throw refused(404, "Not Found");
  });
  const onError: ErrorRequestHandler = (error: unknown, _request, response, _next) => {
    if (error instanceof AirflowAnswer) return answer(response, error.body, error.status);
    answer(response, { detail: "Internal Server Error" }, 500);
  };
  app.use(onError);
  return app;
}

function readBody(request: Request): unknown {
  if (typeof request.body !== "string" || request.body === "") return undefined;
  if (request.is("application/x-www-form-urlencoded") !== false)
    return Object.fromEntries(new URLSearchParams(request.body));
  try {
    return fromJson(request.body);
  } catch {
    throw refused(422, [{ type: "json_invalid", loc: ["body", 0], msg: "JSON decode error", input: {} }]);
  }
}

function identify(site: AirflowSite, request: Request): AirflowUser {
  const [scheme, token] = (request.headers.authorization ?? "").split(" ");
  if (scheme?.toLowerCase() !== "bearer" || token === undefined) throw refused(401, "Not authenticated");
  const user = readToken(site.tokenSecret, site.users, token, site.sim.world.now);
  if (user === null) throw refused(403, "Invalid JWT token");
  return user;
}
