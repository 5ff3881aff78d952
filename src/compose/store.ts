import type { Config } from "../config/config.js";
import type { Clock, Ids, Logger } from "../core/ports.js";
import type { Store } from "../core/store.js";
import type { Lock } from "../store/lowdb/lock.js";

export interface StoreDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  /** Of the data folder: what a replica keeps for itself stands there on either store. */
  readonly lock: Lock;
}

/** The rows of this installation: in the data folder, or in the PostgreSQL that several replicas share. */
export async function openStore(config: Config, deps: StoreDeps): Promise<Store> {
  const { database, dataDir } = config;
  if (database === null) {
    const { openFileStore } = await import("../store/lowdb/file-store.js");
    return openFileStore({ ...deps, dataDir });
  }
  const { openPostgresStore } = await import("../store/postgres/postgres-store.js");
  const store = await openPostgresStore({ ...deps, url: () => database.read() });
  const { problems } = await inspectDatabase(config, deps.clock);
  for (const problem of problems) deps.logger.warn({}, problem);
  return store;
}

/** What `doctor` says of the database; nothing where the data folder holds the rows. */
export async function inspectDatabase(
  { database }: Pick<Config, "database">,
  clock: Clock,
): Promise<{ readonly words: string | null; readonly problems: readonly string[] }> {
  if (database === null) return { words: null, problems: [] };
  const { inspectPostgres } = await import("../store/postgres/inspect.js");
  return inspectPostgres(database.read(), clock);
}
