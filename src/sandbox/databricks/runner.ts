import { plan } from "../world/agenda.js";
import { drawAround, drawInt, drawRunId } from "../world/random.js";
import { jobDefinition, paced, type Sim, taskOf } from "../world/sim.js";
import type {
  Behaviour,
  JobResult,
  JobRunState,
  JobState,
  JobTaskFailure,
  PlannedFailure,
  TaskRunState,
} from "../world/state.js";
import { endCluster, startCluster } from "./clusters.js";
import { jobTasks } from "./job-tasks.js";

const CLUSTER_START_MS = 3_000;
const FAILING_MS = 4_000;
const UNDEFINED_TASK_MS = 2_000;
const KEPT_RUNS = 300;
export const WORKLOAD_FAILED = "Workload failed, see run output for details";

export interface NewJobRun {
  readonly job: JobState | null;
  readonly runName: string;
  readonly runType: JobRunState["runType"];
  /** For runs/submit; a job's run takes a copy of the job's settings. */
  readonly settings: Record<string, unknown> | null;
  readonly creator: string;
  readonly idempotencyToken: string | null;
  readonly jobParameters?: Readonly<Record<string, string>>;
  readonly planned: Record<string, PlannedFailure>;
}

export function startJobRun(sim: Sim, wanted: NewJobRun): JobRunState {
  const { world } = sim;
  const settings = wanted.settings ?? wanted.job?.settings ?? submitSettings(sim, wanted.runName);
  const run: JobRunState = {
    runId: drawRunId(world),
    jobId: wanted.job?.jobId ?? null,
    runName: wanted.runName,
    runType: wanted.runType,
    trigger: "ONE_TIME",
    creator: wanted.creator,
    idempotencyToken: wanted.idempotencyToken,
    ...(wanted.jobParameters === undefined ? {} : { jobParameters: wanted.jobParameters }),
    settings,
    startedAt: world.now,
    endedAt: null,
    result: null,
    message: "",
    termination: null,
    cancelled: false,
    attempts: [],
    repairs: [],
    planned: wanted.planned,
  };
  for (const task of jobTasks(settings)) run.attempts.push(newAttempt(sim, run, task.key, 0));
  world.jobRuns.push(run);
  const oldest = world.jobRuns[0];
  if (world.jobRuns.length > KEPT_RUNS && oldest !== undefined && oldest.endedAt !== null) world.jobRuns.shift();
  startReadyTasks(sim, run);
  return run;
}

function submitSettings(sim: Sim, name: string): Record<string, unknown> {
  const definition = jobDefinition(sim, name);
  return {
    run_name: name,
    tasks: (definition?.tasks ?? []).map((task) => ({
      task_key: task.taskKey,
      ...(task.dependsOn.length > 0 ? { depends_on: task.dependsOn.map((key) => ({ task_key: key })) } : {}),
      notebook_task: { notebook_path: task.notebook, source: "WORKSPACE" },
      new_cluster: { spark_version: "16.4.x-scala2.12", node_type_id: "m5d.xlarge", num_workers: 2 },
    })),
  };
}

function newAttempt(sim: Sim, run: JobRunState, taskKey: string, attempt: number): TaskRunState {
  return {
    taskRunId: drawRunId(sim.world),
    runId: run.runId,
    taskKey,
    attempt,
    phase: "BLOCKED",
    result: null,
    message: "",
    termination: null,
    startedAt: sim.world.now,
    setupMs: 0,
    endedAt: null,
    clusterId: null,
    sparkContextId: null,
    error: null,
    trace: null,
    logs: null,
    notebookResult: null,
  };
}

/** The newest attempt of each task, in the order of the job. */
export function latestAttempts(run: JobRunState): readonly TaskRunState[] {
  const latest = new Map<string, TaskRunState>();
  for (const attempt of run.attempts) {
    const known = latest.get(attempt.taskKey);
    if (known === undefined || known.attempt <= attempt.attempt) latest.set(attempt.taskKey, attempt);
  }
  return [...latest.values()];
}

function startReadyTasks(sim: Sim, run: JobRunState): void {
  const latest = new Map(latestAttempts(run).map((attempt) => [attempt.taskKey, attempt]));
  const tasks = jobTasks(run.settings);
  for (let changed = true; changed; ) {
    changed = false;
    for (const task of tasks) {
      const attempt = latest.get(task.key);
      if (attempt === undefined || attempt.phase !== "BLOCKED") continue;
      const before = task.dependsOn.map((key) => latest.get(key)).filter((found) => found !== undefined);
      if (!before.every((found) => found.phase === "TERMINATED")) continue;
      const failed = before.some((found) => found.result !== "SUCCESS");
      if (failed && task.runIf !== "ALL_DONE") {
        endAttempt(sim, attempt, "UPSTREAM_FAILED", "Some upstream tasks failed.", {
          code: "RUN_EXECUTION_ERROR",
          type: "CLIENT_ERROR",
        });
        changed = true;
        continue;
      }
      startCluster(sim, run, attempt, task);
      attempt.phase = "PENDING";
      attempt.startedAt = sim.world.now;
      const fresh = sim.world.clusters.some(
        (cluster) => cluster.clusterId === attempt.clusterId && cluster.startedAt === sim.world.now,
      );
      attempt.setupMs = paced(sim, fresh ? drawAround(sim.world, CLUSTER_START_MS) : drawInt(sim.world, 100, 300));
      plan(sim.world, sim.world.now + attempt.setupMs, { kind: "start-job-task", taskRun: attempt.taskRunId });
    }
  }
  if (latestAttempts(run).every((attempt) => attempt.phase === "TERMINATED")) endJobRun(sim, run);
}

export function taskRunById(sim: Sim, taskRunId: string): { run: JobRunState; attempt: TaskRunState } | null {
  for (let index = sim.world.jobRuns.length - 1; index >= 0; index -= 1) {
    const run = sim.world.jobRuns[index];
    const attempt = run?.attempts.find((candidate) => candidate.taskRunId === taskRunId);
    if (run !== undefined && attempt !== undefined) return { run, attempt };
  }
  return null;
}

export function startJobTask(sim: Sim, taskRunId: string): void {
  const found = taskRunById(sim, taskRunId);
  if (found === null || found.attempt.phase !== "PENDING") return;
  const { run, attempt } = found;
  attempt.phase = "RUNNING";
  attempt.sparkContextId = `${drawInt(sim.world, 100_000_000, 899_999_999)}${drawInt(sim.world, 100_000_000, 999_999_999)}`;
  const planned = run.planned[attempt.taskKey];
  const behaviour = behaviourOf(sim, run, attempt);
  const usual =
    behaviour?.durationMs ??
    jobDefinition(sim, run.runName)?.tasks.find((task) => task.taskKey === attempt.taskKey)?.usualMs ??
    UNDEFINED_TASK_MS;
  const full = paced(sim, drawAround(sim.world, usual));
  let end = sim.world.now + full;
  if (failureOf(sim, run, attempt, behaviour) !== null) {
    end = sim.world.now + Math.min(full, paced(sim, FAILING_MS));
    if (planned?.failAt != null && attempt.attempt === 0) end = Math.max(planned.failAt, sim.world.now + 500);
  }
  plan(sim.world, end, { kind: "end-job-task", taskRun: taskRunId });
}

export function endJobTask(sim: Sim, taskRunId: string): void {
  const found = taskRunById(sim, taskRunId);
  if (found === null || found.attempt.phase !== "RUNNING") return;
  const { run, attempt } = found;
  const behaviour = behaviourOf(sim, run, attempt);
  const failure = failureOf(sim, run, attempt, behaviour);
  if (failure === null) {
    const defined = jobDefinition(sim, run.runName)?.tasks.find((task) => task.taskKey === attempt.taskKey)?.result;
    attempt.notebookResult = behaviour?.result ?? defined ?? null;
    endAttempt(sim, attempt, "SUCCESS", "", { code: "SUCCESS", type: "SUCCESS" });
  } else {
    if (behaviour !== null && behaviour.failsTimes > 0) behaviour.failsTimes -= 1;
    const named = (text: string): string => text.replaceAll("{cluster}", attempt.clusterId ?? "");
    attempt.error = named(failure.error);
    attempt.trace = failure.trace === null ? null : named(failure.trace);
    endAttempt(sim, attempt, "FAILED", named(failure.stateMessage ?? WORKLOAD_FAILED), {
      code: failure.terminationCode,
      type: failure.terminationType,
    });
    if (failure.cluster !== null && attempt.clusterId !== null) endCluster(sim, attempt.clusterId, failure.cluster);
  }
  startReadyTasks(sim, run);
}

function endAttempt(
  sim: Sim,
  attempt: TaskRunState,
  result: JobResult,
  message: string,
  termination: NonNullable<TaskRunState["termination"]>,
): void {
  attempt.phase = "TERMINATED";
  attempt.result = result;
  attempt.message = message;
  attempt.termination = termination;
  attempt.endedAt = sim.world.now;
  if (result === "UPSTREAM_FAILED") attempt.startedAt = sim.world.now;
}

function behaviourOf(sim: Sim, run: JobRunState, attempt: TaskRunState): Behaviour | null {
  const matches = (pattern: string, text: string): boolean =>
    pattern.endsWith("*") ? text.startsWith(pattern.slice(0, -1)) : pattern === text;
  return (
    sim.world.behaviours.find(
      (behaviour) => matches(behaviour.job, run.runName) && matches(behaviour.task, attempt.taskKey),
    ) ?? null
  );
}

function failureOf(
  sim: Sim,
  run: JobRunState,
  attempt: TaskRunState,
  behaviour: Behaviour | null,
): JobTaskFailure | null {
  const planned = run.planned[attempt.taskKey];
  if (planned !== undefined && attempt.attempt < planned.attempts) return planned.failure;
  if (behaviour !== null) {
    return behaviour.failsUntilHealed || behaviour.failsTimes > 0 ? behaviour.failure : null;
  }
  return jobDefinition(sim, run.runName)?.failure?.(sim.world, attempt.taskKey) ?? null;
}

function endJobRun(sim: Sim, run: JobRunState): void {
  const latest = latestAttempts(run);
  const bad = latest.find((attempt) => attempt.result === "FAILED");
  const cancelled = latest.some((attempt) => attempt.result === "CANCELED");
  run.endedAt = sim.world.now;
  if (cancelled) {
    run.result = "CANCELED";
    run.message = "Run cancelled.";
    run.termination = { code: "USER_CANCELED", type: "CLIENT_ERROR" };
  } else if (bad !== undefined) {
    run.result = "FAILED";
    const message = bad.message.endsWith(".") ? bad.message : `${bad.message}.`;
    run.message = `Task ${bad.taskKey} failed with message: ${message}`;
    run.termination = bad.termination;
  } else if (latest.some((attempt) => attempt.result !== "SUCCESS")) {
    run.result = "FAILED";
    run.message = "Some upstream tasks failed.";
    run.termination = { code: "RUN_EXECUTION_ERROR", type: "CLIENT_ERROR" };
  } else {
    run.result = "SUCCESS";
    run.message = "";
    run.termination = { code: "SUCCESS", type: "SUCCESS" };
  }
  const repair = run.repairs.at(-1);
  if (repair !== undefined && repair.endedAt === null) {
    repair.endedAt = sim.world.now;
    repair.result = run.result;
    repair.message = run.message;
  }
  for (const cluster of sim.world.clusters) {
    if (cluster.runId === run.runId && cluster.endedAt === null) {
      endCluster(sim, cluster.clusterId, { code: "JOB_FINISHED", type: "SUCCESS", parameters: {} });
    }
  }
  tellOperator(sim, run);
}

/** The Airflow operator that waits for this run sees its end with its next poll. */
function tellOperator(sim: Sim, run: JobRunState): void {
  for (const dagRun of sim.world.dagRuns) {
    const waiting = dagRun.tasks.find((task) => task.state === "running" && task.jobRunId === run.runId);
    const work = waiting === undefined ? undefined : taskOf(sim, dagRun.dagId, waiting.taskId)?.work;
    if (waiting === undefined || work === undefined || !("name" in work)) continue;
    const every = paced(sim, work.pollSeconds * 1_000);
    const since = sim.world.now - (waiting.startedAt ?? sim.world.now);
    const poll = sim.world.now + (every - (since % every));
    plan(sim.world, poll, { kind: "end-task", taskInstance: waiting.id, tryNumber: waiting.tryNumber });
  }
}

/** The run's state as the Jobs API words it; a failed task makes the run INTERNAL_ERROR / FAILED. */
export function runStatusOf(run: JobRunState): { lifeCycle: string; result: JobResult | null; message: string } {
  if (run.endedAt === null) {
    const pending = latestAttempts(run).every((attempt) => attempt.phase === "PENDING" || attempt.phase === "BLOCKED");
    return {
      lifeCycle: pending ? "PENDING" : "RUNNING",
      result: null,
      message: pending ? "Waiting for cluster" : "In run",
    };
  }
  const lifeCycle = run.result === "FAILED" ? "INTERNAL_ERROR" : "TERMINATED";
  return { lifeCycle, result: run.result, message: run.message };
}

/** Runs the tasks again under new attempts. */
export function repairJobRun(sim: Sim, run: JobRunState, taskKeys: readonly string[]): string {
  const id = drawRunId(sim.world);
  const started: string[] = [];
  const latest = latestAttempts(run);
  for (const key of taskKeys) {
    const before = latest.find((attempt) => attempt.taskKey === key);
    const attempt = newAttempt(sim, run, key, (before?.attempt ?? -1) + 1);
    run.attempts.push(attempt);
    started.push(attempt.taskRunId);
  }
  run.endedAt = null;
  run.result = null;
  run.message = "";
  run.termination = null;
  run.repairs.push({ id, startedAt: sim.world.now, endedAt: null, result: null, message: "", taskRunIds: started });
  startReadyTasks(sim, run);
  return id;
}

export function cancelJobRun(sim: Sim, run: JobRunState): void {
  if (run.endedAt !== null) return;
  run.cancelled = true;
  for (const attempt of latestAttempts(run)) {
    if (attempt.phase === "TERMINATED") continue;
    endAttempt(sim, attempt, "CANCELED", "Run cancelled.", { code: "USER_CANCELED", type: "CLIENT_ERROR" });
  }
  endJobRun(sim, run);
}
