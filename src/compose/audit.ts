import { join } from "node:path";
import type { Config } from "../config/config.js";
import type { Clock, Logger } from "../core/ports.js";
import type { Store } from "../core/store.js";
import { createAuditRelay } from "../flows/relay-audit.js";
import { macWith, ownAuditKey } from "../store/audit-chain/audit-key.js";
import { openChainFolder } from "../store/audit-chain/chain-folder.js";

/** Where the chain of an installation stands, and the key made for it where none is configured. */
export function auditPlaces(dataDir: string): { readonly folder: string; readonly ownKey: string } {
  return { folder: join(dataDir, "audit"), ownKey: join(dataDir, "audit.key") };
}

export interface Audit {
  /** Copies new rows into the chain; a failure is logged, and tried again with the next rows. */
  relay(): Promise<void>;
  /** Takes away what is older than it must be kept. */
  retire(before: Date): Promise<number>;
}

export async function openAudit(
  config: Config,
  deps: { readonly store: Store; readonly clock: Clock; readonly logger: Logger },
): Promise<Audit> {
  const { folder, ownKey } = auditPlaces(config.dataDir);
  const mac = macWith(config.auditKey?.read() ?? (await ownAuditKey(ownKey)));
  const chain = openChainFolder(folder, { mac, clock: deps.clock });
  const relay = createAuditRelay({ store: deps.store, chain, mac, logger: deps.logger });
  return {
    async relay() {
      try {
        await relay();
      } catch (error) {
        deps.logger.error({ err: error }, "the audit chain could not be continued; the rows stay in the store");
      }
    },
    retire: (before) => chain.retire(before),
  };
}
