import type { ChatAdapter } from "../chat/adapter.js";
import { glassCard } from "../chat/cards/index.js";
import { decisionsOf } from "../core/approval/proposal.js";
import { UpstreamError } from "../core/errors.js";
import type { Logger } from "../core/ports.js";
import type { Policy } from "../core/remediation/rule.js";
import type { OutboxItem, Store } from "../core/store.js";

export interface AnnounceDeps {
  readonly store: Store;
  readonly policy: Policy;
  readonly adapters: readonly ChatAdapter[];
  readonly logger: Logger;
}

/** Handles `announce`: tells the channel that the policy names of a broken glass, at once. The thread and the audit have it anyway. */
export async function announceGlass(item: OutboxItem, deps: AnnounceDeps): Promise<void> {
  const proposal = await deps.store.transact((tx) => tx.proposals.get(item.subject));
  const broken =
    proposal === null ? undefined : decisionsOf(proposal).find(({ breakGlass }) => breakGlass !== undefined);
  const channel = deps.policy.breakGlass?.announce ?? null;
  if (proposal === null || broken === undefined || channel === null) return;
  const [platform = "", ...rest] = channel.split(":");
  const adapter = deps.adapters.find((one) => one.platform === platform);
  if (adapter?.announce === undefined) {
    deps.logger.error(
      { channel, proposal: proposal.id },
      "a broken glass can't be announced: no such chat is connected",
    );
    return;
  }
  try {
    await adapter.announce(rest.join(":"), glassCard(proposal, broken));
  } catch (error) {
    if (error instanceof UpstreamError && error.retryable) throw error;
    deps.logger.error({ err: error, channel, proposal: proposal.id }, "a broken glass could not be announced");
  }
}
