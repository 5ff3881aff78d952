import { planWords } from "../chat/cards/plan-words.js";
import { stepOf } from "../core/approval/execution.js";
import type { Proposal } from "../core/approval/proposal.js";
import { PipewrightError, UpstreamError } from "../core/errors.js";
import type { Clock, Ids, Logger } from "../core/ports.js";
import type { OutboxItem, Store } from "../core/store.js";
import type { ExecutionLog } from "./execution-log.js";
import { openProposal } from "./open-proposal.js";
import { orderWork } from "./order-work.js";
import type { ProposalDesk } from "./propose.js";

/** Steps of a plan have run, and what holds now forbids the one whose turn it is. */
export class PlanStopped extends Error {
  constructor(
    /** One sentence. */
    readonly fault: string,
    /** When a freeze ends, ISO 8601; null: nobody can tell when the steps may run. */
    readonly until: string | null,
    readonly key: string,
  ) {
    super(fault);
    this.name = "PlanStopped";
  }
}

export interface StopPlanDeps {
  readonly log: ExecutionLog;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** Ends a plan between two of its steps: the card says which ran and which did not, and when there will be a new plan. */
export async function stopPlan(proposalId: string, stopped: PlanStopped, deps: StopPlanDeps): Promise<void> {
  const proposal = await deps.log.load(proposalId);
  if (proposal === null) return;
  const { until } = stopped;
  await deps.log.end(proposalId, "failed", wordsFor(proposal, stopped), async (tx) => {
    if (until === null) return;
    await orderWork(tx, { kind: "offer", subject: proposalId, notBefore: new Date(until) }, deps);
  });
}

function wordsFor({ plan }: Proposal, { fault, until, key }: PlanStopped): string {
  const at = stepOf(key);
  const some = (steps: typeof plan.steps): string => planWords({ ...plan, steps });
  const next =
    until === null
      ? "Ask for a new proposal, or have the policy changed."
      : "A new proposal for what is left comes when the freeze is over.";
  return `Stopped before step ${at + 1} of ${plan.steps.length}. ${fault} Ran: ${some(plan.steps.slice(0, at))}. Did not run: ${some(plan.steps.slice(at))}. ${next}`;
}

export interface OfferDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly proposals: Pick<ProposalDesk, "replace">;
}

const retryMs = 30_000;

/** Handles `offer`: the plan of now for an incident whose last plan was stopped by a freeze, unless somebody was faster. */
export async function offerAgain(item: OutboxItem, deps: OfferDeps): Promise<{ readonly retryAt: Date } | undefined> {
  const isWanted = await deps.store.transact(async (tx) => {
    const stopped = await tx.proposals.get(item.subject);
    const incident = stopped === null ? null : await tx.incidents.get(stopped.incidentId);
    return incident?.state === "diagnosed" && (await openProposal(tx, incident.id)) === null;
  });
  if (!isWanted) return undefined;
  try {
    await deps.proposals.replace(item.subject);
  } catch (error) {
    if (error instanceof UpstreamError && error.retryable) {
      return { retryAt: new Date(deps.clock.now().getTime() + retryMs) };
    }
    if (!(error instanceof PipewrightError)) throw error;
    deps.logger.info({ err: error, proposal: item.subject }, "no new plan after the freeze");
  }
  return undefined;
}
