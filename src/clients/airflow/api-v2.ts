import type { z } from "zod";
import type { AirflowReader } from "../../core/ports.js";
import type { Query } from "../http/paths.js";
import type { Credentials } from "../http/target.js";
import type { Http } from "../http.js";
import { dagPath, instancePath, runPage, runPath, taskPage, taskPath } from "./addresses.js";
import * as map from "./map.js";
import { collect, pages } from "./paging.js";
import type { Probe } from "./probe.js";
import { readTaskLog } from "./task-log.js";
import { readXcom } from "./xcom.js";

export interface ApiV2Deps {
  readonly connection: string;
  readonly baseUrl: string;
  readonly http: Http;
  readonly credentials: Credentials;
  readonly probe: Probe;
}

/** Rows of Airflow's audit log that are read for one failure, newest first. */
const mostEvents = 500;

/** Reads of Airflow 3 (API v2). Filters by date always carry an offset: without one the server fails. */
export function createAirflowReader({ connection, baseUrl, http, credentials, probe }: ApiV2Deps): AirflowReader {
  const one = <Schema extends z.ZodType>(path: string, schema: Schema, query: Query = {}) =>
    probe.watch(() => http.read(path, schema, { query, credentials }));

  type PageOf<Item> = z.ZodType<{ items: Item[]; total: number | null }>;
  const every = <Item>(path: string, schema: PageOf<Item>, query: Query = {}, most?: number) =>
    pages(http, path, schema, { query, credentials }, most);
  const all = <Item>(path: string, schema: PageOf<Item>, query: Query = {}, most?: number) =>
    probe.watch(() => collect(every(path, schema, query, most)));

  return {
    connection,
    baseUrl,
    version: () => probe.version(),
    failedTasksEndedSince: (since) =>
      watched(probe, () =>
        every("/api/v2/dags/~/dagRuns/~/taskInstances", map.taskInstances, {
          state: ["failed", "upstream_failed"],
          end_date_gte: since.toISOString(),
          order_by: "end_date",
        }),
      ),
    // Ending changes a run too, so that its update time covers both.
    runsChangedSince: (since, states) =>
      watched(probe, () =>
        every("/api/v2/dags/~/dagRuns", map.dagRuns, {
          updated_at_gte: since.toISOString(),
          order_by: "updated_at",
          ...(states === undefined ? {} : { state: states }),
        }),
      ),
    dags: async () => all("/api/v2/dags", map.dags, { order_by: "dag_id" }),
    dag: async (dagId) => one(dagPath(dagId), map.dag),
    tasks: async (dagId) => (await one(`${dagPath(dagId)}/tasks`, map.taskSpecs)).items,
    run: async (dagId, runId) => one(runPath(dagId, runId), map.dagRun),
    recentRuns: async (dagId, limit) =>
      all(`${dagPath(dagId)}/dagRuns`, map.dagRuns, { order_by: "-run_after" }, limit),
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
    taskLog: async (ref, tryNumber) => probe.watch(() => readTaskLog(http, credentials, ref, tryNumber)),
    eventLog: async ({ dagId, runId, taskId }) => {
      const query = { dag_id: dagId, run_id: runId, task_id: taskId, order_by: "-event_log_id" };
      return (await all("/api/v2/eventLogs", map.eventLogEntries, query, mostEvents)).reverse();
    },
    blocking: async (ref) =>
      (await one(`${taskPath(ref)}/dependencies`, map.blockingReasons, { map_index: ref.mapIndex })).items,
    importFailures: async () => all("/api/v2/importErrors", map.importFailures),
    dagWarnings: async (dagId) => all("/api/v2/dagWarnings", map.dagWarnings, { dag_id: dagId }),
    pools: async () => all("/api/v2/pools", map.poolStatuses),
    xcom: async (ref) => probe.watch(() => readXcom(http, credentials, ref)),
    taskUrl: (ref, tryNumber) => taskPage(baseUrl, ref, tryNumber),
    runUrl: (dagId, runId) => runPage(baseUrl, dagId, runId),
  };
}

/** The probe's watch over an iteration: it may fail at any page. */
async function* watched<Item>(probe: Probe, iterate: () => AsyncGenerator<Item>): AsyncGenerator<Item> {
  const items = iterate();
  try {
    for (;;) {
      const next = await probe.watch(() => items.next());
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    await items.return(undefined);
  }
}
