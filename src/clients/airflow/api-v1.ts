import type { z } from "zod";
import type { TaskInstance } from "../../core/airflow.js";
import type { Query } from "../http/paths.js";
import { addressesOf } from "./addresses.js";
import { type ApiDeps, type ApiReader, mostEvents } from "./api-v2.js";
import * as map from "./map.js";
import { collect, type PageOf, pages } from "./paging.js";
import { failedTasksV1, runTasksV1 } from "./task-lists-v1.js";
import { logName } from "./task-log.js";
import { readXcom } from "./xcom.js";

const { dagPath, runsPath, runPath, taskPath, instancePath } = addressesOf("v1");

/** Runs looked through for finished instances of a task: some failed before they came to it. */
const runsFor = (instances: number): number => Math.min(100, 2 * instances);

/** Reads of Airflow 2 (API v1), from 2.10 on. Unknown query parameters are errors there, and lists of task instances have no order. */
export function createReaderV1({ http, credentials }: ApiDeps): ApiReader {
  const one = <Schema extends z.ZodType>(path: string, schema: Schema, query: Query = {}) =>
    http.read(path, schema, { query, credentials });
  const every = <Item>(path: string, schema: PageOf<Item>, query: Query = {}, most?: number) =>
    pages(http, path, schema, { query, credentials }, most);
  const all = <Item>(path: string, schema: PageOf<Item>, query: Query = {}, most?: number) =>
    collect(every(path, schema, query, most));
  // Airflow orders by the logical date only; a run's own time is not among its sorting keys.
  const recentRuns = (dagId: string, limit: number) =>
    all(runsPath(dagId), map.dagRuns, { order_by: "-execution_date" }, limit);

  return {
    failedTasksEndedSince: (since) => failedTasksV1(http, credentials, since),
    runsChangedSince: (since, states) =>
      every("/api/v1/dags/~/dagRuns", map.dagRuns, {
        updated_at_gte: since.toISOString(),
        order_by: "updated_at",
        ...(states === undefined ? {} : { state: states }),
      }),
    dags: async () => all("/api/v1/dags", map.dags, { order_by: "dag_id" }),
    dag: async (dagId) => one(dagPath(dagId), map.dag),
    tasks: async (dagId) => (await one(`${dagPath(dagId)}/tasks`, map.taskSpecs)).items,
    run: async (dagId, runId) => one(runPath(dagId, runId), map.dagRun),
    recentRuns,
    taskInstances: async (dagId, runId) => runTasksV1(http, credentials, dagId, runId),
    taskInstance: async (ref) => one(instancePath(ref), map.taskInstance),
    recentTaskInstances: async (dagId, taskId, limit) => {
      const runs = await recentRuns(dagId, runsFor(limit));
      if (runs.length === 0) return [];
      const body = {
        dag_ids: [dagId],
        dag_run_ids: runs.map((run) => run.runId),
        task_ids: [taskId],
        state: ["success", "failed"],
        page_limit: 10 * limit,
      };
      const path = "/api/v1/dags/~/dagRuns/~/taskInstances/list";
      const { items } = await http.read(path, map.taskInstances, { body, credentials });
      return [...items].sort(newestStartFirst).slice(0, limit);
    },
    tries: async (ref) => (await one(`${instancePath(ref)}/tries`, map.taskTries)).items,
    taskLog: async (ref, tryNumber) => {
      // Plain text: the JSON form holds a Python repr, and its continuation token never ends.
      const path = `${taskPath(ref)}/logs/${tryNumber}`;
      const query = { map_index: ref.mapIndex, full_content: true };
      const { bytes } = await http.stream(path, { query, credentials, headers: { accept: "text/plain" } });
      return { name: logName(ref, tryNumber), tryNumber, format: "text", bytes };
    },
    eventLog: async ({ dagId, runId, taskId }) => {
      const query = { dag_id: dagId, run_id: runId, task_id: taskId, order_by: "-event_log_id" };
      return map.inOrderOfTime(await all("/api/v1/eventLogs", map.eventLogEntries, query, mostEvents));
    },
    blocking: async (ref) => (await one(`${instancePath(ref)}/dependencies`, map.blockingReasons)).items,
    importFailures: async () => all("/api/v1/importErrors", map.importFailures),
    dagWarnings: async (dagId) => all("/api/v1/dagWarnings", map.dagWarnings, { dag_id: dagId }),
    pools: async () => all("/api/v1/pools", map.poolStatuses),
    assets: async (dagId) => all("/api/v1/datasets", map.datasets, { dag_ids: dagId }),
    // Values come as strings unless told otherwise.
    xcom: async (ref) => readXcom(http, credentials, taskPath(ref), { map_index: ref.mapIndex }, { stringify: false }),
  };
}

function newestStartFirst(a: TaskInstance, b: TaskInstance): number {
  return Date.parse(b.startedAt ?? "") - Date.parse(a.startedAt ?? "") || 0;
}
