import type { AuditRow } from "../core/audit/event.js";
import type { Ids } from "../core/ports.js";
import type { Store, StoreTx } from "../core/store.js";

const personId = /^(slack|teams|console|cli|mcp):/;
/** Ids inside a sentence; a sentence's own marks end them. */
const personIds = /\b(?:slack|teams|console|cli|mcp):[^\s,;:"'()]{1,120}[^\s,;:"'().]/g;

/**
 * The store whose audit names nobody: a person's id is replaced by an alias in the transaction that writes the row, and only
 * `identities` tells whose it is. The same person keeps the same alias.
 */
export function withPseudonyms(store: Store, ids: Ids): Store {
  return { ...store, transact: (fn) => store.transact((tx) => fn(aliasing(tx, ids))) };
}

function aliasing(tx: StoreTx, ids: Ids): StoreTx {
  return {
    ...tx,
    audit: {
      ...tx.audit,
      async append(row: Omit<AuditRow, "id" | "seq">) {
        const aliases = new Map<string, string>();
        for (const id of [row.actor, ...(row.detail.match(personIds) ?? [])]) {
          if (personId.test(id)) aliases.set(id, await aliasOf(id, tx, ids));
        }
        const detail = row.detail.replace(personIds, (id) => aliases.get(id) ?? id);
        await tx.audit.append({ ...row, actor: aliases.get(row.actor) ?? row.actor, detail });
      },
    },
  };
}

async function aliasOf(id: string, tx: StoreTx, ids: Ids): Promise<string> {
  const known = await tx.identities.get(id);
  if (known !== null) return known.alias;
  const alias = ids.next("person");
  await tx.identities.put({ id, alias });
  return alias;
}
