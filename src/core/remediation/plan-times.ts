import type { TaskSpec } from "../airflow.js";
import type { PlanStep } from "./plan.js";
import type { Situation } from "./situation.js";
import { pathSeconds } from "./usual-time.js";

/** How long the steps usually take one behind the other; null when one is unknown. */
export function stepsSeconds(situation: Situation, steps: readonly PlanStep[]): number | null {
  return sumOf(steps.map((step) => stepSeconds(step, situation)));
}

/** null when one is unknown. */
export function sumOf(times: readonly (number | null)[]): number | null {
  const known = times.filter((time) => time !== null);
  return known.length < times.length ? null : known.reduce((sum, time) => sum + time, 0);
}

/** How long one step usually takes; what only asks or waits takes no time of its own. */
export function stepSeconds(step: PlanStep, situation: Situation): number | null {
  const { databricks, producer = null } = situation;
  switch (step.do) {
    case "airflow_wait":
    case "databricks_cancel":
      return 0;
    case "airflow_trigger":
      return producer?.usualRunSeconds ?? null;
    case "databricks_run_now":
      return databricks?.usualRunSeconds ?? null;
    case "databricks_repair":
      // One behind the other: whether they wait for each other is not known here.
      return sumOf(step.rerunTasks.map((key) => databricks?.usualSeconds.get(key) ?? null));
    case "airflow_clear":
      return tasksSeconds(step.tasks, step.dagId, situation);
    case "airflow_set_success":
      return tasksSeconds(step.downstream, step.dagId, situation);
  }
}

function tasksSeconds(
  tasks: readonly { readonly taskId: string }[],
  dagId: string,
  { airflow, producer = null }: Situation,
): number | null {
  const ids = [...new Set(tasks.map((task) => task.taskId))];
  const home: { readonly specs: readonly TaskSpec[]; readonly usualSeconds: ReadonlyMap<string, number> } | null =
    airflow?.run.dagId === dagId ? airflow : producer?.dagId === dagId ? producer : null;
  return home === null ? null : pathSeconds(ids, home.specs, home.usualSeconds);
}
