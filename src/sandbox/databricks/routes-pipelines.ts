import type { Router } from "express";
import type { JobRunState, TaskRunState } from "../world/state.js";
import { badParameter, DatabricksAnswer } from "./http-error.js";
import { jobTasks } from "./job-tasks.js";
import { type DatabricksSite, queryText, send } from "./site.js";

const mostResults = 250;

/** A pipeline's event log. Its updates are the pipeline tasks of job runs: each try of such a task is one update. */
export function addPipelineRoutes(router: Router, site: DatabricksSite): void {
  router.get("/pipelines/:id/events", (request, response) => {
    const { id } = request.params;
    const updates = updatesOf(site, id);
    if (updates === null) {
      throw new DatabricksAnswer(404, "RESOURCE_DOES_NOT_EXIST", `The specified pipeline ${id} was not found.`);
    }
    const token = queryText(request, "page_token");
    const filter = queryText(request, "filter");
    if (token !== null && filter !== null) throw badParameter("page_token and filter cannot both be set");
    const size = Number(queryText(request, "max_results") ?? 25);
    if (!(size > 0 && size <= mostResults)) throw badParameter(`max_results must be between 1 and ${mostResults}`);
    // As the service does it: a page's token carries the filter it was asked with.
    const [start, kept] = token === null ? [0, filter ?? ""] : fromToken(token);
    const events = updates.flatMap(({ run, attempt }) => eventsOf(id, run, attempt)).filter(within(kept));
    const found = events.sort((one, other) => other.timestamp.localeCompare(one.timestamp));
    const next = start + size < found.length ? { next_page_token: toToken(start + size, kept) } : {};
    send(response, { events: found.slice(start, start + size), ...next });
  });
}

/** null for a pipeline that no job names. */
function updatesOf(site: DatabricksSite, pipelineId: string) {
  const { jobs, jobRuns } = site.sim.world;
  const names = (settings: Record<string, unknown>): readonly string[] =>
    jobTasks(settings)
      .filter((task) => pipelineOf(task.settings) === pipelineId)
      .map((task) => task.key);
  const known = [...jobs, ...jobRuns].some(({ settings }) => names(settings).length > 0);
  if (!known) return null;
  return jobRuns.flatMap((run) => {
    const keys = names(run.settings);
    return run.attempts
      .filter((attempt) => keys.includes(attempt.taskKey) && attempt.phase !== "PENDING")
      .map((attempt) => ({ run, attempt }));
  });
}

/** The pipeline that a task of a job runs; null for a task of another kind. */
function pipelineOf(settings: Readonly<Record<string, unknown>>): string | null {
  const task = settings["pipeline_task"];
  const id = typeof task === "object" && task !== null && "pipeline_id" in task ? task.pipeline_id : null;
  return typeof id === "string" ? id : null;
}

function eventsOf(pipelineId: string, run: JobRunState, attempt: TaskRunState) {
  const updateId = `${attempt.taskRunId.padStart(8, "0").slice(-8)}-4d1f-4c2a-9a53-${run.runId.padStart(12, "0").slice(-12)}`;
  const event = (at: number, level: string, type: string, message: string, more: object = {}, origin: object = {}) => ({
    id: `${updateId}-${type}-${at}`,
    timestamp: new Date(at).toISOString(),
    level,
    event_type: type,
    message,
    maturity_level: "STABLE",
    origin: { cloud: "AWS", pipeline_id: pipelineId, update_id: updateId, ...origin },
    ...more,
  });
  const short = updateId.slice(0, 6);
  const begun = event(attempt.startedAt, "INFO", "create_update", `Update ${short} started by JOB_TASK.`);
  if (attempt.endedAt === null) return [begun];
  const flow = { flow_name: attempt.taskKey, dataset_name: attempt.taskKey };
  if (attempt.result === "SUCCESS") {
    return [
      begun,
      event(attempt.endedAt, "INFO", "flow_progress", `Flow '${attempt.taskKey}' has COMPLETED.`, {}, flow),
      event(attempt.endedAt, "INFO", "update_progress", `Update ${short} is COMPLETED.`),
    ];
  }
  const [head = "", ...rest] = (attempt.error ?? attempt.message).split(": ");
  const exceptions = [{ class_name: head, message: rest.join(": "), stack: [] }];
  return [
    begun,
    event(
      attempt.endedAt,
      "ERROR",
      "flow_progress",
      `Flow '${attempt.taskKey}' has FAILED fatally. An error occurred because we failed to run it.`,
      { error: { fatal: true, exceptions }, details: { flow_progress: { status: "FAILED" } } },
      flow,
    ),
    event(attempt.endedAt, "ERROR", "update_progress", `Update ${short} is FAILED.`),
  ];
}

function within(filter: string): (event: { readonly timestamp: string }) => boolean {
  const [, from] = /timestamp >=? '([^']{1,40})'/.exec(filter) ?? [];
  const [, to] = /timestamp <=? '([^']{1,40})'/.exec(filter) ?? [];
  return ({ timestamp }) => (from === undefined || timestamp >= from) && (to === undefined || timestamp <= to);
}

function toToken(start: number, filter: string): string {
  return Buffer.from(JSON.stringify([start, filter])).toString("base64url");
}

function fromToken(token: string): readonly [start: number, filter: string] {
  try {
    const [start, filter]: unknown[] = JSON.parse(Buffer.from(token, "base64url").toString("utf8"));
    if (typeof start === "number" && typeof filter === "string") return [start, filter];
  } catch {
    // Falls through to the refusal: it is not a token of ours.
  }
  throw badParameter("Invalid page_token");
}
