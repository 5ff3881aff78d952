import { randomBytes } from "node:crypto";
import type { Config } from "../config/config.js";
import type { Incident } from "../core/incident.js";
import type { Identity, Mark } from "../core/store.js";
import { createIds } from "../store/ids.js";
import { readTable } from "../store/lowdb/read-table.js";
import { createLogger } from "../telemetry/log.js";
import { createRedactor } from "../telemetry/redact.js";
import { configuredSecrets } from "./secrets.js";
import { systemClock } from "./system-clock.js";

interface Readable {
  readonly identities: Identity;
  readonly incidents: Incident;
  readonly marks: Mark;
}

/** The rows of a table, read beside whoever else uses the store; nothing is changed. */
export async function readRows<Name extends keyof Readable>(
  config: Config,
  name: Name,
): Promise<readonly Readable[Name][]> {
  const { database, dataDir } = config;
  if (database === null) return (await readTable(dataDir, name)) as readonly Readable[Name][];
  const { openPostgresStore } = await import("../store/postgres/postgres-store.js");
  const redactor = createRedactor({ configuredSecrets: configuredSecrets(config) });
  const logger = createLogger({ level: "warn", redact: (text) => redactor.redact(text) });
  const clock = systemClock;
  const ids = createIds((count) => randomBytes(count), clock);
  const store = await openPostgresStore({ url: () => database.read(), clock, ids, logger });
  try {
    const rows: readonly object[] = await store.transact<readonly object[]>((tx) => tx[name].find());
    return rows as readonly Readable[Name][];
  } finally {
    await store.close();
  }
}
