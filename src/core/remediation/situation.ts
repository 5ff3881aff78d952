import type { Asset, ConnectionName, DagRun, TaskInstance, TaskSpec } from "../airflow.js";
import type { DatabricksRun } from "../databricks.js";
import type { Requester } from "../person.js";
import type { Verdict } from "../verdict.js";
import type { Plan } from "./plan.js";
import type { Guards } from "./policy.js";

/** Everything a plan is chosen from, read live. No text of a log is in it but the verdict's, which never reaches a plan. */
export interface Situation {
  readonly incidentId: string;
  readonly environment: "sandbox" | "real";
  readonly requester: Requester;
  /** A person says that the cause was fixed. */
  readonly afterFix: boolean;
  readonly verdict: Verdict;
  readonly guards: Guards;
  /** Reruns of the same run within the policy's hours. */
  readonly usedReruns: number;
  readonly policyVersion: string;
  readonly matchedBy?: NonNullable<Plan["matchedBy"]>;
  readonly dryRunAt: string;
  readonly airflow: AirflowSituation | null;
  readonly databricks: DatabricksSituation | null;
  /** Who makes the input that is missing; null where that can't be told. */
  readonly producer?: ProducerSituation | null;
}

export interface AirflowSituation {
  readonly connection: ConnectionName;
  readonly run: DagRun;
  /** Every task instance of the run. */
  readonly tasks: readonly TaskInstance[];
  readonly specs: readonly TaskSpec[];
  /** The failed task instances to run again; none for a run that ended badly without a failed task. */
  readonly roots: readonly TaskInstance[];
  /** Of several roots those whose Databricks run was found. */
  readonly rootRuns?: readonly RootRun[];
  /** The clear dry run of the roots with everything downstream, failed and upstream_failed only. */
  readonly wouldClear: readonly TaskInstance[];
  /** Whether the deployment can run a cleared task on the newest DAG version (3.1 and later). */
  readonly canRunLatestVersion: boolean;
  readonly usualSeconds: ReadonlyMap<string, number>;
  /** What the DAG's tasks update. */
  readonly assets?: readonly Asset[];
}

/** The DAG that makes a missing input, and the run of it that should have made it. */
export interface ProducerSituation {
  readonly dagId: string;
  /** How it is known: the failed sensor names it, or an asset does. */
  readonly via: "sensor" | "asset";
  /** null: it never ran for that date. */
  readonly run: DagRun | null;
  /** The date the input is for; null where it belongs to none. */
  readonly logicalDate: string | null;
  readonly isPaused: boolean;
  readonly hasImportErrors: boolean;
  readonly specs: readonly TaskSpec[];
  readonly tasks: readonly TaskInstance[];
  /** Its failed task instances. */
  readonly roots: readonly TaskInstance[];
  /** The clear dry run of those with everything downstream. */
  readonly wouldClear: readonly TaskInstance[];
  readonly usualSeconds: ReadonlyMap<string, number>;
  readonly usualRunSeconds: number | null;
  readonly assets: readonly Asset[];
  /** What is known of its own failure; null when nobody has diagnosed it. */
  readonly verdict: Verdict | null;
}

export interface RootRun {
  readonly taskId: string;
  readonly mapIndex: number;
  readonly run: DatabricksRun;
}

export interface DatabricksSituation {
  readonly connection: ConnectionName;
  readonly writable: boolean;
  readonly run: DatabricksRun;
  /** By task key. */
  readonly usualSeconds: ReadonlyMap<string, number>;
  readonly usualRunSeconds: number | null;
  /** The most machines of its clusters in good runs, the driver among them; null or absent where nobody says. */
  readonly machines?: number | null;
}
