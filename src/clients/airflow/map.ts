import { z } from "zod";
import type {
  Asset,
  BlockingReason,
  Dag,
  DagRun,
  DagWarning,
  EventLogEntry,
  ImportFailure,
  PoolStatus,
  TaskInstance,
  TaskSpec,
  TaskTry,
  XComEntry,
} from "../../core/airflow.js";
import { readBody } from "../wire-fields.js";
import {
  wireAsset,
  wireDag,
  wireDagRun,
  wireDependency,
  wireEvent,
  wireImportError,
  wirePool,
  wireTask,
  wireTaskInstance,
  wireTaskReference,
  wireTry,
  wireWarning,
  wireXcom,
} from "./schema.js";

/** Wire to our own words, for bodies of Airflow 2 (v1) and 3 (v2) alike. */

export const taskInstance = wireTaskInstance.transform(
  (wire): TaskInstance => ({
    id: wire.id,
    dagId: wire.dag_id,
    runId: wire.dag_run_id,
    taskId: wire.task_id,
    mapIndex: wire.map_index ?? -1,
    state: wire.state ?? "none",
    tryNumber: wire.try_number ?? 0,
    maxTries: wire.max_tries ?? 0,
    operator: wire.operator ?? wire.operator_name,
    startedAt: wire.start_date,
    endedAt: wire.end_date,
    durationSeconds: wire.duration,
    hostname: wire.hostname === "" ? null : wire.hostname,
    pool: wire.pool,
    runAfter: wire.run_after,
    logicalDate: wire.logical_date ?? wire.execution_date,
    note: wire.note,
    dagVersion: wire.dag_version,
    renderedFields: wire.rendered_fields,
  }),
);

export const dagRun = wireDagRun.transform(
  (wire): DagRun => ({
    dagId: wire.dag_id,
    runId: wire.dag_run_id,
    state: wire.state ?? "none",
    runType: wire.run_type ?? "unknown",
    logicalDate: wire.logical_date ?? wire.execution_date,
    runAfter: wire.run_after ?? runAfterOf(wire),
    startedAt: wire.start_date,
    endedAt: wire.end_date,
    updatedAt: wire.updated_at,
    conf: wire.conf ?? {},
    triggeredBy: wire.triggering_user_name ?? wire.triggered_by,
    note: wire.note,
    dagVersions: wire.dag_versions.flatMap(({ version_number }) => (version_number === null ? [] : [version_number])),
  }),
);

/** Airflow 2 names no such time: a scheduled run is due when its interval ends, any other when it was asked for. */
function runAfterOf(wire: z.output<typeof wireDagRun>): string | null {
  const asked = wire.logical_date ?? wire.execution_date;
  return wire.run_type === "scheduled" ? (wire.data_interval_end ?? asked) : asked;
}

export const taskSpec = wireTask.transform(
  (wire): TaskSpec => ({
    taskId: wire.task_id,
    operator: wire.class_ref?.class_name ?? wire.operator_name,
    classModule: wire.class_ref?.module_path ?? null,
    downstreamTaskIds: wire.downstream_task_ids,
    triggerRule: wire.trigger_rule ?? "all_success",
    retries: wire.retries ?? 0,
    isMapped: wire.is_mapped ?? false,
    executionTimeoutSeconds: wire.execution_timeout,
    pool: wire.pool,
    owner: wire.owner,
  }),
);

export const dag = wireDag.transform(
  (wire): Dag => ({
    dagId: wire.dag_id,
    isPaused: wire.is_paused ?? false,
    owners: wire.owners,
    tags: wire.tags.map(({ name }) => name),
    schedule: wire.timetable_summary ?? wire.schedule_interval?.value ?? wire.timetable_description,
    nextRunAfter: wire.next_dagrun_run_after ?? wire.next_dagrun_create_after,
    timeZone: wire.timezone,
    hasImportErrors: wire.has_import_errors ?? false,
  }),
);

export const taskTry = wireTry.transform(
  (wire): TaskTry => ({
    tryNumber: wire.try_number ?? 0,
    state: wire.state ?? "none",
    startedAt: wire.start_date,
    endedAt: wire.end_date,
    hostname: wire.hostname,
  }),
);

export const eventLogEntry = wireEvent.transform(
  (wire): EventLogEntry => ({
    event: wire.event,
    when: wire.when,
    owner: wire.owner,
    extra: wire.extra,
    taskId: wire.task_id,
    runId: wire.run_id,
    tryNumber: wire.try_number,
  }),
);

/** From rows as Airflow numbered them, newest first: workers that write at once are numbered in whichever order. */
export function inOrderOfTime(newestFirst: readonly EventLogEntry[]): readonly EventLogEntry[] {
  const at = ({ when }: EventLogEntry): number => (when === null ? Number.NaN : Date.parse(when));
  return newestFirst.toReversed().sort((one, other) => {
    const apart = at(one) - at(other);
    return Number.isNaN(apart) ? 0 : apart || (one.when ?? "").localeCompare(other.when ?? "");
  });
}

export const importFailure = wireImportError.transform(
  (wire): ImportFailure => ({
    filename: wire.filename ?? "",
    stackTrace: wire.stack_trace ?? "",
    at: wire.timestamp,
  }),
);

export const poolStatus = wirePool.transform(
  (wire): PoolStatus => ({ name: wire.name, slots: wire.slots ?? 0, openSlots: wire.open_slots ?? 0 }),
);

export const blockingReason = wireDependency.transform((wire): BlockingReason => wire);

export const dagWarning = wireWarning.transform(
  (wire): DagWarning => ({ type: wire.warning_type ?? "unknown", message: wire.message ?? "" }),
);

export const asset = wireAsset.transform(
  (wire): Asset => ({
    name: wire.name ?? wire.uri ?? "",
    producers: wire.producing_tasks.map(({ dag_id, task_id }) => ({ dagId: dag_id, taskId: task_id })),
    startsDags: [...new Set([...wire.scheduled_dags, ...wire.consuming_dags].map(({ dag_id }) => dag_id))],
  }),
);

/** Lists without `total_entries` are whole (tasks, dependencies); it is the caller's to page. */
export function page<Item extends z.ZodType>(key: string, item: Item) {
  return z
    .object({ [key]: z.array(item), total_entries: z.number().nullish().catch(null) })
    .transform((body): { items: z.output<Item>[]; total: number | null } => ({
      items: (body[key] ?? []) as z.output<Item>[],
      total: (body["total_entries"] as number | null | undefined) ?? null,
    }));
}

export const taskInstances = page("task_instances", taskInstance);
/** What Airflow 2 answers to a clear: tasks without their map indexes. */
export const taskReferences = page(
  "task_instances",
  wireTaskReference.transform((wire) => ({ dagId: wire.dag_id, runId: wire.dag_run_id, taskId: wire.task_id })),
);
export const dagRuns = page("dag_runs", dagRun);
export const taskSpecs = page("tasks", taskSpec);
export const dags = page("dags", dag);
export const taskTries = page("task_instances", taskTry);
export const eventLogEntries = page("event_logs", eventLogEntry);
export const importFailures = page("import_errors", importFailure);
export const poolStatuses = page("pools", poolStatus);
export const blockingReasons = page("dependencies", blockingReason);
export const dagWarnings = page("dag_warnings", dagWarning);
export const assets = page("assets", asset);
export const datasets = page("datasets", asset);
export const xcomKeys = page(
  "xcom_entries",
  wireXcom.transform((wire) => wire.key),
);
export const xcomEntry = wireXcom.transform(
  (wire): XComEntry => ({ key: wire.key, value: wire.value ?? null, taskId: wire.task_id ?? "" }),
);

/** The parsers below read bodies saved to files; each throws InputError when the body is something else, e.g. an error body. */
export const parseTaskInstance = (body: unknown): TaskInstance => readBody(body, taskInstance, "a task instance");
export const parseTaskInstances = (body: unknown): TaskInstance[] =>
  readBody(body, taskInstances, "a list of task instances").items;
export const parseDagRun = (body: unknown): DagRun => readBody(body, dagRun, "a DAG run");
export const parseTasks = (body: unknown): TaskSpec[] => readBody(body, taskSpecs, "a list of tasks").items;
export const parseDag = (body: unknown): Dag => readBody(body, dag, "a DAG");
export const parseTries = (body: unknown): TaskTry[] => readBody(body, taskTries, "a list of tries").items;
export const parseEventLogs = (body: unknown): EventLogEntry[] =>
  readBody(body, eventLogEntries, "a list of event logs").items;
export const parseImportErrors = (body: unknown): ImportFailure[] =>
  readBody(body, importFailures, "a list of import errors").items;
export const parsePools = (body: unknown): PoolStatus[] => readBody(body, poolStatuses, "a list of pools").items;
export const parseDependencies = (body: unknown): BlockingReason[] =>
  readBody(body, blockingReasons, "a list of dependencies").items;
export const parseDagWarnings = (body: unknown): DagWarning[] =>
  readBody(body, dagWarnings, "a list of DAG warnings").items;
