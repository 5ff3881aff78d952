import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";
import { ConfigError, UpstreamError } from "../../core/errors.js";
import type { Clock, Ids, Logger } from "../../core/ports.js";
import type { Leases, Store, StoreTx } from "../../core/store.js";
import { type Connection, createConnection, type Session } from "./connection.js";
import { flush } from "./flush.js";
import { createLeases, type Fence } from "./leases.js";
import { migrate, mindVersion } from "./migrate.js";
import { databaseError } from "./postgres-errors.js";
import { beginTransaction, type Written } from "./transaction.js";

export interface PostgresStoreOptions {
  /** `postgres://user:password@host:5432/database`; read again at every connecting. */
  readonly url: () => string;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  /** How long a replica that died keeps its work from the others; default 15 s. */
  readonly leaseMs?: number;
}

/** A transaction that waits for its turn. */
interface Job {
  /** Runs the caller's function in the caller's own async context. */
  readonly run: (tx: StoreTx) => Promise<unknown>;
  readonly fence: Fence | null;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

const mostAtOnce = 256;
const day = 24 * 60 * 60 * 1000;
/** Longer than any poller looks back. */
const seenFor = 8 * day;
const housekeepingEveryMs = 60 * 60 * 1000;
const commitPatienceMs = 10_000;

/** A replica that stands still in the middle of a transaction loses it instead of stopping the others. */
const prepare = [
  "set idle_in_transaction_session_timeout = '10s'",
  "set lock_timeout = '15s'",
  "set statement_timeout = '15s'",
  // Where the server's owner traded durability for speed, an acknowledged decision could be lost.
  "select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'",
];

/**
 * Opens the store of a PostgreSQL database that any number of replicas share; migrates it first. Throws ConfigError when it
 * can't be used as it is, UpstreamError when it can't be reached.
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<Store & { readonly leases: Leases }> {
  const { clock, ids, logger } = options;
  const connection = createConnection({ url: options.url, logger, prepare });
  await connection.begin(migrate).catch(async (error: unknown) => {
    await connection.close();
    throw error;
  });
  const leases = createLeases({ url: options.url, logger, leaseMs: options.leaseMs ?? 15_000 });
  const inside = new AsyncLocalStorage<{ open: boolean }>();
  let waiting: Job[] = [];
  let working: Promise<void> | null = null;
  let closed = false;
  let housekeptAt: number | null = null;

  async function work(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, mostAtOnce);
      waiting = waiting.slice(mostAtOnce);
      try {
        await runBatch(batch);
      } catch (error) {
        const failure = databaseError(error, "this change was not kept");
        logger.error({ err: error }, failure.message);
        for (const job of batch) job.reject(failure);
      }
    }
    working = null;
  }

  /** All jobs of a batch share one transaction of the database, one lock and one commit: each is answered after that. */
  async function runBatch(batch: readonly Job[]): Promise<void> {
    const { client, auditSeq } = await connection.begin(lockState);
    const written: Written = { changes: new Map(), audit: [], auditSeq };
    const answers: (() => void)[] = [];
    let xid: string | null;
    try {
      await housekeep(client);
      for (const job of batch) answers.push(await runJob(job, written, client));
      xid = await flush(client, written);
    } catch (error) {
      // The server rolls back what the connection that goes had begun.
      connection.drop();
      throw error;
    }
    await commit(client, xid);
    for (const answer of answers) answer();
  }

  async function runJob(job: Job, written: Written, client: Session): Promise<() => void> {
    const currentSince = clock.now().getTime() - day;
    const transaction = beginTransaction(written, { client, ids, currentSince });
    try {
      await job.fence?.mind(client);
      const value = await job.run(transaction.tx);
      transaction.keep();
      return () => job.resolve(value);
    } catch (error) {
      if (isOfDatabase(error)) throw error;
      return () => job.reject(error);
    } finally {
      transaction.end();
    }
  }

  async function commit(client: Session, xid: string | null): Promise<void> {
    try {
      await client.query("commit");
    } catch (error) {
      connection.drop();
      if (xid === null) throw error;
      // The answer is lost, not the truth: the server knows how that transaction ended.
      if (!(await hasCommitted(connection, xid))) throw error;
    }
  }

  async function housekeep(client: Session): Promise<void> {
    const now = clock.now().getTime();
    if (housekeptAt !== null && now - housekeptAt < housekeepingEveryMs) return;
    await client.query("delete from pipewright.seen where moment < $1", [now - seenFor]);
    housekeptAt = now;
  }

  return {
    leases,
    transact<T>(fn: (tx: StoreTx) => Promise<T>): Promise<T> {
      // It would wait for its own end for ever.
      if (inside.getStore()?.open === true) {
        return Promise.reject(new Error("A transaction can't be begun inside another one."));
      }
      if (closed) {
        return Promise.reject(new ConfigError("The store is closed; nothing was changed.", "Start Pipewright again."));
      }
      const mark = { open: true };
      const run = AsyncResource.bind((tx: StoreTx) =>
        inside
          .run(mark, () => fn(tx))
          .finally(() => {
            mark.open = false;
          }),
      );
      return new Promise<T>((resolve, reject) => {
        waiting.push({ run, fence: leases.current(), resolve: (value) => resolve(value as T), reject });
        working ??= work();
      });
    },
    async close() {
      closed = true;
      await working;
      await leases.close();
      await connection.close();
    },
  };
}

/** Begins a transaction and waits for its turn among all replicas: the row with the audit's last number is the one lock. */
async function lockState(client: Session): Promise<{ client: Session; auditSeq: number }> {
  await client.query("begin");
  const { rows } = await client.query<{ version: number; seq: string }>(
    "select schema_version as version, audit_seq as seq from pipewright.state for update",
  );
  const state = rows[0];
  mindVersion(state?.version ?? null);
  return { client, auditSeq: Number(state?.seq ?? 0) };
}

async function hasCommitted(connection: Connection, xid: string): Promise<boolean> {
  const until = performance.now() + commitPatienceMs;
  for (;;) {
    const status = await connection.begin(async (client) => {
      const { rows } = await client.query<{ status: string | null }>("select pg_xact_status($1::xid8) as status", [
        xid,
      ]);
      return rows[0]?.status ?? null;
    });
    if (status !== "in progress") return status === "committed";
    if (performance.now() > until) {
      throw new UpstreamError(
        "PostgreSQL does not tell whether this change was kept.",
        "Look again in a minute; nothing is sent before that is known.",
        "timeout",
        true,
        true,
      );
    }
  }
}

/** A failed statement ends the whole transaction; what a caller's own code throws ends only that caller's part. */
function isOfDatabase(error: unknown): boolean {
  return (
    error instanceof Error && ("severity" in error || /Connection terminated|Query read timeout/.test(error.message))
  );
}
