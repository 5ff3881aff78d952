import type { MessageRef } from "../../src/chat/adapter.js";
import type { Card } from "../../src/chat/card.js";
import type { ThreadRef } from "../../src/chat/incoming.js";
import { InputError, UpstreamError } from "../../src/core/errors.js";
import type { Clock, Logger } from "../../src/core/ports.js";
import type { SlackClient } from "./client.js";
import { createPacer } from "./pacer.js";
import { renderCard } from "./render.js";
import { AnyAnswer, PostAnswer } from "./schema.js";
import { slackErrorCode } from "./slack-errors.js";

/** Slack allows about one message a second and channel … */
const postPace = { everyMs: 1000, burst: 1 };
/** … and fifty edits in any minute: forty evenly and ten at once, since a click wants its answer now. */
const editPace = { everyMs: 1500, burst: 10 };

export interface Posting {
  post(channel: string, threadTs: string | null, card: Card): Promise<MessageRef>;
  /** Answers where somebody asked: into the thread, or privately after a command. */
  answer(thread: ThreadRef | MessageRef, card: Card): Promise<MessageRef>;
  update(message: MessageRef, card: Card): Promise<void>;
  whisper(userId: string, thread: ThreadRef, card: Card): Promise<void>;
}

export interface PostingDeps {
  readonly client: SlackClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** Everything that is written into Slack, within its rates; edits that wait give way to newer ones of the same message. */
export function createPosting({ client, clock, logger, signal }: PostingDeps): Posting {
  const posts = createPacer({ clock, ...postPace, signal });
  const edits = createPacer({ clock, ...editPace, signal });
  const waiting = new Map<string, { card: Card; sent: Promise<void> }>();

  async function post(channel: string, threadTs: string | null, card: Card): Promise<MessageRef> {
    const args = { channel, ...inThread(threadTs), ...renderCard(card), ...quiet };
    const sent = await posts.run(
      channel,
      () => client.call("chat.postMessage", args, PostAnswer),
      // A new incident is seen before the details of the others.
      threadTs === null ? "first" : "in_turn",
    );
    const address = { channel: sent.channel, ts: sent.ts, ...(threadTs === null ? {} : { threadTs }) };
    return { platform: "slack", address };
  }

  async function privately(channel: string, userId: string, threadTs: string | null, card: Card): Promise<void> {
    const drawn = { ...renderCard(card), ...quiet };
    try {
      await client.call("chat.postEphemeral", { channel, user: userId, ...inThread(threadTs), ...drawn }, AnyAnswer);
    } catch (error) {
      // Where the app is not a member it can't whisper; a direct message reaches the person anywhere.
      if (!unreachableHere.includes(slackErrorCode(error) ?? "")) throw error;
      await client.call("chat.postMessage", { channel: userId, ...drawn }, PostAnswer);
    }
  }

  return {
    post,
    async answer(thread, card) {
      const channel = addressPart(thread, "channel");
      const { onlyFor, responseUrl } = {
        onlyFor: thread.address["onlyFor"],
        responseUrl: thread.address["responseUrl"],
      };
      if (onlyFor === undefined) return post(channel, thread.address["threadTs"] ?? thread.address["ts"] ?? null, card);
      await answerCommand(channel, onlyFor, responseUrl, card);
      return { platform: "slack", address: { channel, onlyFor } };
    },
    update(message, card) {
      // What only one person saw is gone when they reload; there is nothing to edit.
      if (message.address["onlyFor"] !== undefined) return Promise.resolve();
      const channel = addressPart(message, "channel");
      const ts = addressPart(message, "ts");
      const key = `${channel}|${ts}`;
      const early = waiting.get(key);
      if (early !== undefined) {
        early.card = card;
        return early.sent;
      }
      const entry = { card, sent: Promise.resolve() };
      // Before it runs: a free lane starts it at once.
      waiting.set(key, entry);
      entry.sent = edits.run("edits", async () => {
        waiting.delete(key);
        try {
          await client.call("chat.update", { channel, ts, ...renderCard(entry.card), ...quiet }, AnyAnswer);
        } catch (error) {
          if (!deleted.includes(slackErrorCode(error) ?? "")) throw error;
          const words = "This message was deleted in Slack.";
          throw new UpstreamError(words, "It is posted again.", "not_found", false, false, null, { cause: error });
        }
      });
      return entry.sent;
    },
    async whisper(userId, thread, card) {
      const channel = addressPart(thread, "channel");
      const threadTs = thread.address["threadTs"] ?? thread.address["ts"] ?? null;
      if (channel.startsWith("D")) await post(channel, threadTs, card);
      else if (thread.address["onlyFor"] === userId)
        await answerCommand(channel, userId, thread.address["responseUrl"], card);
      else await privately(channel, userId, threadTs, card);
    },
  };

  /** A command's response_url works where the app is no member, for half an hour; after that a whisper must do. */
  async function answerCommand(channel: string, userId: string, url: string | undefined, card: Card): Promise<void> {
    if (url !== undefined && client.mayRespondTo(url)) {
      try {
        await client.respond(url, { response_type: "ephemeral", ...renderCard(card), ...quiet });
        return;
      } catch (error) {
        logger.warn({ err: error }, "A command's answer went another way.");
      }
    }
    await privately(channel, userId, null, card);
  }
}

/** No previews of links, no mentions made out of words. */
const quiet = { unfurl_links: false, unfurl_media: false, link_names: false, parse: "none" } as const;

const deleted = ["message_not_found", "thread_not_found"];

const unreachableHere = ["channel_not_found", "not_in_channel", "user_not_in_channel"];

function inThread(threadTs: string | null): { readonly thread_ts?: string } {
  return threadTs === null ? {} : { thread_ts: threadTs };
}

function addressPart(place: ThreadRef | MessageRef, part: "channel" | "ts"): string {
  const value = place.address[part];
  if (place.platform !== "slack" || value === undefined) {
    throw new InputError("This place is not in Slack.", "Use the surface that it came from.");
  }
  return value;
}
