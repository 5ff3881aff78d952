import type { DatabricksRun } from "../databricks.js";
import { accept, type ChosenSteps, refuse } from "./chosen-steps.js";
import { latestRepairId, mostSucceeded, repairsOf, tasksToRepair, unfinishedTasks } from "./databricks-tasks.js";
import type { CancelStep, PlanStep, RepairStep } from "./plan.js";
import { noDatabricksWriter, rerunRefusal } from "./rerun-refusal.js";
import type { DatabricksSituation, Situation } from "./situation.js";

/** A run that takes so many times as long as usual, and so much longer at least, is stuck. */
const timesUsual = 3;
const atLeastOverMs = 10 * 60_000;

/** What follows once the run stands still: behind its repair, or instead of one; null where that would be a guess. */
export interface AfterCancel {
  readonly repaired: readonly PlanStep[] | null;
  readonly else: readonly PlanStep[] | null;
}

/** Nothing may run beside an active run: it is waited for, or, when it is stuck and a person asks, cancelled first. */
export function activeRunPlan(situation: Situation, databricks: DatabricksSituation, after: AfterCancel): ChosenSteps {
  const { run } = databricks;
  const goesOn = `Databricks run ${run.runId} is still going on (a retry or a repair); nothing may run beside it.`;
  if (!isStuck(databricks, situation.dryRunAt)) return refuse(goesOn, "Wait until it has ended, then ask again.");
  if (situation.requester.kind === "alert") {
    return refuse(
      `Databricks run ${run.runId} is still going on, over three times as long as usual.`,
      "Ask for the rerun in the thread to have it cancelled first.",
    );
  }
  const refusal = rerunRefusal(situation.verdict, situation);
  if (refusal !== null) return { ok: false, ...refusal };
  if (!databricks.writable) return refuse(...noDatabricksWriter(databricks.connection));
  const cancel = cancelStep(databricks);
  const repair = repairAfterCancel(databricks);
  const why = `Databricks run ${run.runId} has been going over three times as long as usual, and nothing may run beside it: it is stopped first.`;
  const risk = "What its tasks have written so far stays as it is.";
  const { repaired } = after;
  const byRepair = after.else === null || mostSucceeded(run) || repaired?.length === 0;
  if (repaired !== null && byRepair && repair.rerunTasks.length > 0) {
    return accept([cancel, repair, ...repaired], { why, risk });
  }
  if (after.else === null) return refuse(goesOn, "Cancel it in Databricks, then ask again.");
  return accept([cancel, ...after.else], { why, risk });
}

function isStuck({ run, usualRunSeconds }: DatabricksSituation, now: string): boolean {
  const since = repairsOf(run).at(-1)?.startedAt ?? run.startedAt;
  if (usualRunSeconds === null || since === null || run.status.lifeCycle === "TERMINATING") return false;
  const goingMs = Date.parse(now) - Date.parse(since);
  const usualMs = usualRunSeconds * 1000;
  return goingMs > usualMs * timesUsual && goingMs - usualMs > atLeastOverMs;
}

function cancelStep({ connection, run }: DatabricksSituation): CancelStep {
  return {
    do: "databricks_cancel",
    connection,
    runId: run.jobRunId,
    unfinished: unfinishedTasks(run),
    latestRepairId: latestRepairId(run),
  };
}

function repairAfterCancel({ connection, run }: DatabricksSituation): RepairStep {
  return {
    do: "databricks_repair",
    connection,
    jobId: run.jobId,
    runId: run.jobRunId,
    rerunTasks: notSucceeded(run),
    latestRepairId: latestRepairId(run),
    afterCancel: true,
  };
}

function notSucceeded(run: DatabricksRun): readonly string[] {
  return [...tasksToRepair(run), ...unfinishedTasks(run)];
}
