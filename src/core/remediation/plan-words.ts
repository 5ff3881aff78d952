interface Named {
  readonly taskId: string;
  readonly mapIndex: number;
}

/** Task instances as cards name them: `publish`, `build_marts[3,7,19]`; each task once, in the order given. */
export function taskNames(tasks: readonly Named[]): readonly string[] {
  const indexes = new Map<string, number[]>();
  for (const { taskId, mapIndex } of tasks) {
    const known = indexes.get(taskId) ?? [];
    if (mapIndex >= 0) known.push(mapIndex);
    indexes.set(taskId, known);
  }
  return [...indexes].map(([taskId, found]) =>
    found.length === 0 ? taskId : `${taskId}[${found.sort((a, b) => a - b).join(",")}]`,
  );
}

export function counted(count: number, one: string, many: string): string {
  return count === 1 ? `1 ${one}` : `${count} ${many}`;
}
