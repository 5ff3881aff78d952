import { requestOf, withExecution, withRequest } from "../core/approval/execution.js";
import type { Proposal, SentRequest } from "../core/approval/proposal.js";
import { explainError, RefusedByPolicy, UpstreamError } from "../core/errors.js";
import type { Clock, Logger } from "../core/ports.js";
import type { ReadBack } from "../core/remediation/compare-live.js";
import type { PlannedTask } from "../core/remediation/plan.js";
import type { StoreTx } from "../core/store.js";
import type { ExecutionLog } from "./execution-log.js";

/** A writing request that must have its effect once. */
export interface OnceRequest {
  readonly key: string;
  /** `clear load_orders, publish in run …`; for the trail and the audit. */
  readonly words: string;
  readonly before: readonly PlannedTask[];
  /** Throws StaleApproval when the world is not as it was shown. */
  check(): Promise<void>;
  /** Sends it; what the other side calls it, or null. */
  send(proposal: Proposal): Promise<string | null>;
  readBack(): Promise<ReadBack>;
}

export interface SendOnceDeps {
  readonly log: ExecutionLog;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Longer than the client's own time-out: after it, a request without an answer is not on its way any more. */
  readonly settleMs: number;
  /** How long after it was written down a request may still go out; with the client's time-out it stays below `settleMs`. Default 4 s. */
  readonly sendWithinMs?: number;
  /** Last conditions of the very first request, in the transaction that writes it down. */
  readonly firstGuard: (tx: StoreTx, proposal: Proposal) => Promise<void>;
}

export type Sent =
  | { readonly kind: "done"; readonly proposal: Proposal; readonly request: SentRequest }
  | { readonly kind: "later"; readonly at: Date }
  /** The proposal is not being carried out any more. */
  | { readonly kind: "gone" };

/** What was sent can't be told from what was not; a person must look. */
export class Uncertain extends Error {}

/** Restarts may eat some of them: a process that dies between writing down and sending has used one up. */
const mostAttempts = 5;
const retryMs = 5_000;
const sendWithinMs = 4_000;
/** The other side may still be at work on a request that we gave up on. */
const lateMs = 10_000;

/**
 * Sends a request at most once: it is written down before it goes out, and when its answer is lost (or we died meanwhile)
 * the other side is read before anything else happens. Only what is proven not to have arrived is sent again.
 */
export async function sendOnce(start: Proposal, request: OnceRequest, deps: SendOnceDeps): Promise<Sent> {
  const { log, clock } = deps;
  let known = requestOf(start, request.key);
  let asksAgain = false;
  if (known?.state === "intended") {
    const settled = await settleByReading(start, known, request, deps);
    if (settled.kind === "done" || settled.kind === "later" || settled.kind === "gone") return settled;
    known = settled.request;
    asksAgain = settled.kind === "ask_again";
  }
  if (known?.state === "done") return { kind: "done", proposal: start, request: known };
  const attempt = (known?.attempt ?? 0) + 1;
  if (attempt > mostAttempts) {
    if (asksAgain) throw new Uncertain(`It was tried ${mostAttempts} times to ${request.words}, and no answer came.`);
    throw new RefusedByPolicy(
      `It was tried ${mostAttempts} times to ${request.words}, and it never arrived.`,
      "Look at the connection, then ask for a new proposal.",
    );
  }
  // What may have arrived is not compared with the world before it: it may be our own work that stands there.
  if (!asksAgain) await request.check();

  const intent: SentRequest = {
    key: request.key,
    state: "intended",
    attempt,
    intendedAt: clock.now().toISOString(),
    settledAt: null,
    before: request.before,
    answer: null,
  };
  const written = await log.change(start.id, {
    change: (proposal) =>
      withExecution(withRequest(proposal, intent), {
        state: "running",
        startedAt: proposal.execution?.startedAt ?? intent.intendedAt,
      }),
    trail: `Asked to ${request.words}`,
    audit: [{ action: "request_sent", detail: `${request.key} try ${attempt}: ${request.words}` }],
    also: async (tx, proposal) => {
      if ((proposal.execution?.requests ?? []).length === 1 && known === null) await deps.firstGuard(tx, proposal);
    },
  });
  if (written === null) return { kind: "gone" };
  // Whoever stood still meanwhile may have been taken for dead, and its request for lost: it must not go out now.
  if (clock.now().getTime() - Date.parse(intent.intendedAt) > (deps.sendWithinMs ?? sendWithinMs)) {
    const unsent = { ...intent, attempt: intent.attempt - 1 };
    await settle(written, unsent, { state: "not_done", answer: null }, "Stood still too long; nothing was sent", deps);
    return { kind: "later", at: new Date(clock.now().getTime() + retryMs) };
  }

  let answer: string | null;
  try {
    answer = await request.send(written);
  } catch (error) {
    return afterFailure(written, intent, request, error, deps);
  }
  return settle(written, intent, { state: "done", answer }, `Done: ${request.words}`, deps);
}

async function afterFailure(
  proposal: Proposal,
  intent: SentRequest,
  request: OnceRequest,
  error: unknown,
  deps: SendOnceDeps,
): Promise<Sent> {
  deps.logger.warn({ err: error, proposal: proposal.id, request: intent.key }, "a request got no good answer");
  if (!(error instanceof UpstreamError) || error.ambiguous) {
    await deps.log.change(proposal.id, {
      trail: "No answer came; before anything is sent again it is looked up whether this was done",
    });
    const settled = Date.parse(intent.intendedAt) + deps.settleMs;
    return { kind: "later", at: new Date(Math.max(settled, deps.clock.now().getTime() + lateMs)) };
  }
  await settle(proposal, intent, { state: "not_done", answer: null }, `Refused: ${explainError(error)}`, deps);
  if (!error.retryable) {
    // A refusal because the world moved on is no failure: Databricks words it as a bad parameter.
    await request.check();
    throw error;
  }
  return { kind: "later", at: new Date(deps.clock.now().getTime() + retryMs * intent.attempt) };
}

async function settleByReading(
  proposal: Proposal,
  intent: SentRequest,
  request: OnceRequest,
  deps: SendOnceDeps,
): Promise<Sent | { readonly kind: "not_done" | "ask_again"; readonly request: SentRequest }> {
  const settledAt = new Date(Date.parse(intent.intendedAt) + deps.settleMs);
  if (deps.clock.now() < settledAt) return { kind: "later", at: settledAt };
  const found = await request.readBack();
  switch (found.kind) {
    case "done":
      return settle(proposal, intent, { state: "done", answer: found.answer }, `Found done: ${request.words}`, deps);
    case "not_done": {
      const words = `The request to ${request.words} had not arrived`;
      const settled = await settle(proposal, intent, { state: "not_done", answer: null }, words, deps);
      return settled.kind === "done" ? { kind: "not_done", request: settled.request } : settled;
    }
    case "ask_again":
      return { kind: "ask_again", request: intent };
    case "unclear":
      throw new Uncertain(`Whether the request to ${request.words} arrived can't be told.`);
  }
}

async function settle(
  proposal: Proposal,
  intent: SentRequest,
  result: { readonly state: "done" | "not_done"; readonly answer: string | null },
  trail: string,
  deps: SendOnceDeps,
): Promise<Sent> {
  const request: SentRequest = { ...intent, ...result, settledAt: deps.clock.now().toISOString() };
  const settled = await deps.log.change(proposal.id, {
    change: (current) => withRequest(current, request),
    trail,
    audit: [{ action: "request_settled", detail: `${intent.key} try ${intent.attempt}: ${result.state}` }],
  });
  return settled === null ? { kind: "gone" } : { kind: "done", proposal: settled, request };
}
