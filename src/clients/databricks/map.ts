import type { z } from "zod";
import type {
  ClusterEvent,
  DatabricksRun,
  DatabricksRunOutput,
  DatabricksTaskRun,
  JobParameters,
  RepairEntry,
  RunStatus,
  TaskCompute,
} from "../../core/databricks.js";
import { readBody } from "../wire-fields.js";
import {
  type wireClusterEvent,
  wireClusterEvents,
  type wireRepair,
  wireRun,
  wireRunOutput,
  type wireTaskRun,
} from "./schema.js";

type WireRun = z.output<typeof wireRun>;
type WireTaskRun = z.output<typeof wireTaskRun>;

const kindNames = [
  ["notebook_task", "notebook"],
  ["spark_python_task", "python"],
  ["python_wheel_task", "wheel"],
  ["spark_jar_task", "jar"],
  ["spark_submit_task", "jar"],
  ["sql_task", "sql"],
  ["dbt_task", "dbt"],
  ["pipeline_task", "pipeline"],
  ["run_job_task", "run_job"],
  ["for_each_task", "for_each"],
  ["condition_task", "condition"],
] as const;

/** A run whose pages were already put together. */
export function toRun(wire: WireRun): DatabricksRun {
  return {
    runId: wire.run_id,
    jobId: wire.job_id === "0" ? null : wire.job_id,
    runName: wire.run_name,
    jobRunId: wire.job_run_id ?? wire.run_id,
    status: toStatus(wire),
    startedAt: toTime(wire.start_time),
    endedAt: toTime(wire.end_time),
    durationMs: toDuration(wire),
    runType: wire.run_type,
    trigger: wire.trigger,
    creator: wire.creator_user_name,
    pageUrl: wire.run_page_url,
    tasks: toTasks(wire),
    repairs: wire.repair_history.map(toRepair),
    numberInJob: wire.number_in_job,
    idempotencyToken: wire.idempotency_token,
    parameters: toParameters(wire),
  };
}

/** What run-now takes besides `job_parameters`. */
const olderParameters: ReadonlySet<string> = new Set([
  "notebook_params",
  "jar_params",
  "python_params",
  "python_named_params",
  "spark_submit_params",
  "sql_params",
  "dbt_commands",
  "pipeline_params",
]);

/** What differs from the job's defaults: those apply again by themselves. */
function toParameters(wire: WireRun): JobParameters {
  const given = wire.job_parameters.filter(({ value, default: usual }) => value !== null && value !== usual);
  return {
    job: Object.fromEntries(given.map(({ name, value }) => [name, value ?? ""])),
    tasks: Object.fromEntries(
      Object.entries(wire.overriding_parameters ?? {}).filter(([name]) => olderParameters.has(name)),
    ),
  };
}

/** A single-task run and a for-each task's own run list no tasks: they are their one task. */
function toTasks(wire: WireRun): DatabricksTaskRun[] {
  const shared = new Map(wire.job_clusters.map((cluster) => [cluster.job_cluster_key, cluster.new_cluster]));
  const tasks = wire.tasks.map((task) => toTaskRun(task, task.new_cluster ?? shared.get(task.job_cluster_key)));
  const iterations = wire.iterations.map((iteration) => toTaskRun(iteration));
  if (tasks.length === 0) {
    const cluster = wire.new_cluster ?? wire.cluster_spec?.new_cluster;
    const self = toTaskRun({ ...wire, ...wire.task, task_key: wire.task_key ?? wire.run_name }, cluster);
    return wire.task !== null && wire.task !== undefined
      ? [{ ...self, iterations }]
      : iterations.length > 0
        ? [{ ...self, kind: "for_each", iterations }]
        : [];
  }
  return tasks.map((task) => (task.taskRunId === wire.run_id ? { ...task, iterations } : task));
}

export function toTaskRun(wire: WireTaskRun, cluster?: WireTaskRun["new_cluster"]): DatabricksTaskRun {
  return {
    taskRunId: wire.run_id,
    taskKey: wire.task_key ?? "",
    attempt: wire.attempt_number ?? 0,
    status: toStatus(wire),
    startedAt: toTime(wire.start_time),
    endedAt: toTime(wire.end_time),
    durationMs: toDuration(wire),
    clusterId: wire.cluster_instance?.cluster_id ?? wire.existing_cluster_id,
    ...(cluster ? { compute: toCompute(cluster) } : {}),
    ...(wire.libraries.length > 0 ? { libraries: wire.libraries.flatMap(libraryName) } : {}),
    kind: kindNames.find(([field]) => wire[field] !== null)?.[1] ?? "other",
    ...pipelineOf(wire),
    dependsOn: wire.depends_on.map(({ task_key }) => task_key),
    pageUrl: wire.run_page_url,
    iterations: [],
  };
}

function libraryName(wire: WireTaskRun["libraries"][number]): readonly string[] {
  const { pypi, cran, maven, jar, whl, egg, requirements } = wire;
  const name = pypi?.package ?? cran?.package ?? maven?.coordinates ?? jar ?? whl ?? egg ?? requirements ?? null;
  return name === null ? [] : [name];
}

function pipelineOf(wire: WireTaskRun): { readonly pipelineId?: string } {
  const pipelineId = wire.pipeline_task?.["pipeline_id"];
  return typeof pipelineId === "string" ? { pipelineId } : {};
}

function toCompute(cluster: NonNullable<WireTaskRun["new_cluster"]>): TaskCompute {
  const { autoscale, num_workers: fixed } = cluster;
  const scaled = autoscale ? `${autoscale.min_workers ?? "?"} to ${autoscale.max_workers ?? "?"}` : null;
  return {
    sparkVersion: cluster.spark_version,
    nodeType: cluster.node_type_id,
    workers: scaled ?? (fixed === null ? null : String(fixed)),
  };
}

function toRepair(wire: z.output<typeof wireRepair>): RepairEntry {
  return {
    id: wire.id ?? "original",
    type: wire.type ?? "REPAIR",
    status: toStatus(wire),
    startedAt: toTime(wire.start_time),
    endedAt: toTime(wire.end_time),
    taskRunIds: wire.task_run_ids,
  };
}

/** `state` is deprecated but finer; `status` alone is enough once it is gone. */
function toStatus(wire: Pick<WireTaskRun, "state" | "status">): RunStatus {
  const { state, status } = wire;
  const details = status?.termination_details ?? null;
  return {
    lifeCycle: state?.life_cycle_state ?? status?.state ?? "PENDING",
    result: state?.result_state ?? resultOfCode(details?.code ?? null),
    message: nonEmpty(state?.state_message),
    terminationCode: details?.code ?? null,
    terminationType: details?.type ?? null,
    terminationMessage: nonEmpty(details?.message),
    cancelledOrTimedOut: state?.user_cancelled_or_timedout ?? false,
  };
}

function resultOfCode(code: string | null): string | null {
  if (code === null) return null;
  if (code === "USER_CANCELED") return "CANCELED";
  const same = ["SUCCESS", "SUCCESS_WITH_FAILURES", "CANCELED", "DISABLED"];
  return same.includes(code) ? code : "FAILED";
}

/** Multi-task runs leave the phases at 0 and give `run_duration`; tasks the other way round. */
function toDuration(wire: WireTaskRun): number | null {
  if (wire.run_duration !== null && wire.run_duration > 0) return wire.run_duration;
  const phases = (wire.setup_duration ?? 0) + (wire.execution_duration ?? 0) + (wire.cleanup_duration ?? 0);
  if (phases > 0) return phases;
  return wire.start_time && wire.end_time ? wire.end_time - wire.start_time : null;
}

function toTime(epochMs: number | null): string | null {
  if (epochMs === null || epochMs <= 0 || epochMs > 8.64e15) return null;
  return new Date(epochMs).toISOString();
}

function nonEmpty(value: string | null | undefined): string | null {
  return value === undefined || value === "" ? null : value;
}

/** `taskRunId` stands in where the body carries no metadata. */
export function toRunOutput(wire: z.output<typeof wireRunOutput>, taskRunId: string): DatabricksRunOutput {
  return {
    taskRunId: wire.metadata?.run_id ?? taskRunId,
    error: nonEmpty(wire.error),
    errorTrace: nonEmpty(wire.error_trace),
    logs: nonEmpty(wire.logs),
    logsTruncated: wire.logs_truncated ?? false,
    notebookResult: nonEmpty(wire.notebook_output?.result),
    sqlError: errorText(wire.sql_output?.error),
    dbtError: errorText(wire.dbt_output?.error),
    innerRunId: wire.run_job_output?.run_id ?? null,
  };
}

function errorText(error: unknown): string | null {
  if (typeof error === "string") return nonEmpty(error);
  if (typeof error === "object" && error !== null && "message" in error) return String(error.message);
  return null;
}

export function toClusterEvent(wire: z.output<typeof wireClusterEvent>): ClusterEvent {
  const details = wire.details;
  const parameters = Object.entries(details?.reason?.parameters ?? {}).map(
    ([key, value]) => `${key}: ${String(value)}`,
  );
  const rest = [details?.cause, details?.driver_state_message, details?.user && `user: ${details.user}`];
  const words = [...parameters, ...rest].filter((part) => typeof part === "string" && part !== "");
  return {
    at: toTime(wire.timestamp),
    type: wire.type ?? "UNKNOWN",
    reasonCode: details?.reason?.code ?? null,
    reasonType: details?.reason?.type ?? null,
    detail: words.length > 0 ? words.join("; ") : null,
  };
}

/** The parsers below read bodies saved to files; each throws InputError when the body is something else, e.g. an error body. */
export const parseRun = (body: unknown): DatabricksRun => toRun(readBody(body, wireRun, "a Databricks run"));

/** A workspace's refusal (`error_code`) is not an output. */
export function parseRunOutput(body: unknown, taskRunId = ""): DatabricksRunOutput {
  const refusal = wireRunOutput.refine(
    (wire) => wire.error_code === null,
    "the workspace refused: it has an error_code",
  );
  return toRunOutput(readBody(body, refusal, "a Databricks run output"), taskRunId);
}

export const parseClusterEvents = (body: unknown): ClusterEvent[] =>
  readBody(body, wireClusterEvents, "a list of cluster events").events.map(toClusterEvent);
