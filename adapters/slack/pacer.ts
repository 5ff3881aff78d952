import type { Clock } from "../../src/core/ports.js";

export type Urgency = "first" | "in_turn";

export interface Pacer {
  /** Runs one task after the other on a lane; `first` goes before all that wait in turn. */
  run<T>(lane: string, task: () => Promise<T>, urgency?: Urgency): Promise<T>;
}

interface Lane {
  readonly waiting: { readonly [urgency in Urgency]: (() => Promise<void>)[] };
  busy: boolean;
  /** When everything started so far would have been due at an even pace. */
  paidUntil: number;
}

/** Keeps to a platform's rate limits: each lane is a queue of its own. Waits end early when the signal aborts. */
export function createPacer(deps: {
  readonly clock: Clock;
  /** One start in this time, in the long run … */
  readonly everyMs: number;
  /** … of which so many may come at once after a rest; 1 keeps every two starts apart. */
  readonly burst: number;
  readonly signal: AbortSignal;
}): Pacer {
  const lanes = new Map<string, Lane>();
  const { clock, everyMs, burst, signal } = deps;

  async function work(lane: Lane): Promise<void> {
    lane.busy = true;
    while (lane.waiting.first.length + lane.waiting.in_turn.length > 0) {
      const wait = lane.paidUntil - (burst - 1) * everyMs - clock.now().getTime();
      if (wait > 0) await clock.sleep(wait, signal);
      lane.paidUntil = Math.max(lane.paidUntil, clock.now().getTime()) + everyMs;
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
        paidUntil: Number.NEGATIVE_INFINITY,
      };
      lanes.set(name, lane);
      return new Promise((resolve, reject) => {
        lane.waiting[urgency].push(() => task().then(resolve, reject));
        if (!lane.busy) void work(lane);
      });
    },
  };
}
