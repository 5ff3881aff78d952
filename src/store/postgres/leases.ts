import { AsyncLocalStorage } from "node:async_hooks";
import { randomBytes } from "node:crypto";
import type { Logger } from "../../core/ports.js";
import { type Lease, LeaseLost, type Leases } from "../../core/store.js";
import { createConnection, type Session } from "./connection.js";

export interface LeasesOptions {
  readonly url: () => string;
  readonly logger: Logger;
  readonly leaseMs: number;
}

/** What a transaction of leased work checks first: whoever lost the lease writes nothing more. */
export interface Fence {
  /** Throws LeaseLost. */
  mind(session: Session): Promise<void>;
}

interface Held extends Fence {
  readonly token: string;
  confirmedAt: number;
  lose(): void;
}

export interface PostgresLeases extends Leases {
  /** The fence of the work that is being done in this async context. */
  current(): Fence | null;
  close(): Promise<void>;
}

/** A lease that was not written to disk is only lost by a server that crashes; then its holder finds out at its next transaction. */
const prepare = ["set synchronous_commit = 'off'", "set statement_timeout = '5s'", "set lock_timeout = '5s'"];

/** Leases as rows, by the database's clock: the clocks of replicas need not agree. A heartbeat keeps all that are held. */
export function createLeases({ url, logger, leaseMs }: LeasesOptions): PostgresLeases {
  const connection = createConnection({ url, logger, prepare });
  const context = new AsyncLocalStorage<Fence>();
  const held = new Map<string, Held>();
  const until = `clock_timestamp() + interval '${leaseMs} milliseconds'`;
  let beating = false;
  const timer = setInterval(() => void beat(), Math.ceil(leaseMs / 4));
  timer.unref();

  async function beat(): Promise<void> {
    if (held.size === 0 || beating) return;
    beating = true;
    const tokens = [...held.keys()];
    const asked = performance.now();
    try {
      const session = await connection.session();
      const { rows } = await session.query<{ token: string }>(
        `update pipewright.leases set until = ${until} where token = any($1) returning token`,
        [tokens],
      );
      const kept = new Set(rows.map(({ token }) => token));
      for (const token of tokens) {
        const lease = held.get(token);
        if (lease === undefined) continue;
        if (kept.has(token)) lease.confirmedAt = asked;
        else lease.lose();
      }
    } catch (error) {
      connection.drop();
      logger.warn({ err: error }, "leases could not be kept up; the work may pass to another replica");
      for (const lease of held.values()) if (asked - lease.confirmedAt > leaseMs) lease.lose();
    } finally {
      beating = false;
    }
  }

  function hold(key: string, token: string, confirmedAt: number): Lease {
    const lost = new AbortController();
    const lose = (): void => {
      held.delete(token);
      lost.abort();
    };
    const fence: Held = {
      token,
      confirmedAt,
      lose,
      async mind(session) {
        const { rowCount } = await session.query("select 1 from pipewright.leases where key = $1 and token = $2", [
          key,
          token,
        ]);
        if (rowCount === 1) return;
        lose();
        throw new LeaseLost(key);
      },
    };
    held.set(token, fence);
    return {
      lost: lost.signal,
      run: (work) => context.run(fence, work),
      async release() {
        if (!held.delete(token)) return;
        await connection.begin((session) => session.query("delete from pipewright.leases where token = $1", [token]));
      },
    };
  }

  return {
    current: () => context.getStore() ?? null,
    async take(key) {
      const token = randomBytes(12).toString("hex");
      const asked = performance.now();
      const { rowCount } = await connection.begin((session) =>
        session.query(
          `insert into pipewright.leases (key, token, until) values ($1, $2, ${until})
           on conflict (key) do update set token = excluded.token, until = excluded.until
           where leases.until < clock_timestamp()`,
          [key, token],
        ),
      );
      return rowCount === 1 ? hold(key, token, asked) : null;
    },
    async close() {
      clearInterval(timer);
      const tokens = [...held.keys()];
      for (const lease of [...held.values()]) lease.lose();
      if (tokens.length > 0) {
        await connection
          .begin((session) => session.query("delete from pipewright.leases where token = any($1)", [tokens]))
          .catch(() => undefined);
      }
      await connection.close();
    },
  };
}
