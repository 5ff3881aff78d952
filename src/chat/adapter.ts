import type { Person, Platform } from "../core/person.js";
import type { Card } from "./card.js";
import type { IncomingEvent, ThreadRef } from "./incoming.js";

/** Where a posted message stands. */
export interface MessageRef {
  readonly platform: Platform;
  readonly address: Readonly<Record<string, string>>;
}

/** Takes what people do. The adapter answers its platform in time by itself, once `take` has made the event durable (or refused it). */
export interface ChatEvents {
  take(event: IncomingEvent): Promise<void>;
}

/** One chat surface. Every method may throw UpstreamError; rate limits are waited out inside. */
export interface ChatAdapter {
  readonly platform: Platform;
  start(events: ChatEvents): Promise<void>;
  /** A new root message in the configured channel. */
  postRoot(card: Card): Promise<MessageRef>;
  /** A message in the thread under `root` (a root's ref or an incoming event's thread). */
  postReply(root: MessageRef | ThreadRef, card: Card): Promise<MessageRef>;
  /** A new message in another channel, where the platform has others; by the platform's own id of it. */
  announce?(channel: string, card: Card): Promise<MessageRef>;
  update(message: MessageRef, card: Card): Promise<void>;
  /** Seen by one person only. */
  whisper(person: Person, thread: ThreadRef, card: Card): Promise<void>;
  /** The person as the platform knows them right now; throws when the look-up fails (callers refuse then). */
  lookUp(personId: string): Promise<Person>;
  /** For doctor: what is missing, in words; empty when all is well. */
  check(): Promise<readonly string[]>;
  stop(): Promise<void>;
}
