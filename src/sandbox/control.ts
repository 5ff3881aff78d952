import { Router } from "express";
import type { BehaviourWish } from "./behaviour.js";
import { asRecord, fromJson } from "./json.js";

/** What the control API can do; the same as the sandbox offers in process. */
export interface Controls {
  faults(): unknown;
  breakSomething(faultId: string): unknown;
  healFault(faultId: string): boolean;
  markFixed(pipeline: string): boolean;
  snapshot(): unknown;
  setBehaviours(wishes: readonly BehaviourWish[]): void;
  healBehaviours(job: string | null): number;
}

/**
 * The control API of tests and of the console:
 * GET faults, snapshot; POST break, heal {fault}, fixed {pipeline}, behaviours [{job, task, …}], behaviours/heal {job?}.
 */
export function createControlRouter(controls: Controls): Router {
  const router = Router();
  const text = (body: unknown, name: string): string => {
    const read = typeof body === "string" && body !== "" ? fromJson(body) : body;
    return String(asRecord(read)?.[name] ?? "");
  };
  router.use((request, response, next) => {
    // A page in somebody's browser may not drive the world; tests and the console's server send no Origin.
    if (request.headers.origin === undefined) return next();
    response.status(403).json({ error: "The control API is not for browsers." });
  });
  router.get("/faults", (_request, response) => {
    response.json(controls.faults());
  });
  router.get("/snapshot", (_request, response) => {
    response.json(controls.snapshot());
  });
  router.post("/break", (request, response) => {
    const run = controls.breakSomething(text(request.body, "fault"));
    if (run === null) response.status(404).json({ error: "No such fault; GET /_control/faults lists them." });
    else response.status(201).json(run);
  });
  router.post("/heal", (request, response) => {
    response.status(controls.healFault(text(request.body, "fault")) ? 200 : 404).json({});
  });
  router.post("/fixed", (request, response) => {
    response.status(controls.markFixed(text(request.body, "pipeline")) ? 200 : 404).json({});
  });
  router.post("/behaviours", (request, response) => {
    const body: unknown = typeof request.body === "string" ? fromJson(request.body) : request.body;
    controls.setBehaviours((Array.isArray(body) ? body : [body]) as readonly BehaviourWish[]);
    response.status(201).json({});
  });
  router.post("/behaviours/heal", (request, response) => {
    const job = text(request.body, "job");
    response.json({ healed: controls.healBehaviours(job === "" ? null : job) });
  });
  return router;
}
