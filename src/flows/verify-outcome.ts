import { withTrail } from "../core/approval/execution.js";
import type { Proposal } from "../core/approval/proposal.js";
import { explainError, PipewrightError, UpstreamError } from "../core/errors.js";
import type { Clock, Connections, Ids, Logger } from "../core/ports.js";
import { hasEnded, hasSucceeded } from "../core/remediation/databricks-tasks.js";
import { judgeOutcome, type Outcome } from "../core/remediation/judge-outcome.js";
import type { PlanStep } from "../core/remediation/plan.js";
import type { OutboxItem, Store } from "../core/store.js";
import { createExecutionLog } from "./execution-log.js";
import { tasksOf } from "./live-systems.js";
import { orderWork } from "./order-work.js";

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
        const { incidentId } = proposal;
        const ended = await log.end(proposal.id, "failed", outcome.words);
        // The new failure may ask for something else than the old one.
        if (ended !== null) {
          await deps.store.transact((tx) => orderWork(tx, { kind: "investigate", subject: incidentId }, deps));
        }
        return undefined;
      }
    }
  };

  async function outcomeOf({ plan }: Proposal): Promise<Outcome> {
    const finished: string[] = [];
    const words: string[] = [];
    for (const step of plan.steps) {
      const outcome = await stepOutcome(step);
      finished.push(...outcome.finished);
      if (outcome.kind === "failed") return { ...outcome, finished };
      if (outcome.kind === "running") return { ...outcome, finished };
      words.push(outcome.words);
    }
    return { kind: "recovered", finished, words: words.join(" ") };
  }

  async function stepOutcome(step: PlanStep): Promise<Outcome> {
    if (step.do === "databricks_repair") {
      const reader = deps.connections.databricks.get(step.connection)?.reader;
      if (reader === undefined) return goneFrom(step.connection);
      const { status } = await reader.run(step.runId);
      if (!hasEnded(status)) return { kind: "running", finished: [] };
      const good = hasSucceeded(status);
      const how = good ? "succeeded" : `ended ${status.result ?? status.lifeCycle}`;
      return { kind: good ? "recovered" : "failed", finished: [], words: `Databricks run ${step.runId} ${how}.` };
    }
    const reader = deps.connections.airflow.get(step.connection)?.reader;
    if (reader === undefined) return goneFrom(step.connection);
    const outcome = judgeOutcome(tasksOf(step), await reader.taskInstances(step.dagId, step.runId));
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
