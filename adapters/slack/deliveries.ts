import type { Clock } from "../../src/core/ports.js";

/** Slack repeats an unanswered event for about an hour; the store remembers for longer. */
const keepMs = 60 * 60 * 1000;

export interface Deliveries {
  /** Does the work of an event once: a repetition waits for the first and shares its end; after a failure the next one tries again. */
  once(eventId: string, work: () => Promise<void>): Promise<void>;
  /** Resolves when nothing is in progress. */
  settled(): Promise<void>;
}

export function createDeliveries(clock: Clock): Deliveries {
  const known = new Map<string, { readonly done: Promise<void>; readonly until: number }>();
  const running = new Set<Promise<void>>();

  return {
    once(eventId, work) {
      const now = clock.now().getTime();
      for (const [id, entry] of known) {
        if (entry.until > now) break;
        known.delete(id);
      }
      const earlier = known.get(eventId);
      if (earlier !== undefined) return earlier.done;
      const done = work();
      known.set(eventId, { done, until: now + keepMs });
      const watched = done
        .catch(() => {
          known.delete(eventId);
        })
        .finally(() => running.delete(watched));
      running.add(watched);
      return done;
    },
    async settled() {
      await Promise.all(running);
    },
  };
}
