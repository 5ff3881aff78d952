import type { Clock } from "../../../src/core/ports.js";

export interface HandClock extends Clock {
  /** Pauses between attempts, which pass at once. */
  readonly pauses: number[];
  /** Moves time on; deadlines that are reached fire. */
  advance(ms: number): void;
}

/** A clock moved by hand: pauses pass at once, deadlines (sleeps with a signal) only when time is moved past them. */
export function createHandClock(start = "2026-11-22T02:00:00Z"): HandClock {
  let now = Date.parse(start);
  const deadlines = new Set<{ readonly at: number; readonly resolve: () => void }>();
  const pauses: number[] = [];
  return {
    pauses,
    now: () => new Date(now),
    sleep: (ms, signal) => {
      if (signal === undefined) {
        pauses.push(ms);
        return Promise.resolve();
      }
      return new Promise((resolve) => {
        const deadline = { at: now + ms, resolve };
        deadlines.add(deadline);
        signal.addEventListener("abort", () => {
          deadlines.delete(deadline);
          resolve();
        });
      });
    },
    advance: (ms) => {
      now += ms;
      for (const deadline of [...deadlines]) if (deadline.at <= now) deadline.resolve();
    },
  };
}
