import type { Calendar, WallTime } from "../ports.js";
import type { FreezeWindow } from "./rule.js";

/** Nothing may be rerun now. */
export interface Freeze {
  /** ISO 8601; null: no end is in sight. */
  readonly until: string | null;
  readonly reason: string | null;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

const dayMs = 24 * 60 * 60 * 1000;
const weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;
/** Windows that follow on one another are one freeze; further than this nobody looks. */
const mostWindows = 40;

/** Whether a moment lies in one of the windows, and when the last of those that join on ends. A window that can't be read freezes. */
export function frozenAt(windows: readonly FreezeWindow[], at: Date, calendar: Calendar): Freeze | null {
  try {
    const first = windows.find((window) => spanAt(window, at.getTime(), calendar) !== null);
    if (first === undefined) return null;
    let end = at.getTime();
    for (let joined = 0; joined < mostWindows; joined += 1) {
      const next = latestEnd(windows, end, calendar);
      if (next === null) return { until: new Date(end).toISOString(), reason: first.reason };
      end = next;
    }
    return { until: null, reason: first.reason };
  } catch {
    return { until: null, reason: "a freeze of the policy can't be read" };
  }
}

function latestEnd(windows: readonly FreezeWindow[], at: number, calendar: Calendar): number | null {
  const ends = windows.flatMap((window) => spanAt(window, at, calendar)?.to ?? []);
  return ends.length === 0 ? null : Math.max(...ends);
}

/** The occurrence that holds this moment; it began today or, over midnight, yesterday. */
function spanAt(window: FreezeWindow, at: number, calendar: Calendar): Span | null {
  const today = calendar.wallTime(new Date(at), window.timezone).date;
  for (const date of [today, shifted(today, -1)]) {
    if (!beginsOn(window, date)) continue;
    const span = occurrence(window, date, calendar);
    if (span.from <= at && at < span.to) return span;
  }
  return null;
}

/** From the first time a clock shows the beginning to the last time it shows the end. */
function occurrence(window: FreezeWindow, date: string, calendar: Calendar): Span {
  const [from, to] = [minuteOf(window.from), minuteOf(window.to)];
  const begin: WallTime = { date, minute: from };
  const end: WallTime = { date: to <= from ? shifted(date, 1) : date, minute: to };
  return {
    from: calendar.moment(begin, window.timezone, "first").getTime(),
    to: calendar.moment(end, window.timezone, "last").getTime(),
  };
}

function beginsOn({ days, until }: FreezeWindow, date: string): boolean {
  if (until !== null && date > until) return false;
  if (days.length === 0) return true;
  const weekday = weekdays[new Date(`${date}T00:00:00Z`).getUTCDay()];
  return days.some((day) => {
    const [first = "", last = first] = day.split("..");
    return day === weekday || (first <= date && date <= last);
  });
}

function shifted(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10);
}

function minuteOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(":").map(Number);
  return hours * 60 + minutes;
}
