/** One line of `npm run bench`. */
export interface Figure {
  readonly name: string;
  readonly measured: string;
  readonly target: string;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
