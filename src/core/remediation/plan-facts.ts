import type { TaskInstance } from "../airflow.js";
import { alsoStarts, clusterCost, stops } from "./blast-radius.js";
import type { PlanReasons } from "./chosen-steps.js";
import { succeededTasks } from "./databricks-tasks.js";
import type { PlanFacts, PlanStep } from "./plan.js";
import { stepsSeconds } from "./plan-times.js";
import { counted, taskNames } from "./plan-words.js";
import type { AirflowSituation, DatabricksSituation, Situation } from "./situation.js";
import { pathSeconds } from "./usual-time.js";

const mostNamedIndexes = 4;

/** What the card says beside the steps: from reads and fixed sentences, never from the diagnosis. */
export function planFacts(situation: Situation, steps: readonly PlanStep[], reasons: PlanReasons): PlanFacts {
  const { airflow, databricks, dryRunAt } = situation;
  const risks = [
    reasons.risk,
    airflow === null ? null : otherFailures(airflow),
    idempotenceRisk(situation, steps),
    airflow !== null && airflow.assets === undefined ? "Which other DAGs its assets start can't be read." : null,
    situation.afterFix && airflow !== null && !airflow.canRunLatestVersion
      ? "This Airflow runs a cleared task on its current DAG files; the fix must be deployed there."
      : null,
  ].filter((risk) => risk !== null);
  return {
    willRun: steps.flatMap((step) => willRun(step, airflow)),
    willNotRun: willNotRun(airflow, databricks, steps),
    dryRunAt,
    usualSeconds: stepsSeconds(situation, steps),
    alternativeSeconds: insteadSeconds(airflow, databricks, steps),
    why: reasons.why,
    guards: guardLines(situation),
    risk: risks.length === 0 ? null : risks.join(" "),
    alsoStarts: alsoStarts(situation, steps),
    stops: stops(steps),
    cost: clusterCost(situation, steps),
  };
}

/** Tasks of another DAG are named with it. */
function willRun(step: PlanStep, airflow: AirflowSituation | null): readonly string[] {
  switch (step.do) {
    case "airflow_clear": {
      const names = taskNames(step.tasks);
      return step.dagId === airflow?.run.dagId ? names : names.map((name) => `${step.dagId}: ${name}`);
    }
    case "airflow_trigger":
      return [`all of ${step.dagId}`];
    case "databricks_run_now":
      return [`the whole job ${step.jobId} (Databricks)`];
    case "airflow_wait":
    case "databricks_cancel":
      return [];
    case "databricks_repair":
      return step.rerunTasks.map((key) => `${key} (Databricks)`);
    case "airflow_set_success":
      return taskNames(step.downstream);
  }
}

function willNotRun(
  airflow: AirflowSituation | null,
  databricks: DatabricksSituation | null,
  steps: readonly PlanStep[],
): readonly string[] {
  const whole = steps.some((step) => "wholeRun" in step);
  const succeeded = whole ? [] : (airflow?.tasks.filter((task) => task.state === "success") ?? []);
  const done = steps.flatMap((step) => (step.do === "airflow_set_success" ? [step.task] : []));
  const repaired = steps.some((step) => step.do === "databricks_repair") ? databricks : null;
  const kept = repaired === null ? 0 : succeededTasks(repaired.run).length;
  return [
    ...succeededNames(succeeded),
    ...taskNames(done).map((name) => `${name} (marked done)`),
    ...(kept > 0 ? [`${counted(kept, "Databricks task", "Databricks tasks")} (succeeded)`] : []),
  ];
}

/** Of a task with many mapped instances only their number is said. */
function succeededNames(tasks: readonly TaskInstance[]): readonly string[] {
  return [...new Set(tasks.map((task) => task.taskId))].flatMap((taskId) => {
    const own = tasks.filter((task) => task.taskId === taskId);
    if (own.length <= mostNamedIndexes) return taskNames(own).map((name) => `${name} (succeeded)`);
    return [`${own.length} instances of ${taskId} (succeeded)`];
  });
}

/** What the plain clear or the whole job would take. */
function insteadSeconds(
  airflow: AirflowSituation | null,
  databricks: DatabricksSituation | null,
  steps: readonly PlanStep[],
): number | null {
  if (steps.some((step) => step.do === "databricks_run_now")) return null;
  if (airflow === null) return databricks?.usualRunSeconds ?? null;
  const instead = steps.some((step) => step.do === "airflow_set_success");
  return instead ? pathSeconds(idsOf(airflow.wouldClear), airflow.specs, airflow.usualSeconds) : null;
}

function guardLines({ guards, usedReruns, airflow }: Situation): readonly string[] {
  return [
    `max ${counted(guards.maxReruns, "rerun", "reruns")}/${guards.perHours} h (${usedReruns} used)`,
    ...(guards.coolDownMinutes > 0 ? [`at least ${guards.coolDownMinutes} min between reruns`] : []),
    ...(guards.fourEyes ? ["two people: one asks, one approves"] : []),
    ...(guards.idempotent === true ? [`${whatRuns(airflow)} is marked idempotent`] : []),
  ];
}

function idempotenceRisk({ guards, airflow }: Situation, steps: readonly PlanStep[]): string | null {
  const runs = steps.some((step) => step.do !== "airflow_set_success" || step.downstream.length > 0);
  if (!runs || guards.idempotent === true) return null;
  const name = whatRuns(airflow);
  return guards.idempotent === false
    ? `${name} is marked as not safe to repeat.`
    : `Nobody has said whether ${name} is safe to repeat.`;
}

function whatRuns(airflow: AirflowSituation | null): string {
  return airflow?.roots[0]?.taskId ?? airflow?.run.dagId ?? "this job";
}

function otherFailures(airflow: AirflowSituation): string | null {
  const planned = new Set(airflow.wouldClear.map((task) => `${task.taskId}[${task.mapIndex}]`));
  const others = airflow.tasks.filter(
    (task) => task.state === "failed" && !planned.has(`${task.taskId}[${task.mapIndex}]`),
  );
  if (others.length === 0) return null;
  const names = taskNames(others).slice(0, 3).join(", ");
  return `${names} also failed in this run and ${others.length === 1 ? "is" : "are"} not part of this plan.`;
}

function idsOf(tasks: readonly Pick<TaskInstance, "taskId">[]): readonly string[] {
  return [...new Set(tasks.map((task) => task.taskId))];
}
