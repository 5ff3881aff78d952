import type { ConnectionName } from "../core/airflow.js";
import { requestOf, withTrail } from "../core/approval/execution.js";
import { ownRunId } from "../core/approval/own-keys.js";
import type { Proposal } from "../core/approval/proposal.js";
import { explainError, PipewrightError, UpstreamError } from "../core/errors.js";
import type { Clock, Connections, Ids, Logger } from "../core/ports.js";
import { endedWell, hasEnded, howItEndedWell } from "../core/remediation/databricks-tasks.js";
import { judgeOutcome, judgeRun, type Outcome } from "../core/remediation/judge-outcome.js";
import type { ClearStep, PlanStep, SetSuccessStep } from "../core/remediation/plan.js";
import type { OutboxItem, Store } from "../core/store.js";
import { createExecutionLog } from "./execution-log.js";
import { investigateAgain } from "./investigate-again.js";
import { tasksOf } from "./live-systems.js";

export interface VerifyDeps {
  readonly store: Store;
  readonly connections: Connections;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
}

type Later = { readonly retryAt: Date } | undefined;

/** Looks often at first, then less: a rerun may take hours. */
const pollsMs = [
  { until: 2 * 60_000, every: 3_000 },
  { until: 20 * 60_000, every: 10_000 },
  { until: Number.POSITIVE_INFINITY, every: 30_000 },
] as const;

/** Handles `verify`: watches what was rerun to its end, over restarts, and says how it ended. */
export function createVerifyOutcome(deps: VerifyDeps): (item: OutboxItem) => Promise<Later> {
  const { clock } = deps;
  const log = createExecutionLog(deps);

  return async (item) => {
    const proposal = await log.load(item.subject);
    if (proposal === null) return undefined;
    let outcome: Outcome;
    try {
      outcome = await outcomeOf(proposal);
    } catch (error) {
      return cannotLook(item, proposal, error);
    }
    await noteProgress(proposal, outcome);
    switch (outcome.kind) {
      case "running":
        return { retryAt: nextLook(item) };
      case "recovered":
        await log.end(proposal.id, "recovered", `Recovered after ${durationSince(proposal)}: ${outcome.words}`);
        return undefined;
      case "failed": {
        const ended = await log.end(proposal.id, "failed", outcome.words);
        if (ended !== null) await investigateAgain(ended, deps);
        return undefined;
      }
    }
  };

  async function outcomeOf(proposal: Proposal): Promise<Outcome> {
    const finished: string[] = [];
    const words: string[] = [];
    for (const [index, step] of proposal.plan.steps.entries()) {
      const outcome = await stepOutcome(proposal, step, index);
      if (outcome === null) continue;
      finished.push(...outcome.finished);
      if (outcome.kind === "failed") return { ...outcome, finished };
      if (outcome.kind === "running") return { ...outcome, finished };
      words.push(outcome.words);
    }
    return { kind: "recovered", finished, words: words.join(" ") };
  }

  /** null for a step that has no end of its own to watch. */
  async function stepOutcome(proposal: Proposal, step: PlanStep, index: number): Promise<Outcome | null> {
    switch (step.do) {
      case "airflow_wait":
      case "databricks_cancel":
        return null;
      case "databricks_repair":
        return runOutcome(step.connection, step.runId);
      case "databricks_run_now":
        return runOutcome(step.connection, requestOf(proposal, `${index}:run_now`)?.answer ?? "");
      case "airflow_trigger": {
        const reader = deps.connections.airflow.get(step.connection)?.reader;
        if (reader === undefined) return goneFrom(step.connection);
        const runId = ownRunId(proposal.id, index);
        return judgeRun(await reader.run(step.dagId, runId), await reader.taskInstances(step.dagId, runId));
      }
      case "airflow_clear":
      case "airflow_set_success":
        return tasksOutcome(step, proposal.execution?.startedAt ?? null);
    }
  }

  async function runOutcome(connection: ConnectionName, runId: string): Promise<Outcome> {
    const reader = deps.connections.databricks.get(connection)?.reader;
    if (reader === undefined) return goneFrom(connection);
    const { status } = await reader.run(runId);
    if (!hasEnded(status)) return { kind: "running", finished: [] };
    const good = endedWell(status);
    const how = good ? howItEndedWell(status) : `ended ${status.result ?? status.lifeCycle}`;
    return { kind: good ? "recovered" : "failed", finished: [], words: `Databricks run ${runId} ${how}.` };
  }

  async function tasksOutcome(step: ClearStep | SetSuccessStep, since: string | null): Promise<Outcome> {
    const reader = deps.connections.airflow.get(step.connection)?.reader;
    if (reader === undefined) return goneFrom(step.connection);
    const outcome = judgeOutcome(tasksOf(step), await reader.taskInstances(step.dagId, step.runId), since);
    // What was marked done did not run; its line stands on the trail already.
    const marked = step.do === "airflow_set_success" ? step.task.taskId : null;
    return { ...outcome, finished: outcome.finished.filter((taskId) => taskId !== marked) };
  }

  async function noteProgress(proposal: Proposal, { finished }: Outcome): Promise<void> {
    const said = new Set((proposal.execution?.trail ?? []).map(({ text }) => text));
    const lines = finished.map((name) => `${name} ended well`).filter((text) => !said.has(text));
    if (lines.length === 0) return;
    const at = clock.now().toISOString();
    await log.change(proposal.id, {
      change: (current) => lines.reduce((row, text) => withTrail(row, { at, text }), current),
    });
  }

  async function cannotLook(item: OutboxItem, proposal: Proposal, error: unknown): Promise<Later> {
    if (error instanceof PipewrightError && !(error instanceof UpstreamError && error.retryable)) {
      const words = `It was sent, but how it ends can't be seen: ${explainError(error)}`;
      await log.end(proposal.id, "uncertain", words);
      return undefined;
    }
    deps.logger.warn({ err: error, proposal: proposal.id }, "the outcome can't be read just now");
    if (error instanceof UpstreamError) {
      await log.change(proposal.id, { trail: `${explainError(error)} I keep looking.` });
    }
    return { retryAt: nextLook(item) };
  }

  function nextLook(item: OutboxItem): Date {
    const now = clock.now().getTime();
    const watched = now - Date.parse(item.createdAt);
    const poll = pollsMs.find(({ until }) => watched < until) ?? pollsMs[2];
    return new Date(now + poll.every);
  }

  function durationSince(proposal: Proposal): string {
    const from = Date.parse(proposal.execution?.startedAt ?? clock.now().toISOString());
    const seconds = Math.max(0, Math.round((clock.now().getTime() - from) / 1000));
    return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
  }
}

function goneFrom(connection: string): Outcome {
  return { kind: "failed", finished: [], words: `${connection} is not configured any more, so the end can't be seen.` };
}
