import type { Asset } from "../airflow.js";
import type { PlanFacts, PlanStep } from "./plan.js";
import { stepSeconds, sumOf } from "./plan-times.js";
import { taskNames } from "./plan-words.js";
import type { Situation } from "./situation.js";

/** DAGs that Airflow starts by itself when the steps update an asset: `report_mail (by orders)`. */
export function alsoStarts({ airflow, producer = null }: Situation, steps: readonly PlanStep[]): readonly string[] {
  const assets = [...(airflow?.assets ?? []), ...(producer?.assets ?? [])];
  const updated = assets.filter((asset) => steps.some((step) => updates(step, asset)));
  const found = new Map<string, string>();
  for (const { name, startsDags } of updated) {
    for (const dagId of startsDags) if (!found.has(dagId)) found.set(dagId, name);
  }
  return [...found].map(([dagId, by]) => `${dagId} (by ${by})`).sort();
}

/** A task that is only marked done updates nothing. */
function updates(step: PlanStep, { producers }: Asset): boolean {
  if (!("dagId" in step)) return false;
  const own = producers.filter((one) => one.dagId === step.dagId).map((one) => one.taskId);
  switch (step.do) {
    case "airflow_trigger":
      return own.length > 0;
    case "airflow_clear":
      return step.tasks.some((task) => own.includes(task.taskId));
    case "airflow_set_success":
      return step.downstream.some((task) => own.includes(task.taskId));
    case "airflow_wait":
      return false;
  }
}

const atWork: ReadonlySet<string> = new Set(["running", "deferred", "queued", "restarting"]);

/** What is at work now and would be killed. */
export function stops(steps: readonly PlanStep[]): readonly string[] {
  return steps.flatMap((step) => {
    if (step.do === "databricks_cancel") {
      const { unfinished, runId } = step;
      return unfinished.length === 0 ? [`Databricks run ${runId}`] : unfinished.map((key) => `${key} (Databricks)`);
    }
    return step.do === "airflow_clear" ? taskNames(step.tasks.filter((task) => atWork.has(task.state))) : [];
  });
}

/** Machines and their seconds, by the last good runs; null where no Databricks work is part of it or nobody knows its size. */
export function clusterCost(situation: Situation, steps: readonly PlanStep[]): NonNullable<PlanFacts["cost"]> | null {
  const { databricks } = situation;
  if (!databricks?.machines) return null;
  const work = steps.filter((step) => step.do === "databricks_repair" || step.do === "databricks_run_now");
  const starts = work.length === 0 && steps.some((step) => step.do === "airflow_clear");
  const times = starts ? [databricks.usualRunSeconds] : work.map((step) => stepSeconds(step, situation));
  const seconds = sumOf(times);
  return seconds === null || seconds === 0 ? null : { machines: databricks.machines, seconds };
}
