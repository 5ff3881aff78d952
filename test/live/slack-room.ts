import { setTimeout as pause } from "node:timers/promises";
import {
  type HeldMessage,
  type LocalSlack,
  localSlackBinary,
  slackTeam,
  startLocalSlack,
} from "../fixtures/local-slack.js";
import { startSlackDouble } from "../fixtures/slack-double.js";

/** The channel as a person sees it: threads by what their root says, and buttons. */
export interface SlackRoom {
  readonly apiUrl: string;
  /** Waits for the root message that holds the words, now or later. */
  untilRoot(words: string): Promise<HeldMessage>;
  /** Waits until the message, which is edited in place, holds the words. */
  untilSays(ts: string, words: string): Promise<HeldMessage>;
  /** Waits for a message in the thread that carries the button. */
  untilButton(rootTs: string, actionId: string, which?: Which): Promise<HeldMessage>;
  /** Waits for an answer in the thread that holds the words. */
  untilInThread(rootTs: string, words: string): Promise<HeldMessage>;
  thread(rootTs: string): Promise<readonly HeldMessage[]>;
  roots(): Promise<readonly HeldMessage[]>;
  click(user: string, message: HeldMessage, actionId: string): Promise<void>;
  close(): Promise<void>;
}

/** A message that holds words, or that is not a known one. */
export interface Which {
  readonly says?: string;
  readonly not?: string;
}

const longest = 90_000;

export async function openSlackRoom(requestUrl: string): Promise<SlackRoom> {
  const binary = localSlackBinary();
  if (binary === null)
    process.stderr.write("local-slack is not here: the live stories run on our own double of Slack.\n");
  const slack: LocalSlack =
    binary === null ? await startSlackDouble(requestUrl) : await startLocalSlack(binary, requestUrl);
  const { channel } = slackTeam;
  const all = () => slack.messages(channel);

  async function until(
    what: string,
    look: (messages: readonly HeldMessage[]) => HeldMessage | undefined,
  ): Promise<HeldMessage> {
    const deadline = Date.now() + longest;
    while (Date.now() < deadline) {
      const found = look(await all());
      if (found !== undefined) return found;
      await pause(250);
    }
    const seen = (await all()).map((message) => wordsOf(message)).join("\n---\n");
    throw new Error(`waited in vain for ${what}; the channel says:\n${seen}`);
  }

  return {
    apiUrl: slack.apiUrl,
    untilRoot: (words) =>
      until(`a root message with "${words}"`, (messages) =>
        messages.find((one) => isRoot(one) && wordsOf(one).includes(words)),
      ),
    untilSays: (ts, words) =>
      until(`"${words}"`, (messages) => messages.find((one) => one.ts === ts && wordsOf(one).includes(words))),
    untilButton: (rootTs, actionId, { says = "", not = "" } = {}) =>
      until(`a button ${actionId} ${says}`, (messages) =>
        messages.find(
          (one) =>
            one.thread_ts === rootTs && one.ts !== not && hasButton(one, actionId) && wordsOf(one).includes(says),
        ),
      ),
    untilInThread: (rootTs, words) =>
      until(`"${words}" in the thread`, (messages) =>
        messages.find((one) => one.thread_ts === rootTs && one.ts !== rootTs && wordsOf(one).includes(words)),
      ),
    thread: async (rootTs) => (await all()).filter((one) => one.ts === rootTs || one.thread_ts === rootTs),
    roots: async () => (await all()).filter(isRoot),
    click: (user, message, actionId) => slack.click(user, channel, message.ts, actionId),
    close: () => slack.stop(),
  };
}

const isRoot = (message: HeldMessage): boolean =>
  message.user === slackTeam.bot && (message.thread_ts === undefined || message.thread_ts === message.ts);

export function hasButton(message: HeldMessage, actionId: string): boolean {
  const elements = message.blocks?.flatMap((block) => (block.type === "actions" ? block.elements : [])) ?? [];
  return elements.some((element) => element.action_id === actionId);
}

/** Everything a message shows, its blocks included. */
export function wordsOf(message: HeldMessage): string {
  return `${message.text}\n${texts(message.blocks).join("")}`;
}

function texts(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(texts);
  if (typeof node !== "object" || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) =>
    key === "text" && typeof value === "string" ? [value] : texts(value),
  );
}
