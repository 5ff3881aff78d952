import type { Router } from "express";
import type { DagRunState } from "../../world/state.js";
import { answer } from "../answer.js";
import { ordered, values, withinTimes } from "../queries.js";
import { type AirflowSite, dagOr404, param, runOr404 } from "../site.js";
import { microTime } from "../times.js";
import { known, rowsOf } from "./query.js";
import { dagRunView, dagView, eventLogView, taskView } from "./views.js";

export const VERSION = "2.11.2";
const MOST_ROWS = 100;
const PAGE = ["limit", "offset", "order_by"];

const RUN_TIMES: Readonly<Record<string, (run: DagRunState) => number | null>> = {
  execution_date: (run) => run.logicalDate ?? run.runAfter,
  start_date: (run) => run.startedAt,
  end_date: (run) => run.endedAt,
  updated_at: (run) => run.updatedAt,
};

/** Reads of the deployment, of DAGs and of their runs. */
export function addDagRoutes(router: Router, site: AirflowSite): void {
  const { sim } = site;

  router.get("/version", (_request, response) => {
    response.json({ git_version: null, version: VERSION });
  });

  router.get("/health", (_request, response) => {
    const beat = microTime(sim.world.now - (sim.world.now % 5_000)).replace("Z", "+00:00");
    response.json({
      dag_processor: { latest_dag_processor_heartbeat: null, status: null },
      metadatabase: { status: "healthy" },
      scheduler: { latest_scheduler_heartbeat: beat, status: "healthy" },
      triggerer: { latest_triggerer_heartbeat: beat, status: "healthy" },
    });
  });

  router.get("/dags", (request, response) => {
    const query = known(request.query, [...PAGE, "tags", "only_active", "paused", "dag_id_pattern", "fields"]);
    const tags = values(query, "tags");
    const pattern = values(query, "dag_id_pattern").at(-1);
    const dags = sim.pipelines.filter(
      (dag) =>
        (tags.length === 0 || tags.some((tag) => dag.tags.includes(tag))) &&
        (pattern === undefined || dag.dagId.includes(pattern)),
    );
    const sorted = ordered(dags, orderOf(query, "dag_id"), { dag_id: (dag) => dag.dagId }, "DagModel");
    const rows = rowsOf(sorted, query, MOST_ROWS);
    response.json({ dags: rows.map((dag) => dagView(sim, dag)), total_entries: sorted.length });
  });

  router.get("/dags/:dagId", (request, response) => {
    known(request.query, ["fields"]);
    response.json(dagView(sim, dagOr404(site, param(request, "dagId"))));
  });

  router.get("/dags/:dagId/tasks", (request, response) => {
    known(request.query, ["order_by"]);
    const dag = dagOr404(site, param(request, "dagId"));
    const tasks = [...dag.tasks].sort((a, b) => (a.taskId < b.taskId ? -1 : 1));
    response.json({ tasks: tasks.map((task) => taskView(dag, task)), total_entries: tasks.length });
  });

  router.get("/dags/:dagId/dagRuns", (request, response) => {
    const times = Object.keys(RUN_TIMES).flatMap((name) => [`${name}_gte`, `${name}_lte`]);
    const query = known(request.query, [...PAGE, ...times, "state", "fields"]);
    const dagId = param(request, "dagId");
    const states = values(query, "state");
    // A DAG that does not exist has no runs: an empty list, no 404.
    const runs = withinTimes(sim.world.dagRuns, query, RUN_TIMES).filter(
      (run) => (dagId === "~" || run.dagId === dagId) && (states.length === 0 || states.includes(run.state)),
    );
    const numbered = new Map(sim.world.dagRuns.map((run, index) => [run, index]));
    const keys = {
      ...RUN_TIMES,
      id: (run: DagRunState) => numbered.get(run) ?? 0,
      dag_id: (run: DagRunState) => run.dagId,
      dag_run_id: (run: DagRunState) => run.runId,
      state: (run: DagRunState) => run.state,
    };
    const sorted = ordered(runs, orderOf(query, "id"), keys, "DagRun");
    const rows = rowsOf(sorted, query, MOST_ROWS);
    answer(response, { dag_runs: rows.map(dagRunView), total_entries: sorted.length });
  });

  router.get("/dags/:dagId/dagRuns/:runId", (request, response) => {
    known(request.query, ["fields"]);
    answer(response, dagRunView(runOr404(site, param(request, "dagId"), param(request, "runId"))));
  });

  router.get("/importErrors", (request, response) => {
    known(request.query, PAGE);
    response.json({ import_errors: [], total_entries: 0 });
  });

  router.get("/dagWarnings", (request, response) => {
    known(request.query, [...PAGE, "dag_id", "warning_type"]);
    response.json({ dag_warnings: [], total_entries: 0 });
  });

  router.get("/pools", (request, response) => {
    known(request.query, PAGE);
    const busy = (state: string): number =>
      sim.world.dagRuns.reduce((sum, run) => sum + run.tasks.filter((task) => task.state === state).length, 0);
    const [running, queued] = [busy("running"), busy("queued")];
    response.json({
      pools: [
        {
          deferred_slots: 0,
          description: "Default pool",
          include_deferred: false,
          name: "default_pool",
          occupied_slots: running + queued,
          open_slots: 128 - running - queued,
          queued_slots: queued,
          running_slots: running,
          scheduled_slots: busy("scheduled"),
          slots: 128,
        },
      ],
      total_entries: 1,
    });
  });

  router.get("/eventLogs", (request, response) => {
    const query = known(request.query, [...PAGE, "dag_id", "task_id", "run_id", "event", "owner"]);
    const fits = (name: string, value: string | null): boolean => query[name] === undefined || query[name] === value;
    const rows = sim.world.events.filter(
      (row) =>
        fits("dag_id", row.dagId) &&
        fits("task_id", row.taskId) &&
        fits("run_id", row.runId) &&
        fits("event", row.event) &&
        fits("owner", row.owner),
    );
    const keys = { event_log_id: (row: { id: number }) => row.id, when: (row: { when: number }) => row.when };
    const sorted = ordered(rows, orderOf(query, "event_log_id"), keys, "Log");
    const shown = rowsOf(sorted, query, MOST_ROWS);
    response.json({ event_logs: shown.map(eventLogView), total_entries: sorted.length });
  });
}

/** One key, at most. */
function orderOf(query: Record<string, unknown>, usual: string): readonly string[] {
  return [values(query, "order_by").at(-1) ?? usual];
}
