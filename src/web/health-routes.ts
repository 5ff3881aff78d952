import express, { type Router } from "express";
import type { Health } from "./health.js";

/** `/healthz`: the process answers. `/readyz`: it does its work, or 503 and what it waits for. */
export function createHealthRouter(health: Health): Router {
  const router = express.Router();
  router.get("/healthz", (_request, response) => {
    response.set("Cache-Control", "no-store").json({ status: "ok" });
  });
  router.get("/readyz", (_request, response) => {
    const readiness = health.readiness();
    response
      .status(readiness.status === "ready" ? 200 : 503)
      .set("Cache-Control", "no-store")
      .json(readiness);
  });
  return router;
}
