import { UpstreamError } from "../../core/errors.js";

/** Before the n-th repetition (from 0): doubling from half a second, half of it random, so that many do not come back at once. */
export function pauseBefore(repetition: number, random: () => number): number {
  const whole = 500 * 2 ** Math.min(repetition, 6);
  return whole / 2 + (whole / 2) * random();
}

/** Retry-After as seconds or an HTTP date; null when absent or unreadable. */
export function retryAfterMs(header: string | null, now: Date): number | null {
  if (header === null) return null;
  if (/^\d{1,6}$/.test(header.trim())) return Number(header.trim()) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - now.getTime());
}

/** After a time-out the caller has waited long enough. Statuses that a read is repeated after; a plain 500 seldom goes away by asking again. */
const passing = new Set([429, 502, 503, 504]);

export function isPassing(error: unknown): error is UpstreamError {
  if (!(error instanceof UpstreamError) || !error.retryable || error.reason === "timeout") return false;
  return error.status === null || passing.has(error.status);
}
