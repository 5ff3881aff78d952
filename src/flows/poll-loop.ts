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
}

export interface PollLoop {
  start(): void;
  /** One round now; the same round that the loop makes. */
  round(): Promise<void>;
  status(): readonly PollStatus[];
  stop(): Promise<void>;
}

/** Looks at every connection in turn; one that is down is tried again next round, with its mark where it was. */
export function createPollLoop(watches: readonly Watch[], deps: PollLoopDeps): PollLoop {
  const status = new Map<string, PollStatus>(
    watches.map(({ connection }) => [connection, { connection, lastOkAt: null, problem: null }]),
  );
  const stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();

  async function look(watch: Watch): Promise<void> {
    const before = status.get(watch.connection);
    try {
      await watch.poll();
      if (before?.problem) deps.logger.info({ connection: watch.connection }, "reachable again");
      status.set(watch.connection, { connection: watch.connection, lastOkAt: deps.clock.now(), problem: null });
    } catch (error) {
      const problem = explainError(error);
      // Said once, not at every round.
      if (before?.problem !== problem) deps.logger.warn({ connection: watch.connection, error }, problem);
      status.set(watch.connection, { connection: watch.connection, lastOkAt: before?.lastOkAt ?? null, problem });
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
          await round();
          await deps.clock.sleep(deps.everyMs, stopping.signal);
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
