import type { TaskInstance } from "../airflow.js";
import type { FailureCase } from "../case.js";

/** The failed task furthest up from which the state spread: the first to fail among the ancestors of the task. */
export function firstFailedAncestor(facts: FailureCase): TaskInstance | null {
  const { task } = facts;
  if (task === null) return null;
  const above = ancestors(facts, task.taskId);
  const failed = facts.siblings.filter((one) => one.state === "failed" && one.taskId !== task.taskId);
  const candidates = above.size > 0 ? failed.filter((one) => above.has(one.taskId)) : failed;
  return [...candidates].sort((one, other) => (one.endedAt ?? "9").localeCompare(other.endedAt ?? "9"))[0] ?? null;
}

/** Every failed ancestor, in the order they failed. */
export function failedAncestors(facts: FailureCase): readonly TaskInstance[] {
  const { task } = facts;
  if (task === null) return [];
  const above = ancestors(facts, task.taskId);
  return facts.siblings
    .filter(
      (one) => one.state === "failed" && one.taskId !== task.taskId && (above.size === 0 || above.has(one.taskId)),
    )
    .sort((one, other) => (one.endedAt ?? "9").localeCompare(other.endedAt ?? "9"));
}

function ancestors(facts: FailureCase, taskId: string): ReadonlySet<string> {
  const parents = new Map<string, string[]>();
  for (const spec of facts.specs) {
    for (const child of spec.downstreamTaskIds) parents.set(child, [...(parents.get(child) ?? []), spec.taskId]);
  }
  const found = new Set<string>();
  const open = [taskId];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const parent of parents.get(next) ?? []) {
      if (found.has(parent)) continue;
      found.add(parent);
      open.push(parent);
    }
  }
  return found;
}
