import type { ChatAdapter, ChatEvents } from "../chat/adapter.js";
import type { IncomingEvent } from "../chat/incoming.js";
import { redactCard } from "../chat/redact-card.js";
import type { Failure } from "../core/failure.js";

type Redact = (text: string) => string;

/** The last gate before a chat surface: whatever a card was drawn from, no secret leaves on it. */
export function redactedAdapter(adapter: ChatAdapter, redact: Redact): ChatAdapter {
  const announce = adapter.announce?.bind(adapter);
  return {
    platform: adapter.platform,
    start: (events) => adapter.start(events),
    postRoot: (card) => adapter.postRoot(redactCard(card, redact)),
    postReply: (root, card) => adapter.postReply(root, redactCard(card, redact)),
    ...(announce === undefined ? {} : { announce: (channel, card) => announce(channel, redactCard(card, redact)) }),
    update: (message, card) => adapter.update(message, redactCard(card, redact)),
    whisper: (person, thread, card) => adapter.whisper(person, thread, redactCard(card, redact)),
    lookUp: (personId) => adapter.lookUp(personId),
    check: () => adapter.check(),
    stop: () => adapter.stop(),
  };
}

/** What people write is kept, and so has its secrets replaced before it is. */
export function redactedEvents(events: ChatEvents, redact: Redact): ChatEvents {
  return { take: (event) => events.take(redactEvent(event, redact)) };
}

function redactEvent(event: IncomingEvent, redact: Redact): IncomingEvent {
  switch (event.kind) {
    case "question":
      return { ...event, text: redact(event.text) };
    case "decision":
      return { ...event, reason: event.reason === null ? null : redact(event.reason) };
    case "button":
      return event;
  }
}

/** A submitted run is called what its author likes. */
export function redactedFailure(failure: Failure, redact: Redact): Failure {
  return failure.kind === "databricks_run" && failure.jobName !== null
    ? { ...failure, jobName: redact(failure.jobName) }
    : failure;
}
