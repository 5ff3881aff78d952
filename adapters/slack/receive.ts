import type { ReceiverEvent } from "@slack/bolt";
import type { ChatEvents } from "../../src/chat/adapter.js";
import type { ThreadRef } from "../../src/chat/incoming.js";
import type { Person } from "../../src/core/person.js";
import type { Clock, Logger } from "../../src/core/ports.js";
import type { SlackClient } from "./client.js";
import type { Deliveries } from "./deliveries.js";
import { type Parsed, parsePayload, type UnattendedEvent, type Who } from "./parse.js";
import type { People } from "./people.js";
import { reasonFailed, reasonModal } from "./reason-modal.js";
import { AnyAnswer } from "./schema.js";

export interface ReceiveDeps {
  readonly events: ChatEvents;
  readonly client: SlackClient;
  readonly people: People;
  readonly deliveries: Deliveries;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Tells one person something in words. */
  readonly tell: (userId: string, thread: ThreadRef, words: string) => Promise<void>;
}

/** Slack waits three seconds for an answer; asking it about us and about the person may take two of them. */
const homeMs = 500;
const lookUpMs = 1500;

/** Takes one verified payload: it is acknowledged only after its event is durable, so that what fails comes again. */
export async function receive({ body, ack }: ReceiverEvent, deps: ReceiveDeps): Promise<void> {
  const parsed = parse(body, await ownUserId(deps), deps);
  switch (parsed.kind) {
    case "nothing":
      deps.logger.debug({ from: "slack" }, `Ignored ${parsed.why}.`);
      await ack();
      return;
    case "ask_reason":
      await askReason(parsed, deps);
      await ack();
      return;
    case "event": {
      try {
        await deps.deliveries.once(parsed.event.eventId, () => take(parsed.who, parsed.event, deps));
      } catch (error) {
        deps.logger.error(
          { err: error, eventId: parsed.event.eventId },
          "A Slack event could not be kept; Slack is asked to send it again.",
        );
        // A modal is not sent again by Slack: the person is asked to.
        if (body["type"] !== "view_submission") throw error;
        await ack(reasonFailed());
        return;
      }
      await ack();
    }
  }
}

/** A signed payload that lacks what we need would lack it again: it is not asked for twice. */
function parse(body: ReceiverEvent["body"], botUserId: string | null, deps: ReceiveDeps): Parsed {
  try {
    return parsePayload(body, { botUserId, mayRespondTo: deps.client.mayRespondTo });
  } catch (error) {
    deps.logger.warn({ err: error }, "A Slack payload lacks a field that Pipewright reads.");
    return { kind: "nothing", why: "a payload that could not be read" };
  }
}

/** The bot's own id, to tell its mention from others; without it a mention only stays in the text. */
function ownUserId(deps: ReceiveDeps): Promise<string | null> {
  const asked = deps.people.home().then(
    (home) => home.botUserId,
    () => null,
  );
  return within(homeMs, asked, null, deps.clock);
}

async function take(who: Who, event: UnattendedEvent, deps: ReceiveDeps): Promise<void> {
  await deps.events.take({ ...event, person: await attend(who, deps) });
}

/** Who did it. When Slack can't say in time they count as a stranger, who may do nothing; a decision looks them up again anyway. */
async function attend(who: Who, deps: ReceiveDeps): Promise<Person> {
  const id = `slack:${who.userId}`;
  const unknown: Person = { id, platform: "slack", displayName: who.name || who.userId, standing: "stranger" };
  const asked = deps.people.lookUp(id).catch((error: unknown) => {
    deps.logger.warn({ err: error }, "Slack could not say who somebody is.");
    return unknown;
  });
  return within(lookUpMs, asked, unknown, deps.clock);
}

async function within<T>(ms: number, asked: Promise<T>, otherwise: T, clock: Clock): Promise<T> {
  const stop = new AbortController();
  try {
    return await Promise.race([asked, clock.sleep(ms, stop.signal).then(() => otherwise)]);
  } finally {
    stop.abort();
  }
}

/** The trigger of a click lives three seconds, so the modal comes before everything else. */
async function askReason(parsed: Parsed & { kind: "ask_reason" }, deps: ReceiveDeps): Promise<void> {
  try {
    const view = reasonModal(parsed.metadata);
    await deps.client.call("views.open", { trigger_id: parsed.triggerId, view }, AnyAnswer);
  } catch (error) {
    deps.logger.warn({ err: error }, "The question for a reason could not be opened.");
    await deps.tell(
      parsed.who.userId,
      parsed.thread,
      "Slack did not open the question for your reason. Nothing was decided; press the button again.",
    );
  }
}
