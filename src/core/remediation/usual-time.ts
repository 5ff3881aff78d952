import type { TaskSpec } from "../airflow.js";

/** The middle value; null of nothing. */
export function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}

/** How long the given tasks take one behind the other along the longest path, from usual seconds; null when one is unknown. */
export function pathSeconds(
  taskIds: readonly string[],
  specs: readonly TaskSpec[],
  usual: ReadonlyMap<string, number>,
): number | null {
  const wanted = new Set(taskIds);
  if (wanted.size === 0) return 0;
  if ([...wanted].some((id) => !usual.has(id))) return null;
  const downstream = new Map(specs.map((spec) => [spec.taskId, spec.downstreamTaskIds]));
  const known = new Map<string, number>();

  function from(id: string, above: ReadonlySet<string>): number {
    const done = known.get(id);
    if (done !== undefined) return done;
    // Airflow allows no cycles; a list that has one must not hang us.
    if (above.has(id)) return 0;
    const path = new Set([...above, id]);
    const behind = Math.max(0, ...(downstream.get(id) ?? []).map((next) => from(next, path)));
    const total = (wanted.has(id) ? (usual.get(id) ?? 0) : 0) + behind;
    known.set(id, total);
    return total;
  }

  return Math.round(Math.max(...[...wanted].map((id) => from(id, new Set()))));
}
