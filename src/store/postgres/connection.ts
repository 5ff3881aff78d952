import { setTimeout as pause } from "node:timers/promises";
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

/** One connection that comes back after the server was away; its statements are never run twice. */
export interface Connection {
  /** The client; connects when there is none. */
  client(): Promise<pg.Client>;
  /** Runs what begins something: tried again while the server is away, for at most `patienceMs`. */
  begin<T>(start: (client: pg.Client) => Promise<T>): Promise<T>;
  /** Lets go of a client that failed; the next use connects anew. */
  drop(): void;
  close(): Promise<void>;
}

const patienceMs = 5_000;
const connectMs = 5_000;
/** A network that swallows packets must not hold a transaction for ever. */
const answerMs = 20_000;

export function createConnection(options: ConnectionOptions): Connection {
  let current: Promise<pg.Client> | null = null;
  let closed = false;

  async function connect(): Promise<pg.Client> {
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
      forget(client);
    });
    try {
      await client.connect();
      for (const statement of options.prepare) await client.query(statement);
      return client;
    } catch (error) {
      void client.end().catch(() => undefined);
      throw error;
    }
  }

  let latest: pg.Client | null = null;
  function forget(client: pg.Client | null): void {
    if (client === null || client === latest) {
      current = null;
      latest = null;
    }
  }

  async function client(): Promise<pg.Client> {
    if (closed) throw databaseError(new Error("closed"));
    current ??= connect().then(
      (made) => {
        latest = made;
        return made;
      },
      (error: unknown) => {
        current = null;
        throw error;
      },
    );
    return current;
  }

  function drop(): void {
    const old = latest;
    forget(null);
    // It may be in the middle of a statement: the socket goes, and the server rolls back.
    if (old !== null) void old.end().catch(() => undefined);
  }

  return {
    client,
    drop,
    async begin(start) {
      const until = performance.now() + patienceMs;
      for (let wait = 50; ; wait = Math.min(wait * 2, 1_000)) {
        try {
          return await start(await client());
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
      if (old !== null) await old.then((made) => made.end()).catch(() => undefined);
    },
  };
}
