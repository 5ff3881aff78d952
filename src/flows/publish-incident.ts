import type { ChatAdapter, MessageRef } from "../chat/adapter.js";
import type { Card } from "../chat/card.js";
import { evidenceCard, incidentCard, proposalCard, reasonsCard, summaryCard } from "../chat/cards/index.js";
import { requesterIds } from "../core/approval/approval.js";
import type { Proposal } from "../core/approval/proposal.js";
import type { Failure } from "../core/failure.js";
import type { Incident } from "../core/incident.js";
import type { Clock, Digest } from "../core/ports.js";
import type { MessageCopy, OutboxItem, Store } from "../core/store.js";

export interface PublishDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly digest: Digest;
  readonly adapters: readonly ChatAdapter[];
  readonly simulated: boolean;
  /** `Ben or Cleo`; null when nobody is named. */
  readonly nameWords: (personIds: readonly string[]) => Promise<string | null>;
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
  for (const adapter of deps.adapters) await showThread(adapter, cards, deps);
}

/** Handles `summary`: the one message of a first contact, on every surface. */
export async function publishSummary(item: OutboxItem, deps: PublishDeps): Promise<void> {
  const failures = Array.isArray(item.payload["failures"]) ? (item.payload["failures"] as readonly Failure[]) : [];
  const card = summaryCard({ connection: item.subject, failures, simulated: deps.simulated });
  for (const adapter of deps.adapters) await showThread(adapter, { root: card, replies: [] }, deps);
}

interface Thread {
  readonly root: Card;
  readonly replies: readonly Card[];
}

async function drawThread(incident: Incident, proposals: readonly Proposal[], deps: PublishDeps): Promise<Thread> {
  const now = deps.clock.now();
  const replies: Card[] = [];
  if (incident.verdict !== null && incident.verdict.evidence.length > 0) replies.push(evidenceCard(incident));
  replies.push(reasonsCard(incident));
  let mayDecide: string | null = null;
  for (const proposal of proposals) {
    const askers = requesterIds(proposal);
    mayDecide = await deps.nameWords(proposal.approvers.filter((id) => !askers.includes(id)));
    replies.push(proposalCard(proposal, { now, mayDecide }));
  }
  return { root: incidentCard(incident, { proposal: proposals.at(-1) ?? null, now, mayDecide }), replies };
}

async function showThread(adapter: ChatAdapter, thread: Thread, deps: PublishDeps): Promise<void> {
  const root = await show(adapter, thread.root, null, deps);
  for (const reply of thread.replies) await show(adapter, reply, root, deps);
}

/** Posts a card once, edits its copy when it changed, and leaves an unchanged one alone. */
async function show(adapter: ChatAdapter, card: Card, root: MessageRef | null, deps: PublishDeps): Promise<MessageRef> {
  const id = `${adapter.platform}|${card.subject}`;
  const shown = deps.digest.of(card);
  const copy = await deps.store.transact((tx) => tx.messages.get(id));
  if (copy === null) {
    const ref = root === null ? await adapter.postRoot(card) : await adapter.postReply(root, card);
    await remember({ id, subject: card.subject, platform: adapter.platform, address: ref.address, shown }, deps.store);
    return ref;
  }
  const ref: MessageRef = { platform: adapter.platform, address: copy.address };
  if (copy.shown !== shown) {
    await adapter.update(ref, card);
    await remember({ ...copy, shown }, deps.store);
  }
  return ref;
}

async function remember(copy: MessageCopy, store: Store): Promise<void> {
  await store.transact((tx) => tx.messages.put(copy));
}

function byCreation(a: Proposal, b: Proposal): number {
  return a.createdAt.localeCompare(b.createdAt);
}
