import type { Clock, Ids } from "../core/ports.js";
import type { OutboxItem, StoreTx } from "../core/store.js";

export interface OrderDeps {
  readonly clock: Clock;
  readonly ids: Ids;
}

export interface Work {
  readonly kind: OutboxItem["kind"];
  readonly subject: string;
  readonly payload?: OutboxItem["payload"];
  readonly notBefore?: Date;
}

/** Orders work that is done once the transaction is on disk; `notBefore` delays it. */
export async function orderWork(tx: StoreTx, work: Work, deps: OrderDeps): Promise<void> {
  await tx.outbox.put({
    id: deps.ids.next("outbox"),
    kind: work.kind,
    subject: work.subject,
    payload: work.payload ?? {},
    createdAt: deps.clock.now().toISOString(),
    attempts: 0,
    notBefore: work.notBefore?.toISOString() ?? null,
  });
}
