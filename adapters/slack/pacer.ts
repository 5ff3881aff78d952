import type { Clock } from "../../src/core/ports.js";

export interface Pacer {
  /** Runs one task after the other on a lane, starts at least `everyMs` apart. */
  run<T>(lane: string, task: () => Promise<T>): Promise<T>;
}

interface Lane {
  tail: Promise<unknown>;
  lastStart: number;
}

/** Keeps to a platform's rate limits: each lane is a queue of its own. Waits end early when the signal aborts. */
export function createPacer(deps: {
  readonly clock: Clock;
  readonly everyMs: number;
  readonly signal: AbortSignal;
}): Pacer {
  const lanes = new Map<string, Lane>();
  const { clock, everyMs, signal } = deps;

  async function turn<T>(lane: Lane, task: () => Promise<T>): Promise<T> {
    const wait = lane.lastStart + everyMs - clock.now().getTime();
    if (wait > 0) await clock.sleep(wait, signal);
    lane.lastStart = clock.now().getTime();
    return task();
  }

  return {
    run(name, task) {
      const lane = lanes.get(name) ?? { tail: Promise.resolve(), lastStart: Number.NEGATIVE_INFINITY };
      lanes.set(name, lane);
      const result = lane.tail.then(() => turn(lane, task));
      lane.tail = result.catch(() => undefined);
      return result;
    },
  };
}
