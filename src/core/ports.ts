import type {
  Asset,
  BlockingReason,
  ConnectionName,
  Dag,
  DagRun,
  DagWarning,
  EventLogEntry,
  ImportFailure,
  PoolStatus,
  TaskInstance,
  TaskRef,
  TaskSpec,
  TaskTry,
  XComEntry,
} from "./airflow.js";
import type { ApprovedAction } from "./approval/approved-action.js";
import type { FailureCase } from "./case.js";
import type { ClusterEvent, DatabricksRun, DatabricksRunOutput, JobParameters } from "./databricks.js";
import type { PipelineEvent } from "./pipeline-events.js";
import type { JobRunLink, Verdict } from "./verdict.js";

/** The only source of time; tests move it. `sleep` resolves early, without error, when the signal aborts. */
export interface Clock {
  now(): Date;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A wall clock's date and minute of the day; 1440 is the midnight that ends it. */
export interface WallTime {
  /** `2026-11-22`. */
  readonly date: string;
  readonly minute: number;
}

/** Wall clocks of IANA zones, daylight saving kept; throws ConfigError for a zone nobody knows. */
export interface Calendar {
  wallTime(at: Date, zone: string): WallTime;
  /** When a wall clock shows this time, which may be twice; where it is skipped, the moment of the skip. */
  moment(wall: WallTime, zone: string, which: "first" | "last"): Date;
}

/** Opaque, unguessable ids, sortable by creation time. */
export interface Ids {
  next(kind: "incident" | "proposal" | "audit" | "event" | "outbox" | "person"): string;
}

/** SHA-256 (hex) over the RFC 8785 canonical JSON of a value. */
export interface Digest {
  of(value: unknown): string;
}

/** Bytes of one try's log, as the server or the file gave them. */
export interface LogInput {
  readonly name: string;
  readonly tryNumber: number | null;
  /** What the bytes claim to be; `unknown` is sniffed. */
  readonly format: "v2-json" | "v2-ndjson" | "v1-json" | "text" | "unknown";
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** A Databricks job run the log or XCom leads to, before it was looked up. */
export interface JobRunCandidate {
  readonly runId: string;
  readonly url: string | null;
  /** True when the id is known to be a task run; its job run is found by looking it up. */
  readonly isTaskRun: boolean;
  readonly tryNumber: number | null;
}

/** A line of the decoded log with its 1-based number, secrets replaced. */
export interface NumberedLine {
  readonly line: number;
  readonly text: string;
}

/** Long work on logs, off the event loop. Sessions hold decoded logs until closed. */
export interface LogAnalyzer {
  /** The first input is the try that failed; the others are earlier tries. None at all is allowed. */
  open(logs: readonly LogInput[]): Promise<LogSession>;
  close(): Promise<void>;
}

export interface LogSession {
  /** Which Databricks runs this failure is about, so that they can be looked up before the diagnosis. */
  jobRunCandidates(facts: FailureCase): Promise<readonly JobRunCandidate[]>;
  diagnose(facts: FailureCase): Promise<Verdict>;
  /** The evidence within a budget of o200k tokens, with line numbers. */
  condense(budgetTokens: number): Promise<string>;
  lines(from: number, to: number): Promise<readonly NumberedLine[]>;
  lineCount(): Promise<number>;
  close(): Promise<void>;
}

/** Reads of one Airflow deployment, by either API version. All may throw UpstreamError. */
export interface AirflowReader {
  readonly connection: ConnectionName;
  /** The deployment's web address, for links. */
  readonly baseUrl: string;
  /** `3.3.2`; asks the server each time, since deployments are upgraded while we run. */
  version(): Promise<string>;
  /** Failed and upstream_failed task instances of all DAGs that ended at or after the mark, oldest first; pages are followed. */
  failedTasksEndedSince(since: Date): AsyncIterable<TaskInstance>;
  /** DAG runs of all DAGs that ended or changed at or after the mark. */
  runsChangedSince(since: Date, states?: readonly string[]): AsyncIterable<DagRun>;
  dags(): Promise<readonly Dag[]>;
  dag(dagId: string): Promise<Dag>;
  tasks(dagId: string): Promise<readonly TaskSpec[]>;
  run(dagId: string, runId: string): Promise<DagRun>;
  /** The newest runs of a DAG first. */
  recentRuns(dagId: string, limit: number): Promise<readonly DagRun[]>;
  taskInstances(dagId: string, runId: string): Promise<readonly TaskInstance[]>;
  taskInstance(ref: TaskRef): Promise<TaskInstance>;
  /** Finished instances of one task over recent runs, newest first; for usual durations. */
  recentTaskInstances(dagId: string, taskId: string, limit: number): Promise<readonly TaskInstance[]>;
  tries(ref: TaskRef): Promise<readonly TaskTry[]>;
  taskLog(ref: TaskRef, tryNumber: number): Promise<LogInput>;
  eventLog(filter: { dagId: string; runId?: string; taskId?: string }): Promise<readonly EventLogEntry[]>;
  blocking(ref: TaskRef): Promise<readonly BlockingReason[]>;
  importFailures(): Promise<readonly ImportFailure[]>;
  dagWarnings(dagId: string): Promise<readonly DagWarning[]>;
  pools(): Promise<readonly PoolStatus[]>;
  xcom(ref: TaskRef): Promise<readonly XComEntry[]>;
  /** The assets or datasets that a DAG updates or is started by. */
  assets(dagId: string): Promise<readonly Asset[]>;
  taskUrl(ref: TaskRef, tryNumber: number | null): string;
  runUrl(dagId: string, runId: string): string;
}

/** What a clear would touch; the same parameters are sent again when it is approved. */
export interface ClearRequest {
  readonly dagId: string;
  readonly runId: string;
  readonly tasks: readonly { readonly taskId: string; readonly mapIndex: number }[];
  readonly includeDownstream: boolean;
  readonly onlyFailed: boolean;
  readonly runOnLatestVersion: boolean | null;
}

/** A new run with our own id: the same id can't be taken twice (`conflict`). */
export interface TriggerRequest {
  readonly dagId: string;
  readonly runId: string;
  /** null: Airflow 3 makes a run without a date, Airflow 2 takes the moment. */
  readonly logicalDate: string | null;
  readonly note: string;
}

/** Uses the write credentials: dry runs, and with an ApprovedAction the real thing. */
export interface AirflowWriter {
  readonly connection: ConnectionName;
  dryRunClear(request: ClearRequest): Promise<readonly TaskInstance[]>;
  clear(action: ApprovedAction, request: ClearRequest): Promise<readonly TaskInstance[]>;
  setSuccess(action: ApprovedAction, ref: TaskRef): Promise<void>;
  trigger(action: ApprovedAction, request: TriggerRequest): Promise<DagRun>;
  /** What the write credentials may do, for `doctor`; never writes. */
  canWrite(): Promise<{ readonly ok: boolean; readonly detail: string }>;
}

export interface DatabricksReader {
  readonly connection: ConnectionName;
  readonly baseUrl: string;
  /** Who we are; proves the credentials. */
  whoAmI(): Promise<string>;
  /** A job run or task run by id, with every page of its tasks and repairs. */
  run(runId: string): Promise<DatabricksRun>;
  runOutput(taskRunId: string): Promise<DatabricksRunOutput>;
  /** Newest start first; pages are followed until `startedAfter`. */
  runs(filter: {
    readonly which: "active" | "completed";
    readonly startedAfter: Date | null;
    readonly jobId?: string;
  }): AsyncIterable<DatabricksRun>;
  clusterEvents(clusterId: string, from: Date, to: Date): Promise<readonly ClusterEvent[]>;
  /** What a pipeline's updates wrote in that time. */
  pipelineEvents(pipelineId: string, from: Date, to: Date): Promise<readonly PipelineEvent[]>;
  runUrl(run: JobRunLink): string;
}

export interface DatabricksWriter {
  readonly connection: ConnectionName;
  repair(
    action: ApprovedAction,
    request: { readonly runId: string; readonly rerunTasks: readonly string[]; readonly latestRepairId: string | null },
  ): Promise<{ readonly repairId: string }>;
  /** Asks for it only: a run takes its time to stop. */
  cancel(action: ApprovedAction, runId: string): Promise<void>;
  /** The same token (at most 64 characters) gives back the run that it once started. */
  runNow(
    action: ApprovedAction,
    request: { readonly jobId: string; readonly parameters: JobParameters; readonly idempotencyToken: string },
  ): Promise<{ readonly runId: string }>;
  canWrite(): Promise<{ readonly ok: boolean; readonly detail: string }>;
}

/** Every configured connection; the keys are connection names. A connection without write credentials has no writer. */
export interface Connections {
  readonly airflow: ReadonlyMap<
    ConnectionName,
    {
      readonly reader: AirflowReader;
      readonly writer: AirflowWriter | null;
      /** The Databricks connection its operators use, where configuration names one. */
      readonly databricks?: ConnectionName | null;
    }
  >;
  readonly databricks: ReadonlyMap<
    ConnectionName,
    { readonly reader: DatabricksReader; readonly writer: DatabricksWriter | null }
  >;
}

/** Calls one MCP tool; the structured content comes back, or an error the caller can act on. */
export interface ToolCaller {
  call(tool: string, input: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>>;
}

/** Our own log. `fields` never hold secrets in clear: the logger redacts. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
