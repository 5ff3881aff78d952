import type { Request, Router } from "express";
import { idText, wholeNumber } from "../json.js";
import type { JobRunState } from "../world/state.js";
import { badParameter, DatabricksAnswer } from "./http-error.js";
import { jobTasks } from "./job-tasks.js";
import { pageOf } from "./paging.js";
import { cancelJobRun, latestAttempts, repairJobRun, startJobRun, taskRunById } from "./runner.js";
import { bodyOf, type DatabricksSite, jobOr400, jobRunOr400, queryText, send } from "./site.js";
import { jobRunView, outputView, singleTaskRunView } from "./views.js";

const TASKS_A_PAGE = 100;

/** Runs: reads, starts, repairs, cancels. `version` is `2.1` or `2.2`. */
export function addRunRoutes(
  router: Router,
  site: DatabricksSite,
  version: string,
  whoIs: (request: Request) => string,
): void {
  const { sim } = site;

  router.get("/jobs/runs/get", (request, response) => {
    const id = idText(queryText(request, "run_id"));
    if (id === null) throw badParameter("Missing required field: run_id");
    const task = taskRunById(sim, id);
    if (task !== null) return send(response, singleTaskRunView(task.run, task.attempt, site.workspaceUrl));
    const run = jobRunOr400(site, id);
    const view = jobRunView(run, site.workspaceUrl, {
      tasks: true,
      history: queryText(request, "include_history") === "true",
    });
    const tasks = view["tasks"] as readonly unknown[];
    if (version === "2.1" || tasks.length <= TASKS_A_PAGE) return send(response, view);
    const page = pageOf(tasks, String(TASKS_A_PAGE), queryText(request, "page_token"), { fallback: 100, most: 100 });
    send(response, { ...view, tasks: page.rows, ...(page.next === null ? {} : { next_page_token: page.next }) });
  });

  router.get("/jobs/runs/get-output", (request, response) => {
    const id = idText(queryText(request, "run_id"));
    if (id === null) throw badParameter("Missing required field: run_id");
    const task = taskRunById(sim, id);
    if (task !== null) return send(response, outputView(task.run, task.attempt, site.workspaceUrl));
    const run = jobRunOr400(site, id);
    const only = latestAttempts(run);
    if (only.length > 1 || only[0] === undefined) {
      throw badParameter(
        "Retrieving the output of runs with multiple tasks is not supported. Please retrieve the output of each individual task run instead.",
      );
    }
    send(response, outputView(run, only[0], site.workspaceUrl));
  });

  router.get("/jobs/runs/list", (request, response) => {
    const flagged = (name: string): boolean => queryText(request, name) === "true";
    if (flagged("active_only") && flagged("completed_only")) {
      throw badParameter("active_only and completed_only cannot both be true");
    }
    const from = Number(queryText(request, "start_time_from") ?? 0);
    const to = Number(queryText(request, "start_time_to") ?? Number.MAX_SAFE_INTEGER);
    const jobId = queryText(request, "job_id");
    const type = queryText(request, "run_type");
    const runs = sim.world.jobRuns
      .filter(
        (run) =>
          (!flagged("active_only") || run.endedAt === null) &&
          (!flagged("completed_only") || run.endedAt !== null) &&
          (jobId === null || run.jobId === jobId) &&
          (type === null || run.runType === type) &&
          run.startedAt >= from &&
          run.startedAt <= to,
      )
      .sort((a, b) => b.startedAt - a.startedAt);
    const page = pageOf(runs, queryText(request, "limit"), queryText(request, "page_token"), {
      fallback: 20,
      most: 25,
    });
    const views = page.rows.map((run) =>
      jobRunView(run, site.workspaceUrl, { tasks: flagged("expand_tasks"), history: false }),
    );
    send(response, {
      ...(views.length > 0 ? { runs: views } : {}),
      ...(version === "2.1" ? { has_more: page.next !== null } : {}),
      ...(page.next === null ? {} : { next_page_token: page.next }),
      ...(page.previous === null ? {} : { prev_page_token: page.previous }),
    });
  });

  router.post("/jobs/run-now", async (request, response) => {
    const body = bodyOf(request);
    const job = jobOr400(site, body["job_id"]);
    const token = typeof body["idempotency_token"] === "string" ? body["idempotency_token"] : null;
    const known = sameToken(token);
    const run =
      known ??
      startJobRun(sim, {
        job,
        runName: typeof job.settings["name"] === "string" ? job.settings["name"] : "Untitled",
        runType: "JOB_RUN",
        settings: null,
        creator: whoIs(request),
        idempotencyToken: token,
        ...parametersOf(body),
        planned: {},
      });
    await site.keep();
    send(response, { run_id: wholeNumber(run.runId), number_in_job: wholeNumber(run.runId) });
  });

  router.post("/jobs/runs/submit", async (request, response) => {
    const body = bodyOf(request);
    const token = typeof body["idempotency_token"] === "string" ? body["idempotency_token"] : null;
    const run =
      sameToken(token) ??
      startJobRun(sim, {
        job: null,
        runName: typeof body["run_name"] === "string" ? body["run_name"] : "Untitled",
        runType: "SUBMIT_RUN",
        settings: body,
        creator: whoIs(request),
        idempotencyToken: token,
        planned: {},
      });
    await site.keep();
    send(response, { run_id: wholeNumber(run.runId) });
  });

  router.post("/jobs/runs/repair", async (request, response) => {
    const body = bodyOf(request);
    const run = jobRunOr400(site, body["run_id"]);
    if (run.endedAt === null) {
      throw new DatabricksAnswer(400, "INVALID_STATE", `Run ${run.runId} is still active and cannot be repaired.`);
    }
    const latest = run.repairs.at(-1)?.id ?? null;
    const given = body["latest_repair_id"] == null ? null : idText(body["latest_repair_id"]);
    if (latest !== given) {
      throw badParameter(
        latest === null
          ? `The run ${run.runId} has no repair ${given ?? ""}: latest_repair_id must not be set for the first repair.`
          : `The latest_repair_id ${given ?? "(none)"} does not match the latest repair ${latest} of run ${run.runId}.`,
      );
    }
    const id = repairJobRun(sim, run, tasksToRepair(run, body));
    await site.keep();
    send(response, { repair_id: wholeNumber(id) });
  });

  router.post("/jobs/runs/cancel", async (request, response) => {
    cancelJobRun(sim, jobRunOr400(site, bodyOf(request)["run_id"]));
    await site.keep();
    send(response, {});
  });

  router.post("/jobs/runs/cancel-all", async (request, response) => {
    const job = jobOr400(site, bodyOf(request)["job_id"]);
    for (const run of sim.world.jobRuns) if (run.jobId === job.jobId) cancelJobRun(sim, run);
    await site.keep();
    send(response, {});
  });

  router.post("/jobs/runs/delete", async (request, response) => {
    const run = jobRunOr400(site, bodyOf(request)["run_id"]);
    if (run.endedAt === null) throw new DatabricksAnswer(400, "INVALID_STATE", `Run ${run.runId} is still active.`);
    sim.world.jobRuns.splice(sim.world.jobRuns.indexOf(run), 1);
    await site.keep();
    send(response, {});
  });

  function sameToken(token: string | null): JobRunState | undefined {
    return token === null ? undefined : sim.world.jobRuns.find((run) => run.idempotencyToken === token);
  }
}

function parametersOf(body: Record<string, unknown>): { readonly jobParameters?: Record<string, string> } {
  const given = body["job_parameters"];
  if (given == null) return {};
  if (typeof given !== "object" || Array.isArray(given)) throw badParameter("job_parameters must be a map.");
  return { jobParameters: Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)])) };
}

function tasksToRepair(run: JobRunState, body: Record<string, unknown>): readonly string[] {
  const tasks = jobTasks(run.settings);
  const named = body["rerun_tasks"];
  const allFailed = body["rerun_all_failed_tasks"] === true;
  if (Array.isArray(named) === allFailed) {
    throw badParameter("Exactly one of rerun_tasks and rerun_all_failed_tasks must be set.");
  }
  const chosen = new Set<string>();
  if (allFailed) {
    for (const attempt of latestAttempts(run)) if (attempt.result !== "SUCCESS") chosen.add(attempt.taskKey);
  } else {
    for (const key of named as readonly unknown[]) {
      if (!tasks.some((task) => task.key === key)) {
        throw badParameter(`Task key ${String(key)} does not exist in run ${run.runId}.`);
      }
      chosen.add(String(key));
    }
    if (body["rerun_dependent_tasks"] === true) {
      for (let grown = true; grown; ) {
        grown = false;
        for (const task of tasks) {
          if (!chosen.has(task.key) && task.dependsOn.some((key) => chosen.has(key))) {
            chosen.add(task.key);
            grown = true;
          }
        }
      }
    }
  }
  if (chosen.size === 0) throw badParameter(`Run ${run.runId} has no failed task to repair.`);
  return tasks.map((task) => task.key).filter((key) => chosen.has(key));
}
