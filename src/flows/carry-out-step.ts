import { issueAction } from "../core/approval/issue-action.js";
import type { Proposal } from "../core/approval/proposal.js";
import { StaleApproval, UpstreamError } from "../core/errors.js";
import type { Connections, Digest } from "../core/ports.js";
import {
  nameOf,
  readBackClear,
  readBackRepair,
  readBackSuccess,
  taskChange,
} from "../core/remediation/compare-live.js";
import { endedWell, hasEnded, howItEndedWell } from "../core/remediation/databricks-tasks.js";
import type { ClearStep, PlannedTask, PlanStep, RepairStep, SetSuccessStep } from "../core/remediation/plan.js";
import { taskNames } from "../core/remediation/plan-words.js";
import { airflowOf, checkStep, databricksOf, liveTasks } from "./live-systems.js";
import { type OnceRequest, type SendOnceDeps, type Sent, sendOnce, Uncertain } from "./send-once.js";

export interface CarryOutDeps extends SendOnceDeps {
  readonly connections: Connections;
  readonly digest: Digest;
  /** How often a running repair is looked at. */
  readonly pollMs: number;
  /** Throws when the approval does not hold any more; called right before each request that goes out. */
  readonly checkApproval: (proposalId: string) => Promise<void>;
}

/** How far a step came: `next` is done, `later` waits, `failed` ended badly, `gone` is not to be carried out any more. */
export type Progress =
  | { readonly kind: "next"; readonly proposal: Proposal }
  | { readonly kind: "later"; readonly at: Date }
  | { readonly kind: "failed"; readonly outcome: string }
  | { readonly kind: "gone" };

/** Airflow clears what failed behind a task that was marked done within 3 s; the rest is looked at after that. */
const airflowCarriesOnMs = 5_000;
/** A repair shows in the run's history at once; one that does not for so long was not made. */
const repairShowsWithinMs = 5 * 60_000;

/** Carries one step of an approved plan as far as it goes now; called again until it says `next`. */
export async function carryOut(
  proposal: Proposal,
  index: number,
  step: PlanStep,
  deps: CarryOutDeps,
): Promise<Progress> {
  switch (step.do) {
    case "airflow_clear":
      return progressOf(await sendApproved(proposal, clearRequest(`${index}:clear`, step, step.tasks, deps), deps));
    case "databricks_repair":
      return repairAndWait(proposal, index, step, deps);
    case "airflow_set_success":
      return markDoneAndContinue(proposal, index, step, deps);
  }
}

function sendApproved(proposal: Proposal, request: OnceRequest, deps: CarryOutDeps): Promise<Sent> {
  const check = async (): Promise<void> => {
    await deps.checkApproval(proposal.id);
    await request.check();
  };
  return sendOnce(proposal, { ...request, check }, deps);
}

function clearRequest(
  key: string,
  step: ClearStep | SetSuccessStep,
  tasks: readonly PlannedTask[],
  deps: CarryOutDeps,
): OnceRequest {
  const { writer } = airflowOf(deps.connections, step.connection);
  return {
    key,
    words: `clear ${taskNames(tasks).join(", ")} in run ${step.runId} of ${step.dagId}`,
    before: tasks,
    check: async () => {
      if (step.do === "airflow_clear") return checkStep(step, deps.connections);
      const change = taskChange(tasks, await liveTasks(step, deps.connections));
      if (change !== null) throw new StaleApproval(`Airflow has moved on by itself: ${change}.`, "");
    },
    send: async (proposal) => {
      await writer.clear(issueAction(proposal, deps.digest), {
        dagId: step.dagId,
        runId: step.runId,
        tasks: tasks.map(({ taskId, mapIndex }) => ({ taskId, mapIndex })),
        // The list is the set that was shown; nothing may come in beside it.
        includeDownstream: false,
        onlyFailed: true,
        runOnLatestVersion: step.do === "airflow_clear" ? step.runOnLatestVersion : null,
      });
      return null;
    },
    readBack: async () => readBackClear(tasks, await liveTasks(step, deps.connections)),
  };
}

async function repairAndWait(
  proposal: Proposal,
  index: number,
  step: RepairStep,
  deps: CarryOutDeps,
): Promise<Progress> {
  const { reader, writer } = databricksOf(deps.connections, step.connection);
  const sent = await sendApproved(
    proposal,
    {
      key: `${index}:repair`,
      words: `repair ${step.rerunTasks.join(", ")} of Databricks run ${step.runId}`,
      before: [],
      check: () => checkStep(step, deps.connections),
      send: async (current) => {
        const { runId, rerunTasks, latestRepairId } = step;
        const action = issueAction(current, deps.digest);
        return (await writer.repair(action, { runId, rerunTasks, latestRepairId })).repairId;
      },
      readBack: async () => readBackRepair(step, await reader.run(step.runId)),
    },
    deps,
  );
  if (sent.kind !== "done") return progressOf(sent);

  const now = deps.clock.now();
  const run = await reader.run(step.runId);
  const repair = run.repairs.find((entry) => entry.id === sent.request.answer);
  if (repair === undefined && now.getTime() - Date.parse(sent.request.settledAt ?? "") > repairShowsWithinMs) {
    throw new Uncertain(`Databricks run ${step.runId} does not show repair ${sent.request.answer ?? ""}.`);
  }
  // Until the repair stands in the history, the run still shows how it ended before.
  if (repair === undefined || !hasEnded(run.status) || !hasEnded(repair.status)) {
    return { kind: "later", at: new Date(now.getTime() + deps.pollMs) };
  }
  if (!endedWell(run.status)) {
    const { result, lifeCycle } = run.status;
    return {
      kind: "failed",
      outcome: `The repair of Databricks run ${step.runId} failed again (${result ?? lifeCycle}); nothing was done in Airflow.`,
    };
  }
  const line = `Databricks run ${step.runId} ${howItEndedWell(run.status)}`;
  if (sent.proposal.execution?.trail.some(({ text }) => text === line))
    return { kind: "next", proposal: sent.proposal };
  const noted = await deps.log.change(proposal.id, { trail: line });
  return noted === null ? { kind: "gone" } : { kind: "next", proposal: noted };
}

async function markDoneAndContinue(
  proposal: Proposal,
  index: number,
  step: SetSuccessStep,
  deps: CarryOutDeps,
): Promise<Progress> {
  const { writer } = airflowOf(deps.connections, step.connection);
  const { dagId, runId } = step;
  const { taskId, mapIndex } = step.task;
  const sent = await sendApproved(
    proposal,
    {
      key: `${index}:set_success`,
      words: `mark ${nameOf(step.task)} done in run ${runId} of ${dagId}`,
      before: [step.task],
      check: () => checkStep(step, deps.connections),
      send: async (current) => {
        await writer.setSuccess(issueAction(current, deps.digest), { dagId, runId, taskId, mapIndex });
        return null;
      },
      readBack: async () => readBackSuccess(step.task, await liveTasks(step, deps.connections)),
    },
    deps,
  );
  if (sent.kind !== "done") return progressOf(sent);

  const key = `${index}:clear_rest`;
  const known = sent.proposal.execution?.requests?.find((request) => request.key === key);
  if (known !== undefined && known.state !== "not_done") return clearRest(sent.proposal, key, step, known.before, deps);
  const carriedOn = new Date(Date.parse(sent.request.settledAt ?? sent.request.intendedAt) + airflowCarriesOnMs);
  if (deps.clock.now() < carriedOn) return { kind: "later", at: carriedOn };
  const live = await liveTasks(step, deps.connections);
  const rest = step.downstream.filter((task) => taskChange([task], live) === null);
  return rest.length === 0
    ? { kind: "next", proposal: sent.proposal }
    : clearRest(sent.proposal, key, step, rest, deps);
}

/** What was shown and Airflow has left as it was. */
async function clearRest(
  proposal: Proposal,
  key: string,
  step: SetSuccessStep,
  rest: readonly PlannedTask[],
  deps: CarryOutDeps,
): Promise<Progress> {
  try {
    return progressOf(await sendApproved(proposal, clearRequest(key, step, rest, deps), deps));
  } catch (error) {
    // Airflow cleared it itself between our look and our request.
    if (error instanceof StaleApproval)
      return { kind: "later", at: new Date(deps.clock.now().getTime() + deps.pollMs) };
    if (error instanceof UpstreamError && error.reason === "conflict") {
      return { kind: "later", at: new Date(deps.clock.now().getTime() + deps.pollMs) };
    }
    throw error;
  }
}

function progressOf(sent: Sent): Progress {
  if (sent.kind !== "done") return sent;
  return { kind: "next", proposal: sent.proposal };
}
