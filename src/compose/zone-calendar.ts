import { IANAZone } from "luxon";
import { ConfigError } from "../core/errors.js";
import type { Calendar, WallTime } from "../core/ports.js";

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** Wall clocks by the zone data of this Node. */
export const zoneCalendar: Calendar = {
  wallTime(at, zone) {
    const shown = new Date(at.getTime() + offsetMs(zoneOf(zone), at.getTime())).toISOString();
    return { date: shown.slice(0, 10), minute: Number(shown.slice(11, 13)) * 60 + Number(shown.slice(14, 16)) };
  },
  moment(wall, name, which) {
    const zone = zoneOf(name);
    const shown = asUtc(wall);
    const before = shown - offsetMs(zone, shown - dayMs);
    const after = shown - offsetMs(zone, shown + dayMs);
    const real = [before, after].filter((at) => at + offsetMs(zone, at) === shown).sort((a, b) => a - b);
    const found = which === "first" ? real[0] : real.at(-1);
    return new Date(found ?? skipBetween(zone, after, before));
  },
};

/** Of a time that is skipped: clocks go forward somewhere between the two readings of it. */
function skipBetween(zone: IANAZone, from: number, to: number): number {
  const offset = offsetMs(zone, from);
  let [low, high] = [from, to];
  while (high - low > minuteMs) {
    const middle = low + Math.floor((high - low) / 2 / minuteMs) * minuteMs;
    if (offsetMs(zone, middle) === offset) low = middle;
    else high = middle;
  }
  return high;
}

function asUtc({ date, minute }: WallTime): number {
  return Date.parse(`${date}T00:00:00Z`) + minute * minuteMs;
}

function zoneOf(name: string): IANAZone {
  const zone = IANAZone.create(name);
  if (zone.isValid) return zone;
  throw new ConfigError(`${name} is no time zone.`, "Write it like Europe/Berlin.");
}

function offsetMs(zone: IANAZone, at: number): number {
  return zone.offset(at) * minuteMs;
}
