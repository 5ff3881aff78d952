import type { TaskInstance } from "../airflow.js";
import { clearStep, repairStep, runNowStep, setSuccessStep } from "./build-steps.js";
import { accept, type ChosenSteps, refuse } from "./chosen-steps.js";
import { hasEnded, hasSucceeded, mostSucceeded } from "./databricks-tasks.js";
import { type DatabricksUse, databricksUse } from "./databricks-use.js";
import { judgeManyRoots } from "./many-roots.js";
import type { ClearStep, Plan, PlanFacts, SetSuccessStep } from "./plan.js";
import { planFacts } from "./plan-facts.js";
import { producerPlan } from "./producer-plan.js";
import { noDatabricksWriter, type RerunRefusal, rerunRefusal } from "./rerun-refusal.js";
import type { AirflowSituation, DatabricksSituation, Situation } from "./situation.js";
import { type AfterCancel, activeRunPlan } from "./stuck-run.js";

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
      ...(situation.matchedBy === undefined ? {} : { matchedBy: situation.matchedBy }),
    },
    facts: planFacts(situation, chosen.steps, chosen.reasons),
  };
}

function airflowPlan(situation: Situation, airflow: AirflowSituation): ChosenSteps {
  const { databricks } = situation;
  const [root, ...otherRoots] = airflow.roots;
  if (airflow.wouldClear.length === 0) {
    return refuse("No task of this run is failed any more; there is nothing to rerun.", "Nothing needs to be done.");
  }
  const clear = clearStep(situation, airflow);
  if (root === undefined) return wholeRunPlan(situation, clear);
  const { producer = null } = situation;
  if (producer !== null && waitsForInput(situation)) {
    return producerPlan({ roots: [root, ...otherRoots], clear }, producer);
  }
  if (otherRoots.length > 0) return manyRootsPlan(situation, airflow, clear);
  const use = databricksUse(root, airflow.specs, airflow.tasks);
  if (use.kind !== "none" && databricks !== null) {
    const { run } = databricks;
    const markDone = setSuccessStep(airflow, root);
    if (!hasEnded(run.status)) return activeRunPlan(situation, databricks, afterCancel[use.kind](clear, markDone));
    if (hasSucceeded(run.status)) {
      return accept([markDone], {
        why: `Databricks run ${run.runId} has succeeded although the Airflow task says failed; running it again would repeat finished work.`,
        risk: null,
      });
    }
  }
  const refusal = rerunRefusal(situation.verdict, situation);
  if (refusal !== null) return { ok: false, ...refusal };
  return choose(use, { root, clear, airflow, databricks });
}

/** What is missing was not said to be there by a person. */
function waitsForInput({ verdict, afterFix, requester }: Situation): boolean {
  return verdict.category === "missing_upstream_data" && !(afterFix && requester.kind === "person");
}

function wholeRunPlan(situation: Situation, clear: ClearStep): ChosenSteps {
  const refusal = rerunRefusal(situation.verdict, situation);
  if (refusal !== null) return { ok: false, ...refusal };
  return accept([clear], {
    why: "The run ended badly although no task of it failed, so that all of its tasks run again.",
    risk: null,
  });
}

function manyRootsPlan(situation: Situation, airflow: AirflowSituation, clear: ClearStep): ChosenSteps {
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
  if (!databricks.writable) return refuse(...noDatabricksWriter(databricks.connection));
  return accept([repair, clear], {
    why: "The failed tasks would meet the same failed Databricks run, so the run is repaired first and they are cleared when it has succeeded.",
    risk: judged.risk,
  });
}

/** What follows a run that was stopped; of an operator that can't be told nothing does. */
const afterCancel: Readonly<
  Record<Exclude<DatabricksUse["kind"], "none">, (clear: ClearStep, markDone: SetSuccessStep) => AfterCancel>
> = {
  same_run: (clear) => ({ repaired: [clear], else: null }),
  new_run: (clear, markDone) => ({ repaired: [markDone], else: [clear] }),
  repairs_itself: (clear, markDone) => ({ repaired: [markDone], else: [clear] }),
  unknown: () => ({ repaired: null, else: null }),
};

const clearsOnly = "Clears only what failed and what waits behind it, in this run.";

function choose(
  use: DatabricksUse,
  at: {
    readonly root: TaskInstance;
    readonly clear: ClearStep;
    readonly airflow: AirflowSituation;
    readonly databricks: DatabricksSituation | null;
  },
): ChosenSteps {
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
      if (!databricks.writable) return refuse(...noDatabricksWriter(databricks.connection));
      return accept([repair, clear], {
        why: `${sameRunBecause[use.because]}, so the run is repaired first and the task cleared when it has succeeded.`,
        risk: null,
      });
    }
    case "new_run":
    case "repairs_itself": {
      const repair = databricks === null ? null : repairStep(databricks);
      if (databricks?.writable && repair !== null && mostSucceeded(databricks.run)) {
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

function databricksPlan(situation: Situation): ChosenSteps {
  const { databricks } = situation;
  if (databricks === null) {
    return refuse("The failed run can't be found any more.", "Look for it in Airflow or Databricks.");
  }
  const { run } = databricks;
  const runNow = runNowStep(databricks);
  if (!hasEnded(run.status)) {
    return activeRunPlan(situation, databricks, { repaired: [], else: runNow === null ? null : [runNow] });
  }
  if (hasSucceeded(run.status)) {
    return refuse(`Databricks run ${run.runId} has succeeded; there is nothing to rerun.`, "Nothing needs to be done.");
  }
  const refusal = rerunRefusal(situation.verdict, situation);
  if (refusal !== null) return { ok: false, ...refusal };
  const repair = repairStep(databricks);
  const step = repair ?? runNow;
  if (step === null) {
    return refuse(
      `Databricks run ${run.runId} names no failed task to repair, and it belongs to no job that could be started again.`,
      "Submit it again where it came from.",
    );
  }
  if (!databricks.writable) return refuse(...noDatabricksWriter(databricks.connection));
  if (repair !== null) return accept([repair], { why: "A repair runs only the failed tasks of this run.", risk: null });
  return accept([step], {
    why: "The run names no failed task that could be repaired, so the job is started again with the same parameters.",
    risk: null,
  });
}

function subjectOf({ airflow, databricks }: Situation): Plan["subject"] {
  const root =
    airflow?.roots[0] ?? airflow?.wouldClear.find((task) => task.state !== "success") ?? airflow?.wouldClear[0];
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
