import type { DagRun, TaskInstance, TaskSpec } from "../../../src/core/airflow.js";
import type { DatabricksRun, DatabricksTaskRun, RepairEntry, RunStatus } from "../../../src/core/databricks.js";
import { choosePlan } from "../../../src/core/remediation/choose-plan.js";
import { noGuards } from "../../../src/core/remediation/policy.js";
import type { RerunRefusal } from "../../../src/core/remediation/rerun-refusal.js";
import type {
  AirflowSituation,
  DatabricksSituation,
  ProducerSituation,
  Situation,
} from "../../../src/core/remediation/situation.js";
import type { Verdict } from "../../../src/core/verdict.js";
import { bareRun, bareSpec, bareTask } from "../../fixtures/bare-rows.js";

/**
 * A vineyard's pipelines: in `vintage` grapes are picked, pressed, bottled and labelled; the pressing may be done by
 * Databricks job 31. `orchard` brings what is picked. What a test does not say is an ordinary failed night.
 */
export const ana = { kind: "person", id: "slack:ANA", name: "Ana" } as const;

export const passing: Verdict = {
  outcome: "diagnosed",
  category: "network_transient",
  signature: "connection-reset",
  confidence: 0.9,
  summary: "The press's server hung up; it should pass.",
  rerunHelps: "yes",
  nextStep: "Run it again.",
  evidence: [],
  alternatives: [],
  databricksRuns: [],
  object: "press.example",
  normalisedException: null,
  failedAncestor: null,
  redactions: 0,
  warnings: [],
};

export function task(taskId: string, more: Partial<TaskInstance> = {}): TaskInstance {
  return {
    ...bareTask,
    dagId: "vintage",
    runId: "r7",
    taskId,
    id: `row-${taskId}`,
    tryNumber: 2,
    maxTries: 1,
    operator: "PythonOperator",
    ...more,
  };
}

export function spec(taskId: string, downstreamTaskIds: readonly string[], more: Partial<TaskSpec> = {}): TaskSpec {
  return { ...bareSpec, taskId, downstreamTaskIds, ...more };
}

export function dagRun(more: Partial<DagRun> = {}): DagRun {
  return { ...bareRun, dagId: "vintage", runId: "r7", ...more };
}

const pick = task("pick", { state: "success", tryNumber: 1 });
export const press = task("press");
const bottle = task("bottle", { state: "upstream_failed", tryNumber: 0 });
const label = task("label", { state: "upstream_failed", tryNumber: 0 });

/** `pick` went well, `press` failed, `bottle` and `label` wait behind it. */
export function vintage(more: Partial<AirflowSituation> = {}): AirflowSituation {
  return {
    connection: "airflow:cellar",
    run: dagRun(),
    tasks: [pick, press, bottle, label],
    specs: [spec("pick", ["press"]), spec("press", ["bottle"]), spec("bottle", ["label"]), spec("label", [])],
    roots: [press],
    wouldClear: [press, bottle, label],
    canRunLatestVersion: true,
    assets: [],
    usualSeconds: new Map([
      ["pick", 5],
      ["press", 300],
      ["bottle", 40],
      ["label", 2],
    ]),
    ...more,
  };
}

/** The same, where `press` is the given one. */
export function pressedBy(more: Partial<TaskInstance>, rest: Partial<AirflowSituation> = {}): AirflowSituation {
  const root = task("press", more);
  return vintage({ tasks: [pick, root, bottle, label], roots: [root], wouldClear: [root, bottle, label], ...rest });
}

export function status(lifeCycle: string, result: string | null = null): RunStatus {
  return {
    lifeCycle,
    result,
    message: null,
    terminationCode: null,
    terminationType: null,
    terminationMessage: null,
    cancelledOrTimedOut: false,
  };
}

/** One attempt of a task of the job; `RUNNING` and its like have not ended. */
export function jobTask(taskKey: string, how: string, more: Partial<DatabricksTaskRun> = {}): DatabricksTaskRun {
  const going = ["RUNNING", "PENDING", "BLOCKED"].includes(how);
  return {
    taskRunId: `of-${taskKey}`,
    taskKey,
    attempt: 0,
    status: going ? status(how) : status("TERMINATED", how),
    startedAt: "2026-09-12T01:00:00Z",
    endedAt: null,
    durationMs: null,
    clusterId: null,
    kind: "notebook",
    dependsOn: [],
    pageUrl: null,
    iterations: [],
    ...more,
  };
}

/** Three tasks of the job went well, the fourth failed. */
const ordinaryTasks = ["crush", "ferment", "settle"].map((key) => jobTask(key, "SUCCESS"));

export function jobRun(more: Partial<DatabricksRun> = {}): DatabricksRun {
  return {
    runId: "880",
    jobId: "31",
    runName: "pressing",
    jobRunId: "880",
    status: status("TERMINATED", "FAILED"),
    startedAt: "2026-09-12T01:00:00Z",
    endedAt: null,
    durationMs: null,
    runType: "JOB_RUN",
    trigger: "ONE_TIME",
    creator: null,
    pageUrl: null,
    tasks: [...ordinaryTasks, jobTask("blend", "FAILED")],
    repairs: [],
    numberInJob: null,
    idempotencyToken: null,
    ...more,
  };
}

export function repairEntry(id: string, startedAt: string | null, more: Partial<RepairEntry> = {}): RepairEntry {
  return {
    id,
    type: "REPAIR",
    status: status("TERMINATED", "FAILED"),
    startedAt,
    endedAt: null,
    taskRunIds: [],
    ...more,
  };
}

export function pressing(
  run: Partial<DatabricksRun> = {},
  more: Partial<DatabricksSituation> = {},
): DatabricksSituation {
  return {
    connection: "databricks:cellar",
    writable: true,
    run: jobRun(run),
    usualSeconds: new Map([
      ["crush", 60],
      ["blend", 90],
    ]),
    usualRunSeconds: 600,
    ...more,
  };
}

/** `orchard` failed in `gather` and has `deliver` waiting behind it. */
export function orchard(more: Partial<ProducerSituation> = {}): ProducerSituation {
  const at = { dagId: "orchard", runId: "o7" };
  const gather = task("gather", at);
  const deliver = task("deliver", { ...at, state: "upstream_failed", tryNumber: 0 });
  return {
    dagId: "orchard",
    via: "sensor",
    run: dagRun({ ...at, endedAt: "2026-09-12T01:30:00Z" }),
    logicalDate: "2026-09-12T00:00:00Z",
    isPaused: false,
    hasImportErrors: false,
    specs: [spec("gather", ["deliver"]), spec("deliver", [])],
    tasks: [gather, deliver],
    roots: [gather],
    wouldClear: [gather, deliver],
    usualSeconds: new Map([
      ["gather", 50],
      ["deliver", 10],
    ]),
    usualRunSeconds: 70,
    assets: [],
    verdict: passing,
    ...more,
  };
}

export function situation(more: Partial<Situation> = {}): Situation {
  return {
    incidentId: "inc_7",
    environment: "real",
    requester: { kind: "alert" },
    afterFix: false,
    verdict: passing,
    guards: { ...noGuards, approvers: ["slack:BEN"], maxReruns: 2, perHours: 6, idempotent: true },
    usedReruns: 0,
    policyVersion: "v1",
    dryRunAt: "2026-09-12T02:00:00.000Z",
    airflow: vintage(),
    databricks: null,
    ...more,
  };
}

/** The plan and what its card says; fails the test where there is none. */
export function planned(given: Situation) {
  const choice = choosePlan(given);
  if (!choice.ok) throw new Error(`no plan: ${choice.because} ${choice.fix}`);
  return { steps: choice.plan.steps, plan: choice.plan, facts: choice.facts };
}

/** What the plan does, step by step. */
export function stepsOf(given: Situation): readonly string[] {
  return planned(given).steps.map((step) => step.do);
}

/** Why there is no plan, and whose move it is; fails the test where there is one. */
export function refused(given: Situation): RerunRefusal {
  const choice = choosePlan(given);
  if (choice.ok) throw new Error(`a plan: ${choice.plan.steps.map((step) => step.do).join(", ")}`);
  return { because: choice.because, fix: choice.fix };
}
