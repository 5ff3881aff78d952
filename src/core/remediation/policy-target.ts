import type { ConnectionName } from "../airflow.js";
import type { Category } from "../verdict.js";
import type { Plan, PlanStep } from "./plan.js";

/** One thing that a plan runs again, as rules see it. */
export interface PolicyTarget {
  /** Where it stands; a task whose work is done in Databricks stands on both. */
  readonly connections: readonly ConnectionName[];
  /** null: a job that no DAG owns. */
  readonly dagId: string | null;
  /** A task of Airflow or of a Databricks job; null: which is not known. */
  readonly task: string | null;
  /** null: not known. */
  readonly tags: readonly string[] | null;
  /** null: not known. */
  readonly category: Category | null;
  readonly environment: Plan["environment"];
}

/** At least one. */
export type Several<T> = readonly [T, ...T[]];

type Subjected = Pick<Plan, "subject" | "steps" | "environment" | "matchedBy">;

/** Everything that a plan touches, each once; where it touches nothing of the failed DAG or job, the failure it is about. */
export function targetsOf(plan: Subjected): Several<PolicyTarget> {
  const { subject, matchedBy, environment } = plan;
  const own = subject.airflow?.dagId ?? null;
  const target = (connections: readonly ConnectionName[], dagId: string | null, task: string | null): PolicyTarget => ({
    connections,
    dagId,
    task,
    tags: dagId === null ? [] : dagId === own ? (matchedBy?.tags ?? null) : null,
    category: matchedBy?.category ?? null,
    environment,
  });
  const touched = plan.steps.flatMap((step) => {
    const { connections, dagId } = homeOf(step, subject.connection, own);
    return tasksIn(step).map((task) => target(connections, dagId, task));
  });
  const isCovered = touched.some((one) => one.dagId === own && one.connections.includes(subject.connection));
  const about = isCovered ? [] : [target([subject.connection], own, subject.airflow?.taskId ?? null)];
  const [first, ...others] = distinct([...about, ...touched]);
  return first === undefined ? [target([subject.connection], own, null)] : [first, ...others];
}

function distinct(targets: readonly PolicyTarget[]): readonly PolicyTarget[] {
  const keyed = targets.map((one) => [JSON.stringify([one.connections, one.dagId, one.task]), one] as const);
  return [...new Map(keyed).values()];
}

/** The work that an Airflow task does in Databricks belongs to its DAG. */
function homeOf(
  step: PlanStep,
  subject: ConnectionName,
  own: string | null,
): { readonly connections: readonly ConnectionName[]; readonly dagId: string | null } {
  if ("dagId" in step) return { connections: [step.connection], dagId: step.dagId };
  return { connections: [...new Set([subject, step.connection])], dagId: own };
}

function tasksIn(step: PlanStep): readonly (string | null)[] {
  switch (step.do) {
    case "airflow_clear":
      return [...new Set(step.tasks.map(({ taskId }) => taskId))];
    case "airflow_set_success":
      return [...new Set([step.task, ...step.downstream].map(({ taskId }) => taskId))];
    case "databricks_repair":
      return step.rerunTasks;
    case "databricks_cancel":
      return step.unfinished;
    case "airflow_trigger":
    case "databricks_run_now":
      return [null];
    case "airflow_wait":
      return [];
  }
}
