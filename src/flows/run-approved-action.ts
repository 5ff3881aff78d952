import { requesterIds } from "../core/approval/askers.js";
import { hasOpenRequest, hasStarted, mayHaveArrived, stepHasBegun, withExecution } from "../core/approval/execution.js";
import { digestFits } from "../core/approval/issue-action.js";
import type { Proposal } from "../core/approval/proposal.js";
import { answerable, recheck } from "../core/approval/recheck.js";
import { explainError, PipewrightError, RefusedByPolicy, StaleApproval, UpstreamError } from "../core/errors.js";
import type { Person } from "../core/person.js";
import type { Calendar, Clock, Connections, Digest, Ids, Logger } from "../core/ports.js";
import { type Freeze, frozenAt } from "../core/remediation/freeze.js";
import type { Plan } from "../core/remediation/plan.js";
import { guardsForPlan, namedBy } from "../core/remediation/policy.js";
import type { Policy } from "../core/remediation/rule.js";
import type { OutboxItem, Store, StoreTx } from "../core/store.js";
import { carryOut } from "./carry-out-step.js";
import { createExecutionLog } from "./execution-log.js";
import type { Identities } from "./identities.js";
import { investigateAgain } from "./investigate-again.js";
import { checkStep } from "./live-systems.js";
import { orderWork } from "./order-work.js";
import type { ProposalDesk } from "./propose.js";
import { addTime, coolsDown, rerunMarks, rerunsWithin } from "./recent-times.js";
import type { CarryOutDeps } from "./send-approved.js";
import { Uncertain } from "./send-once.js";
import { PlanStopped, stopPlan } from "./stop-plan.js";

export interface ExecutionDeps {
  readonly store: Store;
  readonly connections: Connections;
  /** The approver as their platform knows them right now. */
  readonly lookUp: (personId: string) => Promise<Person>;
  readonly policy: Policy;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly digest: Digest;
  readonly calendar: Calendar;
  readonly logger: Logger;
  readonly proposals: Pick<ProposalDesk, "replace">;
  readonly identities: Identities;
  /** Longer than the write clients' time-out; default 65 s, the clients' is 60. */
  readonly settleMs?: number;
  /** How often a running repair is looked at; default 5 s. */
  readonly pollMs?: number;
}

type Later = { readonly retryAt: Date } | undefined;

const defaultSettleMs = 65_000;
const defaultPollMs = 5_000;
const retryReadMs = 10_000;

/** Handles `execute`: carries an approved plan out, step by step, over restarts; each request at most once. */
export function createRunApprovedAction(deps: ExecutionDeps): (item: OutboxItem) => Promise<Later> {
  const { store, clock, policy } = deps;
  const log = createExecutionLog(deps);
  const carry: CarryOutDeps = {
    log,
    clock,
    logger: deps.logger,
    connections: deps.connections,
    digest: deps.digest,
    settleMs: deps.settleMs ?? defaultSettleMs,
    pollMs: deps.pollMs ?? defaultPollMs,
    firstGuard,
    checkApproval,
  };

  return async (item) => {
    const proposal = await log.load(item.subject);
    // A crash after the last request leaves this order standing beside the one to verify.
    if (proposal === null || proposal.execution?.state === "verifying") return undefined;
    try {
      if (!digestFits(proposal, deps.digest)) throw changedPlan();
      if (!hasStarted(proposal)) await checkBeforeFirst(proposal);
      return await carryAll(proposal);
    } catch (error) {
      return endOrWait(item.subject, error);
    }
  };

  async function carryAll(start: Proposal): Promise<Later> {
    let proposal = start;
    for (const [index, step] of start.plan.steps.entries()) {
      const progress = await carryOut(proposal, index, step, carry);
      if (progress.kind === "later") return { retryAt: progress.at };
      if (progress.kind === "gone") return undefined;
      if (progress.kind === "failed") {
        const ended = await log.end(proposal.id, "failed", progress.outcome);
        if (ended !== null) await investigateAgain(ended, deps);
        return undefined;
      }
      proposal = progress.proposal;
    }
    await log.change(proposal.id, {
      change: (current) => withExecution(current, { state: "verifying" }),
      trail: "Everything was sent; watching how it ends",
      incident: { state: "verifying" },
      also: (tx, current) => orderWork(tx, { kind: "verify", subject: current.id }, deps),
    });
    return undefined;
  }

  /**
   * A request that is proven not to have arrived may be sent again hours later: then the approval must still hold. A later
   * step waits for the ones before it: what forbids it meanwhile stops it.
   */
  async function checkApproval(proposalId: string, key: string): Promise<void> {
    const proposal = await log.load(proposalId);
    if (proposal === null || !hasStarted(proposal)) return;
    if (!mayHaveArrived(proposal)) return checkBeforeFirst(proposal);
    if (stepHasBegun(proposal, key)) return;
    const { fault, freeze } = await faultNow(proposal);
    if (fault !== null) throw new PlanStopped(fault, freeze?.until ?? null, key);
  }

  /** Nothing was sent yet: is everything still as it was approved? */
  async function checkBeforeFirst(proposal: Proposal): Promise<void> {
    const now = clock.now();
    if (proposal.decision === null || now.getTime() >= Date.parse(proposal.expiresAt)) {
      throw new StaleApproval("The approval expired before it could be carried out; nothing was run.", "");
    }
    const { fault } = await faultNow(proposal);
    if (fault !== null) {
      throw new RefusedByPolicy(`${fault} Nothing was run.`, "Ask for a new proposal, or have the policy changed.");
    }
    for (const step of proposal.plan.steps) {
      // The carrying on is compared again when its turn comes: the repair before it takes its time.
      await checkStep(step, deps.connections);
    }
  }

  /** Why the approval does not hold by the policy and the people of now; null when it does. */
  async function faultNow(
    proposal: Proposal,
  ): Promise<{ readonly fault: string | null; readonly freeze: Freeze | null }> {
    const now = clock.now();
    const guards = guardsForPlan(policy, await asTaggedNow(proposal));
    const ids = answerable(proposal);
    const people = await lookUpAgain(() => Promise.all(ids.map(async (id) => [id, await deps.lookUp(id)] as const)));
    const must = [...ids, ...requesterIds(proposal)];
    const identityOf = await lookUpAgain(() => deps.identities.among({ must, may: namedBy(guards) }));
    const freeze = frozenAt(guards.freeze, now, deps.calendar);
    const fault = recheck(proposal, { guards, frozen: freeze, now, people: new Map(people), identityOf });
    return { fault, freeze };
  }

  /** Tags are read again where they decide something: somebody may have marked the DAG as not safe to repeat since. */
  async function asTaggedNow({ plan, decision }: Proposal): Promise<Plan> {
    const airflow = plan.subject.airflow;
    const byTag = policy.rules.some(
      ({ tag, quorumUnlessIdempotent }) => (tag ?? quorumUnlessIdempotent ?? null) !== null,
    );
    const matters = decision?.standingBy !== undefined || byTag;
    if (airflow === null || !matters) return plan;
    const reader = deps.connections.airflow.get(plan.subject.connection)?.reader;
    const tags = reader === undefined ? null : (await reader.dag(airflow.dagId)).tags;
    return { ...plan, matchedBy: { category: plan.matchedBy?.category ?? null, tags } };
  }

  async function lookUpAgain<T>(lookUp: () => Promise<T>): Promise<T> {
    try {
      return await lookUp();
    } catch (cause) {
      if (cause instanceof RefusedByPolicy || (cause instanceof UpstreamError && !cause.retryable)) throw cause;
      throw new UpstreamError(
        "The approver can't be looked up just now, so nothing is run yet.",
        "It is tried again until the approval expires.",
        "unreachable",
        true,
        false,
        null,
        { cause },
      );
    }
  }

  /** In the transaction of the first request, so that two plans for one run can't both pass. */
  async function firstGuard(tx: StoreTx, proposal: Proposal): Promise<void> {
    const guards = guardsForPlan(policy, proposal.plan);
    const { plan } = proposal;
    const now = clock.now();
    const used = await rerunsWithin(tx, plan, guards.perHours, now);
    if (used.length >= guards.maxReruns) {
      throw new RefusedByPolicy(
        `This run was already rerun ${used.length} times within ${guards.perHours} h, as often as the policy allows; nothing was run.`,
        "Look at what fails each time before it runs again.",
      );
    }
    if (await coolsDown(tx, plan, guards.coolDownMinutes, now)) {
      throw new RefusedByPolicy(
        `The last rerun of this run is less than ${guards.coolDownMinutes} minutes ago; nothing was run.`,
        "Ask again after that time.",
      );
    }
    for (const mark of rerunMarks(plan)) await addTime(tx, mark, now);
    await tx.audit.append({
      at: now.toISOString(),
      actor: proposal.decision?.personId ?? "pipewright",
      action: "execution_started",
      incidentId: proposal.incidentId,
      proposalId: proposal.id,
      detail: `digest ${proposal.digest}`,
    });
  }

  async function endOrWait(proposalId: string, error: unknown): Promise<Later> {
    if (error instanceof Uncertain) {
      await log.end(proposalId, "uncertain", `${error.message} Look at the run yourself; nothing more is sent.`);
      return undefined;
    }
    if (error instanceof PlanStopped) {
      await stopPlan(proposalId, error, { ...deps, log });
      return undefined;
    }
    if (error instanceof StaleApproval) return replace(proposalId, error);
    const outage = error instanceof UpstreamError && error.retryable;
    if (outage || !(error instanceof PipewrightError)) {
      deps.logger.warn({ err: error, proposal: proposalId }, "an approved action waits");
      await log.change(proposalId, {
        trail: outage
          ? `${explainError(error)} It is tried again.`
          : "Something went wrong inside Pipewright; it is tried again.",
      });
      return { retryAt: new Date(clock.now().getTime() + retryReadMs) };
    }
    const proposal = await log.load(proposalId);
    if (proposal !== null && hasOpenRequest(proposal)) {
      await log.end(proposalId, "uncertain", `Whether the last request arrived can't be told: ${explainError(error)}`);
    } else {
      const refused = error instanceof RefusedByPolicy && proposal !== null && !hasStarted(proposal);
      await log.end(proposalId, refused ? "refused" : "failed", explainError(error));
    }
    return undefined;
  }

  /** The world moved on: never a silent adaptation, but the plan of now for people to decide. */
  async function replace(proposalId: string, stale: StaleApproval): Promise<Later> {
    const before = await log.load(proposalId);
    if (before === null) return undefined;
    await log.end(proposalId, mayHaveArrived(before) ? "failed" : "refused", stale.message);
    try {
      const next = await deps.proposals.replace(proposalId);
      await store.transact(async (tx) => {
        const ended = await tx.proposals.get(proposalId);
        if (ended !== null) await tx.proposals.put({ ...ended, supersededBy: next.id });
        await orderWork(tx, { kind: "publish", subject: before.incidentId }, deps);
      });
    } catch (error) {
      // The card says already that nothing was run; the thread says why there is no new plan.
      deps.logger.info({ err: error, proposal: proposalId }, "no new plan in place of a stale one");
    }
    return undefined;
  }
}

function changedPlan(): RefusedByPolicy {
  return new RefusedByPolicy(
    "The stored plan is not the one that was approved; nothing was run.",
    "Ask for a new proposal, and have the owner of this installation look at the store.",
  );
}
