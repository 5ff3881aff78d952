/** `2026-11-22T16:51:07.714560Z`: Airflow's answers carry microseconds, unless there are none. */
export function microTime(at: number, micros = 0): string {
  const text = new Date(at).toISOString();
  const fraction = `${text.slice(20, 23)}${String(micros).padStart(3, "0")}`;
  return `${text.slice(0, 19)}${fraction === "000000" ? "" : `.${fraction}`}Z`;
}

export function orNull(at: number | null): string | null {
  return at === null ? null : microTime(at);
}

/** Seconds between two moments; null while it lasts or has not begun. */
export function seconds(from: number | null, to: number | null): number | null {
  return from === null || to === null ? null : (to - from) / 1_000;
}
