import express, { type ErrorRequestHandler, type Express, type RequestHandler } from "express";
import type { Logger } from "../core/ports.js";
import { securityHeaders } from "./guard.js";

/** No body parser here: a platform's signature is checked over the raw bytes, so each router reads its own. */
export function bareApp(): Express {
  const app = express();
  app.disable("x-powered-by");
  app.use(securityHeaders);
  return app;
}

export const notFound: RequestHandler = (_request, response) => {
  response.status(404).json({ error: "There is nothing at this address." });
};

export function failed(logger: Logger): ErrorRequestHandler {
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
