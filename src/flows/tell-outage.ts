import type { Clock, Ids } from "../core/ports.js";
import type { Store, StoreTx } from "../core/store.js";
import { orderWork } from "./order-work.js";
import type { PollStatus } from "./poll-loop.js";

export interface OutageDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** What a connection's outage is remembered by, and its one message drawn from. */
export interface Outage {
  readonly problem: string;
  readonly since: string;
  readonly until: string | null;
}

/** A look that fails once is no outage; people are to know within a minute. */
const tellAfterMs = 8_000;
/** What goes away and comes back is told of in the same message. */
const sameOutageMs = 30 * 60_000;

/** After a round, at one look into the store: one message for a connection that can't be read, edited when it can be again. */
export async function tellOutages(statuses: readonly PollStatus[], deps: OutageDeps): Promise<void> {
  const now = deps.clock.now();
  await deps.store.transact(async (tx) => {
    for (const { connection, problem, problemSince } of statuses) {
      const isNew = problemSince !== null && now.getTime() - problemSince.getTime() >= tellAfterMs;
      if (problem === null) await end(tx, connection, now, deps);
      else if (isNew) await begin(tx, connection, { problem, since: problemSince, now }, deps);
    }
  });
}

async function begin(
  tx: StoreTx,
  connection: string,
  { problem, since, now }: { readonly problem: string; readonly since: Date; readonly now: Date },
  deps: OutageDeps,
): Promise<void> {
  const known = await outageOf(tx, connection);
  if (known !== null && known.until === null) return;
  const endedAt = known?.until ?? null;
  const isSame = known !== null && endedAt !== null && now.getTime() - Date.parse(endedAt) < sameOutageMs;
  await put(tx, connection, { problem, since: isSame ? known.since : since.toISOString(), until: null }, deps);
}

async function end(tx: StoreTx, connection: string, now: Date, deps: OutageDeps): Promise<void> {
  const known = await outageOf(tx, connection);
  if (known === null || known.until !== null) return;
  await put(tx, connection, { ...known, until: now.toISOString() }, deps);
}

async function put(tx: StoreTx, connection: string, outage: Outage, deps: OutageDeps): Promise<void> {
  await tx.marks.put({ id: markId(connection), value: { ...outage } });
  await orderWork(tx, { kind: "outage", subject: connection, payload: { outage } }, deps);
}

async function outageOf(tx: StoreTx, connection: string): Promise<Outage | null> {
  return ((await tx.marks.get(markId(connection)))?.value ?? null) as Outage | null;
}

function markId(connection: string): string {
  return `outage|${connection}`;
}
