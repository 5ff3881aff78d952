import type { Clock } from "../../src/core/ports.js";

export type Urgency = "first" | "in_turn";

export interface Pacer {
  /** Runs one task after the other on a lane, starts at least `everyMs` apart; `first` goes before all that wait in turn. */
  run<T>(lane: string, task: () => Promise<T>, urgency?: Urgency): Promise<T>;
}

interface Lane {
  readonly waiting: { readonly [urgency in Urgency]: (() => Promise<void>)[] };
  busy: boolean;
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

  async function work(lane: Lane): Promise<void> {
    lane.busy = true;
    while (lane.waiting.first.length + lane.waiting.in_turn.length > 0) {
      const wait = lane.lastStart + everyMs - clock.now().getTime();
      if (wait > 0) await clock.sleep(wait, signal);
      lane.lastStart = clock.now().getTime();
      // Chosen after the wait, so that what came meanwhile and is more urgent goes now.
      await (lane.waiting.first.shift() ?? lane.waiting.in_turn.shift())?.();
    }
    lane.busy = false;
  }

  return {
    run(name, task, urgency = "in_turn") {
      const lane = lanes.get(name) ?? {
        waiting: { first: [], in_turn: [] },
        busy: false,
        lastStart: Number.NEGATIVE_INFINITY,
      };
      lanes.set(name, lane);
      return new Promise((resolve, reject) => {
        lane.waiting[urgency].push(() => task().then(resolve, reject));
        if (!lane.busy) void work(lane);
      });
    },
  };
}
