import type { Router } from "express";
import type { DagRunState } from "../world/state.js";
import { answer } from "./answer.js";
import { refused } from "./http-error.js";
import { collection, like, ordered, paged, type Query, values, withinTimes } from "./queries.js";
import { type AirflowSite, dagOr404, param, runOr404 } from "./site.js";
import { dagRunView } from "./views.js";

const STATES = ["queued", "running", "success", "failed"];

const TIMES: Readonly<Record<string, (run: DagRunState) => number | null>> = {
  run_after: (run) => run.runAfter,
  logical_date: (run) => run.logicalDate,
  start_date: (run) => run.startedAt,
  end_date: (run) => run.endedAt,
  updated_at: (run) => run.updatedAt,
};

/** Reads of DAG runs. */
export function addRunRoutes(router: Router, site: AirflowSite): void {
  router.get("/dags/:dagId/dagRuns", (request, response) => {
    const dagId = param(request, "dagId");
    if (dagId !== "~") dagOr404(site, dagId);
    const runs = site.sim.world.dagRuns.filter((run) => dagId === "~" || run.dagId === dagId);
    const states = values(request.query, "state");
    const bad = states.find((state) => !STATES.includes(state));
    if (bad !== undefined) {
      throw refused(422, `Invalid value for state. Valid values are ${STATES.join(", ")}`);
    }
    answerRuns(runs, request.query, states, (body) => answer(response, body));
  });

  router.post("/dags/:dagId/dagRuns/list", (request, response) => {
    if (param(request, "dagId") !== "~") throw refused(404, "Not Found");
    const body = request.body as Query;
    const ids = values(body, "dag_ids");
    const runs = site.sim.world.dagRuns.filter((run) => body["dag_ids"] == null || ids.includes(run.dagId));
    const states = body["states"] == null ? [] : values(body, "states");
    const query = batchQuery(body);
    answerRuns(runs, query, states, (found) => answer(response, found), Number(body["page_limit"] ?? 100));
  });

  router.get("/dags/:dagId/dagRuns/:runId", (request, response) => {
    answer(response, dagRunView(runOr404(site, param(request, "dagId"), param(request, "runId"))));
  });
}

/** The batch form's `page_*` names under the names of the query form. */
export function batchQuery(body: Query): Query {
  const { page_offset: offset, page_limit: _limit, order_by: order, ...rest } = body;
  return { ...rest, ...(offset == null ? {} : { offset }), ...(order == null ? {} : { order_by: order }) };
}

function answerRuns(
  runs: readonly DagRunState[],
  query: Query,
  states: readonly string[],
  send: (body: unknown) => void,
  batchLimit: number | null = null,
): void {
  const pattern = values(query, "run_id_pattern").at(-1);
  const dagPattern = values(query, "dag_id_pattern").at(-1);
  const types = values(query, "run_type");
  const kept = withinTimes(runs, query, TIMES).filter(
    (run) =>
      (states.length === 0 || states.includes(run.state)) &&
      (types.length === 0 || types.includes(run.runType)) &&
      (pattern === undefined || like(run.runId, pattern)) &&
      (dagPattern === undefined || like(run.dagId, dagPattern)),
  );
  const order = values(query, "order_by");
  const numbered = new Map(runs.map((run, index) => [run, index]));
  const sorted = ordered(
    kept,
    order.length > 0 ? order : ["id"],
    {
      ...TIMES,
      id: (run) => numbered.get(run) ?? 0,
      dag_id: (run) => run.dagId,
      run_id: (run) => run.runId,
      dag_run_id: (run) => run.runId,
      state: (run) => run.state,
      duration: (run) => (run.startedAt === null || run.endedAt === null ? null : run.endedAt - run.startedAt),
    },
    "DagRun",
  );
  if (batchLimit !== null) {
    const offset = Number(query["offset"] ?? 0);
    const rows = sorted.slice(offset, offset + batchLimit);
    send(collection("dag_runs", rows.map(dagRunView), { rows, total: sorted.length, cursors: null }));
    return;
  }
  const page = paged(sorted, query);
  send(collection("dag_runs", page.rows.map(dagRunView), page));
}
