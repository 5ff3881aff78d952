import express, { type ErrorRequestHandler, type Express, type Request, Router } from "express";
import { fromJson } from "../../json.js";
import { AirflowAnswer } from "../http-error.js";
import { addPageRoutes } from "../routes-pages.js";
import { type AirflowSite, param } from "../site.js";
import type { AirflowUser } from "../tokens.js";
import { asProblem, problem } from "./problem.js";
import { addDagRoutes } from "./routes-dags.js";
import { addDatasetRoutes } from "./routes-datasets.js";
import { addTaskInstanceRoutes } from "./routes-task-instances.js";
import { addWriteRoutes } from "./routes-writes.js";

const OPEN_PATHS: ReadonlySet<string> = new Set(["/version", "/health"]);
/** A POST that only reads. */
const READING_POST = /\/taskInstances\/list$/;
const ADMINS_ONLY = "/eventLogs";

/** The simulated Airflow 2.11.2: API v1 and nothing else; `catchUp` plays the world up to now before each request. */
export function createAirflow2Server(site: AirflowSite, catchUp: () => void, control: Router): Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.use((_request, response, next) => {
    catchUp();
    response.setHeader("server", "gunicorn");
    next();
  });
  app.use(express.text({ type: () => true, limit: "1mb" }));
  app.use("/_control", control);

  const whoIs = (request: Request): AirflowUser => identify(site, request);
  const api = Router({ caseSensitive: true });
  api.use((request, _response, next) => {
    request.body = readBody(request);
    if (OPEN_PATHS.has(request.path)) return next();
    const user = whoIs(request);
    const reads = request.method === "GET" || request.method === "HEAD" || READING_POST.test(request.path);
    // Who may not is told no more than who is unknown: 403 without a word.
    if ((!reads && user.role === "Viewer") || request.path.startsWith(ADMINS_ONLY)) throw problem(403, null);
    next();
  });
  addDagRoutes(api, site);
  addDatasetRoutes(api, site);
  addTaskInstanceRoutes(api, site);
  addWriteRoutes(api, site, whoIs);
  api.use(() => {
    throw problem(404, "The requested URL was not found on the server.");
  });
  app.use("/api/v1", api);
  app.get("/dags/:dagId/grid", (request, response) => response.redirect(pageOf(request)));
  addPageRoutes(app, site);

  // Everything else is the web interface's, which answers in HTML; so it does to /api/v2.
  app.use((_request, response) => {
    response.status(404).type("text/html").send("<!doctype html><title>Airflow 404</title><h1>404</h1>");
  });
  const onError: ErrorRequestHandler = (error: unknown, _request, response, _next) => {
    const { status, body } = error instanceof AirflowAnswer ? asProblem(error) : problem(500, null);
    response.status(status).type("application/problem+json").send(JSON.stringify(body));
  };
  app.use(onError);
  return app;
}

/** The grid is one page for a DAG, its runs and their tasks; here each has its own. */
function pageOf(request: Request): string {
  const said = (name: string): string => encodeURIComponent(String(request.query[name] ?? ""));
  const [run, task, index] = [said("dag_run_id"), said("task_id"), said("map_index")];
  const mapped = index === "" ? "" : `/mapped/${index}`;
  const dag = `/dags/${encodeURIComponent(param(request, "dagId"))}`;
  return run === "" ? dag : `${dag}/runs/${run}${task === "" ? "" : `/tasks/${task}${mapped}`}`;
}

function readBody(request: Request): unknown {
  if (typeof request.body !== "string" || request.body === "") return undefined;
  try {
    return fromJson(request.body);
  } catch {
    throw problem(400, "Request body is not valid JSON");
  }
}

function identify(site: AirflowSite, request: Request): AirflowUser {
  const [scheme, value = ""] = (request.headers.authorization ?? "").split(" ");
  const [username, ...rest] = Buffer.from(value, "base64").toString("utf8").split(":");
  const found = site.users.find((user) => user.username === username && user.password === rest.join(":"));
  if (scheme?.toLowerCase() !== "basic" || found === undefined) throw problem(403, null);
  return found;
}
