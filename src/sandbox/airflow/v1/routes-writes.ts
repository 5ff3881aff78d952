import type { Request, Router } from "express";
import { asRecord } from "../../json.js";
import { isoOffset } from "../../world/new-runs.js";
import { runOf } from "../../world/sim.js";
import type { DagRunState, TaskInstanceState } from "../../world/state.js";
import { answer } from "../answer.js";
import { writeAudit } from "../audit-log.js";
import { clearTasks, selectForClear, setRunState, setTaskState } from "../clear.js";
import { moment, type Query } from "../queries.js";
import { createDagRun } from "../scheduler.js";
import { type AirflowSite, dagOr404, instanceOr404, param, runOr404 } from "../site.js";
import type { AirflowUser } from "../tokens.js";
import { problem } from "./problem.js";
import { flagOf, knownBody } from "./query.js";
import { dagRunView, referenceView } from "./views.js";

const AROUND = ["include_upstream", "include_downstream", "include_future", "include_past"];
const CLEAR_KEYS = [
  "dry_run",
  "start_date",
  "end_date",
  "only_failed",
  "only_running",
  "include_subdags",
  "include_parentdag",
  "reset_dag_runs",
  "task_ids",
  "dag_run_id",
  ...AROUND,
];
const TRIGGER_KEYS = [
  "dag_run_id",
  "logical_date",
  "execution_date",
  "data_interval_start",
  "data_interval_end",
  "conf",
  "note",
];
const TASK = "/dags/:dagId/dagRuns/:runId/taskInstances/:taskId";

/** Everything that changes the deployment; only the write user gets here. Nothing happens without `dry_run: false`. */
export function addWriteRoutes(router: Router, site: AirflowSite, whoIs: (request: Request) => AirflowUser): void {
  const { sim } = site;
  /** The row of a clear names neither run nor task: they stand in its text. */
  const audit = (request: Request, event: string, run: DagRunState | null, task: TaskInstanceState | null): void =>
    writeAudit(sim, `api.${event}`, {
      dagId: param(request, "dagId"),
      run,
      task,
      owner: whoIs(request).username,
      extra: asRecord(request.body) ?? {},
    });

  router.post("/dags/:dagId/clearTaskInstances", async (request, response) => {
    const dag = dagOr404(site, param(request, "dagId"));
    const body = knownBody(request.body, CLEAR_KEYS);
    const runId = body["dag_run_id"];
    const runs = typeof runId === "string" ? [clearedRun(dag.dagId, runId)] : runsOf(dag.dagId);
    const wish = {
      onlyFailed: flagOf(body, "only_failed", true),
      onlyRunning: flagOf(body, "only_running", false),
      resetDagRuns: flagOf(body, "reset_dag_runs", false),
      tasks: taskIds(body),
      includeUpstream: flagOf(body, "include_upstream", false),
      includeDownstream: flagOf(body, "include_downstream", false),
    };
    if (wish.onlyFailed && wish.onlyRunning)
      throw problem(400, "{'_schema': ['only_failed and only_running both are set to True']}");
    const chosen = runs.map((run) => ({ run, tasks: selectForClear(sim, run, wish) }));
    const views = chosen.flatMap(({ run, tasks }) => tasks.map((task) => referenceView(run, task)));
    if (!flagOf(body, "dry_run", true))
      for (const { run, tasks } of chosen) clearTasks(sim, run, tasks, wish.resetDagRuns);
    audit(request, "post_clear_task_instances", null, null);
    await site.keep();
    answer(response, { task_instances: views });
  });

  for (const path of [TASK, `${TASK}/:mapIndex`]) {
    router.patch(path, async (request, response) => {
      const body = knownBody(request.body, ["dry_run", "new_state"]);
      const [dagId, runId, taskId] = [param(request, "dagId"), param(request, "runId"), param(request, "taskId")];
      const { run, task } = instanceOr404(site, dagId, runId, taskId, Number(request.params["mapIndex"] ?? -1));
      const state = stateOf(body);
      if (!flagOf(body, "dry_run", true)) setTaskState(sim, run, [task], state);
      audit(request, "patch_task_instance", run, task);
      await site.keep();
      // The real one answers an empty object too, though its description promises a reference.
      answer(response, {});
    });
  }

  router.post("/dags/:dagId/updateTaskInstancesState", async (request, response) => {
    const body = knownBody(request.body, [
      "dry_run",
      "task_id",
      "dag_run_id",
      "execution_date",
      "new_state",
      ...AROUND,
    ]);
    const missing = ["task_id", ...AROUND].find((name) => body[name] === undefined);
    if (missing !== undefined) throw problem(400, `{'${missing}': ['Missing data for required field.']}`);
    const run = runOr404(site, param(request, "dagId"), String(body["dag_run_id"]));
    const { task } = instanceOr404(site, run.dagId, run.runId, String(body["task_id"]), -1);
    const state = stateOf(body);
    if (!flagOf(body, "dry_run", true)) setTaskState(sim, run, [task], state);
    audit(request, "post_set_task_instances_state", run, task);
    await site.keep();
    answer(response, { task_instances: [referenceView(run, task)] });
  });

  router.patch("/dags/:dagId/dagRuns/:runId", async (request, response) => {
    const run = runOr404(site, param(request, "dagId"), param(request, "runId"));
    const { state } = knownBody(request.body, ["state"]);
    if (state !== "success" && state !== "failed" && state !== "queued")
      throw problem(400, `'${String(state)}' is not one of ['success', 'failed', 'queued'] - 'state'`);
    setRunState(sim, run, state);
    audit(request, "update_dag_run_state", run, null);
    await site.keep();
    answer(response, dagRunView(run));
  });

  router.post("/dags/:dagId/dagRuns", async (request, response) => {
    const dag = dagOr404(site, param(request, "dagId"));
    const body = knownBody(request.body, TRIGGER_KEYS);
    const given = body["logical_date"] ?? body["execution_date"];
    const logicalDate = given == null ? sim.world.now : moment(["logical_date"], String(given));
    const runId = typeof body["dag_run_id"] === "string" ? body["dag_run_id"] : `manual__${isoOffset(logicalDate, 0)}`;
    if (runOf(sim, dag.dagId, runId) !== null)
      throw problem(409, `DAGRun with DAG ID: '${dag.dagId}' and DAGRun ID: '${runId}' already exists`);
    const sameDate = runsOf(dag.dagId).find((run) => run.logicalDate === logicalDate);
    if (sameDate !== undefined)
      throw problem(409, `DAGRun with DAG ID: '${dag.dagId}' and DAGRun logical date: '${given}' already exists`);
    const run = createDagRun(sim, {
      dagId: dag.dagId,
      runId,
      at: sim.world.now,
      runType: "manual",
      triggeredBy: "rest_api",
      user: whoIs(request).username,
      logicalDate,
      runAfter: logicalDate,
      conf: asRecord(body["conf"]) ?? {},
      note: typeof body["note"] === "string" ? body["note"] : null,
    });
    audit(request, "post_dag_run", run, null);
    await site.keep();
    if (run !== null) answer(response, dagRunView(run));
  });

  function runsOf(dagId: string): readonly DagRunState[] {
    return sim.world.dagRuns.filter((run) => run.dagId === dagId);
  }

  function clearedRun(dagId: string, runId: string): DagRunState {
    const run = runOf(sim, dagId, runId);
    if (run === null) throw problem(404, null, `Dag Run id ${runId} not found in dag ${dagId}`);
    return run;
  }
}

/** Task ids and nothing else: Airflow 2's API has no words for a map index. */
function taskIds(body: Query): readonly { readonly taskId: string; readonly mapIndex: null }[] | null {
  const ids = body["task_ids"];
  if (ids === undefined) return null;
  if (!Array.isArray(ids) || ids.length === 0) throw problem(400, "[] is too short - 'task_ids'");
  return ids.map((id: unknown, at) => {
    if (typeof id !== "string") throw problem(400, `${JSON.stringify(id)} is not of type 'string' - 'task_ids.${at}'`);
    return { taskId: id, mapIndex: null };
  });
}

function stateOf(body: Query): "success" | "failed" | "skipped" {
  const state = body["new_state"];
  if (state === "success" || state === "failed" || state === "skipped") return state;
  throw problem(400, `'${String(state)}' is not one of ['success', 'failed', 'skipped'] - 'new_state'`);
}
