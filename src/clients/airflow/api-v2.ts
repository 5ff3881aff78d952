import type { z } from "zod";
import type { AirflowReader } from "../../core/ports.js";
import type { Query } from "../http/paths.js";
import type { Credentials } from "../http/target.js";
import type { Http } from "../http.js";
import { addressesOf } from "./addresses.js";
import * as map from "./map.js";
import { collect, type PageOf, pages } from "./paging.js";
import { readTaskLog } from "./task-log.js";
import { readXcom } from "./xcom.js";

export interface ApiDeps {
  readonly http: Http;
  readonly credentials: Credentials;
}

/** What is read over one API version. */
export type ApiReader = Omit<AirflowReader, "connection" | "baseUrl" | "version" | "taskUrl" | "runUrl">;

/** Rows of Airflow's audit log that are read for one failure, newest first. */
export const mostEvents = 500;

const { dagPath, runsPath, runPath, taskPath, instancePath } = addressesOf("v2");

/** Reads of Airflow 3 (API v2). Filters by date always carry an offset: without one the server fails. */
export function createReaderV2({ http, credentials }: ApiDeps): ApiReader {
  const one = <Schema extends z.ZodType>(path: string, schema: Schema, query: Query = {}) =>
    http.read(path, schema, { query, credentials });
  const every = <Item>(path: string, schema: PageOf<Item>, query: Query = {}, most?: number) =>
    pages(http, path, schema, { query, credentials }, most);
  const all = <Item>(path: string, schema: PageOf<Item>, query: Query = {}, most?: number) =>
    collect(every(path, schema, query, most));

  return {
    failedTasksEndedSince: (since) =>
      every("/api/v2/dags/~/dagRuns/~/taskInstances", map.taskInstances, {
        state: ["failed", "upstream_failed"],
        end_date_gte: since.toISOString(),
        order_by: "end_date",
      }),
    // Ending changes a run too, so that its update time covers both.
    runsChangedSince: (since, states) =>
      every("/api/v2/dags/~/dagRuns", map.dagRuns, {
        updated_at_gte: since.toISOString(),
        order_by: "updated_at",
        ...(states === undefined ? {} : { state: states }),
      }),
    dags: async () => all("/api/v2/dags", map.dags, { order_by: "dag_id" }),
    dag: async (dagId) => one(dagPath(dagId), map.dag),
    tasks: async (dagId) => (await one(`${dagPath(dagId)}/tasks`, map.taskSpecs)).items,
    run: async (dagId, runId) => one(runPath(dagId, runId), map.dagRun),
    recentRuns: async (dagId, limit) => all(runsPath(dagId), map.dagRuns, { order_by: "-run_after" }, limit),
    taskInstances: async (dagId, runId) => all(`${runPath(dagId, runId)}/taskInstances`, map.taskInstances),
    taskInstance: async (ref) => one(instancePath(ref), map.taskInstance),
    recentTaskInstances: async (dagId, taskId, limit) =>
      all(
        `${dagPath(dagId)}/dagRuns/~/taskInstances`,
        map.taskInstances,
        { task_id: taskId, state: ["success", "failed"], order_by: "-start_date" },
        limit,
      ),
    tries: async (ref) => (await one(`${taskPath(ref)}/tries`, map.taskTries, { map_index: ref.mapIndex })).items,
    taskLog: async (ref, tryNumber) => readTaskLog(http, credentials, ref, tryNumber),
    eventLog: async ({ dagId, runId, taskId }) => {
      const query = { dag_id: dagId, run_id: runId, task_id: taskId, order_by: "-event_log_id" };
      return map.inOrderOfTime(await all("/api/v2/eventLogs", map.eventLogEntries, query, mostEvents));
    },
    blocking: async (ref) =>
      (await one(`${taskPath(ref)}/dependencies`, map.blockingReasons, { map_index: ref.mapIndex })).items,
    importFailures: async () => all("/api/v2/importErrors", map.importFailures),
    dagWarnings: async (dagId) => all("/api/v2/dagWarnings", map.dagWarnings, { dag_id: dagId }),
    pools: async () => all("/api/v2/pools", map.poolStatuses),
    assets: async (dagId) => all("/api/v2/assets", map.assets, { dag_ids: [dagId] }),
    xcom: async (ref) => readXcom(http, credentials, taskPath(ref), { map_index: ref.mapIndex }),
  };
}
