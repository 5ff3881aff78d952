import { issueAction } from "../core/approval/issue-action.js";
import { ownRunId } from "../core/approval/own-keys.js";
import type { Proposal } from "../core/approval/proposal.js";
import { StaleApproval, UpstreamError } from "../core/errors.js";
import type { AirflowReader } from "../core/ports.js";
import { nameOf, type ReadBack, readBackClear, readBackSuccess, taskChange } from "../core/remediation/compare-live.js";
import { judgeOutcome, judgeRun } from "../core/remediation/judge-outcome.js";
import type { ClearStep, PlannedTask, SetSuccessStep, TriggerStep, WaitStep } from "../core/remediation/plan.js";
import { taskNames } from "../core/remediation/plan-words.js";
import { airflowOf, checkStep, liveTasks } from "./live-systems.js";
import { type CarryOutDeps, lookAgain, noteDone, type Progress, progressOf, sendApproved } from "./send-approved.js";
import type { OnceRequest } from "./send-once.js";

/** Airflow clears what failed behind a task that was marked done within 3 s; the rest is looked at after that. */
const airflowCarriesOnMs = 5_000;

export async function clearTasks(
  proposal: Proposal,
  index: number,
  step: ClearStep,
  deps: CarryOutDeps,
): Promise<Progress> {
  return progressOf(await sendApproved(proposal, clearRequest(`${index}:clear`, step, step.tasks, deps), deps));
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
        onlyFailed: !(step.do === "airflow_clear" && step.wholeRun === true),
        runOnLatestVersion: step.do === "airflow_clear" ? step.runOnLatestVersion : null,
      });
      return null;
    },
    readBack: async () => readBackClear(tasks, await liveTasks(step, deps.connections)),
  };
}

export async function markDoneAndContinue(
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

/** Starts a run under an id of our own: that id can't be taken twice. */
export async function startRun(
  proposal: Proposal,
  index: number,
  step: TriggerStep,
  deps: CarryOutDeps,
): Promise<Progress> {
  const { reader, writer } = airflowOf(deps.connections, step.connection);
  const { dagId, logicalDate } = step;
  const runId = ownRunId(proposal.id, index);
  const sent = await sendApproved(
    proposal,
    {
      key: `${index}:trigger`,
      words: `start ${dagId} as run ${runId}`,
      before: [],
      check: () => checkStep(step, deps.connections),
      send: async (current) => {
        const note = `Started by Pipewright, approval ${proposal.id}`;
        try {
          await writer.trigger(issueAction(current, deps.digest), { dagId, runId, logicalDate, note });
        } catch (error) {
          // Taken means that we asked before, or that somebody else has a run for that date.
          const taken = error instanceof UpstreamError && error.reason === "conflict";
          if (!taken || (await readBackRun(reader, step, runId)).kind !== "done") throw error;
        }
        return runId;
      },
      readBack: () => readBackRun(reader, step, runId),
    },
    deps,
  );
  return progressOf(sent);
}

async function readBackRun(
  reader: Pick<AirflowReader, "run">,
  { dagId, logicalDate }: TriggerStep,
  runId: string,
): Promise<ReadBack> {
  try {
    const run = await reader.run(dagId, runId);
    const asAsked = logicalDate === null || Date.parse(run.logicalDate ?? "") === Date.parse(logicalDate);
    return asAsked ? { kind: "done", answer: runId } : { kind: "unclear" };
  } catch (error) {
    if (error instanceof UpstreamError && error.reason === "not_found") return { kind: "not_done" };
    throw error;
  }
}

/** Waits until a run has ended well, over restarts; nothing is sent. */
export async function waitForRun(
  proposal: Proposal,
  index: number,
  step: WaitStep,
  deps: CarryOutDeps,
): Promise<Progress> {
  const { reader } = airflowOf(deps.connections, step.connection);
  const { dagId } = step;
  const line = `${dagId} ended well`;
  if (proposal.execution?.trail.some(({ text }) => text === line)) return { kind: "next", proposal };
  const runId = step.runId ?? ownRunId(proposal.id, index - 1);
  const live = await reader.taskInstances(dagId, runId);
  const outcome =
    step.tasks.length > 0 ? judgeOutcome(step.tasks, live) : judgeRun(await reader.run(dagId, runId), live);
  switch (outcome.kind) {
    case "running":
      return lookAgain(deps);
    case "failed":
      return { kind: "failed", outcome: `${dagId} did not help: ${outcome.words} What waits for it was not rerun.` };
    case "recovered":
      return noteDone(proposal, line, deps);
  }
}
