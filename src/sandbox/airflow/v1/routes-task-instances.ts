import type { Request, Router } from "express";
import { toJson } from "../../json.js";
import type { DagRunState, TaskInstanceState } from "../../world/state.js";
import { answer } from "../answer.js";
import { type Query, values, whole, withinTimes } from "../queries.js";
import { type AirflowSite, definitionOr404, instanceOr404, param } from "../site.js";
import { writeTaskLog } from "../task-log.js";
import { jobRunUrl, xcomsOf } from "../xcoms.js";
import { head, logText } from "./log-text.js";
import { problem } from "./problem.js";
import { known, knownBody, rowsOf } from "./query.js";
import { taskInstanceView, triesView, xcomView } from "./views.js";

interface Row {
  readonly run: DagRunState;
  readonly task: TaskInstanceState;
}

const BASE = "/dags/:dagId/dagRuns/:runId/taskInstances";

const TIMES: Readonly<Record<string, (row: Row) => number | null>> = {
  execution_date: ({ run }) => run.logicalDate ?? run.runAfter,
  start_date: ({ task }) => task.startedAt,
  end_date: ({ task }) => task.endedAt,
  updated_at: ({ task }) => task.updatedAt,
};
const TIME_NAMES = Object.keys(TIMES).flatMap((name) => [`${name}_gte`, `${name}_lte`]);

/** Reads of task instances, their tries, logs and XComs. */
export function addTaskInstanceRoutes(router: Router, site: AirflowSite): void {
  const { sim } = site;
  const view = ({ run, task }: Row): Record<string, unknown> => taskInstanceView(sim, run, task);
  const all = (): readonly Row[] => sim.world.dagRuns.flatMap((run) => run.tasks.map((task) => ({ run, task })));
  const one = (request: Request, mapIndex: number): Row =>
    instanceOr404(site, param(request, "dagId"), param(request, "runId"), param(request, "taskId"), mapIndex);
  const indexInQuery = (request: Request): number => whole(request.query, "map_index", -1);
  const indexInPath = (request: Request): number => Number(request.params["mapIndex"] ?? -1);

  router.get(BASE, (request, response) => {
    const query = known(request.query, ["limit", "offset", "state", "pool", "queue", "executor", ...TIME_NAMES]);
    const [dagId, runId] = [param(request, "dagId"), param(request, "runId")];
    const wanted = all().filter(
      ({ task }) => (dagId === "~" || task.dagId === dagId) && (runId === "~" || task.runId === runId),
    );
    const kept = shuffled(select(wanted, query));
    const rows = rowsOf(kept, query, Number.POSITIVE_INFINITY);
    answer(response, { task_instances: rows.map(view), total_entries: kept.length });
  });

  router.post(`${BASE}/list`, (request, response) => {
    const lists = ["dag_ids", "dag_run_ids", "task_ids"];
    const names = ["page_offset", "page_limit", "state", "pool", "queue", "executor", ...lists, ...TIME_NAMES];
    const body = knownBody(request.body, names);
    const fits = (name: string, value: string): boolean => body[name] == null || values(body, name).includes(value);
    const wanted = all().filter(
      ({ task }) => fits("dag_ids", task.dagId) && fits("dag_run_ids", task.runId) && fits("task_ids", task.taskId),
    );
    const kept = shuffled(select(wanted, body));
    const from = Number(body["page_offset"] ?? 0);
    const rows = kept.slice(from, from + Number(body["page_limit"] ?? 100));
    answer(response, { task_instances: rows.map(view), total_entries: kept.length });
  });

  for (const path of [`${BASE}/:taskId/tries`, `${BASE}/:taskId/:mapIndex/tries`]) {
    router.get(path, (request, response) => {
      known(request.query, ["limit", "offset", "order_by"]);
      const tries = triesView(sim, one(request, indexInPath(request)).task);
      answer(response, { task_instances: tries, total_entries: tries.length });
    });
  }

  for (const path of [`${BASE}/:taskId/dependencies`, `${BASE}/:taskId/:mapIndex/dependencies`]) {
    router.get(path, (request, response) => {
      known(request.query, []);
      one(request, indexInPath(request));
      answer(response, { dependencies: [] });
    });
  }

  router.get(`${BASE}/:taskId/logs/:tryNumber`, (request, response) => {
    known(request.query, ["map_index", "full_content", "token"]);
    const row = one(request, indexInQuery(request));
    const text = logOf(row, Number(param(request, "tryNumber")));
    // Text wins every tie; the JSON holds a Python repr, and its token never ends.
    if (/text\/plain|\*\/\*/.test(request.headers.accept ?? "")) {
      response.status(200).type("text/plain").send(text);
      return;
    }
    const [host = "", ...rest] = text.split("\n");
    const content = `[('${host}', ${JSON.stringify(rest.join("\n"))})]`;
    answer(response, { content, continuation_token: "eyJlbmRfb2ZfbG9nIjp0cnVlfQ.sandbox" });
  });

  router.get(`${BASE}/:taskId/xcomEntries`, (request, response) => {
    known(request.query, ["map_index", "limit", "offset", "xcom_key"]);
    const { run, task } = one(request, indexInQuery(request));
    const entries = xcomsOf(site, run, task).map(({ key, at }) => xcomView(run, task, key, at));
    answer(response, { total_entries: entries.length, xcom_entries: entries });
  });

  router.get(`${BASE}/:taskId/xcomEntries/:key`, (request, response) => {
    known(request.query, ["map_index", "deserialize", "stringify"]);
    const { run, task } = one(request, indexInQuery(request));
    const found = xcomsOf(site, run, task).find(({ key }) => key === param(request, "key"));
    if (found === undefined) throw problem(404, null, "XCom entry not found");
    const isNative = values(request.query, "stringify").at(-1) === "false";
    const value = isNative ? found.value : toJson(found.value);
    answer(response, { ...xcomView(run, task, found.key, found.at), value });
  });

  router.get(`${BASE}/:taskId/links`, (request, response) => {
    const { task } = one(request, indexInQuery(request));
    const isJob = "name" in definitionOr404(site, task.dagId, task.taskId).work;
    answer(response, isJob ? { "See Databricks Job Run": jobRunUrl(site, task) } : {});
  });

  for (const path of [`${BASE}/:taskId`, `${BASE}/:taskId/:mapIndex`]) {
    router.get(path, (request, response) => {
      known(request.query, []);
      answer(response, view(one(request, indexInPath(request))));
    });
  }

  /** A try that never was has a log all the same, which says so. */
  function logOf({ run, task }: Row, tryNumber: number): string {
    if (tryNumber === 0) return "default_host\nError fetching the logs. Try number 0 is invalid.\n";
    const attempt = task.tries.find((candidate) => candidate.tryNumber === tryNumber);
    if (attempt === undefined) {
      const host = task.host ?? "";
      return `${head(host, [`*** Log file not found on worker '${host}'.`]).join("\n")}\n`;
    }
    const definition = definitionOr404(site, run.dagId, task.taskId);
    const records = writeTaskLog(sim, definition, { world: sim.world, run, task, attempt }, site.workspaceUrl);
    return logText(run, task, attempt, records);
  }
}

function select(rows: readonly Row[], query: Query): readonly Row[] {
  // An unknown state is no error: nothing has it.
  const states = values(query, "state").filter((state) => state !== "");
  return withinTimes(rows, query, TIMES).filter(
    ({ task }) => states.length === 0 || states.includes(task.state ?? "none"),
  );
}

/** Lists of task instances come in the database's order, which is none to rely on. */
function shuffled(rows: readonly Row[]): readonly Row[] {
  const mark = ({ task }: Row): string => [...task.id].reverse().join("");
  return [...rows].sort((a, b) => (mark(a) < mark(b) ? -1 : 1));
}
