import type { Plan } from "../core/remediation/plan.js";
import type { StoreTx } from "../core/store.js";

const hourMs = 60 * 60 * 1000;
const longestWindowMs = 8 * 24 * hourMs;

/** Moments kept under a mark, newest last; for caps per time. */
export async function timesSince(tx: StoreTx, markId: string, since: Date): Promise<readonly Date[]> {
  const value = (await tx.marks.get(markId))?.value["at"];
  const times = Array.isArray(value) ? value.map((at) => new Date(String(at))) : [];
  return times.filter((at) => at.getTime() > since.getTime());
}

/** Adds a moment; those older than any window are let go. */
export async function addTime(tx: StoreTx, markId: string, now: Date): Promise<void> {
  const kept = await timesSince(tx, markId, new Date(now.getTime() - longestWindowMs));
  await tx.marks.put({ id: markId, value: { at: [...kept, now].map((at) => at.toISOString()) } });
}

/** Reruns are counted for the run they repeat. */
export function rerunMark(subject: Plan["subject"]): string {
  const run = subject.airflow === null ? subject.databricksRunId : `${subject.airflow.dagId}|${subject.airflow.runId}`;
  return `reruns|${subject.connection}|${run ?? ""}`;
}

/** When this run was rerun within the hours of a cap. */
export function rerunsWithin(
  tx: StoreTx,
  subject: Plan["subject"],
  hours: number,
  now: Date,
): Promise<readonly Date[]> {
  return timesSince(tx, rerunMark(subject), new Date(now.getTime() - hours * hourMs));
}

/** True while the last rerun of this run is too short ago. */
export async function coolsDown(tx: StoreTx, subject: Plan["subject"], minutes: number, now: Date): Promise<boolean> {
  const since = new Date(now.getTime() - minutes * 60_000);
  return minutes > 0 && (await timesSince(tx, rerunMark(subject), since)).length > 0;
}

/** What a rule approved by itself is counted for the rule. */
export function standingMark(rule: string): string {
  return `standing|${rule}`;
}

export function proposedMark(connection: string, by: "alert" | "model"): string {
  return `proposed|${connection}|${by}`;
}
