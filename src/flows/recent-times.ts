import type { Plan } from "../core/remediation/plan.js";
import type { StoreTx } from "../core/store.js";

const longestWindowMs = 8 * 24 * 60 * 60 * 1000;

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

export function proposedMark(connection: string, by: "alert" | "model"): string {
  return `proposed|${connection}|${by}`;
}
