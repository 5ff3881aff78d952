import type { Request, Response } from "express";
import { asRecord, idText, toJson } from "../json.js";
import type { Sim } from "../world/sim.js";
import type { JobRunState, JobState } from "../world/state.js";
import { badParameter } from "./http-error.js";

export interface DatabricksUser {
  readonly userName: string;
  readonly token: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly mayWrite: boolean;
}

/** What the routes of the simulated workspace work on. */
export interface DatabricksSite {
  readonly sim: Sim;
  readonly users: readonly DatabricksUser[];
  workspaceUrl: string;
  keep(): Promise<void>;
}

export function send(response: Response, body: unknown, status = 200): void {
  response.status(status).type("application/json").send(toJson(body));
}

export function bodyOf(request: Request): Record<string, unknown> {
  return asRecord(request.body) ?? {};
}

export function queryText(request: Request, name: string): string | null {
  const value = request.query[name];
  return typeof value === "string" ? value : null;
}

export function jobRunOr400(site: DatabricksSite, id: unknown): JobRunState {
  const runId = idText(id);
  if (runId === null) throw badParameter("Missing required field: run_id");
  const run = site.sim.world.jobRuns.find((candidate) => candidate.runId === runId);
  if (run === undefined) throw badParameter(`Run ${runId} does not exist.`);
  return run;
}

export function jobOr400(site: DatabricksSite, id: unknown): JobState {
  const jobId = idText(id);
  if (jobId === null) throw badParameter("Missing required field: job_id");
  const job = site.sim.world.jobs.find((candidate) => candidate.jobId === jobId);
  if (job === undefined) throw badParameter(`Job ${jobId} does not exist.`);
  return job;
}
