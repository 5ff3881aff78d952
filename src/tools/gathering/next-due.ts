import { Cron } from "croner";
import type { NextDue } from "../../core/lateness.js";

/** How Airflow words a timedelta: `1 day, 6:00:00`. */
const everySpan = /^(?:(\d{1,4}) days?, )?(\d{1,2}):(\d\d):(\d\d)(?:\.\d+)?$/;
const clockWords = /^@(?:hourly|daily|midnight|weekly|monthly|yearly|annually)$/;
const cronLike = /^[\d*,/#?LW\-A-Za-z]+(?: [\d*,/#?LW\-A-Za-z]+){4,5}$/;

/** The next time of a cron expression, a preset or a timedelta, in the DAG's own zone; null for any other schedule. */
export const nextDue: NextDue = (schedule, after, timeZone) => {
  const wording = schedule.trim().slice(0, 120);
  const span = everySpan.exec(wording);
  if (span !== null) {
    const [, days = "0", hours = "0", minutes = "0", seconds = "0"] = span;
    const step = ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
    return step === 0 ? null : new Date(after.getTime() + step * 1000);
  }
  if (!clockWords.test(wording) && !cronLike.test(wording)) return null;
  try {
    return new Cron(wording, { timezone: timeZone }).nextRun(after);
  } catch {
    // An expression or a zone that croner does not know: nothing is said of it.
    return null;
  }
};
