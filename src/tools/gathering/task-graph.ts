import type { TaskInstance, TaskSpec } from "../../core/airflow.js";

function parentsByTask(specs: readonly TaskSpec[]): ReadonlyMap<string, readonly string[]> {
  const parents = new Map<string, string[]>();
  for (const spec of specs) {
    for (const child of spec.downstreamTaskIds) {
      const known = parents.get(child);
      if (known) known.push(spec.taskId);
      else parents.set(child, [spec.taskId]);
    }
  }
  return parents;
}

/** Task ids directly before a task. */
export function parentsOf(taskId: string, specs: readonly TaskSpec[]): readonly string[] {
  return parentsByTask(specs).get(taskId) ?? [];
}

/** Whichever ended first; a task without an end comes last. */
export function byEnd(left: TaskInstance, right: TaskInstance): number {
  return (left.endedAt ?? "9999").localeCompare(right.endedAt ?? "9999") || left.mapIndex - right.mapIndex;
}

/** The failed task instance that an upstream_failed one waits for, however far up; null when none is failed any more. */
export function firstFailedAncestor(
  taskId: string,
  siblings: readonly TaskInstance[],
  specs: readonly TaskSpec[],
): TaskInstance | null {
  const parents = parentsByTask(specs);
  const seen = new Set([taskId]);
  const waiting = [...(parents.get(taskId) ?? [])];
  const failed: TaskInstance[] = [];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    const instances = siblings.filter((instance) => instance.taskId === next);
    failed.push(...instances.filter((instance) => instance.state === "failed"));
    if (instances.some((instance) => instance.state === "upstream_failed")) waiting.push(...(parents.get(next) ?? []));
  }
  return failed.toSorted(byEnd)[0] ?? null;
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
