import { explainError } from "../core/errors.js";
import type { Clock, Logger } from "../core/ports.js";
import type { Lead } from "./take-the-lead.js";
import type { Watch } from "./watch-airflow.js";

export interface PollLoopDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly everyMs: number;
  /** Where several replicas share a store, one looks for all. */
  readonly lead: Lead;
  /** After every round; `led` is false when another replica looked. */
  readonly afterRound: (led: boolean) => Promise<void>;
}

/** How a connection's last look went, for /readyz and doctor. */
export interface PollStatus {
  readonly connection: string;
  readonly lastOkAt: Date | null;
  /** In words; null while all is well. */
  readonly problem: string | null;
  /** When the first look began that went wrong; null while all is well. */
  readonly problemSince: Date | null;
}

export interface PollLoop {
  start(): void;
  /** One round now; the same round that the loop makes. */
  round(): Promise<void>;
  status(): readonly PollStatus[];
  stop(): Promise<void>;
}

/** What is down is looked at so often, so that nobody waits long after it is back. */
const retryMs = 5_000;

/** Looks at every connection in turn; one that is down is tried again next round, with its mark where it was. */
export function createPollLoop(watches: readonly Watch[], deps: PollLoopDeps): PollLoop {
  const status = new Map<string, PollStatus>(
    watches.map(({ connection }) => [connection, { connection, lastOkAt: null, problem: null, problemSince: null }]),
  );
  const stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();

  async function look(watch: Watch): Promise<void> {
    const before = status.get(watch.connection);
    const { connection } = watch;
    const began = deps.clock.now();
    try {
      await watch.poll();
      if (before?.problem) deps.logger.info({ connection }, "reachable again");
      status.set(connection, { connection, lastOkAt: deps.clock.now(), problem: null, problemSince: null });
    } catch (error) {
      const problem = explainError(error);
      // Said once, not at every round.
      if (before?.problem !== problem) deps.logger.warn({ connection, error }, problem);
      const problemSince = before?.problemSince ?? began;
      status.set(connection, { connection, lastOkAt: before?.lastOkAt ?? null, problem, problemSince });
    }
  }

  async function round(): Promise<void> {
    try {
      const led = await deps.lead.run(async () => {
        await Promise.all(watches.map(look));
        await deps.afterRound(true);
      });
      if (!led) await deps.afterRound(false);
    } catch (error) {
      deps.logger.error({ error }, "a round could not be finished; the next one goes on");
    }
  }

  return {
    start() {
      running = (async () => {
        while (!stopping.signal.aborted) {
          const began = deps.clock.now().getTime();
          await round();
          const took = deps.clock.now().getTime() - began;
          const isDown = [...status.values()].some(({ problem }) => problem !== null);
          const pause = isDown ? Math.min(deps.everyMs, Math.max(0, retryMs - took)) : deps.everyMs;
          await deps.clock.sleep(pause, stopping.signal);
        }
      })();
    },
    round,
    status: () => [...status.values()],
    async stop() {
      stopping.abort();
      await running;
      await deps.lead.end();
    },
  };
}
