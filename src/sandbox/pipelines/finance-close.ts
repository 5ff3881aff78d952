import type { PythonException } from "../world/state.js";
import type { Pipeline } from "./pipeline.js";

const RATE_TIMEOUT: PythonException = {
  type: "TimeoutError",
  message: "rates.treasury.example did not answer within 2.0 seconds",
  frames: [
    { file: "dags/finance_close.py", line: 27, name: "current_rate" },
    { file: "dags/finance_close.py", line: 19, name: "ask_treasury" },
  ],
};

const LEDGER_LOCKED: PythonException = {
  type: "OperationalError",
  message: 'could not obtain lock on row in relation "journal_entries"',
  frames: [
    { file: "dags/finance_close.py", line: 52, name: "reconcile_accounts" },
    { file: "site-packages/psycopg/cursor.py", line: 97, name: "execute" },
  ],
};

/** The month's books: healthy, though its logs read like a disaster. */
export const financeClose: Pipeline = {
  dagId: "finance_close",
  description: "Daily pre-close of the ledger",
  owners: ["finance-data"],
  tags: ["finance"],
  cron: "15 3 * * *",
  cronWords: "At 03:15",
  everyMs: 86_400_000,
  offsetMs: 195 * 60_000,
  faults: [
    {
      id: "finance_close:frightening_run",
      dagId: "finance_close",
      title: "Run finance_close once more",
      description: "A healthy run full of handled tracebacks and the word ERROR; nothing should open.",
      leadMs: 12_000,
    },
  ],
  jobs: [],
  tasks: [
    {
      taskId: "load_ledger",
      downstream: ["reconcile_accounts"],
      work: {
        kind: "python",
        usualMs: 4_000,
        line: 33,
        lines: () => [
          { afterMs: 500, text: "Loading 3 ledgers", logger: "finance" },
          {
            afterMs: 1_200,
            text: "ERROR while asking for the current rate, falling back to yesterday's",
            level: "error",
            logger: "finance",
            file: "finance_close.py",
            line: 29,
            handled: RATE_TIMEOUT,
          },
          { afterMs: 1_900, text: "Traceback (most recent call last):", level: "error", logger: "task.stderr" },
          {
            afterMs: 1_900,
            text: '  File "/opt/airflow/dags/finance_close.py", line 41, in parse_memo',
            level: "error",
            logger: "task.stderr",
          },
          {
            afterMs: 1_900,
            text: "ValueError: memo field is empty, using default",
            level: "error",
            logger: "task.stderr",
          },
          { afterMs: 2_600, text: "ERROR 0 of 18224 rows rejected", level: "error", logger: "finance" },
          { afterMs: 3_300, text: "Ledgers loaded: 18224 rows, 0 failed", logger: "finance" },
        ],
      },
    },
    {
      taskId: "reconcile_accounts",
      downstream: ["close_books"],
      retries: 2,
      retryDelayMs: 3_000,
      work: {
        kind: "python",
        usualMs: 2_500,
        line: 48,
        lines: () => [
          { afterMs: 800, text: "Reconciling 41 accounts; FATAL mismatches tolerated: 0", logger: "finance" },
        ],
        failure: ({ task }) => (task.tryNumber === 1 ? LEDGER_LOCKED : null),
      },
    },
    {
      taskId: "close_books",
      downstream: [],
      work: {
        kind: "python",
        usualMs: 2_500,
        line: 66,
        lines: () => [
          {
            afterMs: 700,
            text: "CRITICAL accounts checked: 7, exceptions raised by auditors: 0",
            level: "warning",
            logger: "finance",
          },
          { afterMs: 1_700, text: "Books closed", logger: "finance" },
        ],
      },
    },
  ],
};
