/** A run of ours that fails on a real Airflow, and how the words read that name its cause. */
export interface BenchFailure {
  readonly dagId: string;
  readonly kind: string;
  /** Looked for in a result without its quotes and backslashes; never part of a DAG's id, a command or an argument. */
  readonly cause: RegExp;
  /** The run whose log holds the cause, where that is another one. */
  readonly child?: { readonly dagId: string; readonly runId: string };
  /** Airflow ended the run; no log has the cause. */
  readonly noLog?: true;
}

/** What each does is said in dags/. Servers word an exception's type and value as one line or as two fields. */
export const failures: readonly BenchFailure[] = [
  { dagId: "pw_bench_missing_key", kind: "exception in a short log", cause: /KeyError.{0,60}\bunit_price/ },
  {
    dagId: "pw_bench_bash_output",
    kind: "cause in a command's output, above the exception",
    cause: /relation staging\.card_refunds does not exist/,
  },
  { dagId: "pw_bench_chain", kind: "first of five tasks failed", cause: /Connection refused/ },
  { dagId: "pw_bench_mapped", kind: "3 of 6 mapped indexes failed", cause: /Expecting , delimiter/ },
  { dagId: "pw_bench_long_log", kind: "2 MB log, cause in its middle", cause: /No space left on device/ },
  {
    dagId: "pw_bench_second_try",
    kind: "last try failed otherwise than the first",
    cause: /no such table: customers_v2/,
  },
  { dagId: "pw_bench_waits", kind: "sensor waited in vain", cause: /Sensor has timed out/ },
  { dagId: "pw_bench_chained", kind: "exception raised from another", cause: /no such column: discount_code/ },
  {
    dagId: "pw_bench_child_run",
    kind: "cause in the run that it started",
    cause: /Permission denied/,
    child: { dagId: "pw_bench_books", runId: "books-of-today" },
  },
  {
    dagId: "pw_bench_slow_run",
    kind: "run took too long, no task failed",
    cause: /dagrun.?timeout|run timed out/i,
    noLog: true,
  },
  { dagId: "pw_bench_killed", kind: "process killed by a signal", cause: /(return|exit) code:? (-9|137)\b/ },
  {
    dagId: "pw_bench_handled_first",
    kind: "handled traceback above the real one",
    cause: /No module named store_geometry/,
  },
];

/** Servers quote, escape and break lines differently. */
export function withoutQuotes(text: string): string {
  return text
    .replaceAll("\\n", " ")
    .replace(/["'`\\]/g, "")
    .replace(/\s+/g, " ");
}
