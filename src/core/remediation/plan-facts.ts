import type { TaskInstance } from "../airflow.js";
import { succeededTasks } from "./databricks-tasks.js";
import type { PlanFacts, PlanStep } from "./plan.js";
import { counted, taskNames } from "./plan-words.js";
import type { AirflowSituation, DatabricksSituation, Situation } from "./situation.js";
import { pathSeconds } from "./usual-time.js";

export interface PlanReasons {
  readonly why: string;
  readonly risk: string | null;
}

const mostNamedIndexes = 4;

/** What the card says beside the steps: from reads and fixed sentences, never from the diagnosis. */
export function planFacts(situation: Situation, steps: readonly PlanStep[], reasons: PlanReasons): PlanFacts {
  const { airflow, databricks, dryRunAt } = situation;
  const risks = [
    reasons.risk,
    airflow === null ? null : otherFailures(airflow),
    idempotenceRisk(situation, steps),
    situation.afterFix && airflow !== null && !airflow.canRunLatestVersion
      ? "This Airflow runs a cleared task on its current DAG files; the fix must be deployed there."
      : null,
  ].filter((risk) => risk !== null);
  return {
    willRun: steps.flatMap((step) => willRun(step)),
    willNotRun: willNotRun(airflow, databricks, steps),
    dryRunAt,
    ...durations(airflow, databricks, steps),
    why: reasons.why,
    guards: guardLines(situation),
    risk: risks.length === 0 ? null : risks.join(" "),
  };
}

function willRun(step: PlanStep): readonly string[] {
  switch (step.do) {
    case "airflow_clear":
      return taskNames(step.tasks);
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
  const succeeded = airflow?.tasks.filter((task) => task.state === "success") ?? [];
  const done = steps.flatMap((step) => (step.do === "airflow_set_success" ? [step.task] : []));
  const repairs = steps.some((step) => step.do === "databricks_repair");
  const kept = repairs && databricks !== null ? succeededTasks(databricks.run).length : 0;
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

function durations(
  airflow: AirflowSituation | null,
  databricks: DatabricksSituation | null,
  steps: readonly PlanStep[],
): { readonly usualSeconds: number | null; readonly alternativeSeconds: number | null } {
  let usual: number | null = 0;
  for (const step of steps) {
    const seconds = stepSeconds(step, airflow, databricks);
    usual = usual === null || seconds === null ? null : usual + seconds;
  }
  const instead = steps.some((step) => step.do === "airflow_set_success");
  const whole =
    instead && airflow !== null
      ? pathSeconds(idsOf(airflow.wouldClear), airflow.specs, airflow.usualSeconds)
      : airflow === null
        ? (databricks?.usualRunSeconds ?? null)
        : null;
  return { usualSeconds: usual, alternativeSeconds: whole };
}

function stepSeconds(
  step: PlanStep,
  airflow: AirflowSituation | null,
  databricks: DatabricksSituation | null,
): number | null {
  if (step.do === "databricks_repair") {
    const times = step.rerunTasks.map((key) => databricks?.usualSeconds.get(key) ?? null);
    // One behind the other: whether they wait for each other is not known here.
    return times.reduce<number | null>((sum, time) => (sum === null || time === null ? null : sum + time), 0);
  }
  if (airflow === null) return null;
  const tasks = step.do === "airflow_clear" ? step.tasks : step.downstream;
  return pathSeconds(idsOf(tasks), airflow.specs, airflow.usualSeconds);
}

function guardLines({ guards, usedReruns, airflow }: Situation): readonly string[] {
  const root = airflow?.roots[0]?.taskId ?? "this job";
  return [
    `max ${counted(guards.maxReruns, "rerun", "reruns")}/${guards.perHours} h (${usedReruns} used)`,
    ...(guards.coolDownMinutes > 0 ? [`at least ${guards.coolDownMinutes} min between reruns`] : []),
    ...(guards.fourEyes ? ["two people: one asks, one approves"] : []),
    ...(guards.idempotent === true ? [`${root} is marked idempotent`] : []),
  ];
}

function idempotenceRisk({ guards, airflow }: Situation, steps: readonly PlanStep[]): string | null {
  const runs = steps.some((step) => step.do !== "airflow_set_success" || step.downstream.length > 0);
  const name = airflow?.roots[0]?.taskId ?? "this job";
  if (!runs || guards.idempotent === true) return null;
  return guards.idempotent === false
    ? `${name} is marked as not safe to repeat.`
    : `Nobody has said whether ${name} is safe to repeat.`;
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
