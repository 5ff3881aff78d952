import type { ChatAdapter, MessageRef } from "../chat/adapter.js";
import type { Card } from "../chat/card.js";
import {
  evidenceCard,
  incidentCard,
  modelCard,
  outageCard,
  proposalCard,
  reasonsCard,
  summaryCard,
} from "../chat/cards/index.js";
import { requesterIds } from "../core/approval/askers.js";
import type { Proposal } from "../core/approval/proposal.js";
import type { Waiting } from "../core/approval/waiting.js";
import { UpstreamError } from "../core/errors.js";
import type { Failure } from "../core/failure.js";
import type { Incident } from "../core/incident.js";
import type { Clock, Digest } from "../core/ports.js";
import { readableOf, readablesOf } from "../core/reading.js";
import { type Runbook, runbooksFor } from "../core/runbook.js";
import type { MessageCopy, OutboxItem, Store } from "../core/store.js";
import { type HideValues, withoutValues } from "./hide-values.js";
import type { Reading } from "./reading.js";
import type { Outage } from "./tell-outage.js";

export interface PublishDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly digest: Digest;
  readonly adapters: readonly ChatAdapter[];
  readonly simulated: boolean;
  /** `Ben or Cleo`; null when nobody is named. */
  readonly nameWords: (personIds: readonly string[]) => Promise<string | null>;
  readonly hideValues: HideValues;
  /** What an open proposal waits for by the policy of now. */
  readonly waiting?: (proposal: Proposal) => Waiting;
  readonly runbooks: readonly Runbook[];
  readonly reading: Pick<Reading, "mayStand">;
  /** Copies that stand although the store could not keep where; without this they are posted twice when it is back. */
  readonly unkept: Map<string, MessageCopy>;
}

/** Handles `publish`: draws an incident's cards from its rows and makes every surface show exactly that, each copy edited in place. */
export async function publishIncident(item: OutboxItem, deps: PublishDeps): Promise<void> {
  const { incident, proposals } = await deps.store.transact(async (tx) => ({
    incident: await tx.incidents.get(item.subject),
    proposals: await tx.proposals.find({ incidentId: item.subject }),
  }));
  // Until the first reading is done there is nothing to say; a silent thread of "looking" helps nobody.
  if (incident === null || incident.verdict === null) return;
  const cards = await drawThread(incident, [...proposals].sort(byCreation), deps);
  const isMuted = incident.mutedUntil !== null && Date.parse(incident.mutedUntil) > deps.clock.now().getTime();
  // Who asks for a rerun in a muted thread wants to see it.
  const isAwaited = proposals.some((proposal) => proposal.state === "pending" && requesterIds(proposal).length > 0);
  const about = readablesOf(incident);
  const adapters = deps.adapters.filter(({ platform }) => deps.reading.mayStand(about, platform));
  await all(adapters, (adapter) => showThread(adapter, cards, isMuted && !isAwaited, deps));
}

/** Handles `summary`: the one message of a first contact, on every surface. */
export async function publishSummary(item: OutboxItem, deps: PublishDeps): Promise<void> {
  const failures = Array.isArray(item.payload["failures"]) ? (item.payload["failures"] as readonly Failure[]) : [];
  await all(deps.adapters, async (adapter) => {
    const shown = failures.filter((failure) => deps.reading.mayStand([readableOf(failure)], adapter.platform));
    if (shown.length === 0 && failures.length > 0) return;
    const card = summaryCard({ connection: item.subject, failures: shown, simulated: deps.simulated });
    await showThread(adapter, { root: card, replies: [] }, false, deps);
  });
}

/** Handles `outage`: one message on every surface; what was over before it could be said is not said any more. */
export async function publishOutage(item: OutboxItem, deps: PublishDeps): Promise<void> {
  const outage = item.payload["outage"] as Outage;
  const root = outageCard({ connection: item.subject, ...outage, simulated: deps.simulated });
  await all(deps.adapters, (adapter) => showThread(adapter, { root, replies: [] }, outage.until !== null, deps));
}

interface Thread {
  readonly root: Card;
  readonly replies: readonly Card[];
}

async function drawThread(incident: Incident, proposals: readonly Proposal[], deps: PublishDeps): Promise<Thread> {
  const now = deps.clock.now();
  const seen = withoutValues(incident, deps.hideValues);
  const replies: Card[] = [];
  const evidence = incident.verdict?.evidence ?? [];
  const hidesValues = evidence.some(({ text }) => deps.hideValues(text) !== text);
  if (evidence.length > 0) replies.push(evidenceCard(seen, { hidesValues }));
  replies.push(reasonsCard(seen, runbooksFor(deps.runbooks, incident)));
  if (incident.reading !== undefined) replies.push(modelCard(seen, incident.reading));
  let mayDecide: string | null = null;
  for (const proposal of proposals) {
    const waiting = deps.waiting?.(proposal);
    const done = [...requesterIds(proposal), ...(waiting?.given ?? []).map(({ personId }) => personId)];
    mayDecide = await deps.nameWords(proposal.approvers.filter((id) => !done.includes(id)));
    replies.push(proposalCard(proposal, { now, mayDecide, ...(waiting === undefined ? {} : { waiting }) }));
  }
  return { root: incidentCard(seen, { proposal: proposals.at(-1) ?? null, now, mayDecide }), replies };
}

/** A muted thread gets no new message; what stands there stays true. */
async function showThread(adapter: ChatAdapter, thread: Thread, isMuted: boolean, deps: PublishDeps): Promise<void> {
  const replyIds = thread.replies.map((reply) => copyId(adapter, reply));
  const root = await show(adapter, thread.root, isMuted ? null : () => adapter.postRoot(thread.root), replyIds, deps);
  if (root === null) return;
  const post = (reply: Card) => (isMuted ? null : () => adapter.postReply(root, reply));
  await all(thread.replies, (reply) => show(adapter, reply, post(reply), [], deps));
}

/**
 * Posts a card once, edits its copy when it changed, and leaves an unchanged one alone. Where somebody deleted the copy it is
 * posted anew, and what hung `below` it is forgotten, so that it follows. Null when nothing stands there.
 */
async function show(
  adapter: ChatAdapter,
  card: Card,
  post: (() => Promise<MessageRef>) | null,
  below: readonly string[],
  deps: PublishDeps,
): Promise<MessageRef | null> {
  const id = copyId(adapter, card);
  const shown = deps.digest.of(card);
  const kept = await deps.store.transact((tx) => tx.messages.get(id));
  const copy = kept ?? deps.unkept.get(id) ?? null;
  if (copy !== null) {
    const ref: MessageRef = { platform: adapter.platform, address: copy.address };
    if (kept?.shown === shown) return ref;
    try {
      if (copy.shown !== shown) await adapter.update(ref, card);
      await remember({ ...copy, shown }, [], deps);
      return ref;
    } catch (error) {
      if (!(error instanceof UpstreamError && error.reason === "not_found")) throw error;
    }
  }
  if (post === null) return null;
  // The lost copy is forgotten only now: where the whole channel is gone, posting fails and all stays as it was.
  const ref = await post();
  const { platform } = adapter;
  await remember({ id, subject: card.subject, platform, address: ref.address, shown }, below, deps);
  return ref;
}

function copyId(adapter: ChatAdapter, card: Card): string {
  return `${adapter.platform}|${card.subject}`;
}

async function remember(copy: MessageCopy, forgotten: readonly string[], deps: PublishDeps): Promise<void> {
  deps.unkept.set(copy.id, copy);
  await deps.store.transact(async (tx) => {
    await tx.messages.put(copy);
    for (const id of forgotten) await tx.messages.delete(id);
  });
  deps.unkept.delete(copy.id);
}

/** Does each in turn; one that fails stops none of the others, and the first failure is thrown at the end. */
async function all<T>(items: readonly T[], act: (item: T) => Promise<unknown>): Promise<void> {
  const failures: unknown[] = [];
  for (const item of items) {
    try {
      await act(item);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

function byCreation(a: Proposal, b: Proposal): number {
  return a.createdAt.localeCompare(b.createdAt);
}
