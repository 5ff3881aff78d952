/** Where a command writes: results to `out`, everything else to `err`. */
export interface CliIo {
  readonly out: NodeJS.WritableStream;
  readonly err: NodeJS.WritableStream;
}

export const processIo: CliIo = { out: process.stdout, err: process.stderr };

/** Exit codes of every command: 0 did its work, 1 can't go on until somebody changes something, 2 no usable input. */
export const exitCodes = { done: 0, problem: 1, badInput: 2 } as const;
