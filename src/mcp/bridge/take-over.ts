import type { Clock } from "../../core/ports.js";
import { askHolderToLeave } from "./reach-holder.js";

const retryMs = 200;
const patienceMs = 15_000;

export interface TakeOverDeps<Held> {
  readonly dataDir: string;
  readonly clock: Clock;
  /** Tries the lock; null when another process has it. */
  readonly tryHold: () => Promise<Held | null>;
}

/** Makes this process the holder: an `mcp` that holds the data folder makes room; null when a bot holds it, or somebody who does not answer. */
export async function takeOver<Held>(deps: TakeOverDeps<Held>): Promise<Held | null> {
  const until = deps.clock.now().getTime() + patienceMs;
  for (;;) {
    const held = await deps.tryHold();
    if (held !== null) return held;
    const answer = await askHolderToLeave(deps.dataDir, deps.clock);
    if (answer === "refused" || deps.clock.now().getTime() > until) return await deps.tryHold();
    if (answer === "nobody") await deps.clock.sleep(retryMs);
  }
}
