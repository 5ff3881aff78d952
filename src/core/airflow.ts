/** What Airflow says, in our own words; both API versions are mapped to these. Times are ISO 8601 with offset, or null. */

/** One Airflow deployment or Databricks workspace by its configured name, e.g. `airflow:prod`. */
export type ConnectionName = string;

export type TaskState =
  | "removed"
  | "scheduled"
  | "queued"
  | "running"
  | "success"
  | "restarting"
  | "failed"
  | "up_for_retry"
  | "up_for_reschedule"
  | "upstream_failed"
  | "skipped"
  | "deferred"
  | "awaiting_input"
  | "none";

/** A task instance's address; `mapIndex` is -1 for a task that is not mapped. */
export interface TaskRef {
  readonly dagId: string;
  readonly runId: string;
  readonly taskId: string;
  readonly mapIndex: number;
}

export interface TaskInstance extends TaskRef {
  /** The row's own id: a UUID that changes with every clear on Airflow 3; null on Airflow 2. */
  readonly id: string | null;
  readonly state: TaskState | (string & {});
  readonly tryNumber: number;
  readonly maxTries: number;
  readonly operator: string | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly durationSeconds: number | null;
  readonly hostname: string | null;
  readonly pool: string | null;
  readonly runAfter: string | null;
  readonly logicalDate: string | null;
  readonly note: string | null;
  readonly dagVersion: number | null;
  /** Rendered template fields where the deployment shows them, else null. */
  readonly renderedFields: Readonly<Record<string, unknown>> | null;
}

export interface DagRun {
  readonly dagId: string;
  readonly runId: string;
  readonly state: "queued" | "running" | "success" | "failed" | (string & {});
  readonly runType: string;
  readonly logicalDate: string | null;
  readonly runAfter: string | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly updatedAt: string | null;
  readonly conf: Readonly<Record<string, unknown>>;
  readonly triggeredBy: string | null;
  readonly note: string | null;
  readonly dagVersions: readonly number[];
}

export interface TaskSpec {
  readonly taskId: string;
  readonly operator: string | null;
  readonly classModule: string | null;
  readonly downstreamTaskIds: readonly string[];
  readonly triggerRule: string;
  readonly retries: number;
  readonly isMapped: boolean;
  readonly executionTimeoutSeconds: number | null;
  readonly pool: string | null;
  readonly owner: string | null;
}

export interface Dag {
  readonly dagId: string;
  readonly isPaused: boolean;
  readonly owners: readonly string[];
  readonly tags: readonly string[];
  readonly schedule: string | null;
  /** When the scheduler means to start the next run; null or absent where it does not say. */
  readonly nextRunAfter?: string | null;
  /** The zone its cron expression is meant in; absent where only the details say it. */
  readonly timeZone?: string | null;
  readonly hasImportErrors: boolean;
}

export interface TaskTry {
  readonly tryNumber: number;
  readonly state: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly hostname: string | null;
}

/** A row of Airflow's audit log; heartbeat time-outs and executor mismatches stand only here. */
export interface EventLogEntry {
  readonly event: string;
  readonly when: string | null;
  readonly owner: string | null;
  readonly extra: string | null;
  readonly taskId: string | null;
  readonly runId: string | null;
  readonly tryNumber: number | null;
}

export interface ImportFailure {
  readonly filename: string;
  readonly stackTrace: string;
  readonly at: string | null;
}

export interface PoolStatus {
  readonly name: string;
  readonly slots: number;
  readonly openSlots: number;
}

/** Why the scheduler does not start a task. */
export interface BlockingReason {
  readonly name: string;
  readonly reason: string;
}

export interface DagWarning {
  readonly type: string;
  readonly message: string;
}

export interface XComEntry {
  readonly key: string;
  readonly value: unknown;
  readonly taskId: string;
}

/** An asset (Airflow 3) or dataset (Airflow 2): who updates it, and which DAGs its update starts. */
export interface Asset {
  readonly name: string;
  readonly producers: readonly { readonly dagId: string; readonly taskId: string }[];
  readonly startsDags: readonly string[];
}
