import type { Router } from "express";
import { upstreamOf } from "../world/sim.js";
import type { DagRunState, TaskInstanceState } from "../world/state.js";
import { answer } from "./answer.js";
import { refused } from "./http-error.js";
import { collection, like, ordered, paged, type Query, values, whole, withinTimes } from "./queries.js";
import { batchQuery } from "./routes-runs.js";
import { type AirflowSite, dagOr404, instanceOr404, param, runOr404 } from "./site.js";
import { taskInstanceView, triesView } from "./views.js";

interface Row {
  readonly run: DagRunState;
  readonly task: TaskInstanceState;
}

const STATES: readonly string[] = [
  "removed",
  "scheduled",
  "queued",
  "running",
  "success",
  "restarting",
  "failed",
  "up_for_retry",
  "up_for_reschedule",
  "upstream_failed",
  "skipped",
  "deferred",
  "awaiting_input",
];

const TIMES: Readonly<Record<string, (row: Row) => number | null>> = {
  run_after: ({ run }) => run.runAfter,
  logical_date: ({ run }) => run.logicalDate,
  start_date: ({ task }) => task.startedAt,
  end_date: ({ task }) => task.endedAt,
  updated_at: ({ task }) => task.updatedAt,
};

const BASE = "/dags/:dagId/dagRuns/:runId/taskInstances";

/** Reads of task instances and of their tries. */
export function addTaskInstanceRoutes(router: Router, site: AirflowSite): void {
  const { sim } = site;
  const rowsOf = (dagId: string, runId: string): readonly Row[] => {
    if (dagId !== "~") dagOr404(site, dagId);
    if (dagId !== "~" && runId !== "~") runOr404(site, dagId, runId);
    return sim.world.dagRuns
      .filter((run) => (dagId === "~" || run.dagId === dagId) && (runId === "~" || run.runId === runId))
      .flatMap((run) => run.tasks.map((task) => ({ run, task })));
  };
  const view = ({ run, task }: Row): Record<string, unknown> => taskInstanceView(sim, run, task);

  router.get(BASE, (request, response) => {
    const rows = rowsOf(param(request, "dagId"), param(request, "runId"));
    const page = paged(select(rows, request.query), request.query);
    answer(response, collection("task_instances", page.rows.map(view), page));
  });

  router.post(`${BASE}/list`, (request, response) => {
    const body = request.body as Query;
    const kept = rowsOf(param(request, "dagId"), param(request, "runId")).filter(
      ({ task }) =>
        (body["dag_ids"] == null || values(body, "dag_ids").includes(task.dagId)) &&
        (body["dag_run_ids"] == null || values(body, "dag_run_ids").includes(task.runId)) &&
        (body["task_ids"] == null || values(body, "task_ids").includes(task.taskId)),
    );
    const query = batchQuery(Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null)));
    if (values(query, "state").includes("none")) {
      throw refused(422, [
        { type: "enum", loc: ["body", "state", 0], msg: "Input should be a task state", input: "none" },
      ]);
    }
    const sorted = select(kept, query);
    const offset = Number(body["page_offset"] ?? 0);
    const rows = sorted.slice(offset, offset + Number(body["page_limit"] ?? 100));
    answer(response, collection("task_instances", rows.map(view), { rows, total: sorted.length, cursors: null }));
  });

  router.get(`${BASE}/:taskId/listMapped`, (request, response) => {
    const [dagId, runId, taskId] = [param(request, "dagId"), param(request, "runId"), param(request, "taskId")];
    runOr404(site, dagId, runId);
    const rows = rowsOf(dagId, runId).filter(({ task }) => task.taskId === taskId && task.mapIndex >= 0);
    if (rows.length === 0 && !dagOr404(site, dagId).tasks.some((task) => task.taskId === taskId && task.mapped)) {
      throw refused(404, `Task id ${taskId} is not mapped`);
    }
    const page = paged(select(rows, request.query), request.query);
    answer(response, collection("task_instances", page.rows.map(view), page));
  });

  for (const path of [`${BASE}/:taskId/tries`, `${BASE}/:taskId/:mapIndex/tries`]) {
    router.get(path, (request, response) => {
      const tries = triesView(sim, one(request.params, request.query).task);
      answer(response, { task_instances: tries, total_entries: tries.length });
    });
    router.get(`${path}/:tryNumber`, (request, response) => {
      const tries = triesView(sim, one(request.params, request.query).task);
      const wanted = tries.find((found) => String(found["try_number"]) === param(request, "tryNumber"));
      if (wanted === undefined) throw refused(404, "The Task Instance with that try_number was not found");
      answer(response, wanted);
    });
  }

  for (const path of [`${BASE}/:taskId/dependencies`, `${BASE}/:taskId/:mapIndex/dependencies`]) {
    router.get(path, (request, response) => {
      const { run, task } = one(request.params, request.query);
      answer(response, { dependencies: blockers(run, task) });
    });
  }

  router.get(`${BASE}/:taskId`, (request, response) => {
    answer(response, view(one(request.params, {})));
  });

  router.get(`${BASE}/:taskId/:mapIndex`, (request, response, next) => {
    if (!/^-?\d+$/.test(param(request, "mapIndex"))) return next();
    answer(response, view(one(request.params, {})));
  });

  function one(params: Record<string, unknown>, query: Query): Row {
    const text = (name: string): string => String(params[name] ?? "");
    const mapIndex = params["mapIndex"] === undefined ? whole(query, "map_index", -1) : Number(params["mapIndex"]);
    return instanceOr404(site, text("dagId"), text("runId"), text("taskId"), mapIndex);
  }

  function blockers(run: DagRunState, task: TaskInstanceState): readonly { name: string; reason: string }[] {
    if (task.state !== null && task.state !== "scheduled") return [];
    const dag = dagOr404(site, run.dagId);
    const upstream = upstreamOf(dag, task.taskId);
    const waiting = run.tasks.filter((other) => upstream.includes(other.taskId) && other.state !== "success");
    if (waiting.length === 0) return [];
    const names = upstream.map((id) => `'${id}'`).join(", ");
    return [
      {
        name: "Trigger Rule",
        reason: `Task's trigger rule 'all_success' requires all upstream tasks to have succeeded, but found ${waiting.length} non-success(es). upstream_task_ids={${names}}`,
      },
    ];
  }
}

function select(rows: readonly Row[], query: Query): readonly Row[] {
  const states = values(query, "state");
  const bad = states.find((state) => state !== "none" && !STATES.includes(state));
  if (bad !== undefined) throw refused(422, `Invalid value for state. Valid values are ${STATES.join(", ")}`);
  const taskId = values(query, "task_id").at(-1);
  const indexes = values(query, "map_index").map(Number);
  const tries = values(query, "try_number").map(Number);
  const dagPattern = values(query, "dag_id_pattern").at(-1);
  const runPattern = values(query, "run_id_pattern").at(-1);
  const shown = values(query, "task_display_name_pattern").at(-1);
  const kept = withinTimes(rows, query, TIMES).filter(
    ({ task }) =>
      (states.length === 0 || states.includes(task.state ?? "none")) &&
      (taskId === undefined || task.taskId === taskId) &&
      (indexes.length === 0 || indexes.includes(task.mapIndex)) &&
      (tries.length === 0 || tries.includes(task.tryNumber)) &&
      (dagPattern === undefined || like(task.dagId, dagPattern)) &&
      (runPattern === undefined || like(task.runId, runPattern)) &&
      (shown === undefined || like(task.taskId, shown)),
  );
  const order = values(query, "order_by");
  return ordered(
    kept,
    order.length > 0 ? order : ["map_index"],
    {
      ...TIMES,
      id: ({ task }) => task.id,
      task_id: ({ task }) => task.taskId,
      dag_id: ({ task }) => task.dagId,
      run_id: ({ task }) => task.runId,
      state: ({ task }) => task.state,
      map_index: ({ task }) => task.mapIndex,
      rendered_map_index: ({ task }) => task.mapIndex,
      try_number: ({ task }) => task.tryNumber,
      duration: ({ task }) => (task.startedAt === null || task.endedAt === null ? null : task.endedAt - task.startedAt),
    },
    "TaskInstance",
  );
}
