import { issueAction } from "../core/approval/issue-action.js";
import { ownToken } from "../core/approval/own-keys.js";
import type { Proposal } from "../core/approval/proposal.js";
import type { DatabricksRun } from "../core/databricks.js";
import { StaleApproval } from "../core/errors.js";
import type { DatabricksReader } from "../core/ports.js";
import { type ReadBack, readBackCancel, readBackRepair } from "../core/remediation/compare-live.js";
import { endedWell, hasEnded, howItEndedWell } from "../core/remediation/databricks-tasks.js";
import type { CancelStep, RepairStep, RunNowStep } from "../core/remediation/plan.js";
import { checkStep, databricksOf } from "./live-systems.js";
import { type CarryOutDeps, lookAgain, noteDone, type Progress, progressOf, sendApproved } from "./send-approved.js";
import { Uncertain } from "./send-once.js";

/** A repair shows in the run's history at once; one that does not for so long was not made. */
const repairShowsWithinMs = 5 * 60_000;
/** A run that was told to stop ends its clusters first. */
const stopsWithinMs = 30 * 60_000;
/** Later, people have looked already and may have acted. */
const asksAgainWithinMs = 15 * 60_000;

export async function repairAndWait(
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

  const run = await reader.run(step.runId);
  const repair = run.repairs.find((entry) => entry.id === sent.request.answer);
  if (repair === undefined && sinceMs(sent.request.settledAt, deps) > repairShowsWithinMs) {
    throw new Uncertain(`Databricks run ${step.runId} does not show repair ${sent.request.answer ?? ""}.`);
  }
  // Until the repair stands in the history, the run still shows how it ended before.
  if (repair === undefined || !hasEnded(run.status) || !hasEnded(repair.status)) return lookAgain(deps);
  return endedWell(run.status)
    ? noteDone(sent.proposal, `Databricks run ${step.runId} ${howItEndedWell(run.status)}`, deps)
    : failed(`The repair of Databricks run ${step.runId} failed again`, run);
}

/** Stops a stuck run and waits until it stands still. */
export async function cancelAndWait(
  proposal: Proposal,
  index: number,
  step: CancelStep,
  deps: CarryOutDeps,
): Promise<Progress> {
  const { reader, writer } = databricksOf(deps.connections, step.connection);
  const line = `Databricks run ${step.runId} stands still`;
  if (proposal.execution?.trail.some(({ text }) => text === line)) return { kind: "next", proposal };
  const sent = await sendApproved(
    proposal,
    {
      key: `${index}:cancel`,
      words: `stop Databricks run ${step.runId}`,
      before: [],
      check: () => checkStep(step, deps.connections),
      send: async (current) => {
        await writer.cancel(issueAction(current, deps.digest), step.runId);
        return null;
      },
      readBack: async () => readBackCancel(await reader.run(step.runId)),
    },
    deps,
  );
  if (sent.kind !== "done") return progressOf(sent);

  const { status } = await reader.run(step.runId);
  if (!hasEnded(status)) {
    if (sinceMs(sent.request.settledAt, deps) > stopsWithinMs) {
      throw new Uncertain(`Databricks run ${step.runId} was told to stop and does not.`);
    }
    return lookAgain(deps);
  }
  if (endedWell(status)) {
    throw new StaleApproval(`Databricks run ${step.runId} ended well before it could be stopped.`, "");
  }
  return noteDone(sent.proposal, line, deps);
}

/** Starts the job under a token of our own, which starts it once, and waits for its end. */
export async function runNowAndWait(
  proposal: Proposal,
  index: number,
  step: RunNowStep,
  deps: CarryOutDeps,
): Promise<Progress> {
  const { reader, writer } = databricksOf(deps.connections, step.connection);
  const { jobId, parameters } = step;
  const idempotencyToken = ownToken(proposal.id, index);
  const key = `${index}:run_now`;
  const intendedAt = proposal.execution?.requests?.find((request) => request.key === key)?.intendedAt;
  const sent = await sendApproved(
    proposal,
    {
      key,
      words: `run Databricks job ${jobId} again`,
      before: [],
      check: () => checkStep(step, deps.connections),
      send: async (current) => {
        const action = issueAction(current, deps.digest);
        return (await writer.runNow(action, { jobId, parameters, idempotencyToken })).runId;
      },
      readBack: () => readBackRunNow(reader, { jobId, idempotencyToken, intendedAt }, deps),
    },
    deps,
  );
  if (sent.kind !== "done") return progressOf(sent);

  const runId = sent.request.answer ?? "";
  const run = await reader.run(runId);
  if (!hasEnded(run.status)) return lookAgain(deps);
  return endedWell(run.status)
    ? noteDone(sent.proposal, `Databricks run ${runId} ${howItEndedWell(run.status)}`, deps)
    : failed(`The new Databricks run ${runId} failed too`, run);
}

/** A new run of the job that does not show its token may be ours: the same token gives it back. Late, that could start one anew. */
async function readBackRunNow(
  reader: Pick<DatabricksReader, "runs">,
  asked: { readonly jobId: string; readonly idempotencyToken: string; readonly intendedAt: string | undefined },
  deps: CarryOutDeps,
): Promise<ReadBack> {
  const { jobId, idempotencyToken, intendedAt = deps.clock.now().toISOString() } = asked;
  // It may have been asked for more than once, by clocks that differ.
  const startedAfter = new Date(Date.parse(intendedAt) - asksAgainWithinMs);
  let mayBeOurs = false;
  for (const which of ["active", "completed"] as const) {
    for await (const run of reader.runs({ which, startedAfter, jobId })) {
      if (run.idempotencyToken === idempotencyToken) return { kind: "done", answer: run.runId };
      const isNew = run.startedAt !== null && Date.parse(run.startedAt) >= startedAfter.getTime();
      if (isNew && run.idempotencyToken === null) mayBeOurs = true;
    }
  }
  if (!mayBeOurs) return { kind: "not_done" };
  return { kind: sinceMs(intendedAt, deps) < asksAgainWithinMs ? "ask_again" : "unclear" };
}

function failed(what: string, { status }: DatabricksRun): Progress {
  return { kind: "failed", outcome: `${what} (${status.result ?? status.lifeCycle}); nothing was done after it.` };
}

function sinceMs(at: string | null, { clock }: CarryOutDeps): number {
  return clock.now().getTime() - Date.parse(at ?? "");
}
