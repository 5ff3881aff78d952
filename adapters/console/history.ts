import { z } from "zod";
import type { Card } from "../../src/chat/card.js";
import type { Logger } from "../../src/core/ports.js";
import type { ConsoleState } from "./conversation.js";

/** Where the console's messages live between starts; the state is plain JSON. */
export interface ConsoleHistory {
  load(): Promise<unknown>;
  save(state: unknown): Promise<void>;
}

const StoredCard = z
  .looseObject({
    subject: z.string(),
    tone: z.string(),
    fallback: z.string(),
    simulated: z.boolean(),
    blocks: z.array(z.looseObject({ b: z.string() })),
  })
  .transform((card) => card as unknown as Card);

const StoredState = z.object({
  version: z.literal(1),
  messages: z.array(
    z.object({
      id: z.string(),
      threadId: z.string(),
      seq: z.number(),
      postedAt: z.string(),
      editedAt: z.string().nullable(),
      author: z.object({ id: z.string(), name: z.string() }).nullable(),
      onlyFor: z.string().nullable(),
      content: z.union([z.object({ card: StoredCard }), z.object({ text: z.string() })]),
    }),
  ),
});

const empty: ConsoleState = { version: 1, messages: [] };

/** What was said before the restart; a history that can't be read is begun anew, since the store keeps the facts. */
export async function loadHistory(history: ConsoleHistory, logger: Logger): Promise<ConsoleState> {
  const stored = await history.load();
  if (stored === null || stored === undefined) return empty;
  const parsed = StoredState.safeParse(stored);
  if (parsed.success) return parsed.data;
  logger.warn({ problem: parsed.error.issues[0]?.message }, "the console's history can't be read; it starts empty");
  return empty;
}

/** Saves one state at a time; `saved()` resolves once a save that began after the call has ended. */
export function createSaver(
  history: ConsoleHistory,
  state: () => ConsoleState,
  logger: Logger,
): { saved(): Promise<void> } {
  let running: Promise<void> = Promise.resolve();
  let waiting: Promise<void> | null = null;

  async function save(): Promise<void> {
    waiting = null;
    try {
      await history.save(state());
    } catch (error) {
      logger.error({ err: error }, "the console's history could not be saved; its messages last until the next stop");
    }
  }

  return {
    saved() {
      if (waiting === null) {
        waiting = running.then(save);
        running = waiting;
      }
      return waiting;
    },
  };
}
