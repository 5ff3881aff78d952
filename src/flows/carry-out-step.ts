import type { Proposal } from "../core/approval/proposal.js";
import type { PlanStep } from "../core/remediation/plan.js";
import { clearTasks, markDoneAndContinue, startRun, waitForRun } from "./carry-out-airflow.js";
import { cancelAndWait, repairAndWait, runNowAndWait } from "./carry-out-databricks.js";
import type { CarryOutDeps, Progress } from "./send-approved.js";

/** Carries one step of an approved plan as far as it goes now; called again until it says `next`. */
export async function carryOut(
  proposal: Proposal,
  index: number,
  step: PlanStep,
  deps: CarryOutDeps,
): Promise<Progress> {
  switch (step.do) {
    case "airflow_clear":
      return clearTasks(proposal, index, step, deps);
    case "airflow_trigger":
      return startRun(proposal, index, step, deps);
    case "airflow_wait":
      return waitForRun(proposal, index, step, deps);
    case "databricks_repair":
      return repairAndWait(proposal, index, step, deps);
    case "databricks_cancel":
      return cancelAndWait(proposal, index, step, deps);
    case "databricks_run_now":
      return runNowAndWait(proposal, index, step, deps);
    case "airflow_set_success":
      return markDoneAndContinue(proposal, index, step, deps);
  }
}
