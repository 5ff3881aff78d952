import { createHmac, timingSafeEqual } from "node:crypto";
import type { Clock } from "../../src/core/ports.js";

/** Slack's own window; we hold it against the future too. */
const windowSeconds = 300;

export interface SignedRequest {
  readonly signature: string | undefined;
  readonly timestamp: string | undefined;
  readonly rawBody: Uint8Array;
}

export type Verification = { readonly ok: true } | { readonly ok: false; readonly why: "forged" | "stale" | "future" };

/** Is this request from Slack (HMAC over the raw body) and from now? */
export function verifyRequest(request: SignedRequest, signingSecret: string, now: Date): Verification {
  const { signature, timestamp, rawBody } = request;
  if (signingSecret === "" || signature === undefined || timestamp === undefined) return { ok: false, why: "forged" };
  if (!/^\d{1,12}$/.test(timestamp)) return { ok: false, why: "forged" };
  const expected = `v0=${createHmac("sha256", signingSecret).update(`v0:${timestamp}:`).update(rawBody).digest("hex")}`;
  if (!sameText(signature, expected)) return { ok: false, why: "forged" };
  const age = Math.floor(now.getTime() / 1000) - Number(timestamp);
  if (age > windowSeconds) return { ok: false, why: "stale" };
  if (age < -windowSeconds) return { ok: false, why: "future" };
  return { ok: true };
}

/** Remembers signatures for as long as they could be replayed. */
export interface ReplayMemory {
  /** True when the key is new; it is remembered from then on. */
  remember(key: string): Promise<boolean>;
  /** After a request that failed on our side: Slack may send the same one again within the second. */
  forget(key: string): Promise<void>;
}

/** Held in memory: what it loses in a restart, the store's own event ids still catch. */
export function createReplayMemory(clock: Clock): ReplayMemory {
  const until = new Map<string, number>();
  return {
    async remember(key) {
      const now = clock.now().getTime();
      for (const [known, end] of until) {
        if (end > now) break;
        until.delete(known);
      }
      if (until.has(key)) return false;
      // A signature from the edge of the future stays valid for twice the window.
      until.set(key, now + 2 * windowSeconds * 1000 + 1000);
      return true;
    },
    async forget(key) {
      until.delete(key);
    },
  };
}

function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
