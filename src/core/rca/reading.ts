/**
 * A decoded log as the RCA engine reads it: structure before patterns. Built by src/logs (streaming, bounded memory);
 * lines are 1-based lines of the decoded log as the CLI contract counts them. Secrets are already replaced in every text.
 */

export type Level = "debug" | "info" | "warning" | "error" | "critical";

/** One log statement: its first line and the continuation lines that belong to it. */
export interface LogRecord {
  readonly firstLine: number;
  readonly lastLine: number;
  readonly level: Level | null;
  /** `task`, `task.stdout`, `task.stderr`, `airflow.task`, a file name on Airflow 2; null where the log has none. */
  readonly logger: string | null;
  /** The statement's own text without prefix, first line only. */
  readonly message: string;
  /** Keys beside `event` in structured logs, e.g. signal, exit_code, reason. */
  readonly extra: Readonly<Record<string, string>>;
}

export interface Frame {
  readonly file: string;
  readonly lineNumber: number | null;
  readonly name: string;
  /** False for the interpreter's, the JVM's, Airflow's, Spark's and installed packages' own files. */
  readonly own: boolean;
}

/** One exception of a chain, from whichever language printed it. */
export interface ExceptionNote {
  /** As printed: `KeyError`, `psycopg2.errors.UndefinedColumn`, `java.lang.OutOfMemoryError`. */
  readonly type: string;
  /** Whole message; may span lines. */
  readonly message: string;
  /** Where `Type: message` stands. */
  readonly line: number;
  readonly lastLine: number;
  readonly frames: readonly Frame[];
  /** How it hangs on the next outer one: `cause` (explicit, Caused by), `context` (while handling), `group` (member of a group). */
  readonly link: "outermost" | "cause" | "context" | "group";
}

/** One printed traceback. `chain[0]` is the outermost exception (the one that was raised last), the last one is the root. */
export interface ExceptionChain {
  readonly language: "python" | "java" | "other";
  readonly chain: readonly ExceptionNote[];
  readonly firstLine: number;
  readonly lastLine: number;
  /** The level and logger of the record it stands in. */
  readonly level: Level | null;
  readonly logger: string | null;
  /** The statement above it: `Task failed with exception`, `retrying after error` … */
  readonly heading: string;
}

/** A statement of the orchestrator about how the try ended. */
export interface EndMarker {
  readonly kind:
    | "failed_with_exception"
    | "marked_failed"
    | "marked_up_for_retry"
    | "marked_success"
    | "marked_skipped"
    | "killed_by_signal"
    | "exit_code"
    | "externally_set"
    | "timed_out"
    /** The worker stopped reporting, or lost its server. */
    | "heartbeat_lost"
    | "never_ran"
    | "stream_stopped";
  readonly line: number;
  /** Exit code, signal name, state … as printed. */
  readonly detail: string | null;
}

export interface LogReading {
  readonly tryNumber: number | null;
  readonly format: "v2" | "v1" | "spark" | "text";
  readonly lineCount: number;
  /** False when the log breaks off (cut file, truncated JSON, a stream that stopped). */
  readonly complete: boolean;
  /** Retained records: all of a small log; of a large one the head, the tail, everything at warning or above, and what looks like a cause. */
  readonly records: readonly LogRecord[];
  readonly chains: readonly ExceptionChain[];
  readonly ends: readonly EndMarker[];
  /** Retained lines by number; null for a line that was let go (only in large logs). */
  line(number: number): string | null;
  /** False for a line in which surely none of the telling literals stands (rca/telling-lines.ts). */
  readonly mayTell?: (number: number) => boolean;
  /** Retained lines in order, for scanning. */
  retained(): Iterable<{ readonly line: number; readonly text: string }>;
  readonly redactions: number;
  readonly warnings: readonly string[];
}

/** A Databricks reference as the log words it; the form decides what the number is. */
export interface RunReference {
  readonly runId: string;
  readonly kind: "job_run" | "task_run" | "either";
  readonly url: string | null;
  readonly line: number;
  readonly tryNumber: number | null;
}
