/** Everything the simulated company remembers; plain JSON, so that it can be saved and loaded. Times are epoch milliseconds. */
export interface WorldState {
  readonly schema: 1;
  readonly seed: number;
  /** State of the random generator; ids drawn after a restart continue the same row. */
  random: number;
  /** The moment up to which the world has been played. */
  now: number;
  sequence: number;
  agenda: AgendaEntry[];
  dagRuns: DagRunState[];
  events: AuditRow[];
  /** False once a source changed its schema and until the fix is marked. */
  healthy: Record<string, boolean>;
  jobs: JobState[];
  jobRuns: JobRunState[];
  clusters: ClusterState[];
  behaviours: Behaviour[];
  pausedDags: string[];
  /** The ports of the last start: taken again when they are free, so that links written down then still lead somewhere. */
  ports: { airflow: number; databricks: number } | null;
}

/** What falls due at a moment; handled in order of time, then of being written down. */
export type AgendaEntry = { readonly at: number; readonly order: number } & AgendaItem;

export type AgendaItem =
  | { readonly kind: "tick"; readonly dagId: string }
  | { readonly kind: "schedule-run"; readonly dagId: string; readonly runId: string }
  | { readonly kind: "queue-task" | "start-task" | "retry-task" | "restart-task"; readonly taskInstance: string }
  | { readonly kind: "poke" | "end-task"; readonly taskInstance: string; readonly tryNumber: number }
  | { readonly kind: "start-job-task" | "end-job-task"; readonly taskRun: string };

export type TaskStateName =
  | "scheduled"
  | "queued"
  | "running"
  | "success"
  | "restarting"
  | "failed"
  | "up_for_retry"
  | "upstream_failed"
  | "skipped"
  | "removed";

export interface DagRunState {
  readonly dagId: string;
  readonly runId: string;
  readonly runType: "scheduled" | "manual";
  readonly triggeredBy: "timetable" | "rest_api" | "ui";
  readonly triggeringUser: string | null;
  readonly logicalDate: number | null;
  readonly runAfter: number;
  state: "queued" | "running" | "success" | "failed";
  queuedAt: number;
  startedAt: number | null;
  endedAt: number | null;
  updatedAt: number;
  note: string | null;
  readonly conf: Record<string, unknown>;
  /** The injected fault this run suffers from, and the moment its failure becomes final. */
  readonly fault: { readonly id: string; readonly failAt: number } | null;
  tasks: TaskInstanceState[];
}

export interface TaskInstanceState {
  id: string;
  readonly dagId: string;
  readonly runId: string;
  readonly taskId: string;
  readonly mapIndex: number;
  state: TaskStateName | null;
  tryNumber: number;
  maxTries: number;
  scheduledAt: number | null;
  queuedAt: number | null;
  startedAt: number | null;
  endedAt: number | null;
  updatedAt: number;
  host: string | null;
  pid: number | null;
  note: string | null;
  /** The Databricks run its operator waits for or waited for, of the latest try. */
  jobRunId: string | null;
  tries: TryState[];
}

/** One try that started; the log of the try is written from this. */
export interface TryState {
  readonly tryNumber: number;
  readonly taskInstanceId: string;
  readonly maxTries: number;
  state: TaskStateName;
  readonly scheduledAt: number;
  readonly queuedAt: number;
  readonly startedAt: number;
  endedAt: number | null;
  readonly host: string;
  readonly pid: number;
  jobRunId: string | null;
  /** The Databricks run of the try before, and what the provider did about it. */
  readonly priorJobRun: {
    readonly runId: string;
    readonly status: string;
    readonly decision: "submit-again" | "reconnect" | "already-succeeded";
  } | null;
  failure: PythonException | null;
  killed: boolean;
}

export interface PythonException {
  readonly type: string;
  readonly message: string;
  /** Innermost last; `where` is the code file below /opt/airflow/dags or a package path. */
  readonly frames: readonly { readonly file: string; readonly line: number; readonly name: string }[];
  readonly causes?: readonly PythonException[];
}

export interface AuditRow {
  readonly id: number;
  readonly when: number;
  readonly event: string;
  readonly dagId: string;
  readonly taskId: string | null;
  readonly runId: string | null;
  readonly mapIndex: number | null;
  readonly tryNumber: number | null;
  readonly logicalDate: number | null;
  readonly owner: string;
  readonly extra: string;
}

export interface JobState {
  readonly jobId: string;
  settings: Record<string, unknown>;
  readonly createdAt: number;
  readonly creator: string;
}

export type TaskRunPhase = "BLOCKED" | "PENDING" | "RUNNING" | "TERMINATED";

export interface JobRunState {
  readonly runId: string;
  readonly jobId: string | null;
  readonly runName: string;
  readonly runType: "JOB_RUN" | "SUBMIT_RUN";
  readonly trigger: "ONE_TIME" | "PERIODIC";
  readonly creator: string;
  readonly idempotencyToken: string | null;
  /** `job_parameters` it was started with; absent for none. */
  readonly jobParameters?: Readonly<Record<string, string>>;
  readonly settings: Record<string, unknown>;
  startedAt: number;
  endedAt: number | null;
  result: JobResult | null;
  message: string;
  termination: { code: string; type: string } | null;
  cancelled: boolean;
  attempts: TaskRunState[];
  repairs: RepairState[];
  /** Failures that strike this run, by task key, whatever the behaviours say. */
  readonly planned: Record<string, PlannedFailure>;
}

export type JobResult =
  | "SUCCESS"
  | "FAILED"
  | "CANCELED"
  | "UPSTREAM_FAILED"
  | "UPSTREAM_CANCELED"
  | "SUCCESS_WITH_FAILURES";

export interface TaskRunState {
  readonly taskRunId: string;
  readonly runId: string;
  readonly taskKey: string;
  readonly attempt: number;
  phase: TaskRunPhase;
  result: JobResult | null;
  message: string;
  termination: { code: string; type: string } | null;
  /** When it became ready to run; before that, when its run started. */
  startedAt: number;
  setupMs: number;
  endedAt: number | null;
  clusterId: string | null;
  sparkContextId: string | null;
  error: string | null;
  trace: string | null;
  logs: string | null;
  notebookResult: string | null;
}

export interface RepairState {
  readonly id: string;
  readonly startedAt: number;
  endedAt: number | null;
  result: JobResult | null;
  message: string;
  readonly taskRunIds: string[];
}

export interface PlannedFailure {
  /** How many attempts, counted from the first, it strikes. */
  readonly attempts: number;
  /** When it strikes the first attempt, if that is later than the attempt's start. */
  readonly failAt: number | null;
  readonly failure: JobTaskFailure;
}

/** How a Databricks task goes wrong, in the service's own words; `{cluster}` stands for its cluster's id. */
export interface JobTaskFailure {
  readonly error: string;
  readonly trace: string | null;
  /** The service's general sentence when null. */
  readonly stateMessage: string | null;
  readonly terminationCode: string;
  readonly terminationType: string;
  /** The cluster dies with it. */
  readonly cluster: {
    readonly code: string;
    readonly type: string;
    readonly parameters: Record<string, string>;
  } | null;
}

export interface ClusterState {
  readonly clusterId: string;
  readonly name: string;
  readonly startedAt: number;
  endedAt: number | null;
  /** The run it was made for; null for one that stands by itself. */
  readonly runId: string | null;
  events: { readonly at: number; readonly type: string; readonly details: Record<string, unknown> }[];
}

/** How tasks of jobs that came in over the API behave, set by a test. */
export interface Behaviour {
  /** Job or run name; `*` at the end matches any rest. */
  readonly job: string;
  readonly task: string;
  readonly durationMs: number;
  /** Fails as long as it is not healed. */
  failsUntilHealed: boolean;
  /** Fails this many attempts more, then succeeds. */
  failsTimes: number;
  readonly failure: JobTaskFailure;
  readonly result: string | null;
}
