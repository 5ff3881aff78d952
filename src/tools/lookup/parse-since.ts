import { InputError } from "../../core/errors.js";

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const furthestDays = 90;

/** `24h`, `7d`, `30m` before now, or an ISO time (UTC where it names no offset); at most 90 days back. */
export function parseSince(text: string, now: Date): Date {
  const span = /^(\d{1,5})\s?([mhd])$/.exec(text.trim());
  const clean = /(?:Z|[+-]\d\d:?\d\d)$/i.test(text) || !text.includes("T") ? text : `${text}Z`;
  const at = span ? now.getTime() - Number(span[1]) * (unitMs[span[2] ?? ""] ?? 0) : Date.parse(clean);
  if (Number.isNaN(at)) {
    throw new InputError(`"${text.slice(0, 40)}" is not a time.`, "Write since as 24h, 7d or 2026-11-22T06:00:00Z.");
  }
  if (now.getTime() - at > furthestDays * 86_400_000) {
    throw new InputError(`"${text.slice(0, 40)}" is over ${furthestDays} days ago.`, "Ask for a later since.");
  }
  return new Date(at);
}
