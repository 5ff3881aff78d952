/** `42 s`, `6 min`, `2 h 5 min`: seconds as a sentence names them. */
export function spanWords(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 90) return `${whole} s`;
  const minutes = Math.round(whole / 60);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return rest === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}

/** `2026-11-21 02:00 UTC`; null for what is no time. */
export function momentWords(at: string | null): string | null {
  const time = Date.parse(at ?? "");
  return Number.isNaN(time) ? null : `${new Date(time).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
