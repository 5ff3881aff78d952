import type {
  DagRunState,
  JobTaskFailure,
  PlannedFailure,
  PythonException,
  TaskInstanceState,
  TryState,
  WorldState,
} from "../world/state.js";

/** One line a task's own code printed or logged. */
export interface OwnLine {
  /** Milliseconds after the try's start; it shows once the clock has passed it. */
  readonly afterMs: number;
  readonly text: string;
  readonly level?: "debug" | "info" | "warning" | "error" | "critical";
  readonly logger?: string;
  readonly file?: string;
  readonly line?: number;
  /** An exception the code caught and logged with its traceback. */
  readonly handled?: PythonException;
}

export interface TaskContext {
  readonly world: WorldState;
  readonly run: DagRunState;
  readonly task: TaskInstanceState;
}

export interface TryContext extends TaskContext {
  readonly attempt: TryState;
}

export type TriggerRule = "all_success" | "all_done" | "one_failed" | "none_failed";

export interface TaskDefinition {
  readonly taskId: string;
  readonly downstream: readonly string[];
  readonly triggerRule?: TriggerRule;
  readonly retries?: number;
  readonly retryDelayMs?: number;
  /** `known`: the list stands in the DAG file; `expanded`: it comes out of an upstream task. */
  /** The asset that its success updates, by URI. */
  readonly outlet?: string;
  readonly mapped?: { readonly how: "known" | "expanded"; readonly labels: readonly string[] };
  readonly work: PythonWork | JobWork | SensorWork;
}

/** A `@task` function. */
export interface PythonWork {
  readonly kind: "python";
  readonly usualMs: number;
  /** The line of the function in its DAG file, for tracebacks. */
  readonly line: number;
  readonly opKwargs?: (mapIndex: number) => Record<string, unknown>;
  readonly lines: (context: TryContext) => readonly OwnLine[];
  /** Null when the try succeeds. */
  readonly failure?: (context: TaskContext) => PythonException | null;
  /** When the failing try is to end, if another moment than usual. */
  readonly failAt?: (context: TaskContext) => number | null;
  readonly returns?: (context: TaskContext) => unknown;
}

/** A Databricks operator that starts a run and polls it. */
export interface JobWork {
  readonly kind: "run-now" | "submit";
  /** Job name for run-now, run name for submit. */
  readonly name: string;
  readonly pollSeconds: number;
  readonly planned?: (context: TaskContext) => Record<string, PlannedFailure>;
}

/** An `S3KeySensor` in poke mode: looks again and again for one object of a bucket. */
export interface SensorWork {
  readonly kind: "sensor";
  readonly bucket: string;
  readonly key: (context: TaskContext) => string;
  readonly connectionId: string;
  readonly pokeSeconds: number;
  readonly timeoutSeconds: number;
  /** Whether the object is there now. */
  readonly arrived: (context: TaskContext) => boolean;
}

export interface JobTaskDefinition {
  readonly taskKey: string;
  readonly dependsOn: readonly string[];
  readonly notebook: string;
  readonly usualMs: number;
  readonly result?: string;
}

export interface JobDefinition {
  readonly name: string;
  readonly runType: "job" | "submit";
  readonly tasks: readonly JobTaskDefinition[];
  /** What goes wrong in a task because of the state of the world. */
  readonly failure?: (world: WorldState, taskKey: string) => JobTaskFailure | null;
}

export interface FaultDefinition {
  /** `orders_daily:spot_loss`. */
  readonly id: string;
  readonly dagId: string;
  /** What the console's menu says. */
  readonly title: string;
  readonly description: string;
  /** How long before its failure a run has to have begun. */
  readonly leadMs: number;
  readonly strike?: (world: WorldState) => void;
  readonly heal?: (world: WorldState) => void;
}

/** One pipeline: its DAG, its Databricks jobs and the ways it breaks. */
export interface Pipeline {
  readonly dagId: string;
  readonly description: string;
  readonly owners: readonly string[];
  readonly tags: readonly string[];
  readonly cron: string;
  readonly cronWords: string;
  readonly everyMs: number;
  /** Where in the period the run starts. */
  readonly offsetMs: number;
  readonly tasks: readonly TaskDefinition[];
  readonly jobs: readonly JobDefinition[];
  readonly faults: readonly FaultDefinition[];
}

/** The operator's class, as Airflow names it in task instances and tasks. */
export function operatorOf(work: TaskDefinition["work"]): { operator: string; shown: string; module: string } {
  if (work.kind === "python") {
    return {
      operator: "_PythonDecoratedOperator",
      shown: "@task",
      module: "airflow.providers.standard.decorators.python",
    };
  }
  if (work.kind === "sensor") {
    return { operator: "S3KeySensor", shown: "S3KeySensor", module: "airflow.providers.amazon.aws.sensors.s3" };
  }
  const operator = work.kind === "run-now" ? "DatabricksRunNowOperator" : "DatabricksSubmitRunOperator";
  return { operator, shown: operator, module: "airflow.providers.databricks.operators.databricks" };
}
