import express, { type ErrorRequestHandler, type Express, type Request, Router } from "express";
import { fromJson } from "../json.js";
import { DatabricksAnswer } from "./http-error.js";
import { ORGANISATION } from "./page-url.js";
import { addJobRoutes } from "./routes-jobs.js";
import { addPageRoutes } from "./routes-pages.js";
import { addPipelineRoutes } from "./routes-pipelines.js";
import { addRunRoutes } from "./routes-runs.js";
import { addClusterRoutes, addWorkspaceRoutes } from "./routes-workspace.js";
import { type DatabricksSite, type DatabricksUser, send } from "./site.js";

const READING_POSTS = /\/clusters\/events$/;
const OAUTH_PREFIX = "oauth-";

/** The simulated Databricks workspace as an express application; `catchUp` plays the world up to now before each request. */
export function createDatabricksServer(site: DatabricksSite, catchUp: () => void): Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.use((_request, response, next) => {
    catchUp();
    response.setHeader("server", "databricks");
    next();
  });
  app.use(express.text({ type: () => true, limit: "10mb" }));

  app.get("/.well-known/databricks-config", (_request, response) => {
    send(response, { oidc_endpoint: `${site.workspaceUrl}/oidc`, workspace_id: ORGANISATION, host_type: "workspace" });
  });
  app.get("/oidc/.well-known/oauth-authorization-server", (_request, response) => {
    send(response, {
      authorization_endpoint: `${site.workspaceUrl}/oidc/v1/authorize`,
      token_endpoint: `${site.workspaceUrl}/oidc/v1/token`,
    });
  });
  app.post("/oidc/v1/token", (request, response) => {
    const [scheme, basic] = (request.headers.authorization ?? "").split(" ");
    const given = scheme === "Basic" ? Buffer.from(basic ?? "", "base64").toString("utf8") : "";
    const user = site.users.find((one) => `${one.clientId}:${one.clientSecret}` === given);
    const form = new URLSearchParams(typeof request.body === "string" ? request.body : "");
    if (user === undefined || form.get("grant_type") !== "client_credentials") {
      return send(response, { error: "invalid_client", error_description: "Client authentication failed" }, 401);
    }
    send(response, {
      access_token: `${OAUTH_PREFIX}${user.token}`,
      token_type: "Bearer",
      expires_in: 3_600,
      scope: "all-apis",
    });
  });

  const whoIs = (request: Request): DatabricksUser => identify(site, request);
  const nameOf = (request: Request): string => whoIs(request).userName;
  app.use("/api", (request, _response, next) => {
    const user = whoIs(request);
    const reads = request.method === "GET" || request.method === "HEAD" || READING_POSTS.test(request.path);
    if (!reads && !user.mayWrite) {
      throw new DatabricksAnswer(
        403,
        "PERMISSION_DENIED",
        `User ${user.userName} does not have Manage Run or Owner or Admin permissions on this job.`,
      );
    }
    request.body = readBody(request.body);
    next();
  });
  for (const version of ["2.0", "2.1", "2.2"]) {
    const api = Router();
    if (version !== "2.0") {
      addJobRoutes(api, site, nameOf);
      addRunRoutes(api, site, version, nameOf);
    }
    addClusterRoutes(api, site);
    if (version === "2.0") addPipelineRoutes(api, site);
    addWorkspaceRoutes(api, whoIs);
    app.use(`/api/${version}`, api);
  }
  addPageRoutes(app, site);
  app.use((request) => {
    throw new DatabricksAnswer(404, "ENDPOINT_NOT_FOUND", `No API found for '${request.method} ${request.path}'`);
  });
  const onError: ErrorRequestHandler = (error: unknown, _request, response, _next) => {
    if (error instanceof DatabricksAnswer) {
      return send(response, { error_code: error.errorCode, message: error.message, details: [] }, error.status);
    }
    send(response, { error_code: "INTERNAL_ERROR", message: "An internal error occurred." }, 500);
  };
  app.use(onError);
  return app;
}

function readBody(body: unknown): unknown {
  if (typeof body !== "string" || body === "") return {};
  try {
    return fromJson(body);
  } catch {
    throw new DatabricksAnswer(400, "MALFORMED_REQUEST", "Could not parse request object: expected JSON");
  }
}

function identify(site: DatabricksSite, request: Request): DatabricksUser {
  const [scheme, token] = (request.headers.authorization ?? "").split(" ");
  if (scheme !== "Bearer" || token === undefined) {
    throw new DatabricksAnswer(401, "401", "Credential was not sent or was of an unsupported type for this API.");
  }
  const user = site.users.find((one) => one.token === token || `${OAUTH_PREFIX}${one.token}` === token);
  if (user === undefined) throw new DatabricksAnswer(403, "403", "Invalid access token.");
  return user;
}
