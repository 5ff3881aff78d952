import type { Router } from "express";
import type { ChatAdapter, ChatEvents, MessageRef } from "../../src/chat/adapter.js";
import type { ThreadRef } from "../../src/chat/incoming.js";
import { InputError, UpstreamError } from "../../src/core/errors.js";
import type { Person } from "../../src/core/person.js";
import type { Clock, Ids, Logger } from "../../src/core/ports.js";
import { createLivePages } from "./client.js";
import { type ConsoleMessage, Conversation, type NewMessage } from "./conversation.js";
import { type ConsoleHistory, createSaver, loadHistory } from "./history.js";
import { createOnce } from "./once.js";
import { eventId, toIncomingEvent } from "./parse.js";
import { type SandboxPerson, toPerson } from "./people.js";
import { mayRead, renderMessage, renderThread } from "./render.js";
import { type BreakMenu, type ConsoleAbout, createConsoleRouter } from "./router.js";
import type { PostedEvent } from "./schema.js";
import type { SignIn } from "./sign-in/index.js";
import { createPageProof } from "./verify.js";
import { createVisitors } from "./visitors.js";

export { type SandboxPerson, sandboxPeople } from "./people.js";
export type { BreakMenu, ConsoleAbout };

export interface ConsoleOptions {
  /** null: nobody can be told apart, so the page only shows. */
  readonly people: readonly SandboxPerson[] | null;
  readonly mode: "sandbox" | "real";
  /** How people sign in; without it, and in the sandbox, nobody does. */
  readonly signIn?: SignIn | null;
  readonly history: ConsoleHistory;
  /** The simulated world's faults; sandbox only. */
  readonly breakMenu?: BreakMenu;
  readonly about?: () => ConsoleAbout;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
}

/** The local web chat: threads, cards and buttons in a browser, by a page, a small API and server-sent events. */
export function createConsoleAdapter(options: ConsoleOptions): ChatAdapter & { readonly router: Router } {
  const { clock, ids, logger, mode } = options;
  const people = mode === "sandbox" ? (options.people ?? []) : [];
  const signIn = mode === "sandbox" ? null : (options.signIn ?? null);
  const visitors = createVisitors(people, signIn);
  const reader = (personId: string | null) => ({ personId, mayAct: visitors.by !== "none" });
  const conversation = new Conversation();
  const saver = createSaver(options.history, () => conversation.toState(), logger);
  const pages = createLivePages(clock);
  const once = createOnce<{ readonly thread: string }>();
  let events: ChatEvents | null = null;

  async function publish(message: ConsoleMessage): Promise<ConsoleMessage> {
    pages.announce((personId) => {
      if (!mayRead(message, personId)) return null;
      const thread = renderThread(conversation.messages(message.threadId), reader(personId));
      return { event: "message", data: { message: renderMessage(message, reader(personId)), thread } };
    });
    await saver.saved();
    return message;
  }

  const post = (message: NewMessage) => publish(conversation.add(message, now()));
  const now = () => clock.now().toISOString();

  async function take(posted: PostedEvent, person: Person): Promise<{ readonly thread: string }> {
    const taker = events;
    if (taker === null) {
      throw new UpstreamError(
        "Pipewright is still starting; nothing was done.",
        "Try again in a moment.",
        "unreachable",
        true,
        false,
      );
    }
    return once.run(eventId(posted), async () => {
      const thread = posted.thread ?? ids.next("event");
      if (posted.thread !== null && !conversation.has(posted.thread)) {
        throw new InputError("This thread is not here (any more); nothing was done.", "Reload the page.");
      }
      if (posted.kind === "question") {
        const id = posted.thread === null ? thread : ids.next("event");
        const author = { id: person.id, name: person.displayName };
        await post({ id, threadId: thread, author, onlyFor: null, content: { text: posted.text } });
      }
      await taker.take(toIncomingEvent(posted, person, thread));
      return { thread };
    });
  }

  const router = createConsoleRouter({
    mode,
    visitors,
    signIn,
    conversation,
    pages,
    proof: createPageProof(),
    breakMenu: mode === "sandbox" ? (options.breakMenu ?? null) : null,
    about: options.about ?? (() => ({ connections: [], notes: [] })),
    take,
    logger,
  });

  return {
    platform: "console",
    router,
    async start(taker) {
      conversation.restore(await loadHistory(options.history, logger));
      events = taker;
    },
    async postRoot(card) {
      // A crash between posting and remembering must not make a second root of the same incident.
      const standing = card.subject.startsWith("incident:") ? conversation.rootAbout(card.subject) : null;
      const posted = standing
        ? await publish(conversation.edit(standing.threadId, standing.id, card, now()))
        : await post(fromPipewright(ids.next("event"), null, { card }));
      return refTo(posted);
    },
    async postReply(root, card) {
      return refTo(await post(fromPipewright(ids.next("event"), threadOf(root), { card })));
    },
    async update(message, card) {
      const id = message.address["message"] ?? threadOf(message);
      await publish(conversation.edit(threadOf(message), id, card, now()));
    },
    async whisper(person, thread, card) {
      await post({ ...fromPipewright(ids.next("event"), threadOf(thread), { card }), onlyFor: person.id });
    },
    async lookUp(personId) {
      if (signIn !== null) return signIn.lookUp(personId);
      const known = people.find((person) => person.id === personId);
      if (known) return toPerson(known);
      throw new InputError(
        `The console knows nobody called ${personId}.`,
        "Nobody decides at a console without sign-in.",
      );
    },
    async check() {
      return [];
    },
    async stop() {
      events = null;
      pages.close();
      await saver.saved();
    },
  };
}

function fromPipewright(id: string, threadId: string | null, content: NewMessage["content"]): NewMessage {
  return { id, threadId: threadId ?? id, author: null, onlyFor: null, content };
}

function threadOf(ref: MessageRef | ThreadRef): string {
  const thread = ref.address["thread"];
  if (thread !== undefined) return thread;
  throw new InputError("A console message was addressed without its thread.", "Report this as a bug.");
}

function refTo(message: ConsoleMessage): MessageRef {
  return { platform: "console", address: { thread: message.threadId, message: message.id } };
}
