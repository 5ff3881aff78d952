import type { IncomingEvent, ThreadRef } from "../../src/chat/incoming.js";
import { InputError } from "../../src/core/errors.js";
import { PostedBreak, PostedEvent } from "./schema.js";

/** Reads a posted body; what does not fit is the page's mistake or a stranger's. */
export function parsePosted(body: unknown): PostedEvent {
  const parsed = PostedEvent.safeParse(body);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.join(".") || "the request";
  throw new InputError(`The console could not read ${where}; nothing was done.`, "Reload the page and try again.");
}

export function parseBreak(body: unknown): { readonly id: string; readonly fix: boolean } {
  const parsed = PostedBreak.safeParse(body);
  if (!parsed.success) throw new InputError("Nothing was broken: the choice is not known.", "Reload the page.");
  return { id: parsed.data.id, fix: parsed.data.fix };
}

export function threadRef(threadId: string): ThreadRef {
  return { platform: "console", address: { thread: threadId } };
}

/** The event as every surface words it; `threadId` is where the conversation goes on. */
export function toIncomingEvent(posted: PostedEvent, person: IncomingEvent["person"], threadId: string): IncomingEvent {
  const common = { eventId: eventId(posted), person, thread: threadRef(threadId) };
  switch (posted.kind) {
    case "question":
      return { kind: "question", ...common, text: posted.text, isPrivate: false };
    case "decision":
      return {
        kind: "decision",
        ...common,
        proposalId: posted.proposal,
        verdict: posted.verdict,
        reason: posted.reason === "" ? null : posted.reason,
        ...(posted.breakGlass === true ? { breakGlass: true } : {}),
      };
    case "button":
      return { kind: "button", ...common, action: posted.action, value: posted.value };
  }
}

/** The same click posted twice is the same event. */
export function eventId(posted: PostedEvent): string {
  return `${posted.person}:${posted.click}`;
}
