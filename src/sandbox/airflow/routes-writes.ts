import type { Request, Router } from "express";
import { asRecord } from "../json.js";
import { isoOffset } from "../world/new-runs.js";
import { drawInt } from "../world/random.js";
import { runOf } from "../world/sim.js";
import type { DagRunState, TaskInstanceState } from "../world/state.js";
import { answer } from "./answer.js";
import { writeAudit } from "./audit-log.js";
import { type ClearWish, clearTasks, selectForClear, setRunState, setTaskState } from "./clear.js";
import { AirflowAnswer, invalid, refused } from "./http-error.js";
import { moment, whole } from "./queries.js";
import { createDagRun } from "./scheduler.js";
import { type AirflowSite, dagOr404, instanceOr404, param, runOr404 } from "./site.js";
import type { AirflowUser } from "./tokens.js";
import { dagRunView, taskInstanceView } from "./views.js";

const BASE = "/dags/:dagId/dagRuns/:runId/taskInstances/:taskId";

const CLEAR_KEYS = [
  "dry_run",
  "start_date",
  "end_date",
  "only_failed",
  "only_running",
  "reset_dag_runs",
  "task_ids",
  "dag_run_id",
  "include_upstream",
  "include_downstream",
  "include_future",
  "include_past",
  "run_on_latest_version",
  "prevent_running_task",
  "note",
];
const PATCH_KEYS = ["new_state", "note", "include_upstream", "include_downstream", "include_future", "include_past"];
const TRIGGER_KEYS = [
  "dag_run_id",
  "data_interval_start",
  "data_interval_end",
  "logical_date",
  "run_after",
  "conf",
  "note",
  "partition_key",
];

/** Everything that changes the deployment; only the write user gets here. */
export function addWriteRoutes(router: Router, site: AirflowSite, whoIs: (request: Request) => AirflowUser): void {
  const { sim } = site;
  const audit = (request: Request, event: string, run: DagRunState | null, task: TaskInstanceState | null): void =>
    writeAudit(sim, event, {
      dagId: param(request, "dagId"),
      run,
      task,
      owner: whoIs(request).username,
      extra: asRecord(request.body) ?? {},
    });

  router.post("/dags/:dagId/clearTaskInstances", async (request, response) => {
    const dag = dagOr404(site, param(request, "dagId"));
    const body = strict(request.body, CLEAR_KEYS);
    const wish = readWish(body);
    const runId = typeof body["dag_run_id"] === "string" ? body["dag_run_id"] : null;
    const runs = runId === null ? runsWithin(dag.dagId, body) : [runOr404(site, dag.dagId, runId)];
    const chosen = runs.map((run) => ({ run, tasks: selectForClear(sim, run, wish) }));
    if (
      flag(body, "prevent_running_task", false) &&
      chosen.some(({ tasks }) => tasks.some((task) => task.state === "running"))
    ) {
      throw refused(
        409,
        "AirflowClearRunningTaskException: Task instances are running, clear them without prevent_running_task",
      );
    }
    if (!flag(body, "dry_run", true)) {
      for (const { run, tasks } of chosen) {
        clearTasks(sim, run, tasks, wish.resetDagRuns);
        if (typeof body["note"] === "string") for (const task of tasks) task.note = body["note"];
        audit(request, "post_clear_task_instances", run, null);
      }
      await site.keep();
    }
    const views = chosen.flatMap(({ run, tasks }) => tasks.map((task) => taskInstanceView(sim, run, task)));
    answer(response, { task_instances: views, total_entries: views.length });
  });

  for (const path of [BASE, `${BASE}/:mapIndex`]) {
    router.patch(`${path}/dry_run`, (request, response) => {
      const { run, tasks } = patched(request);
      strict(request.body, PATCH_KEYS);
      const views = tasks.map((task) => taskInstanceView(sim, run, task));
      answer(response, { task_instances: views, total_entries: views.length });
    });
    router.patch(path, async (request, response) => {
      const { run, tasks } = patched(request);
      const body = strict(request.body, PATCH_KEYS);
      const state = body["new_state"];
      if (state != null && state !== "success" && state !== "failed" && state !== "skipped") {
        throw invalid(
          ["body", "new_state"],
          `Value error, '${String(state)}' is not a valid state. Accepted values are: ['success', 'failed', 'skipped']`,
          "value_error",
          state,
        );
      }
      if (state != null) setTaskState(sim, run, tasks, state);
      if (typeof body["note"] === "string") for (const task of tasks) task.note = body["note"];
      for (const task of tasks) audit(request, "patch_task_instance", run, task);
      await site.keep();
      const views = tasks.map((task) => taskInstanceView(sim, run, task));
      answer(response, { task_instances: views, total_entries: views.length });
    });
  }

  router.post("/dags/:dagId/dagRuns/:runId/clear", async (request, response) => {
    const run = runOr404(site, param(request, "dagId"), param(request, "runId"));
    const body = strict(request.body, ["dry_run", "only_failed", "only_new", "run_on_latest_version", "note"]);
    const tasks = selectForClear(sim, run, {
      onlyFailed: flag(body, "only_failed", false),
      onlyRunning: false,
      resetDagRuns: true,
      tasks: null,
      includeUpstream: false,
      includeDownstream: false,
    });
    if (flag(body, "dry_run", true)) {
      const views = tasks.map((task) => taskInstanceView(sim, run, task));
      return answer(response, { task_instances: views, total_entries: views.length });
    }
    clearTasks(sim, run, tasks, true);
    audit(request, "clear_dag_run", run, null);
    await site.keep();
    answer(response, dagRunView(run));
  });

  router.patch("/dags/:dagId/dagRuns/:runId", async (request, response) => {
    const run = runOr404(site, param(request, "dagId"), param(request, "runId"));
    const body = strict(request.body, ["state", "note"]);
    const state = body["state"];
    if (state != null && state !== "success" && state !== "failed" && state !== "queued") {
      throw invalid(["body", "state"], "Input should be 'queued', 'success' or 'failed'", "enum", state);
    }
    if (state != null) setRunState(sim, run, state);
    if (typeof body["note"] === "string") run.note = body["note"];
    audit(request, "patch_dag_run", run, null);
    await site.keep();
    answer(response, dagRunView(run));
  });

  router.post("/dags/:dagId/dagRuns", async (request, response) => {
    const dag = dagOr404(site, param(request, "dagId"));
    const body = strict(request.body, TRIGGER_KEYS);
    if (!("logical_date" in body)) throw invalid(["body", "logical_date"], "Field required", "missing", body);
    const logicalDate =
      body["logical_date"] == null ? null : moment(["body", "logical_date"], String(body["logical_date"]));
    const runAfter =
      body["run_after"] == null ? sim.world.now : moment(["body", "run_after"], String(body["run_after"]));
    const runId =
      typeof body["dag_run_id"] === "string"
        ? body["dag_run_id"]
        : `manual__${isoOffset(logicalDate ?? runAfter, drawInt(sim.world, 1, 999))}`;
    const taken = sim.world.dagRuns.some(
      (run) => run.dagId === dag.dagId && logicalDate !== null && run.logicalDate === logicalDate,
    );
    if (taken || runOf(sim, dag.dagId, runId) !== null) {
      throw new AirflowAnswer(409, {
        detail: { reason: "Unique constraint violation", statement: "hidden", orig_error: "hidden", message: "hidden" },
      });
    }
    const run = createDagRun(sim, {
      dagId: dag.dagId,
      runId,
      at: sim.world.now,
      runType: "manual",
      triggeredBy: "rest_api",
      user: whoIs(request).username,
      logicalDate,
      runAfter,
      conf: asRecord(body["conf"]) ?? {},
      note: typeof body["note"] === "string" ? body["note"] : null,
    });
    audit(request, "trigger_dag_run", run, null);
    await site.keep();
    if (run !== null) answer(response, dagRunView(run));
  });

  router.patch("/dags/:dagId", async (request, response) => {
    const dag = dagOr404(site, param(request, "dagId"));
    const body = strict(request.body, ["is_paused"]);
    const others = sim.world.pausedDags.filter((dagId) => dagId !== dag.dagId);
    sim.world.pausedDags = body["is_paused"] === true ? [...others, dag.dagId] : others;
    await site.keep();
    response.redirect(303, `/api/v2/dags/${dag.dagId}`);
  });

  function patched(request: Request): { run: DagRunState; tasks: readonly TaskInstanceState[] } {
    const [dagId, runId, taskId] = [param(request, "dagId"), param(request, "runId"), param(request, "taskId")];
    const run = runOr404(site, dagId, runId);
    const index = request.params["mapIndex"];
    if (typeof index === "string")
      return { run, tasks: [instanceOr404(site, dagId, runId, taskId, Number(index)).task] };
    const tasks = run.tasks.filter((task) => task.taskId === taskId);
    return {
      run,
      tasks: tasks.length > 0 ? tasks : [instanceOr404(site, dagId, runId, taskId, whole({}, "map_index", -1)).task],
    };
  }

  /** Without a run id a clear means every run of the DAG, within the dates if there are any. */
  function runsWithin(dagId: string, body: Record<string, unknown>): readonly DagRunState[] {
    const bound = (name: string): number | null =>
      body[name] == null ? null : moment(["body", name], String(body[name]));
    const [from, to] = [bound("start_date"), bound("end_date")];
    return sim.world.dagRuns.filter(
      (run) =>
        run.dagId === dagId &&
        (from === null || (run.logicalDate !== null && run.logicalDate >= from)) &&
        (to === null || (run.logicalDate !== null && run.logicalDate <= to)),
    );
  }
}

/** Airflow's bodies are strict: an unknown key is refused. */
function strict(body: unknown, keys: readonly string[]): Record<string, unknown> {
  const read = asRecord(body);
  if (read === null) {
    throw invalid(
      ["body"],
      "Input should be a valid dictionary or object to extract fields from",
      "model_attributes_type",
    );
  }
  const unknown = Object.keys(read).filter((key) => !keys.includes(key));
  if (unknown.length > 0) {
    throw refused(
      422,
      unknown.map((key) => ({
        type: "extra_forbidden",
        loc: ["body", key],
        msg: "Extra inputs are not permitted",
        input: read[key],
      })),
    );
  }
  return read;
}

function flag(body: Record<string, unknown>, name: string, fallback: boolean): boolean {
  const value = body[name];
  if (value === undefined || value === null) return fallback;
  if (typeof value !== "boolean") {
    throw invalid(["body", name], "Input should be a valid boolean", "bool_type", value);
  }
  return value;
}

function readWish(body: Record<string, unknown>): ClearWish {
  const onlyFailed = flag(body, "only_failed", true);
  const onlyRunning = flag(body, "only_running", false);
  if (onlyFailed && onlyRunning && body["only_failed"] === true) {
    throw invalid(["body"], "Value error, only_failed and only_running both are set to True", "value_error");
  }
  const ids = body["task_ids"];
  if (ids != null && !Array.isArray(ids)) {
    throw invalid(["body", "task_ids"], "Input should be a valid list", "list_type", ids);
  }
  return {
    onlyFailed: onlyFailed && !onlyRunning,
    onlyRunning,
    resetDagRuns: flag(body, "reset_dag_runs", true),
    tasks: ids == null ? null : ids.map(readTaskId),
    includeUpstream: flag(body, "include_upstream", false),
    includeDownstream: flag(body, "include_downstream", false),
  };
}

function readTaskId(entry: unknown, at: number): { taskId: string; mapIndex: number | null } {
  if (typeof entry === "string") return { taskId: entry, mapIndex: null };
  if (Array.isArray(entry) && typeof entry[0] === "string" && Number.isInteger(entry[1])) {
    return { taskId: entry[0], mapIndex: Number(entry[1]) };
  }
  throw invalid(["body", "task_ids", at, "str"], "Input should be a valid string", "string_type", entry);
}
