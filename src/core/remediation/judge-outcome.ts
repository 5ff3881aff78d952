import type { DagRun, TaskInstance } from "../airflow.js";
import { nameOf } from "./compare-live.js";
import type { PlannedTask } from "./plan.js";
import { counted } from "./plan-words.js";

/** How the task instances of a plan stand after the action. */
export type Outcome =
  | { readonly kind: "running"; readonly finished: readonly string[] }
  | { readonly kind: "recovered"; readonly finished: readonly string[]; readonly words: string }
  | { readonly kind: "failed"; readonly finished: readonly string[]; readonly words: string };

const good: ReadonlySet<string> = new Set(["success", "skipped"]);
const blocked: ReadonlySet<string> = new Set(["upstream_failed", "removed"]);

/** Recovered means that every task instance of the plan ended well after the action; a run can end well beside a failed task. */
export function judgeOutcome(
  planned: readonly PlannedTask[],
  live: readonly TaskInstance[],
  since: string | null = null,
): Outcome {
  const endedWell = (task: PlannedTask, now: TaskInstance): boolean =>
    good.has(now.state) && hasMoved(task, now, since);
  const standing = planned.map((task) => ({ task, rows: standingNow(task, live) }));
  const pairs = standing.flatMap(({ task, rows }) => rows.map((now) => ({ task, now })));
  const finished = finishedTasks(standing, endedWell);
  const lost = standing.find(({ rows }) => rows.length === 0);
  if (lost !== undefined) {
    return { kind: "failed", finished, words: `${nameOf(lost.task)} is not in the run any more.` };
  }
  if (pairs.every(({ task, now }) => endedWell(task, now))) {
    return { kind: "recovered", finished, words: `${counted(pairs.length, "task", "tasks")} ended well.` };
  }
  // What waits behind a failed task says nothing by itself as long as others still run.
  const failed = pairs.find(({ now }) => now.state === "failed")?.now;
  if (failed !== undefined) {
    return { kind: "failed", finished, words: `${nameOf(failed)} failed again (try ${failed.tryNumber}).` };
  }
  const unable = pairs.find(({ now }) => blocked.has(now.state))?.now;
  const settled = pairs.every(({ task, now }) => endedWell(task, now) || blocked.has(now.state));
  if (unable === undefined || !settled) return { kind: "running", finished };
  const words = `${nameOf(unable)} could not run (${unable.state.replaceAll("_", " ")}).`;
  return { kind: "failed", finished, words };
}

interface Standing {
  readonly task: PlannedTask;
  readonly rows: readonly TaskInstance[];
}

/** Tasks of which each instance of the plan ended well; one that is lost did not. */
function finishedTasks(
  standing: readonly Standing[],
  endedWell: (task: PlannedTask, now: TaskInstance) => boolean,
): readonly string[] {
  const open = standing.filter(({ task, rows }) => rows.length === 0 || !rows.every((now) => endedWell(task, now)));
  const unfinished = new Set(open.map(({ task }) => task.taskId));
  return [...new Set(standing.map(({ task }) => task.taskId))].filter((taskId) => !unfinished.has(taskId));
}

/** A mapped task that had not been expanded stands as one row, and as many once it has been. */
function standingNow(task: PlannedTask, live: readonly TaskInstance[]): readonly TaskInstance[] {
  return live.filter((one) => one.taskId === task.taskId && (task.mapIndex < 0 || one.mapIndex === task.mapIndex));
}

/** What had gone well before has run again only when it is another try, another row, or ended after the action (Airflow 2 keeps rows). */
function hasMoved(task: PlannedTask, now: TaskInstance, since: string | null): boolean {
  if (now.state !== task.state || now.tryNumber > task.tryNumber || now.id !== task.rowId) return true;
  return Date.parse(now.endedAt ?? "") >= Date.parse(since ?? "");
}

/** How a whole run ended, by its tasks: a run can end `success` beside a failed task. */
export function judgeRun(run: Pick<DagRun, "runId" | "dagId" | "state">, live: readonly TaskInstance[]): Outcome {
  const name = `Run ${run.runId} of ${run.dagId}`;
  if (run.state !== "success" && run.state !== "failed") return { kind: "running", finished: [] };
  const failed = live.find((task) => task.state === "failed") ?? live.find((task) => !good.has(task.state));
  if (failed !== undefined) {
    const words = `${nameOf(failed)} of ${run.dagId} ended ${failed.state.replaceAll("_", " ")}.`;
    return { kind: "failed", finished: [], words };
  }
  if (run.state === "failed") return { kind: "failed", finished: [], words: `${name} failed.` };
  return { kind: "recovered", finished: [], words: `${name} ended well.` };
}
