import type { Clock } from "../../core/ports.js";

export interface RateLimit {
  readonly perMinute: number;
  /** How many may come at once after a pause. */
  readonly burst: number;
}

export interface CallRate {
  /** 0 where the call may go on, else the seconds to wait. */
  take(name: string): number;
}

/** A bucket of calls for each name, filled again as time goes by. */
export function createCallRate({ perMinute, burst }: RateLimit, clock: Clock): CallRate {
  const buckets = new Map<string, { left: number; at: number }>();
  const perMs = perMinute / 60_000;
  return {
    take(name) {
      const now = clock.now().getTime();
      const bucket = buckets.get(name) ?? { left: burst, at: now };
      const left = Math.min(burst, bucket.left + Math.max(0, now - bucket.at) * perMs);
      buckets.set(name, { left: left >= 1 ? left - 1 : left, at: now });
      return left >= 1 ? 0 : Math.max(1, Math.ceil((1 - left) / perMs / 1_000));
    },
  };
}
