import type { Answer } from "../agent/answer-lines.js";
import type { ChatAdapter } from "../chat/adapter.js";
import type { Card } from "../chat/card.js";
import { answerCard, asksForFix, evidenceCard, refusalCard } from "../chat/cards/index.js";
import type { IncomingEvent, ThreadRef } from "../chat/incoming.js";
import { explainError, InputError, PipewrightError, RefusedByPolicy, UpstreamError } from "../core/errors.js";
import type { Person, Requester } from "../core/person.js";
import type { Clock, Ids, Logger } from "../core/ports.js";
import type { Audience } from "../core/reading.js";
import type { OutboxItem, Store } from "../core/store.js";
import type { Proposals } from "../tools/ports.js";
import { orderWork } from "./order-work.js";
import type { Reading } from "./reading.js";
import type { Approvals } from "./resolve-approval.js";

export interface ChatEventDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly adapters: readonly ChatAdapter[];
  readonly approvals: Approvals;
  readonly proposals: Proposals;
  /** Answers in the name of whoever asks: a proposal made on the way is theirs. */
  readonly answer: (
    question: { readonly text: string; readonly incidentId: string | null },
    requester: Requester,
    audience: Audience,
  ) => Promise<Answer>;
  readonly reading: Reading;
  readonly nameWords: (personIds: readonly string[]) => Promise<string | null>;
  readonly simulated: boolean;
  /** A model may be asked where no rule fits. */
  readonly hasModel: boolean;
}

const muteButtonHours = 4;

/** What is said in answer to an event, and whether the thread or the person alone hears it. */
interface Say {
  readonly to: "person" | "thread";
  readonly card: Card;
}

const mostRepeats = 4;
const repeatAfterMs = 2_000;

/**
 * Handles `decide` and `answer`: what a person clicked or asked, after it was made durable. It is done once; what is said about
 * it is said as well as the platform allows, and words that can't be delivered hold nothing up.
 */
export async function handleChatEvent(item: OutboxItem, deps: ChatEventDeps): Promise<void> {
  const event = item.payload["event"] as IncomingEvent;
  const adapter = deps.adapters.find(({ platform }) => platform === event.thread.platform);
  if (adapter === undefined) return;
  const kept = item.payload["say"] as Say | undefined;
  const say = kept ?? (await respond(event, adapter, deps));
  if (say === null) return;
  try {
    await deliver(say, event, adapter);
  } catch (error) {
    const passing = error instanceof UpstreamError && error.retryable;
    if (passing && item.attempts < mostRepeats && kept !== undefined) throw error;
    deps.logger.warn({ err: error, kind: event.kind }, "an answer could not be delivered");
    if (passing && kept === undefined) await sayLater(event, say, deps);
  }
}

/** Under a subject of its own: neither later events of the proposal wait for it, nor is anything done again. */
async function sayLater(event: IncomingEvent, say: Say, deps: ChatEventDeps): Promise<void> {
  const notBefore = new Date(deps.clock.now().getTime() + repeatAfterMs);
  await deps.store.transact((tx) =>
    orderWork(tx, { kind: "answer", subject: `say|${event.eventId}`, payload: { event, say }, notBefore }, deps),
  );
}

async function deliver(say: Say, event: IncomingEvent, adapter: ChatAdapter): Promise<void> {
  if (say.to === "person") await adapter.whisper(event.person, event.thread, say.card);
  else await adapter.postReply(event.thread, say.card);
}

async function respond(event: IncomingEvent, adapter: ChatAdapter, deps: ChatEventDeps): Promise<Say | null> {
  try {
    switch (event.kind) {
      case "decision":
        return await decide(event, deps);
      case "button":
        return await press(event, adapter, deps);
      case "question":
        return await reply(event, adapter, deps);
    }
  } catch (error) {
    if (!(error instanceof PipewrightError))
      deps.logger.error({ error, kind: event.kind }, "a chat event could not be handled");
    return refusal(explainError(error), deps);
  }
}

type Decision = Extract<IncomingEvent, { kind: "decision" }>;
type Press = Extract<IncomingEvent, { kind: "button" }>;
type Question = Extract<IncomingEvent, { kind: "question" }>;

async function decide(event: Decision, deps: ChatEventDeps): Promise<Say | null> {
  const outcome = await deps.approvals.decide(event);
  if (outcome.kind === "decided") return null;
  // Who else may decide helps only while there is something left to decide.
  const whoMay = outcome.proposal?.state === "pending" ? await deps.nameWords(outcome.whoMay) : null;
  const may = whoMay === null ? "" : ` ${whoMay} may decide it.`;
  return refusal(`${outcome.refusal.message}${may}`, deps);
}

async function press(event: Press, adapter: ChatAdapter, deps: ChatEventDeps): Promise<Say | null> {
  const person = await member(event.person, adapter);
  await mindReading(event, person, deps);
  switch (event.action) {
    case "refresh":
      await deps.approvals.refresh(event.value, person);
      return null;
    case "propose":
      await proposeRerun(event.value, person, deps);
      return null;
    case "mute":
      await mute(event.value, muteButtonHours, person, deps);
      return null;
    case "reveal":
      return reveal(event.value, person, deps);
  }
}

/** Only the person is answered, so that only they must be allowed to read. */
async function mindReading(event: Press, person: Person, deps: ChatEventDeps): Promise<void> {
  const audience = await deps.reading.audience(person, event.thread, true);
  const incident = await deps.store.transact(async (tx) => {
    const proposal = event.action === "refresh" ? await tx.proposals.get(event.value) : null;
    return tx.incidents.get(proposal?.incidentId ?? event.value);
  });
  if (incident !== null) deps.reading.mind(incident, audience);
}

/** The quoted lines with their values, for one person alone; who saw them is on record. */
async function reveal(incidentId: string, person: Person, deps: ChatEventDeps): Promise<Say> {
  return deps.store.transact(async (tx) => {
    const incident = await tx.incidents.get(incidentId);
    if (incident === null) throw new InputError("This incident does not exist any more.", "Ask for the status.");
    await tx.audit.append({
      at: deps.clock.now().toISOString(),
      actor: person.id,
      action: "values_shown",
      incidentId,
      proposalId: null,
      detail: "Saw the quoted lines with their values",
    });
    return { to: "person", card: evidenceCard(incident, { hidesValues: false }) };
  });
}

/** Where the diagnosis forbids a plain rerun, the button reads "It is fixed: propose rerun": who presses it says so. */
async function proposeRerun(incidentId: string, person: Person, deps: ChatEventDeps): Promise<void> {
  const incident = await deps.store.transact((tx) => tx.incidents.get(incidentId));
  const afterFix = incident !== null && asksForFix(incident);
  await deps.proposals.propose({ incidentId, requester: asRequester(person), afterFix });
}

async function reply(event: Question, adapter: ChatAdapter, deps: ChatEventDeps): Promise<Say> {
  const person = await member(event.person, adapter);
  const audience = await deps.reading.audience(person, event.thread, event.isPrivate);
  const incidentId = await incidentOfThread(event.thread, deps.store);
  const answer = await deps.answer({ text: event.text, incidentId }, asRequester(person), audience);
  if (answer.mute !== null) await mute(answer.mute.incidentId, answer.mute.hours, person, deps);
  if (answer.isGuess === true && incidentId !== null && !event.isPrivate) await askModel(incidentId, event.text, deps);
  const card = answerCard(answer.lines, { simulated: deps.simulated });
  return { to: event.isPrivate ? "person" : "thread", card };
}

/** The rules' answer comes first; the model's follows in the thread, where one is configured. */
async function askModel(incidentId: string, question: string, deps: ChatEventDeps): Promise<void> {
  if (!deps.hasModel) return;
  await deps.store.transact((tx) =>
    orderWork(tx, { kind: "deepen", subject: incidentId, payload: { question: question.slice(0, 500) } }, deps),
  );
}

/** Who may ask and press: members, as their platform says right now. Deciding has its own, stricter rules. */
async function member(person: Person, adapter: ChatAdapter): Promise<Person> {
  const now = await adapter.lookUp(person.id);
  if (now.standing === "member") return now;
  throw new RefusedByPolicy(
    "Only members of this workspace may ask Pipewright or change anything here.",
    "Ask somebody of the team.",
  );
}

async function mute(incidentId: string, hours: number, person: Person, deps: ChatEventDeps): Promise<void> {
  await deps.store.transact(async (tx) => {
    const incident = await tx.incidents.get(incidentId);
    if (incident === null)
      throw new InputError("This incident does not exist any more; nothing was muted.", "Ask for the status.");
    const now = deps.clock.now();
    const until = new Date(now.getTime() + hours * 3_600_000).toISOString();
    await tx.incidents.put({ ...incident, mutedUntil: until, updatedAt: now.toISOString() });
    await tx.audit.append({
      at: now.toISOString(),
      actor: person.id,
      action: "muted",
      incidentId,
      proposalId: null,
      detail: `Muted until ${until}`,
    });
    await orderWork(tx, { kind: "publish", subject: incidentId }, deps);
  });
}

/** The incident whose root stands at the head of this thread; null elsewhere. */
async function incidentOfThread(thread: ThreadRef, store: Store): Promise<string | null> {
  const copies = await store.transact((tx) => tx.messages.find({ platform: thread.platform }));
  const here = ["thread", "ts"].filter((part) => thread.address[part] !== undefined);
  const root = copies.find(
    (copy) =>
      here.length > 0 &&
      copy.subject.startsWith("incident:") &&
      here.every((part) => copy.address[part] === thread.address[part]),
  );
  return root?.subject.slice("incident:".length) ?? null;
}

function asRequester(person: Person): Requester {
  return { kind: "person", id: person.id, name: person.displayName };
}

function refusal(words: string, deps: ChatEventDeps): Say {
  return { to: "person", card: refusalCard(words, { simulated: deps.simulated }) };
}
