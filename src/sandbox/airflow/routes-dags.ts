import type { Router } from "express";
import { like, moment, ordered, paged, values, whole } from "./queries.js";
import { type AirflowSite, dagOr404, definitionOr404, param } from "./site.js";
import { microTime } from "./times.js";
import { dagDetailsView, dagVersionView, dagView, eventLogView, taskView } from "./views.js";

const VERSION = "3.3.2";

/** Reads of the deployment and of DAGs. */
export function addDagRoutes(router: Router, site: AirflowSite): void {
  const { sim } = site;

  router.get("/version", (_request, response) => {
    response.json({ version: VERSION, git_version: null });
  });

  router.get("/monitor/health", (_request, response) => {
    const beat = microTime(sim.world.now - (sim.world.now % 5_000));
    response.json({
      metadatabase: { status: "healthy" },
      scheduler: { status: "healthy", latest_scheduler_heartbeat: beat },
      triggerer: { status: "healthy", latest_triggerer_heartbeat: beat },
      dag_processor: { status: "healthy", latest_dag_processor_heartbeat: beat },
    });
  });

  router.get("/dags", (request, response) => {
    const { query } = request;
    const pattern = values(query, "dag_id_pattern").at(-1);
    const tags = values(query, "tags");
    const owners = values(query, "owners");
    const paused = values(query, "paused").at(-1);
    const dags = sim.pipelines.filter(
      (dag) =>
        (pattern === undefined || like(dag.dagId, pattern)) &&
        (tags.length === 0 || tags.some((tag) => dag.tags.includes(tag))) &&
        (owners.length === 0 || owners.some((owner) => dag.owners.includes(owner))) &&
        (paused === undefined || String(sim.world.pausedDags.includes(dag.dagId)) === paused),
    );
    const order = values(query, "order_by");
    const sorted = ordered(dags, order.length > 0 ? order : ["dag_id"], { dag_id: (dag) => dag.dagId }, "DagModel");
    const page = paged(sorted, query);
    response.json({ dags: page.rows.map((dag) => dagView(sim, dag)), total_entries: page.total });
  });

  router.get("/dags/:dagId", (request, response) => {
    response.json(dagView(sim, dagOr404(site, param(request, "dagId"))));
  });

  router.get("/dags/:dagId/details", (request, response) => {
    response.json(dagDetailsView(sim, dagOr404(site, param(request, "dagId"))));
  });

  router.get("/dags/:dagId/tasks", (request, response) => {
    const dag = dagOr404(site, param(request, "dagId"));
    const tasks = [...dag.tasks].sort((a, b) => (a.taskId < b.taskId ? -1 : 1));
    response.json({ tasks: tasks.map((task) => taskView(dag, task)), total_entries: tasks.length });
  });

  router.get("/dags/:dagId/tasks/:taskId", (request, response) => {
    const dag = dagOr404(site, param(request, "dagId"));
    response.json(taskView(dag, definitionOr404(site, dag.dagId, param(request, "taskId"))));
  });

  router.get("/dags/:dagId/dagVersions", (request, response) => {
    const dag = dagOr404(site, param(request, "dagId"));
    response.json({ dag_versions: [dagVersionView(dag.dagId)], total_entries: 1 });
  });

  router.get("/importErrors", (_request, response) => {
    response.json({ import_errors: [], total_entries: 0 });
  });

  router.get("/dagWarnings", (_request, response) => {
    response.json({ dag_warnings: [], total_entries: 0 });
  });

  router.get("/pools", (_request, response) => {
    const busy = (state: string): number =>
      sim.world.dagRuns.reduce((sum, run) => sum + run.tasks.filter((task) => task.state === state).length, 0);
    const running = busy("running");
    const queued = busy("queued");
    response.json({
      pools: [
        {
          name: "default_pool",
          slots: 128,
          description: "Default pool",
          include_deferred: false,
          occupied_slots: running + queued,
          running_slots: running,
          queued_slots: queued,
          scheduled_slots: busy("scheduled"),
          open_slots: 128 - running - queued,
          deferred_slots: 0,
          team_name: null,
        },
      ],
      total_entries: 1,
    });
  });

  router.get("/eventLogs", (request, response) => {
    const { query } = request;
    const one = (name: string): string | undefined => values(query, name).at(-1);
    const mapIndex = query["map_index"] === undefined ? null : whole(query, "map_index", -1);
    const tryNumber = query["try_number"] === undefined ? null : whole(query, "try_number", 0);
    const included = values(query, "included_events");
    const excluded = values(query, "excluded_events");
    const before = one("before");
    const after = one("after");
    const rows = sim.world.events.filter(
      (row) =>
        matches(one("dag_id"), row.dagId) &&
        matches(one("task_id"), row.taskId) &&
        matches(one("run_id"), row.runId) &&
        matches(one("owner"), row.owner) &&
        matches(one("event"), row.event) &&
        (mapIndex === null || row.mapIndex === mapIndex) &&
        (tryNumber === null || row.tryNumber === tryNumber) &&
        (included.length === 0 || included.includes(row.event)) &&
        !excluded.includes(row.event) &&
        (before === undefined || row.when <= moment(["query", "before"], before)) &&
        (after === undefined || row.when >= moment(["query", "after"], after)),
    );
    const order = values(query, "order_by");
    const sorted = ordered(
      rows,
      order.length > 0 ? order : ["id"],
      {
        id: (row) => row.id,
        event_log_id: (row) => row.id,
        dttm: (row) => row.when,
        when: (row) => row.when,
        dag_id: (row) => row.dagId,
        task_id: (row) => row.taskId,
        run_id: (row) => row.runId,
        event: (row) => row.event,
        owner: (row) => row.owner,
      },
      "Log",
    );
    const page = paged(sorted, query);
    response.json({ event_logs: page.rows.map(eventLogView), total_entries: page.total });
  });
}

function matches(wanted: string | undefined, value: string | null): boolean {
  return wanted === undefined || wanted === value;
}
