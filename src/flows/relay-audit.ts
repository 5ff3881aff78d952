import { type ChainEntry, type ChainSubject, linkRow, type Mac } from "../core/audit/chain.js";
import type { AuditRow } from "../core/audit/event.js";
import { ConfigError } from "../core/errors.js";
import type { Logger } from "../core/ports.js";
import type { Store, StoreTx } from "../core/store.js";

export interface AuditRelayDeps {
  readonly store: Store;
  readonly chain: {
    head(): Promise<{ readonly seq: number; readonly mac: string; readonly id: string | null }>;
    append(entries: readonly ChainEntry[]): Promise<void>;
  };
  readonly mac: Mac;
  readonly logger: Logger;
}

const atOnce = 500;

/** Copies the audit rows that the chain lacks, in order; a crash in the middle copies the rest next time. One run at a time. */
export function createAuditRelay(deps: AuditRelayDeps): () => Promise<void> {
  let running: Promise<void> | null = null;
  return () => {
    running ??= relay(deps).finally(() => {
      running = null;
    });
    return running;
  };
}

async function relay({ store, chain, mac, logger }: AuditRelayDeps): Promise<void> {
  const start = await chain.head();
  let head: { readonly seq: number; readonly mac: string } = start;
  for (;;) {
    const { seq } = head;
    const rows = await store.transact(async (tx) => {
      if (seq === start.seq) await mustContinue(tx, start);
      return withSubjects(tx, seq);
    });
    if (rows.length === 0) break;
    const entries: ChainEntry[] = [];
    for (const { row, subject } of rows) {
      const entry = linkRow(row, subject, head, mac);
      entries.push(entry);
      head = entry;
    }
    await chain.append(entries);
  }
  // The log leaves this machine: what it says of the head can't be taken back here.
  if (head.seq > start.seq) logger.info({ anchor: `${head.seq}:${head.mac}` }, "audit anchor");
}

/** A store that was put back to an older copy would number new rows like old ones. */
async function mustContinue(tx: StoreTx, head: { readonly seq: number; readonly id: string | null }): Promise<void> {
  if (head.id === null) return;
  const [row] = await tx.audit.after(head.seq - 1, 1);
  if (row?.id === head.id) return;
  throw new ConfigError(
    "The store is older than its audit chain, or another one: new rows can't be added to the chain.",
    "If it was restored from a backup on purpose, move the folder `audit` away; the old chain stays verifiable there.",
  );
}

interface RowAndSubject {
  readonly row: AuditRow;
  readonly subject: ChainSubject;
}

async function withSubjects(tx: StoreTx, after: number): Promise<readonly RowAndSubject[]> {
  const found: RowAndSubject[] = [];
  for (const row of await tx.audit.after(after, atOnce)) {
    const incident = row.incidentId === null ? null : await tx.incidents.get(row.incidentId);
    found.push({ row, subject: { connection: incident?.connection ?? null, dagId: incident?.dagId ?? null } });
  }
  return found;
}
