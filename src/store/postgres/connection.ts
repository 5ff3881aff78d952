import { setTimeout as pause } from "node:timers/promises";
import { Mutex } from "async-mutex";
import pg from "pg";
import type { Logger } from "../../core/ports.js";
import { codeOf, databaseError, isFinal } from "./postgres-errors.js";

export interface ConnectionOptions {
  /** Read again at every connecting: a rotated password is picked up. */
  readonly url: () => string;
  readonly logger: Logger;
  /** Statements run once on every new connection. */
  readonly prepare: readonly string[];
}

/** Runs statements one after another, in the order they were asked for. */
export interface Session {
  query<Row extends pg.QueryResultRow = pg.QueryResultRow>(
    sql: string,
    parameters?: unknown[],
  ): Promise<Pick<pg.QueryResult<Row>, "rows" | "rowCount">>;
}

/** One connection that comes back after the server was away; its statements are never run twice. */
export interface Connection {
  /** Connects when there is no connection. */
  session(): Promise<Session>;
  /** Runs what begins something: tried again while the server is away, for at most `patienceMs`. */
  begin<T>(start: (session: Session) => Promise<T>): Promise<T>;
  /** Lets go of a connection that failed; the next use connects anew. */
  drop(): void;
  close(): Promise<void>;
}

interface Open extends Session {
  readonly client: pg.Client;
}

const patienceMs = 5_000;
const connectMs = 5_000;
/** A network that swallows packets must not hold a transaction for ever. */
const answerMs = 20_000;

export function createConnection(options: ConnectionOptions): Connection {
  let current: Promise<Open> | null = null;
  let latest: pg.Client | null = null;
  let closed = false;

  async function connect(): Promise<Open> {
    const client = new pg.Client({
      connectionString: options.url(),
      application_name: "pipewright",
      connectionTimeoutMillis: connectMs,
      query_timeout: answerMs,
      keepAlive: true,
    });
    // Without a listener a server that restarts would end our process.
    client.on("error", (error) => {
      options.logger.warn({ err: error }, "the connection to PostgreSQL broke; the next use connects again");
      if (client === latest) forget();
    });
    try {
      await client.connect();
      for (const statement of options.prepare) await client.query(statement);
    } catch (error) {
      void client.end().catch(() => undefined);
      throw error;
    }
    latest = client;
    // The driver does not queue for us: two statements at once would mix.
    const turns = new Mutex();
    return { client, query: (sql, parameters) => turns.runExclusive(() => client.query(sql, parameters)) };
  }

  function forget(): void {
    current = null;
    latest = null;
  }

  function session(): Promise<Open> {
    if (closed) return Promise.reject(databaseError(new Error("closed")));
    current ??= connect().catch((error: unknown) => {
      current = null;
      throw error;
    });
    return current;
  }

  function drop(): void {
    const old = latest;
    forget();
    // It may be in the middle of a statement: the socket goes, and the server rolls back.
    if (old !== null) void old.end().catch(() => undefined);
  }

  return {
    session,
    drop,
    async begin(start) {
      const until = performance.now() + patienceMs;
      for (let wait = 50; ; wait = Math.min(wait * 2, 1_000)) {
        try {
          return await start(await session());
        } catch (error) {
          drop();
          if (closed || isFinal(error) || performance.now() + wait > until) throw databaseError(error);
          options.logger.debug({ code: codeOf(error) }, "PostgreSQL does not answer; trying again");
          await pause(wait);
        }
      }
    },
    async close() {
      closed = true;
      const old = current;
      current = null;
      if (old !== null) await old.then(({ client }) => client.end()).catch(() => undefined);
    },
  };
}
