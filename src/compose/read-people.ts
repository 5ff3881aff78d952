import { randomBytes } from "node:crypto";
import type { Config } from "../config/config.js";
import type { Logger } from "../core/ports.js";
import type { Identity } from "../core/store.js";
import { createIds } from "../store/ids.js";
import { readIdentities } from "../store/lowdb/read-identities.js";
import { systemClock } from "./system-clock.js";

/** Who the audit's aliases stand for, read beside whoever else uses the store. */
export async function readPeople(config: Config, logger: Logger): Promise<readonly Identity[]> {
  const { database, dataDir } = config;
  if (database === null) return readIdentities(dataDir);
  const { openPostgresStore } = await import("../store/postgres/postgres-store.js");
  const clock = systemClock;
  const ids = createIds((count) => randomBytes(count), clock);
  const store = await openPostgresStore({ url: () => database.read(), clock, ids, logger });
  try {
    return await store.transact((tx) => tx.identities.find());
  } finally {
    await store.close();
  }
}
