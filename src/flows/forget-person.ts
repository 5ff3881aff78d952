import { InputError } from "../core/errors.js";
import { namesOf, withoutPerson } from "../core/forget.js";
import type { Clock, Ids } from "../core/ports.js";
import type { Store, StoreTx, Table } from "../core/store.js";
import { isUnderway } from "./open-proposal.js";
import { signedInKey } from "./signed-in.js";

export interface Forgotten {
  readonly rows: number;
  /** Stands for the person in the audit; nothing tells any more for whom. */
  readonly alias: string;
  readonly names: ReadonlySet<string>;
}

/**
 * Takes a person out of every row: ids become the alias that the audit has, names go, and what told whose alias it is goes too.
 * InputError while the person takes part in a rerun that is still open.
 */
export async function forgetPerson(
  personId: string,
  deps: { readonly store: Store; readonly clock: Clock; readonly ids: Ids },
): Promise<Forgotten> {
  return deps.store.transact(async (tx) => {
    const identity = await tx.identities.get(personId);
    const alias = identity?.alias ?? deps.ids.next("person");
    const proposals = (await tx.proposals.find()).filter((row) => mentions(row, personId));
    const open = proposals.filter((row) => row.state === "pending" || isUnderway(row));
    if (open.length > 0) {
      throw new InputError(
        `${personId} takes part in ${open.length === 1 ? "a rerun that is" : `${open.length} reruns that are`} not finished; nothing was purged.`,
        `Decide or wait for ${open.map(({ id }) => id).join(", ")}, then purge again.`,
      );
    }
    const names = namesOf([proposals, await tx.incidents.find(), await tx.outbox.find()], personId);
    const change = { personId, alias, names };
    let rows = identity === null ? 0 : 1;
    rows += await replaceIn(tx.proposals, change);
    rows += await replaceIn(tx.incidents, change);
    rows += await replaceIn(tx.messages, change);
    rows += await replaceIn(tx.outbox, change);
    rows += await replaceIn(tx.marks, change);
    await tx.identities.delete(personId);
    await tx.marks.delete(signedInKey(personId));
    if (rows > 0) await note(tx, alias, deps.clock);
    return { rows, alias, names };
  });
}

async function replaceIn<Row extends { readonly id: string }>(
  table: Table<Row>,
  { personId, alias, names }: { personId: string; alias: string; names: ReadonlySet<string> },
): Promise<number> {
  let count = 0;
  for (const row of await table.find()) {
    if (!mentions(row, personId)) continue;
    const changed = withoutPerson(row, personId, alias, names);
    if (changed.id !== row.id) await table.delete(row.id);
    await table.put(changed);
    count += 1;
  }
  return count;
}

function mentions(row: unknown, personId: string): boolean {
  return JSON.stringify(row).includes(JSON.stringify(personId).slice(1, -1));
}

async function note(tx: StoreTx, alias: string, clock: Clock): Promise<void> {
  await tx.audit.append({
    at: clock.now().toISOString(),
    actor: "pipewright",
    action: "person_purged",
    incidentId: null,
    proposalId: null,
    detail: `${alias} stands for nobody any more`,
  });
}
