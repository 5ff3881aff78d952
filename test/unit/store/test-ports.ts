import type { Clock, Logger } from "../../../src/core/ports.js";

export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** Remembers what was logged, for tests that read it. */
export function createListLogger(): Logger & { readonly lines: string[] } {
  const lines: string[] = [];
  const keep = (_fields: object, message: string) => void lines.push(message);
  return { lines, debug: keep, info: keep, warn: keep, error: keep };
}

interface Sleeper {
  readonly until: number;
  wake(): void;
}

/** A clock that stands still until it is moved; sleepers whose time has come wake in order. */
export interface TestClock extends Clock {
  advance(ms: number): void;
  sleeping(): number;
}

export function createTestClock(start: string): TestClock {
  let now = Date.parse(start);
  let sleepers: Sleeper[] = [];
  return {
    now: () => new Date(now),
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const sleeper: Sleeper = { until: now + ms, wake: resolve };
        sleepers.push(sleeper);
        signal?.addEventListener("abort", () => {
          sleepers = sleepers.filter((other) => other !== sleeper);
          resolve();
        });
      }),
    advance(ms) {
      now += ms;
      const due = sleepers.filter((sleeper) => sleeper.until <= now).sort((a, b) => a.until - b.until);
      sleepers = sleepers.filter((sleeper) => sleeper.until > now);
      for (const sleeper of due) sleeper.wake();
    },
    sleeping: () => sleepers.length,
  };
}
