/** What Databricks Jobs says, in our own words. Ids are decimal strings (64-bit); times are ISO 8601 or null. */

export type LifeCycleState =
  | "BLOCKED"
  | "INTERNAL_ERROR"
  | "PENDING"
  | "QUEUED"
  | "RUNNING"
  | "SKIPPED"
  | "TERMINATED"
  | "TERMINATING"
  | "WAITING_FOR_RETRY"
  | (string & {});

export interface RunStatus {
  readonly lifeCycle: LifeCycleState;
  /** `SUCCESS`, `FAILED`, `TIMEDOUT`, `CANCELED`, `UPSTREAM_FAILED` …; null while it runs. */
  readonly result: string | null;
  readonly message: string | null;
  /** `status.termination_details`, e.g. code `RUN_EXECUTION_ERROR`, type `CLIENT_ERROR`. */
  readonly terminationCode: string | null;
  readonly terminationType: string | null;
  readonly terminationMessage: string | null;
  readonly cancelledOrTimedOut: boolean;
}

/** What a task's cluster was asked to be; null for what the service does not say. */
export interface TaskCompute {
  /** `15.4.x-scala2.12`. */
  readonly sparkVersion: string | null;
  readonly nodeType: string | null;
  /** `4`, or `2 to 8` where it scales. */
  readonly workers: string | null;
}

/** One attempt of one task of a run. */
export interface DatabricksTaskRun {
  readonly taskRunId: string;
  readonly taskKey: string;
  readonly attempt: number;
  readonly status: RunStatus;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly durationMs: number | null;
  readonly clusterId: string | null;
  /** Its job cluster's settings; absent on serverless and all-purpose compute. */
  readonly compute?: TaskCompute;
  /** What it was given to install, as it was asked for: `pandas==2.2.3`, `com.acme:fees:1.4`, a path of a wheel or jar. */
  readonly libraries?: readonly string[];
  /** `notebook`, `python`, `wheel`, `jar`, `sql`, `dbt`, `pipeline`, `run_job`, `for_each`, `condition`, `other`. */
  readonly kind: string;
  /** Of a pipeline task, the pipeline whose update it ran; absent for other kinds. */
  readonly pipelineId?: string;
  readonly dependsOn: readonly string[];
  readonly pageUrl: string | null;
  readonly iterations: readonly DatabricksTaskRun[];
}

export interface RepairEntry {
  readonly id: string;
  readonly type: "ORIGINAL" | "REPAIR" | (string & {});
  readonly status: RunStatus;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly taskRunIds: readonly string[];
}

/** What a run was started with, beside the job's own defaults. */
export interface JobParameters {
  /** `job_parameters`, by name. */
  readonly job: Readonly<Record<string, string>>;
  /** The older lists and maps by the service's own names: `notebook_params`, `jar_params` … */
  readonly tasks: Readonly<Record<string, unknown>>;
}

export interface DatabricksRun {
  readonly runId: string;
  readonly jobId: string | null;
  readonly runName: string | null;
  /** For a task run: the job run it belongs to; equal to `runId` for a job run. */
  readonly jobRunId: string;
  readonly status: RunStatus;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly durationMs: number | null;
  readonly runType: string | null;
  /** `PERIODIC`, `ONE_TIME`, `RETRY`, `RUN_JOB_TASK` …; runs started by API say `ONE_TIME`. */
  readonly trigger: string | null;
  readonly creator: string | null;
  readonly pageUrl: string | null;
  /** Every attempt of every task, unsorted as the service gives them. */
  readonly tasks: readonly DatabricksTaskRun[];
  readonly repairs: readonly RepairEntry[];
  readonly numberInJob: string | null;
  readonly idempotencyToken: string | null;
  /** Absent where it was not read. */
  readonly parameters?: JobParameters;
}

export interface DatabricksRunOutput {
  readonly taskRunId: string;
  readonly error: string | null;
  /** ANSI codes as given. */
  readonly errorTrace: string | null;
  readonly logs: string | null;
  readonly logsTruncated: boolean;
  readonly notebookResult: string | null;
  readonly sqlError: string | null;
  readonly dbtError: string | null;
  /** A run_job task's inner run. */
  readonly innerRunId: string | null;
}

export interface ClusterEvent {
  readonly at: string | null;
  readonly type: string;
  readonly reasonCode: string | null;
  readonly reasonType: string | null;
  /** reason.parameters and details, flattened to text. */
  readonly detail: string | null;
}
