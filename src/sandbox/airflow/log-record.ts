/** One structured line of a task log, as the server sends it. */
export type LogRecord = Record<string, unknown>;

/** Adds a record at a moment; `named` ones carry the task instance's names. */
export type Write = (at: number, event: string, rest: LogRecord, named?: boolean) => void;
