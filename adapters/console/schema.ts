import { z } from "zod";

const person = z.string().min(1).max(100);
const clickId = z.string().regex(/^[A-Za-z0-9-]{8,64}$/);
const threadId = z.string().min(1).max(100);

/** What the page posts when a person asks or clicks. `click` is made by the page once a click and repeated when it posts again. */
export const PostedEvent = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("question"),
    person,
    click: clickId,
    /** null: a new conversation. */
    thread: threadId.nullable(),
    text: z.string().trim().min(1).max(2000),
  }),
  z.strictObject({
    kind: z.literal("decision"),
    person,
    click: clickId,
    thread: threadId,
    proposal: z.string().min(1).max(200),
    verdict: z.enum(["approved", "denied"]),
    reason: z.string().trim().max(1000).nullable(),
    breakGlass: z.boolean().optional(),
  }),
  z.strictObject({
    kind: z.literal("button"),
    person,
    click: clickId,
    thread: threadId,
    action: z.enum(["refresh", "propose", "mute", "reveal"]),
    value: z.string().min(1).max(200),
  }),
]);
export type PostedEvent = z.infer<typeof PostedEvent>;

/** A choice in the "Break something" menu. */
export const PostedBreak = z.strictObject({ person, id: z.string().min(1).max(200), fix: z.boolean() });
