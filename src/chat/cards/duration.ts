/** `40 s`, `6 min`, `2 h 5 min`, `3 d 4 h`: as people say it. */
export function durationWords(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.round(whole / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return withRest(`${hours} h`, minutes % 60, "min");
  return withRest(`${Math.floor(hours / 24)} d`, hours % 24, "h");
}

/** Time between two ISO 8601 moments in words. */
export function durationBetween(from: string, to: string): string {
  return durationWords((Date.parse(to) - Date.parse(from)) / 1000);
}

function withRest(head: string, rest: number, unit: string): string {
  return rest === 0 ? head : `${head} ${rest} ${unit}`;
}
