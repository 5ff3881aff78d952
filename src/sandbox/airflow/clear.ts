import { cancelJobRun } from "../databricks/runner.js";
import { plan } from "../world/agenda.js";
import { drawUuid } from "../world/random.js";
import { paced, pipelineOf, type Sim, taskOf, upstreamOf, withDownstream } from "../world/sim.js";
import type { DagRunState, TaskInstanceState, TaskStateName } from "../world/state.js";
import { wakeScheduler } from "./scheduler.js";
import { finishTry } from "./worker.js";

export interface ClearWish {
  readonly onlyFailed: boolean;
  readonly onlyRunning: boolean;
  readonly resetDagRuns: boolean;
  /** Null means every task; a null map index every instance of the task. */
  readonly tasks: readonly { readonly taskId: string; readonly mapIndex: number | null }[] | null;
  readonly includeUpstream: boolean;
  readonly includeDownstream: boolean;
}

const FAILED: ReadonlySet<string> = new Set(["failed", "upstream_failed"]);

/** The task instances of one run that a clear with these wishes touches. */
export function selectForClear(sim: Sim, run: DagRunState, wish: ClearWish): readonly TaskInstanceState[] {
  const pipeline = pipelineOf(sim, run.dagId);
  if (pipeline === null) return [];
  const named = wish.tasks;
  const around = new Set<string>();
  if (named !== null) {
    const ids = named.map((one) => one.taskId).filter((id) => taskOf(sim, run.dagId, id) !== null);
    if (wish.includeDownstream) for (const id of withDownstream(pipeline, ids)) around.add(id);
    if (wish.includeUpstream) for (const id of allUpstream(sim, run.dagId, ids)) around.add(id);
    for (const id of ids) around.delete(id);
  }
  return run.tasks.filter((task) => {
    const wanted =
      named === null ||
      around.has(task.taskId) ||
      named.some((one) => one.taskId === task.taskId && (one.mapIndex === null || one.mapIndex === task.mapIndex));
    if (!wanted) return false;
    if (wish.onlyFailed) return FAILED.has(task.state ?? "");
    if (wish.onlyRunning) return task.state === "running";
    return true;
  });
}

function allUpstream(sim: Sim, dagId: string, taskIds: readonly string[]): ReadonlySet<string> {
  const pipeline = pipelineOf(sim, dagId);
  const found = new Set<string>();
  const open = [...taskIds];
  while (open.length > 0 && pipeline !== null) {
    const next = open.pop();
    if (next === undefined || found.has(next)) continue;
    found.add(next);
    open.push(...upstreamOf(pipeline, next));
  }
  return found;
}

/** Clears: a new row id, state none, room for the task's retries again; what runs is killed and started anew. */
export function clearTasks(
  sim: Sim,
  run: DagRunState,
  tasks: readonly TaskInstanceState[],
  resetDagRun: boolean,
): void {
  const { now } = sim.world;
  for (const task of tasks) {
    const retries = taskOf(sim, run.dagId, task.taskId)?.retries ?? 0;
    if (task.state === "running") {
      stopTry(sim, run, task, "restarting");
      task.maxTries = task.tryNumber + retries;
      plan(sim.world, now + paced(sim, 1_000), { kind: "restart-task", taskInstance: task.id });
      continue;
    }
    task.maxTries = task.tryNumber + retries;
    task.id = drawUuid(sim.world, now);
    task.state = null;
    task.scheduledAt = null;
    task.queuedAt = null;
    task.startedAt = null;
    task.endedAt = null;
    task.updatedAt = now;
  }
  if (tasks.length === 0) return;
  if (resetDagRun && run.endedAt !== null) {
    run.state = "queued";
    run.queuedAt = now;
    run.startedAt = null;
    run.endedAt = null;
  }
  run.updatedAt = now;
  wakeScheduler(sim, run, now);
}

function stopTry(sim: Sim, run: DagRunState, task: TaskInstanceState, state: TaskStateName): void {
  const waitedFor = sim.world.jobRuns.find((jobRun) => jobRun.runId === task.jobRunId);
  finishTry(sim, run, task, null, state);
  if (waitedFor !== undefined) cancelJobRun(sim, waitedFor);
}

/** Sets the state by hand; Airflow then clears what failed behind it and queues the run again. */
export function setTaskState(
  sim: Sim,
  run: DagRunState,
  tasks: readonly TaskInstanceState[],
  state: "success" | "failed" | "skipped",
): void {
  const pipeline = pipelineOf(sim, run.dagId);
  if (pipeline === null) return;
  const { now } = sim.world;
  for (const task of tasks) {
    if (task.state === "running") stopTry(sim, run, task, state);
    task.state = state;
    task.startedAt ??= now;
    task.endedAt ??= now;
    task.updatedAt = now;
  }
  const behind = withDownstream(
    pipeline,
    tasks.flatMap((task) => taskOf(sim, run.dagId, task.taskId)?.downstream ?? []),
  );
  clearTasks(
    sim,
    run,
    run.tasks.filter((task) => behind.has(task.taskId) && FAILED.has(task.state ?? "")),
    true,
  );
  if (run.endedAt !== null) {
    run.state = "queued";
    run.queuedAt = now;
    run.endedAt = null;
  }
  run.updatedAt = now;
  wakeScheduler(sim, run, now);
}

/** Sets a whole run's state by hand: what still runs is stopped, what has not ended is skipped. */
export function setRunState(sim: Sim, run: DagRunState, state: "success" | "failed" | "queued"): void {
  const { now } = sim.world;
  if (state === "queued") {
    run.state = "queued";
    run.queuedAt = now;
    run.startedAt = null;
    run.endedAt = null;
    run.updatedAt = now;
    wakeScheduler(sim, run, now);
    return;
  }
  for (const task of run.tasks) {
    if (task.state === "running") stopTry(sim, run, task, state);
    else if (state === "success" || task.state === null || task.endedAt === null) {
      task.state = state === "success" ? "success" : "skipped";
      task.endedAt = now;
      task.updatedAt = now;
    }
  }
  run.state = state;
  run.startedAt ??= now;
  run.endedAt = now;
  run.updatedAt = now;
}
