import { runStatusOf, startJobRun } from "../databricks/runner.js";
import type { JobWork, TaskContext, TaskDefinition } from "../pipelines/pipeline.js";
import { plan } from "../world/agenda.js";
import { drawAround, drawInt, drawUuid } from "../world/random.js";
import { paced, runOf, type Sim, taskInstanceById, taskOf } from "../world/sim.js";
import type { DagRunState, PythonException, TaskInstanceState, TaskStateName, TryState } from "../world/state.js";
import { writeAudit } from "./audit-log.js";
import { operatorFailure } from "./operator-failure.js";
import { wakeScheduler } from "./scheduler.js";
import { sensorFailure, startPoking } from "./sensor.js";

const SERVICE_PRINCIPAL = "svc-airflow@sandbox.example";

export function queueTask(sim: Sim, id: string): void {
  const found = taskInstanceById(sim, id);
  if (found === null || found.task.state !== "scheduled") return;
  const { task } = found;
  task.state = "queued";
  task.tryNumber += 1;
  task.queuedAt = sim.world.now;
  task.updatedAt = sim.world.now;
  const delay = drawInt(sim.world, 200, 600);
  plan(sim.world, sim.world.now + paced(sim, delay), { kind: "start-task", taskInstance: id });
}

export function startTask(sim: Sim, id: string): void {
  const found = taskInstanceById(sim, id);
  if (found === null || found.task.state !== "queued") return;
  const { run, task } = found;
  const definition = taskOf(sim, run.dagId, task.taskId);
  if (definition === null) return;
  const now = sim.world.now;
  task.state = "running";
  task.startedAt = now;
  task.endedAt = null;
  task.updatedAt = now;
  task.host = "airflow-worker-1";
  task.pid = drawInt(sim.world, 1_200, 32_000);
  const attempt: TryState = {
    tryNumber: task.tryNumber,
    taskInstanceId: task.id,
    maxTries: task.maxTries,
    state: "running",
    scheduledAt: task.scheduledAt ?? now,
    queuedAt: task.queuedAt ?? now,
    startedAt: now,
    endedAt: null,
    host: task.host,
    pid: task.pid,
    jobRunId: null,
    priorJobRun: priorJobRun(sim, task),
    failure: null,
    killed: false,
  };
  task.tries.push(attempt);
  writeAudit(sim, "running", { dagId: run.dagId, run, task, extra: { host_name: task.host } });
  const context: TaskContext = { world: sim.world, run, task };
  if (definition.work.kind === "python") {
    const failing = definition.work.failure?.(context) ?? null;
    const at = failing === null ? null : (definition.work.failAt?.(context) ?? null);
    const usual = now + paced(sim, drawAround(sim.world, definition.work.usualMs));
    const end = at === null ? usual : Math.max(at, now + paced(sim, 500));
    plan(sim.world, end, { kind: "end-task", taskInstance: id, tryNumber: task.tryNumber });
  } else if (definition.work.kind === "sensor") {
    startPoking(sim, task);
  } else {
    submit(sim, definition.work, context, attempt);
  }
}

/**
 * Provider 7.23 on Airflow 3.3 keeps the run's id over tries and clears: a run that is still going is waited for,
 * one that succeeded (after a repair, say) is not started again, any other is submitted afresh.
 */
function priorJobRun(sim: Sim, task: TaskInstanceState): TryState["priorJobRun"] {
  const runId = task.tries.at(-1)?.jobRunId ?? null;
  const before = runId === null ? undefined : sim.world.jobRuns.find((candidate) => candidate.runId === runId);
  if (before === undefined) return null;
  const { lifeCycle, result } = runStatusOf(before);
  const decision = result === null ? "reconnect" : result === "SUCCESS" ? "already-succeeded" : "submit-again";
  return { runId: before.runId, status: `${lifeCycle}:${result ?? ""}`, decision };
}

function submit(sim: Sim, work: JobWork, context: TaskContext, attempt: TryState): void {
  const prior = attempt.priorJobRun;
  if (prior !== null && prior.decision !== "submit-again") {
    attempt.jobRunId = prior.runId;
    if (prior.decision === "reconnect") return;
    const { id, tryNumber } = context.task;
    plan(sim.world, sim.world.now + paced(sim, 1_000), { kind: "end-task", taskInstance: id, tryNumber });
    return;
  }
  const job = sim.world.jobs.find((candidate) => candidate.settings["name"] === work.name);
  const jobRun = startJobRun(sim, {
    job: work.kind === "run-now" ? (job ?? null) : null,
    runName: work.name,
    runType: work.kind === "run-now" ? "JOB_RUN" : "SUBMIT_RUN",
    settings: null,
    creator: SERVICE_PRINCIPAL,
    idempotencyToken: null,
    planned: work.planned?.(context) ?? {},
  });
  context.task.jobRunId = jobRun.runId;
  attempt.jobRunId = jobRun.runId;
}

export function endTask(sim: Sim, id: string, tryNumber: number): void {
  const found = taskInstanceById(sim, id);
  if (found === null || found.task.state !== "running" || found.task.tryNumber !== tryNumber) return;
  const { run, task } = found;
  const definition = taskOf(sim, run.dagId, task.taskId);
  const attempt = task.tries.at(-1);
  if (definition === null || attempt === undefined) return;
  const context: TaskContext = { world: sim.world, run, task };
  finishTry(sim, run, task, failureOf(sim, definition.work, context, attempt));
}

function failureOf(
  sim: Sim,
  work: TaskDefinition["work"],
  context: TaskContext,
  attempt: TryState,
): PythonException | null {
  switch (work.kind) {
    case "python":
      return work.failure?.(context) ?? null;
    case "sensor":
      return sensorFailure(sim, work, { ...context, attempt });
    default:
      return operatorFailure(sim, context.task, work);
  }
}

/** Ends the running try; what failed and may be tried again waits for its retry delay. */
export function finishTry(
  sim: Sim,
  run: DagRunState,
  task: TaskInstanceState,
  failure: PythonException | null,
  forced: TaskStateName | null = null,
): void {
  const now = sim.world.now;
  const attempt = task.tries.at(-1);
  const retries = failure !== null && task.tryNumber <= task.maxTries;
  const state: TaskStateName = forced ?? (failure === null ? "success" : retries ? "up_for_retry" : "failed");
  if (attempt !== undefined && attempt.endedAt === null) {
    attempt.state = state === "up_for_retry" ? "failed" : state;
    attempt.endedAt = now;
    attempt.failure = failure;
    attempt.killed = forced !== null;
  }
  task.state = state;
  task.endedAt = now;
  task.updatedAt = now;
  run.updatedAt = now;
  writeAudit(sim, state, { dagId: run.dagId, run, task, extra: { host_name: task.host ?? "" } });
  if (state === "up_for_retry") {
    const delay = taskOf(sim, run.dagId, task.taskId)?.retryDelayMs ?? 5_000;
    plan(sim.world, now + paced(sim, delay), { kind: "retry-task", taskInstance: task.id });
  } else {
    wakeScheduler(sim, run, now);
  }
}

/** The retry delay is over: a new try under a new row id, as Airflow 3 keeps the old one as history. */
export function retryTask(sim: Sim, id: string): void {
  const found = taskInstanceById(sim, id);
  if (found === null || (found.task.state !== "up_for_retry" && found.task.state !== "restarting")) return;
  const { run, task } = found;
  task.id = drawUuid(sim.world, sim.world.now);
  task.state = null;
  task.updatedAt = sim.world.now;
  if (runOf(sim, run.dagId, run.runId) !== null) wakeScheduler(sim, run, sim.world.now);
}
