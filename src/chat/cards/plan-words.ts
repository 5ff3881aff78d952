import type { ClearStep, Plan, PlanStep, RunNowStep } from "../../core/remediation/plan.js";
import { plain } from "../plain.js";
import { listed } from "./spans.js";
import { taskNames } from "./task-names.js";

/** What a plan does, step by step, from its exact parameters and from nothing else. */
export function planWords(plan: Plan): string {
  return plan.steps.map(stepWords).join(", then ");
}

function stepWords(step: PlanStep): string {
  switch (step.do) {
    case "airflow_clear":
      return clearWords(step);
    case "airflow_trigger": {
      const date = step.logicalDate === null ? "" : ` for ${plain(step.logicalDate, 40)}`;
      return `start ${plain(step.dagId, 80)}${date}`;
    }
    case "airflow_wait":
      return `wait until ${plain(step.dagId, 80)} has ended well`;
    case "databricks_cancel":
      return `stop Databricks run ${step.runId}`;
    case "databricks_run_now":
      return `run Databricks job ${step.jobId} again${withParameters(step)}`;
    case "databricks_repair": {
      const count = step.rerunTasks.length;
      const which =
        step.afterCancel === true
          ? `what did not succeed (${listed(step.rerunTasks, 4)})`
          : count === 1
            ? `the 1 failed task (${listed(step.rerunTasks, 1)})`
            : `${count} failed tasks (${listed(step.rerunTasks, 4)})`;
      return `repair ${which} of Databricks run ${step.runId}`;
    }
    case "airflow_set_success":
      return `mark ${listed(taskNames([step.task]), 1)} done${step.downstream.length > 0 ? ", continue downstream" : ""}`;
  }
}

function clearWords({ tasks, dagId, runOnLatestVersion, wholeRun }: ClearStep): string {
  const count = tasks.length === 1 ? "1 task" : `${tasks.length} tasks`;
  const which = wholeRun === true ? `the whole run, ${count}` : count;
  const version = runOnLatestVersion === true ? " on the latest version of the DAG" : "";
  return `clear ${which} of ${plain(dagId, 80)} (${listed(taskNames(tasks), 4)})${version}`;
}

/** Values stay out of sight: they may be anything. */
function withParameters({ parameters }: RunNowStep): string {
  const count = Object.keys(parameters.job).length + Object.keys(parameters.tasks).length;
  return count === 0 ? "" : ` with the same ${count === 1 ? "parameter" : `${count} parameters`}`;
}
