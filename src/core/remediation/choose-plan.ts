import type { TaskInstance } from "../airflow.js";
import { hasEnded, hasSucceeded, latestRepairId, succeededTasks, tasksToRepair } from "./databricks-tasks.js";
import { type DatabricksUse, databricksUse } from "./databricks-use.js";
import { judgeManyRoots } from "./many-roots.js";
import type { ClearStep, Plan, PlanFacts, PlannedTask, PlanStep, RepairStep, SetSuccessStep } from "./plan.js";
import { type PlanReasons, planFacts } from "./plan-facts.js";
import { type RerunRefusal, rerunRefusal } from "./rerun-refusal.js";
import type { AirflowSituation, DatabricksSituation, Situation } from "./situation.js";

export type Choice =
  | { readonly ok: true; readonly plan: Plan; readonly facts: PlanFacts }
  | ({ readonly ok: false } & RerunRefusal);

/** The one right rerun for a situation, or why there is none. */
export function choosePlan(situation: Situation): Choice {
  const { guards, usedReruns } = situation;
  if (guards.refusal !== null) return refuse(guards.refusal, "The owner of this installation can change the policy.");
  const chosen = situation.airflow !== null ? airflowPlan(situation, situation.airflow) : databricksPlan(situation);
  if (!chosen.ok) return chosen;
  if (usedReruns >= guards.maxReruns) {
    return refuse(
      `This run was already rerun ${usedReruns} times within ${guards.perHours} h, as often as the policy allows.`,
      "Look at what fails each time before it runs again.",
    );
  }
  return {
    ok: true,
    plan: {
      schema: 1,
      incidentId: situation.incidentId,
      environment: situation.environment,
      requester: situation.requester,
      subject: subjectOf(situation),
      steps: chosen.steps,
      policyVersion: situation.policyVersion,
      afterFix: situation.afterFix,
    },
    facts: planFacts(situation, chosen.steps, chosen.reasons),
  };
}

type Steps =
  | { readonly ok: true; readonly steps: readonly PlanStep[]; readonly reasons: PlanReasons }
  | ({ readonly ok: false } & RerunRefusal);

function airflowPlan(situation: Situation, airflow: AirflowSituation): Steps {
  const { databricks } = situation;
  const [root, ...otherRoots] = airflow.roots;
  if (root === undefined || airflow.wouldClear.length === 0) {
    return refuse("No task of this run is failed any more; there is nothing to rerun.", "Nothing needs to be done.");
  }
  const clear = clearStep(situation, airflow);
  if (otherRoots.length > 0) return manyRootsPlan(situation, airflow, clear);
  const use = databricksUse(root, airflow.specs, airflow.tasks);
  const run = databricks?.run ?? null;

  if (use.kind !== "none" && run !== null && !hasEnded(run.status)) {
    return refuse(
      `Databricks run ${run.runId} is still going on (a retry or a repair); nothing may run beside it.`,
      "Wait until it has ended, then ask again.",
    );
  }
  if (use.kind !== "none" && run !== null && hasSucceeded(run.status)) {
    return accept([setSuccessStep(airflow, root)], {
      why: `Databricks run ${run.runId} has succeeded although the Airflow task says failed; running it again would repeat finished work.`,
      risk: null,
    });
  }
  const refusal = rerunRefusal(situation.verdict, situation);
  if (refusal !== null) return { ok: false, ...refusal };
  return choose(use, { root, clear, airflow, databricks });
}

function manyRootsPlan(situation: Situation, airflow: AirflowSituation, clear: ClearStep): Steps {
  const judged = judgeManyRoots(airflow);
  if (judged.kind === "refuse") return refuse(judged.because, judged.fix);
  const refusal = rerunRefusal(situation.verdict, situation);
  if (refusal !== null) return { ok: false, ...refusal };
  if (judged.kind === "clear") return accept([clear], { why: clearsOnly, risk: judged.risk });
  const { databricks } = situation;
  const repair = databricks === null || databricks.run.jobRunId !== judged.runId ? null : repairStep(databricks);
  if (databricks === null || repair === null) {
    return refuse(
      `A new try would meet the failed Databricks run ${judged.runId} again, and it names no failed task to repair.`,
      "Look at the run in Databricks, repair it there, then clear the tasks in Airflow.",
    );
  }
  if (!databricks.writable) return refuse(...noDatabricksWriter(databricks));
  return accept([repair, clear], {
    why: "The failed tasks would meet the same failed Databricks run, so the run is repaired first and they are cleared when it has succeeded.",
    risk: judged.risk,
  });
}

const clearsOnly = "Clears only what failed and what waits behind it, in this run.";

function choose(
  use: DatabricksUse,
  at: {
    readonly root: TaskInstance;
    readonly clear: ClearStep;
    readonly airflow: AirflowSituation;
    readonly databricks: DatabricksSituation | null;
  },
): Steps {
  const { root, clear, airflow, databricks } = at;
  switch (use.kind) {
    case "none":
      return accept([clear], { why: clearsOnly, risk: null });
    case "unknown":
      return accept([clear], {
        why: clearsOnly,
        risk: "Whether a new try starts a new Databricks run or meets the old failed one can't be read from Airflow.",
      });
    case "same_run": {
      const repair = databricks === null ? null : repairStep(databricks);
      if (databricks === null || repair === null) {
        return refuse(
          "A new try would meet the same failed Databricks run again, and that run can't be found to repair it.",
          "Repair the run in Databricks, then clear the task in Airflow.",
        );
      }
      if (!databricks.writable) return refuse(...noDatabricksWriter(databricks));
      return accept([repair, clear], {
        why: `${sameRunBecause[use.because]}, so the run is repaired first and the task cleared when it has succeeded.`,
        risk: null,
      });
    }
    case "new_run":
    case "repairs_itself": {
      const repair = databricks === null ? null : repairStep(databricks);
      if (databricks?.writable && repair !== null && mostSucceeded(databricks)) {
        return accept([repair, setSuccessStep(airflow, root)], {
          why: "A new try would run the whole Databricks job again; the repair runs only its failed part.",
          risk: null,
        });
      }
      return accept([clear], {
        why: "A new try starts a new Databricks run by itself.",
        risk:
          use.kind === "new_run" && databricks === null
            ? "The last Databricks run can't be found; if it still goes on, a new one runs beside it."
            : null,
      });
    }
  }
}

const sameRunBecause = {
  token: "The task starts its Databricks run with a fixed idempotency token and would meet the same failed run",
  workflow_group: "The task watches its part of a Databricks workflow run and would meet the same failed run",
  run_sensor: "The sensor watches that one Databricks run and would meet the same failed run",
} as const;

function databricksPlan(situation: Situation): Steps {
  const { databricks } = situation;
  if (databricks === null) {
    return refuse("The failed run can't be found any more.", "Look for it in Airflow or Databricks.");
  }
  const { run } = databricks;
  if (!hasEnded(run.status)) {
    return refuse(`Databricks run ${run.runId} is still going on.`, "Wait until it has ended, then ask again.");
  }
  if (hasSucceeded(run.status)) {
    return refuse(`Databricks run ${run.runId} has succeeded; there is nothing to rerun.`, "Nothing needs to be done.");
  }
  const refusal = rerunRefusal(situation.verdict, situation);
  if (refusal !== null) return { ok: false, ...refusal };
  const repair = repairStep(databricks);
  if (repair === null) {
    return refuse(`Databricks run ${run.runId} names no failed task to repair.`, "Start the job again in Databricks.");
  }
  if (!databricks.writable) return refuse(...noDatabricksWriter(databricks));
  return accept([repair], { why: "A repair runs only the failed tasks of this run.", risk: null });
}

function noDatabricksWriter(databricks: DatabricksSituation): readonly [string, string] {
  return [
    `The failed Databricks run must be repaired, and ${databricks.connection} has no write credentials: it is diagnosed only.`,
    "Repair the run in Databricks, or have write credentials configured.",
  ];
}

/** "Many" begins at three: of two tasks a repair saves at most one. */
function mostSucceeded({ run }: DatabricksSituation): boolean {
  const failed = tasksToRepair(run).length;
  const succeeded = succeededTasks(run).length;
  return failed + succeeded >= 3 && succeeded > failed;
}

function repairStep({ connection, run }: DatabricksSituation): RepairStep | null {
  const rerunTasks = tasksToRepair(run);
  if (rerunTasks.length === 0) return null;
  return {
    do: "databricks_repair",
    connection,
    jobId: run.jobId,
    runId: run.jobRunId,
    rerunTasks,
    latestRepairId: latestRepairId(run),
  };
}

function clearStep(situation: Situation, airflow: AirflowSituation): ClearStep {
  return {
    do: "airflow_clear",
    connection: airflow.connection,
    dagId: airflow.run.dagId,
    runId: airflow.run.runId,
    tasks: airflow.wouldClear.map(plannedTask),
    runOnLatestVersion: situation.afterFix && airflow.canRunLatestVersion ? true : null,
  };
}

function setSuccessStep(airflow: AirflowSituation, root: TaskInstance): SetSuccessStep {
  const downstream = airflow.wouldClear.filter((task) => !isSameTask(task, root));
  return {
    do: "airflow_set_success",
    connection: airflow.connection,
    dagId: airflow.run.dagId,
    runId: airflow.run.runId,
    task: plannedTask(root),
    downstream: downstream.map(plannedTask),
  };
}

function isSameTask(a: TaskInstance, b: TaskInstance): boolean {
  return a.taskId === b.taskId && a.mapIndex === b.mapIndex;
}

/** A task instance as it stands now, for comparing later. */
export function plannedTask(task: TaskInstance): PlannedTask {
  return {
    taskId: task.taskId,
    mapIndex: task.mapIndex,
    rowId: task.id,
    state: task.state,
    tryNumber: task.tryNumber,
    maxTries: task.maxTries,
  };
}

function subjectOf({ airflow, databricks }: Situation): Plan["subject"] {
  const root = airflow?.roots[0];
  return {
    connection: airflow?.connection ?? databricks?.connection ?? "",
    airflow:
      root === undefined
        ? null
        : {
            dagId: root.dagId,
            runId: root.runId,
            taskId: root.taskId,
            mapIndex: root.mapIndex,
            tryNumber: root.tryNumber,
          },
    databricksRunId: databricks?.run.jobRunId ?? null,
  };
}

function accept(steps: readonly PlanStep[], reasons: PlanReasons): Steps {
  return { ok: true, steps, reasons };
}

function refuse(because: string, fix: string): { readonly ok: false } & RerunRefusal {
  return { ok: false, because, fix };
}
