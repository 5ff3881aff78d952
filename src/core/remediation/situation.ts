import type { ConnectionName, DagRun, TaskInstance, TaskSpec } from "../airflow.js";
import type { DatabricksRun } from "../databricks.js";
import type { Requester } from "../person.js";
import type { Verdict } from "../verdict.js";
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
  readonly dryRunAt: string;
  readonly airflow: AirflowSituation | null;
  readonly databricks: DatabricksSituation | null;
}

export interface AirflowSituation {
  readonly connection: ConnectionName;
  readonly run: DagRun;
  /** Every task instance of the run. */
  readonly tasks: readonly TaskInstance[];
  readonly specs: readonly TaskSpec[];
  /** The failed task instances to run again. */
  readonly roots: readonly TaskInstance[];
  /** Of several roots those whose Databricks run was found. */
  readonly rootRuns?: readonly RootRun[];
  /** The clear dry run of the roots with everything downstream, failed and upstream_failed only. */
  readonly wouldClear: readonly TaskInstance[];
  /** Whether the deployment can run a cleared task on the newest DAG version (3.1 and later). */
  readonly canRunLatestVersion: boolean;
  readonly usualSeconds: ReadonlyMap<string, number>;
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
}
