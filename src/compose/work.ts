import type { ChatAdapter, ChatEvents } from "../chat/adapter.js";
import type { Config } from "../config/config.js";
import type { Proposal } from "../core/approval/proposal.js";
import type { Waiting } from "../core/approval/waiting.js";
import { InputError } from "../core/errors.js";
import type { Person } from "../core/person.js";
import type { OutboxItem } from "../core/store.js";
import { announceGlass } from "../flows/announce-glass.js";
import { localPerson } from "../flows/approvals-desk.js";
import { createDispatcher, type Dispatcher, type OutboxHandler } from "../flows/dispatch-outbox.js";
import { handleChatEvent } from "../flows/handle-chat-event.js";
import { createIdentities } from "../flows/identities.js";
import { investigateIncident } from "../flows/investigate-incident.js";
import { createNameWords } from "../flows/name-people.js";
import { orderWork } from "../flows/order-work.js";
import { publishIncident, publishOutage, publishSummary } from "../flows/publish-incident.js";
import { consoleChannel, createReading } from "../flows/reading.js";
import { type Approvals, createApprovals } from "../flows/resolve-approval.js";
import { createRunApprovedAction } from "../flows/run-approved-action.js";
import { offerAgain } from "../flows/stop-plan.js";
import { createChatEvents } from "../flows/take-chat-event.js";
import { isLive } from "../flows/take-failure.js";
import { createVerifyOutcome } from "../flows/verify-outcome.js";
import { waitingNow } from "../flows/waiting-now.js";
import { canonicalDigest } from "../store/canonical-digest.js";
import { deepenWithClaude } from "./claude.js";
import type { Core } from "./core.js";
import { redactedEvents } from "./redacted.js";
import { zoneCalendar } from "./zone-calendar.js";

export interface Work {
  readonly events: ChatEvents;
  readonly approvals: Approvals;
  readonly dispatcher: Dispatcher;
  /** Orders that every live incident is drawn again: a surface may be new, or the last stop came before a card was shown. */
  showAgain(): Promise<void>;
}

/** Everything that is ordered by a transaction and done after it, by kind. */
export function wireWork(config: Config, core: Core, adapters: readonly ChatAdapter[]): Work {
  const { store, clock, ids, logger, connections, proposals } = core;
  const digest = canonicalDigest;
  const calendar = zoneCalendar;
  const simulated = config.mode === "sandbox";
  const nameWords = createNameWords(() => adapters);
  const lookUp = (personId: string): Promise<Person> => lookUpOn(adapters, personId);
  const policy = config.policy;
  const identities = createIdentities({ humans: config.people, emailDomains: config.emailDomains, lookUp });
  const desk = { store, connections, lookUp, policy, clock, ids, digest, calendar, logger, proposals, identities };
  const approvals = createApprovals(desk);
  const waiting = (proposal: Proposal): Waiting => waitingNow(proposal, { policy, calendar, clock, identities });

  const homes = {
    console: consoleChannel,
    ...(config.slack === null ? {} : { slack: `slack:${config.slack.channel}` }),
  };
  const reading = createReading({ rules: config.reading, identities, homes });

  const chat = { ...core, adapters, approvals, nameWords, simulated, reading, hasModel: config.claude !== null };
  const { hideValues } = core;
  const show = {
    store,
    clock,
    digest,
    adapters,
    nameWords,
    simulated,
    waiting,
    hideValues,
    runbooks: config.runbooks,
    reading,
    unkept: new Map(),
  };
  const { claude } = config;
  // Ordered while a key was there: without one nothing is asked, and nothing is kept waiting.
  const nothing: OutboxHandler = () => Promise.resolve();
  const deepen = claude === null ? nothing : deepenWithClaude(claude, config, core);
  const handlers = new Map<OutboxItem["kind"], OutboxHandler>([
    ["investigate", (item) => investigateIncident(item, core)],
    ["announce", (item) => announceGlass(item, { store, policy, adapters, logger })],
    ["publish", (item) => publishIncident(item, show)],
    ["summary", (item) => publishSummary(item, show)],
    ["outage", (item) => publishOutage(item, show)],
    ["execute", createRunApprovedAction(desk)],
    ["verify", createVerifyOutcome(desk)],
    ["offer", (item) => offerAgain(item, desk)],
    ["decide", (item) => handleChatEvent(item, chat)],
    ["answer", (item) => handleChatEvent(item, chat)],
    ["deepen", deepen],
  ]);
  const dispatcher = createDispatcher({ store, clock, logger, handlers });
  return {
    dispatcher,
    approvals,
    events: redactedEvents(createChatEvents({ store, clock, ids, wake: dispatcher.wake }), core.redact),
    showAgain: () =>
      store.transact(async (tx) => {
        const live = (await tx.incidents.find({}, "current")).filter(isLive);
        for (const { id } of live) await orderWork(tx, { kind: "publish", subject: id }, { clock, ids });
      }),
  };
}

/** On the platform a person's id names; an unknown platform can't vouch for anybody. */
async function lookUpOn(adapters: readonly ChatAdapter[], personId: string): Promise<Person> {
  if (personId.startsWith("cli:")) return localPerson(personId.slice("cli:".length));
  const adapter = adapters.find(({ platform }) => personId.startsWith(`${platform}:`));
  if (adapter !== undefined) return adapter.lookUp(personId);
  throw new InputError(`${personId} belongs to no chat that is connected.`, "Decide in a chat that is.");
}
