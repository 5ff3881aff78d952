import type { ChatEvents } from "../chat/adapter.js";
import type { IncomingEvent } from "../chat/incoming.js";
import type { Clock, Ids } from "../core/ports.js";
import type { Store } from "../core/store.js";
import { orderWork } from "./order-work.js";

export interface TakeEventDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Something is due: the dispatcher need not wait for its next round. */
  readonly wake: () => void;
}

/** Makes what a person did durable before their platform is answered; a second delivery of the same event does nothing. */
export function createChatEvents(deps: TakeEventDeps): ChatEvents {
  return {
    async take(event) {
      await deps.store.transact(async (tx) => {
        const at = deps.clock.now().toISOString();
        const key = `chat|${event.eventId}`;
        if ((await tx.seen.get(key)) !== null) return;
        await tx.seen.put({ id: key, at });
        const kind = event.kind === "question" ? "answer" : "decide";
        await orderWork(tx, { kind, subject: subjectOf(event), payload: { event } }, deps);
      });
      deps.wake();
    },
  };
}

/** Events about one proposal or incident are handled in order; questions stand alone. */
function subjectOf(event: IncomingEvent): string {
  switch (event.kind) {
    case "decision":
      return event.proposalId;
    case "button":
      return event.value;
    case "question":
      return event.eventId;
  }
}
