import type {
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
} from "./airflow.js";
import type { ClusterEvent, DatabricksRun, DatabricksRunOutput } from "./databricks.js";
import type { PipelineEvent } from "./pipeline-events.js";

/** Everything that is known about one failure, whoever read it: live clients or a folder of files. No part is certain. */
export interface FailureCase {
  readonly task: TaskInstance | null;
  readonly run: DagRun | null;
  /** Every task instance of the run. */
  readonly siblings: readonly TaskInstance[];
  readonly specs: readonly TaskSpec[];
  readonly dag: Dag | null;
  readonly tries: readonly TaskTry[];
  readonly eventLog: readonly EventLogEntry[];
  readonly blocking: readonly BlockingReason[];
  readonly warnings: readonly DagWarning[];
  readonly pools: readonly PoolStatus[];
  readonly importFailures: readonly ImportFailure[];
  readonly xcom: readonly XComEntry[];
  /** XCom of other tasks of the run (a workflow group's launch task, the run a sensor watches). */
  readonly otherXcom: readonly XComEntry[];
  readonly databricks: DatabricksCase;
}

/** `runs` are the looked-up job runs; outputs and events are keyed by task run id and cluster id. */
export interface DatabricksCase {
  readonly runs: readonly DatabricksRun[];
  readonly outputs: readonly DatabricksRunOutput[];
  readonly clusterEvents: readonly ClusterEvent[];
  /** Of failed pipeline tasks, what their pipelines wrote; absent where none was read. */
  readonly pipelineEvents?: readonly PipelineEvent[];
  /** What could not be read, in words: a run that is gone, no permission. */
  readonly gaps: readonly string[];
}

export const emptyCase: FailureCase = {
  task: null,
  run: null,
  siblings: [],
  specs: [],
  dag: null,
  tries: [],
  eventLog: [],
  blocking: [],
  warnings: [],
  pools: [],
  importFailures: [],
  xcom: [],
  otherXcom: [],
  databricks: { runs: [], outputs: [], clusterEvents: [], gaps: [] },
};
