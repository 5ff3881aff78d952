import type { DagRunState } from "../world/state.js";

const DAY_MS = 86_400_000;

/** The date of a run's logical date, so many days later: `2026-11-21`. */
export function isoDay(run: DagRunState, days: number): string {
  return new Date((run.logicalDate ?? run.runAfter) + days * DAY_MS).toISOString().slice(0, 10);
}
