import { type Failure, failureKey } from "../core/failure.js";
import { orderWork } from "./order-work.js";
import type { TakeFailureDeps } from "./take-failure.js";

/**
 * On first contact with a deployment everything that had already failed is taken in as known, and one summary is ordered:
 * only what fails from now on opens threads.
 */
export async function takeFirstContact(
  connection: string,
  failures: readonly Failure[],
  deps: TakeFailureDeps,
): Promise<void> {
  await deps.store.transact(async (tx) => {
    const at = deps.clock.now().toISOString();
    for (const failure of failures) await tx.seen.put({ id: failureKey(failure), at });
    if (failures.length === 0) return;
    await orderWork(tx, { kind: "summary", subject: connection, payload: { failures } }, deps);
  });
  deps.logger.info(
    { connection, failures: failures.length },
    "first look at this connection: what had failed before is summarised, not alerted",
  );
}
