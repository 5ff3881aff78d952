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

type Repeating = Pick<Plan, "subject" | "steps">;

/** Reruns are counted for the run they repeat, for a producer that runs before it, and new runs for their job. */
export function rerunMarks({ subject, steps }: Repeating): readonly string[] {
  const { airflow, connection, databricksRunId } = subject;
  const own = airflow === null ? databricksRunId : `${airflow.dagId}|${airflow.runId}`;
  const others = steps.flatMap((step) => {
    switch (step.do) {
      case "airflow_clear":
        return [rerunMark(step.connection, `${step.dagId}|${step.runId}`)];
      case "airflow_trigger":
        return [rerunMark(step.connection, `${step.dagId}|${step.logicalDate ?? "new"}`)];
      case "databricks_repair":
        return [rerunMark(step.connection, step.runId)];
      case "databricks_run_now":
        return [rerunMark(step.connection, `job ${step.jobId}`)];
      default:
        return [];
    }
  });
  return [...new Set([rerunMark(connection, own ?? ""), ...others])];
}

export function rerunMark(connection: string, run: string): string {
  return `reruns|${connection}|${run}`;
}

/** When the most often rerun of what a plan repeats was rerun within the hours of a cap. */
export async function rerunsWithin(tx: StoreTx, plan: Repeating, hours: number, now: Date): Promise<readonly Date[]> {
  const since = new Date(now.getTime() - hours * hourMs);
  let most: readonly Date[] = [];
  for (const mark of rerunMarks(plan)) {
    const times = await timesSince(tx, mark, since);
    if (times.length > most.length) most = times;
  }
  return most;
}

/** True while the last rerun of anything that a plan repeats is too short ago. */
export async function coolsDown(tx: StoreTx, plan: Repeating, minutes: number, now: Date): Promise<boolean> {
  return minutes > 0 && (await rerunsWithin(tx, plan, minutes / 60, now)).length > 0;
}

/** What a rule approved by itself is counted for the rule. */
export function standingMark(rule: string): string {
  return `standing|${rule}`;
}

export function proposedMark(connection: string, by: "alert" | "model"): string {
  return `proposed|${connection}|${by}`;
}
