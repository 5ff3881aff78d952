import type { Card } from "../../src/chat/card.js";
import { evidenceCard, incidentCard, proposalCard, reasonsCard, refusalCard } from "../../src/chat/cards/index.js";
import type { Execution, Proposal } from "../../src/core/approval/proposal.js";
import type { TaskFailure } from "../../src/core/failure.js";
import type { Incident } from "../../src/core/incident.js";
import type { Verdict } from "../../src/core/verdict.js";

/** One story to look at: a nightly load whose cluster was taken away, told by the real card builders around now. */
export interface StoryCards {
  readonly root: Card;
  readonly evidence: Card;
  readonly reasons: Card;
  readonly proposal: Card;
  readonly refusal: Card;
  readonly rerunning: { readonly root: Card; readonly proposal: Card };
  readonly recovered: { readonly root: Card; readonly proposal: Card };
}

export function spotLossStory(now: Date): StoryCards {
  const at = (minutes: number) => new Date(now.getTime() + minutes * 60_000).toISOString();
  const mayDecide = "Ben or Cleo";
  const failure = failureAt(at);
  const incident = incidentAt(failure, at);
  const proposal = proposalAt(failure, at);
  const approved: Proposal = {
    ...proposal,
    state: "spent",
    decision: { verdict: "approved", personId: "console:ben", personName: "Ben", at: at(0), reason: null },
    execution: executionAt(at),
  };
  const ended: Proposal = {
    ...approved,
    execution: {
      ...executionAt(at),
      state: "recovered",
      endedAt: at(5),
      outcome: "All 3 tasks of the plan ended well.",
    },
  };
  const acting: Incident = { ...incident, state: "verifying" };
  const over: Incident = { ...incident, state: "recovered", recoveredAt: at(5), blocked: [] };
  return {
    root: incidentCard(incident, { proposal, now, mayDecide }),
    evidence: evidenceCard(incident, { hidesValues: true }),
    reasons: reasonsCard(incident),
    proposal: proposalCard(proposal, { now, mayDecide }),
    refusal: refusalCard("Dan is a guest here and may not approve; nothing was done. `Ben` or `Cleo` may.", {
      simulated: true,
    }),
    rerunning: {
      root: incidentCard(acting, { proposal: approved, now, mayDecide }),
      proposal: proposalCard(approved, { now, mayDecide }),
    },
    recovered: {
      root: incidentCard(over, { proposal: ended, now, mayDecide }),
      proposal: proposalCard(ended, { now, mayDecide }),
    },
  };
}

type At = (minutes: number) => string;

function failureAt(at: At): TaskFailure {
  return {
    kind: "airflow_task",
    connection: "airflow:sandbox",
    dagId: "loyalty_export",
    runId: "scheduled__nightly",
    taskId: "run_export_job",
    mapIndex: -1,
    tryNumber: 3,
    maxTries: 2,
    state: "failed",
    operator: "DatabricksRunNowOperator",
    startedAt: at(-22),
    endedAt: at(-4),
    runAfter: at(-30),
  };
}

const verdict: Verdict = {
  outcome: "diagnosed",
  category: "compute_failure",
  signature: "databricks-spot-loss",
  confidence: 0.93,
  summary:
    "Spot loss took the driver of cluster `1104-021233-k7` while `score_members` ran; the data is fine, a repair should pass.",
  rerunHelps: "yes",
  nextStep: "Approve the repair below; if it fails again, ask the platform team for on-demand drivers.",
  evidence: [
    {
      id: "E1",
      source: "log",
      line: 214,
      text: "Run 90071992547 ended INTERNAL_ERROR: Cluster 1104-021233-k7 was terminated. Reason: SPOT_INSTANCE_TERMINATION",
    },
    { id: "E2", source: "log", line: 217, text: "airflow.exceptions.AirflowException: Task score_members failed" },
    {
      id: "E3",
      source: "cluster_events",
      line: null,
      text: "DRIVER_NOT_RESPONDING at 02:38:51, instance i-0f31 reclaimed by the provider",
    },
    { id: "E4", source: "run_output", line: null, text: "ExecutorLostFailure (executor 3 exited, slave lost)" },
  ],
  alternatives: [
    { category: "out_of_memory", signature: null, why: "no `OutOfMemoryError`, and memory stayed below 60 %" },
    { category: "transformation_error", signature: null, why: "no exception of the task's own code" },
  ],
  databricksRuns: [{ runId: "90071992547", url: null }],
  object: "1104-021233-k7",
  normalisedException: null,
  failedAncestor: null,
  redactions: 0,
  warnings: [],
};

function incidentAt(failure: TaskFailure, at: At): Incident {
  return {
    id: "inc_story",
    fingerprint: "story",
    state: "diagnosed",
    connection: "airflow:sandbox",
    title: "loyalty_export / run_export_job",
    dagId: "loyalty_export",
    owner: "@data-loyalty",
    simulated: true,
    failures: [failure],
    verdict,
    blocked: ["build_segments", "publish_segments", "mail_partners"],
    links: [
      { label: "Airflow", url: "http://127.0.0.1:8080/dags/loyalty_export" },
      { label: "Databricks", url: "http://127.0.0.1:8081/jobs/runs/90071992547" },
    ],
    proposalId: "pro_story",
    noRerunBecause: null,
    openedAt: at(-4),
    updatedAt: at(-3),
    recoveredAt: null,
    mutedUntil: null,
    earlierIncidentId: null,
  };
}

function proposalAt(failure: TaskFailure, at: At): Proposal {
  const task = { taskId: "run_export_job", mapIndex: -1, rowId: "a1", state: "failed", tryNumber: 3, maxTries: 2 };
  return {
    id: "pro_story",
    incidentId: "inc_story",
    plan: {
      schema: 1,
      incidentId: "inc_story",
      environment: "sandbox",
      requester: { kind: "alert" },
      subject: { connection: "airflow:sandbox", airflow: failure, databricksRunId: "90071992547" },
      steps: [
        {
          do: "databricks_repair",
          connection: "databricks:sandbox",
          jobId: "7",
          runId: "90071992547",
          rerunTasks: ["score_members"],
          latestRepairId: null,
        },
        {
          do: "airflow_set_success",
          connection: "airflow:sandbox",
          dagId: "loyalty_export",
          runId: failure.runId,
          task,
          downstream: [{ ...task, taskId: "build_segments", state: "upstream_failed" }],
        },
      ],
      policyVersion: "story",
    },
    facts: {
      willRun: ["score_members (Databricks)", "build_segments", "publish_segments", "mail_partners"],
      willNotRun: ["4 Databricks tasks (succeeded)", "extract_members (succeeded)"],
      dryRunAt: at(-3),
      usualSeconds: 360,
      alternativeSeconds: 2460,
      why: "Only score_members failed; a clear would start the whole job again.",
      guards: ["max 2 reruns/6 h (0 used)", "run_export_job is marked idempotent"],
      risk: null,
    },
    digest: "story",
    state: "pending",
    createdAt: at(-3),
    expiresAt: at(57),
    approvers: ["console:ben", "console:cleo"],
    decision: null,
    execution: null,
    supersededBy: null,
  };
}

function executionAt(at: At): Execution {
  return {
    state: "verifying",
    startedAt: at(0),
    endedAt: null,
    trail: [
      { at: at(0), text: "The live run is as the card showed it." },
      { at: at(0), text: "Sent: repair of run 90071992547 for `score_members`. Databricks answered with repair 7731." },
      { at: at(3), text: "Databricks: `score_members` ended SUCCESS. Sent: mark `run_export_job` done." },
      { at: at(3), text: "Airflow: `build_segments`, `publish_segments`, `mail_partners` were cleared and run." },
    ],
    outcome: null,
  };
}
