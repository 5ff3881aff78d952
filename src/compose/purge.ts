import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Config } from "../config/config.js";
import { ConfigError } from "../core/errors.js";
import { withoutPerson } from "../core/forget.js";
import type { Clock, Logger } from "../core/ports.js";
import { type Forgotten, forgetPerson } from "../flows/forget-person.js";
import { createIds } from "../store/ids.js";
import { compactFolder } from "../store/lowdb/compact.js";
import { createDurableFile } from "../store/lowdb/durable-file.js";
import { withPseudonyms } from "../store/pseudonymous.js";
import { openAudit } from "./audit.js";
import { tryLock } from "./hold.js";
import { openStore } from "./store.js";

/** Takes a person out of everything this installation keeps; refuses beside a running bot, which would write its copies back. */
export async function purgePerson(
  personId: string,
  config: Config,
  deps: { readonly clock: Clock; readonly logger: Logger },
): Promise<Forgotten> {
  const { clock, logger } = deps;
  const lock = await tryLock(config.dataDir, "purge");
  if (lock === null) {
    throw new ConfigError(
      "A running Pipewright holds the data folder; nothing was purged.",
      "Stop it, then purge again.",
    );
  }
  try {
    const ids = createIds((count) => randomBytes(count), clock);
    const store = withPseudonyms(await openStore(config, { clock, ids, logger, lock }), ids);
    let forgotten: Forgotten;
    try {
      forgotten = await forgetPerson(personId, { store, clock, ids });
      const audit = await openAudit(config, { store, clock, logger });
      await audit.relay();
    } finally {
      await store.close();
    }
    if (config.database === null) await compactFolder(config.dataDir);
    await forgetInConsole(personId, forgotten, config.dataDir);
    return forgotten;
  } finally {
    await lock.release();
  }
}

/** The console's own history; saved twice, so that the copy before the last write has no person either. */
async function forgetInConsole(personId: string, { alias, names }: Forgotten, dataDir: string): Promise<void> {
  const history = createDurableFile<unknown>(join(dataDir, "console.json"));
  const said = await history.load();
  if (said === null) return;
  const without = withoutPerson(said, personId, alias, names);
  await history.save(without);
  await history.save(without);
}
