import type { ConnectionName, TaskRef } from "../airflow.js";
import type { JobParameters } from "../databricks.js";
import type { Requester } from "../person.js";
import type { Category } from "../verdict.js";

/** A task instance as the dry run showed it; any difference at execution time refuses the action. */
export interface PlannedTask {
  readonly taskId: string;
  readonly mapIndex: number;
  readonly rowId: string | null;
  readonly state: string;
  readonly tryNumber: number;
  readonly maxTries: number;
}

/** Clear exactly these task instances of one run. */
export interface ClearStep {
  readonly do: "airflow_clear";
  readonly connection: ConnectionName;
  readonly dagId: string;
  readonly runId: string;
  readonly tasks: readonly PlannedTask[];
  /** null: the deployment's own setting decides; true: "rerun after fix". */
  readonly runOnLatestVersion: boolean | null;
  /** Every task of the run, also what went well: for a run that ended badly without a failed task. */
  readonly wholeRun?: true;
}

/** Start one new run of a DAG. Its run id is made from the approval's id, so that it can't start twice. */
export interface TriggerStep {
  readonly do: "airflow_trigger";
  readonly connection: ConnectionName;
  readonly dagId: string;
  /** null: a run that belongs to no date. */
  readonly logicalDate: string | null;
}

/** Wait until a run of another DAG has ended well; nothing is sent. */
export interface WaitStep {
  readonly do: "airflow_wait";
  readonly connection: ConnectionName;
  readonly dagId: string;
  /** null: the run that the step before it starts. */
  readonly runId: string | null;
  /** What must end well; nothing named: every task of the run. */
  readonly tasks: readonly PlannedTask[];
}

/** Run the failed tasks of a Databricks job run again and wait for SUCCESS. `latestRepairId` is the compare-and-set. */
export interface RepairStep {
  readonly do: "databricks_repair";
  readonly connection: ConnectionName;
  readonly jobId: string | null;
  readonly runId: string;
  readonly rerunTasks: readonly string[];
  readonly latestRepairId: string | null;
  /** The step before stops the run: until then it is still going on. */
  readonly afterCancel?: true;
}

/** Stop a Databricks run that is stuck and wait until it stands still. */
export interface CancelStep {
  readonly do: "databricks_cancel";
  readonly connection: ConnectionName;
  readonly runId: string;
  /** Keys of the tasks that have not ended. */
  readonly unfinished: readonly string[];
  readonly latestRepairId: string | null;
}

/** Start the job anew and wait for SUCCESS. The idempotency token is made from the approval's id. */
export interface RunNowStep {
  readonly do: "databricks_run_now";
  readonly connection: ConnectionName;
  readonly jobId: string;
  /** The run it stands in for. */
  readonly insteadOf: string;
  readonly parameters: JobParameters;
}

/** Mark the Airflow task done; Airflow itself then clears what failed behind it. */
export interface SetSuccessStep {
  readonly do: "airflow_set_success";
  readonly connection: ConnectionName;
  readonly dagId: string;
  readonly runId: string;
  readonly task: PlannedTask;
  /** The clear dry run's set with include_downstream; cleared afterwards when still failed or upstream_failed. */
  readonly downstream: readonly PlannedTask[];
}

export type PlanStep = ClearStep | TriggerStep | WaitStep | RepairStep | CancelStep | RunNowStep | SetSuccessStep;

/** One exact action with its exact parameters. Everything here is covered by the digest. */
export interface Plan {
  readonly schema: 1;
  readonly incidentId: string;
  readonly environment: "sandbox" | "real";
  readonly requester: Requester;
  /** What was diagnosed: the plan is void when the world has moved past it. */
  readonly subject: {
    readonly connection: ConnectionName;
    readonly airflow: (TaskRef & { readonly tryNumber: number }) | null;
    readonly databricksRunId: string | null;
  };
  readonly steps: readonly PlanStep[];
  readonly policyVersion: string;
  /** A person said that the cause was fixed. */
  readonly afterFix?: boolean;
  /** What rules were matched by, beside the steps; absent in plans of older versions: then nobody knows. */
  readonly matchedBy?: {
    readonly category: Category | null;
    /** The DAG's tags; null where they could not be read. */
    readonly tags: readonly string[] | null;
  };
  /** What the approval needs, as the policy said when the plan was made. */
  readonly terms?: { readonly quorum: number; readonly expiresAt: string };
}

/** What the card shows beside the plan; drawn from reads, never from model text, and covered by the digest too. */
export interface PlanFacts {
  readonly willRun: readonly string[];
  readonly willNotRun: readonly string[];
  readonly dryRunAt: string;
  readonly usualSeconds: number | null;
  readonly alternativeSeconds: number | null;
  /** Why this action and not the other. */
  readonly why: string;
  readonly guards: readonly string[];
  readonly risk: string | null;
  /** DAGs that the rerun starts beside the plan, by the assets it updates: `report_mail (by orders)`. */
  readonly alsoStarts?: readonly string[];
  /** What runs now and would be stopped. */
  readonly stops?: readonly string[];
  /** Cluster time by the last good runs: an estimate; null where nobody knows the number of machines. */
  readonly cost?: { readonly machines: number; readonly seconds: number } | null;
}
