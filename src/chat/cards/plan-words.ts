import type { Plan, PlanStep } from "../../core/remediation/plan.js";
import { listed } from "./spans.js";
import { taskNames } from "./task-names.js";

/** What a plan does, step by step, from its exact parameters and from nothing else. */
export function planWords(plan: Plan): string {
  return plan.steps.map(stepWords).join(", then ");
}

function stepWords(step: PlanStep): string {
  switch (step.do) {
    case "airflow_clear":
      return clearWords(step.tasks, step.dagId, step.runOnLatestVersion);
    case "databricks_repair": {
      const count = step.rerunTasks.length;
      const which =
        count === 1
          ? `the 1 failed task (${listed(step.rerunTasks, 1)})`
          : `${count} failed tasks (${listed(step.rerunTasks, 4)})`;
      return `repair ${which} of Databricks run ${step.runId}`;
    }
    case "airflow_set_success":
      return `mark ${listed(taskNames([step.task]), 1)} done${step.downstream.length > 0 ? ", continue downstream" : ""}`;
  }
}

function clearWords(
  tasks: readonly { readonly taskId: string; readonly mapIndex: number }[],
  dagId: string,
  runOnLatestVersion: boolean | null,
): string {
  const count = tasks.length === 1 ? "1 task" : `${tasks.length} tasks`;
  const version = runOnLatestVersion === true ? " on the latest version of the DAG" : "";
  return `clear ${count} of ${dagId} (${listed(taskNames(tasks), 4)})${version}`;
}
