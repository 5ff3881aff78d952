import { AsyncLocalStorage } from "node:async_hooks";
import { join } from "node:path";
import { Mutex } from "async-mutex";
import { Low } from "lowdb";
import { ConfigError } from "../../core/errors.js";
import type { Clock, Ids, Logger } from "../../core/ports.js";
import type { Store, StoreTx } from "../../core/store.js";
import { openArchive } from "./archive.js";
import { createDurableFile } from "./durable-file.js";
import { createGroupCommit } from "./group-commit.js";
import { emptyHotData, type HotData, parseHotData, stringifyHotData } from "./hot-data.js";
import { removeFromHot, rowsToArchive } from "./housekeeping.js";
import { acquireLock, type Lock } from "./lock.js";
import { beginTransaction } from "./transaction.js";

export interface FileStoreOptions {
  readonly dataDir: string;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  /** A lock the caller already holds (and releases); without it the store takes and releases its own. */
  readonly lock?: Lock;
  /** For the message another process gets: `start`, `mcp`. */
  readonly role?: string;
}

const slowWriteMs = 20_000;
const housekeepingEveryMs = 60 * 60 * 1000;

/** Opens the store of a data folder; throws LockedError when another process holds it, ConfigError when its files can't be read. */
export async function openFileStore(options: FileStoreOptions): Promise<Store> {
  const { dataDir, clock, ids, logger } = options;
  const lock = options.lock ?? (await acquireLock(dataDir, { role: options.role ?? "start" }));
  try {
    return await open();
  } catch (error) {
    if (options.lock === undefined) await lock.release();
    throw error;
  }

  async function open(): Promise<Store> {
    const file = createDurableFile<HotData>(join(dataDir, "store.json"), {
      stringify: stringifyHotData,
      parse: parseHotData,
      logger,
    });
    const db = new Low<HotData>({ read: file.load, write: file.save }, emptyHotData());
    await db.read();
    const archive = await openArchive(join(dataDir, "archive.jsonl"));
    const mutex = new Mutex();
    const inside = new AsyncLocalStorage<{ open: boolean }>();
    let failures = 0;
    let housekeptAt: number | null = null;
    let closed = false;
    const commits = createGroupCommit(
      () => watched(db.write()),
      (cause) => {
        failures += 1;
        logger.error({ err: cause }, "The store could not be written");
        return notWritten(dataDir, cause);
      },
    );

    /** A disk that hangs fails nothing; somebody must be told all the same. */
    async function watched(write: Promise<void>): Promise<void> {
      const over = new AbortController();
      void clock.sleep(slowWriteMs, over.signal).then(() => {
        if (over.signal.aborted) return;
        const words = `The data folder ${dataDir} has not answered for ${slowWriteMs / 1000} s; nothing is taken in until it does. Check its disk.`;
        logger.error({}, words);
      });
      await write.finally(() => over.abort());
    }

    /** Inside the mutex only: nobody changes a row between its archiving and its removal. */
    async function housekeep(): Promise<void> {
      const now = clock.now();
      if (housekeptAt !== null && now.getTime() - housekeptAt < housekeepingEveryMs) return;
      await commits.settled();
      const rows = rowsToArchive(db.data, now);
      if (rows.length > 0) await archive.append(rows);
      removeFromHot(db.data, rows, now);
      housekeptAt = now.getTime();
    }

    async function run<T>(fn: (tx: StoreTx) => Promise<T>): Promise<{ value: T; durable: Promise<void> }> {
      if (closed) throw new ConfigError("The store is closed; nothing was changed.", "Start Pipewright again.");
      await housekeep();
      const failuresBefore = failures;
      const transaction = beginTransaction(db.data, archive, ids);
      try {
        const value = await fn(transaction.tx);
        // What it read may have been taken back meanwhile.
        if (failures !== failuresBefore) throw notWritten(dataDir, null);
        const undo = transaction.apply();
        return { value, durable: undo === null ? commits.settled() : commits.commit(undo) };
      } finally {
        transaction.end();
      }
    }

    return {
      async transact(fn) {
        // It would wait for its own end for ever.
        if (inside.getStore()?.open === true) throw new Error("A transaction can't be begun inside another one.");
        const { value, durable } = await mutex.runExclusive(() => {
          const mark = { open: true };
          return inside
            .run(mark, () => run(fn))
            .finally(() => {
              mark.open = false;
            });
        });
        await durable;
        return value;
      },
      async close() {
        await mutex.runExclusive(async () => {
          if (closed) return;
          closed = true;
          await commits.settled();
          await archive.close();
          if (options.lock === undefined) await lock.release();
        });
      },
    };
  }
}

function notWritten(dataDir: string, cause: unknown): ConfigError {
  return new ConfigError(
    `The data folder ${dataDir} can't be written; this change was not kept.`,
    "Check its free space and permissions.",
    { cause },
  );
}
