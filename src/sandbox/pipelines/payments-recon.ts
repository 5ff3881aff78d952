import type { PythonException } from "../world/state.js";
import { isoDay } from "./days.js";
import type { OwnLine, Pipeline, TaskContext, TryContext } from "./pipeline.js";

const DAG = "payments_recon";
const TABLE = "bronze.psp_settlements";

interface Check {
  readonly name: string;
  readonly column: string;
  readonly expected: string;
  readonly good: string;
  /** What it sees in a batch with duplicates and nulls; left out where that makes no difference. */
  readonly bad?: string;
}

const CHECKS: readonly Check[] = [
  { name: "row_count", column: "*", expected: "30000..60000", good: "40218 rows", bad: "40810 rows" },
  { name: "unique", column: "settlement_id", expected: "0 duplicates", good: "0 duplicates", bad: "592 duplicates" },
  { name: "not_null", column: "merchant_ref", expected: "0 nulls", good: "0 nulls", bad: "37 nulls" },
  { name: "not_null", column: "amount_cents", expected: "0 nulls", good: "0 nulls" },
  { name: "accepted_values", column: "currency", expected: "EUR|GBP|SEK", good: "0 others" },
  { name: "sum_matches", column: "amount_cents", expected: "ledger +-0.1 %", good: "+0.00 %", bad: "+0.04 %" },
];
const FAILED: ReadonlySet<Check> = new Set(CHECKS.filter((check) => check.expected.startsWith("0 ") && check.bad));

function spoilt({ world }: TaskContext): boolean {
  return world.healthy[DAG] === false;
}

function report(context: TryContext): readonly OwnLine[] {
  // What a try saw stays what it saw, also when the batch has been mended since.
  const bad = context.attempt.endedAt === null ? spoilt(context) : context.attempt.failure !== null;
  const rows = CHECKS.map((check) => {
    const seen = bad ? (check.bad ?? check.good) : check.good;
    const result = bad && FAILED.has(check) ? "FAIL" : "PASS";
    return `${result}  ${check.name.padEnd(16)}${check.column.padEnd(15)}expected ${check.expected.padEnd(15)}found ${seen}`;
  });
  const passed = bad ? CHECKS.length - FAILED.size : CHECKS.length;
  const lines = [
    `Checking ${TABLE} where settlement_date = '${isoDay(context.run, -1)}'`,
    ...rows,
    `${CHECKS.length} checks: ${passed} passed, ${CHECKS.length - passed} failed`,
  ];
  return lines.map((text, index) => ({ afterMs: 900 + index * 15, text }));
}

function failed({ run }: TaskContext): PythonException {
  return {
    type: "DataQualityError",
    message:
      `${FAILED.size} of ${CHECKS.length} checks failed on ${TABLE} (settlement_date = ${isoDay(run, -1)}): ` +
      "unique(settlement_id) found 592 duplicate rows, not_null(merchant_ref) found 37 null rows",
    frames: [
      { file: "dags/payments_recon.py", line: 58, name: "check_settlements" },
      { file: "dags/quality/checks.py", line: 83, name: "raise_if_failed" },
    ],
  };
}

/** Payments: what the payment provider settled against the ledger; the batch is checked before it is matched. */
export const paymentsRecon: Pipeline = {
  dagId: DAG,
  description: "Settlements of the payment provider against the ledger",
  owners: ["data-payments"],
  tags: ["payments"],
  cron: "30 4 * * *",
  cronWords: "At 04:30",
  everyMs: 86_400_000,
  offsetMs: 270 * 60_000,
  faults: [
    {
      id: "payments_recon:bad_batch",
      dagId: DAG,
      title: "Send payments_recon duplicates and nulls",
      description:
        "The settlement batch holds duplicates and nulls and a check stops it; no rerun helps until it is mended.",
      leadMs: 14_000,
      strike: (world) => {
        world.healthy[DAG] = false;
      },
      heal: (world) => {
        world.healthy[DAG] = true;
      },
    },
  ],
  jobs: [],
  tasks: [
    {
      taskId: "fetch_settlements",
      downstream: ["check_settlements"],
      work: {
        kind: "python",
        usualMs: 4_000,
        line: 24,
        lines: (context) => [
          {
            afterMs: 700,
            text: `GET https://reports.paywell.example/v3/settlements?date=${isoDay(context.run, -1)}`,
            logger: "payments.psp",
          },
          { afterMs: 3_200, text: `Appended the batch to ${TABLE}`, logger: "payments.psp" },
        ],
      },
    },
    {
      taskId: "check_settlements",
      downstream: ["match_ledger"],
      work: {
        kind: "python",
        usualMs: 2_500,
        line: 51,
        lines: report,
        failure: (context) => (spoilt(context) ? failed(context) : null),
        failAt: ({ run, task }) => (task.tryNumber === 1 ? (run.fault?.failAt ?? null) : null),
      },
    },
    {
      taskId: "match_ledger",
      downstream: ["post_differences"],
      work: {
        kind: "python",
        usualMs: 3_000,
        line: 72,
        lines: () => [{ afterMs: 1_300, text: "Matched 40218 settlements, 12 differences", logger: "payments.match" }],
      },
    },
    {
      taskId: "post_differences",
      downstream: [],
      work: {
        kind: "python",
        usualMs: 1_500,
        line: 94,
        lines: () => [{ afterMs: 600, text: "Posted 12 differences to the ledger's inbox", logger: "payments.match" }],
      },
    },
  ],
};
