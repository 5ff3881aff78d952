import type { Proposal } from "../../../src/core/approval/proposal.js";
import type { TaskFailure } from "../../../src/core/failure.js";
import type { Incident } from "../../../src/core/incident.js";
import type { Verdict } from "../../../src/core/verdict.js";

export const failure: TaskFailure = {
  kind: "airflow_task",
  connection: "airflow:main",
  dagId: "ledger_nightly",
  runId: "scheduled__2026-03-04T02:00:00+00:00",
  taskId: "close_books",
  mapIndex: -1,
  tryNumber: 3,
  maxTries: 2,
  state: "failed",
  operator: "DatabricksRunNowOperator",
  startedAt: "2026-03-04T02:01:00Z",
  endedAt: "2026-03-04T02:20:00Z",
  runAfter: "2026-03-04T02:00:00Z",
};

export const verdict: Verdict = {
  outcome: "diagnosed",
  category: "compute_failure",
  signature: "spot-loss",
  confidence: 0.92,
  summary: "Spot loss took the driver of cluster `0304-021` while sum_up ran; the data is fine, a repair should pass.",
  rerunHelps: "yes",
  nextStep: "Approve the repair below.",
  evidence: [
    { id: "E1", source: "cluster_events", line: null, text: "DRIVER_UNAVAILABLE: spot instance reclaimed" },
    { id: "E2", source: "log", line: 118, text: "Run 88123 ended: INTERNAL_ERROR" },
  ],
  alternatives: [
    { category: "out_of_memory", signature: null, why: "no `OutOfMemoryError` and memory stayed below 60 %" },
  ],
  databricksRuns: [{ runId: "88123", url: null }],
  object: "0304-021",
  normalisedException: null,
  failedAncestor: null,
  redactions: 0,
  warnings: [],
};

export const incident: Incident = {
  id: "inc_1",
  fingerprint: "fp",
  state: "diagnosed",
  connection: "airflow:main",
  title: "ledger_nightly / close_books",
  dagId: "ledger_nightly",
  owner: "@finance-data",
  simulated: false,
  failures: [failure],
  verdict,
  blocked: ["make_report", "mail_report", "archive"],
  links: [{ label: "Airflow", url: "https://airflow.example/dags/ledger_nightly" }],
  proposalId: "pro_1",
  noRerunBecause: null,
  openedAt: "2026-03-04T02:20:30Z",
  updatedAt: "2026-03-04T02:21:00Z",
  recoveredAt: null,
  mutedUntil: null,
  earlierIncidentId: null,
};

const closeBooks = { taskId: "close_books", mapIndex: -1, rowId: "a1", state: "failed", tryNumber: 3, maxTries: 2 };

export const proposal: Proposal = {
  id: "pro_1",
  incidentId: "inc_1",
  plan: {
    schema: 1,
    incidentId: "inc_1",
    environment: "real",
    requester: { kind: "alert" },
    subject: { connection: "airflow:main", airflow: { ...failure, tryNumber: 3 }, databricksRunId: "88123" },
    steps: [
      {
        do: "databricks_repair",
        connection: "databricks:eu",
        jobId: "7",
        runId: "88123",
        rerunTasks: ["sum_up"],
        latestRepairId: null,
      },
      {
        do: "airflow_set_success",
        connection: "airflow:main",
        dagId: "ledger_nightly",
        runId: failure.runId,
        task: closeBooks,
        downstream: [{ ...closeBooks, taskId: "make_report", state: "upstream_failed" }],
      },
    ],
    policyVersion: "p1",
  },
  facts: {
    willRun: ["sum_up (Databricks)", "make_report", "mail_report"],
    willNotRun: ["extract (succeeded)"],
    dryRunAt: "2026-03-04T02:21:07Z",
    usualSeconds: 360,
    alternativeSeconds: 2460,
    why: "Only sum_up failed; a clear would start the whole job again.",
    guards: ["max 2 reruns/6 h (0 used)", "close_books is marked idempotent"],
    risk: null,
  },
  digest: "d",
  state: "pending",
  createdAt: "2026-03-04T02:21:10Z",
  expiresAt: "2026-03-04T03:21:10Z",
  approvers: ["slack:U0BEN"],
  decision: null,
  execution: null,
  supersededBy: null,
};

export const now = new Date("2026-03-04T02:22:00Z");
