/** Task instances as people write them, map indexes gathered: `fetch[3,7,19], publish`. */
export function taskNames(tasks: readonly { readonly taskId: string; readonly mapIndex: number }[]): readonly string[] {
  const indexes = new Map<string, number[]>();
  for (const task of tasks) {
    const known = indexes.get(task.taskId) ?? [];
    if (task.mapIndex >= 0) known.push(task.mapIndex);
    indexes.set(task.taskId, known);
  }
  return [...indexes].map(([taskId, found]) =>
    found.length === 0 ? taskId : `${taskId}[${gathered([...new Set(found)].sort((a, b) => a - b))}]`,
  );
}

/** `0-19` for a run of neighbours, `3,7,19` otherwise; long lists are cut. */
function gathered(sorted: readonly number[]): string {
  const first = sorted[0];
  const last = sorted.at(-1);
  if (first !== undefined && last !== undefined && sorted.length > 3 && last - first === sorted.length - 1) {
    return `${first}-${last}`;
  }
  const shown = sorted.slice(0, 12).join(",");
  return sorted.length > 12 ? `${shown},… ${sorted.length} in all` : shown;
}
