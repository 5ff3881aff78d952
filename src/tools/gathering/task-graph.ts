import type { TaskInstance, TaskSpec } from "../../core/airflow.js";

/** Task ids directly before a task. */
export function parentsOf(taskId: string, specs: readonly TaskSpec[]): readonly string[] {
  return specs.filter((spec) => spec.downstreamTaskIds.includes(taskId)).map((spec) => spec.taskId);
}

/** Whichever ended first; a task without an end comes last. */
export function byEnd(left: TaskInstance, right: TaskInstance): number {
  return (left.endedAt ?? "9999").localeCompare(right.endedAt ?? "9999") || left.mapIndex - right.mapIndex;
}

const finished = new Set(["success", "failed", "skipped", "removed", "running"]);

/** Tasks behind a failed one that did not run because of it: `publish`, `build_marts ×3`. */
export function blockedBehind(
  taskId: string,
  siblings: readonly TaskInstance[],
  specs: readonly TaskSpec[],
): readonly string[] {
  const children = new Map(specs.map((spec) => [spec.taskId, spec.downstreamTaskIds]));
  const behind = new Set<string>();
  const waiting = [...(children.get(taskId) ?? [])];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    if (behind.has(next)) continue;
    behind.add(next);
    waiting.push(...(children.get(next) ?? []));
  }
  return [...behind].flatMap((id) => {
    const held = siblings.filter((instance) => instance.taskId === id && !finished.has(instance.state));
    return held.length === 0 ? [] : [held.length === 1 ? id : `${id} ×${held.length}`];
  });
}
