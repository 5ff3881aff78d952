import type { TaskDefinition } from "../pipelines/pipeline.js";
import { plan } from "../world/agenda.js";
import { drawInt, drawUuid } from "../world/random.js";
import { paced, pipelineOf, type Sim, taskOf, upstreamOf } from "../world/sim.js";
import type { DagRunState, TaskInstanceState } from "../world/state.js";
import { hasEnded, judge } from "./trigger-rules.js";

const SCHEDULER_LOOP_MS = 400;
const KEPT_RUNS = 60;

export interface NewRun {
  readonly dagId: string;
  readonly runId: string;
  readonly at: number;
  readonly runType: DagRunState["runType"];
  readonly triggeredBy: DagRunState["triggeredBy"];
  readonly user: string | null;
  readonly logicalDate: number | null;
  readonly runAfter: number;
  readonly conf?: Record<string, unknown>;
  readonly note?: string | null;
  readonly fault?: DagRunState["fault"];
}

/** Makes a DAG run with a task instance for every task; lists known in the DAG file are mapped at once. */
export function createDagRun(sim: Sim, wanted: NewRun): DagRunState | null {
  const pipeline = pipelineOf(sim, wanted.dagId);
  if (pipeline === null) return null;
  const run: DagRunState = {
    dagId: wanted.dagId,
    runId: wanted.runId,
    runType: wanted.runType,
    triggeredBy: wanted.triggeredBy,
    triggeringUser: wanted.user,
    logicalDate: wanted.logicalDate,
    runAfter: wanted.runAfter,
    state: "queued",
    queuedAt: wanted.at,
    startedAt: null,
    endedAt: null,
    updatedAt: wanted.at,
    note: wanted.note ?? null,
    conf: wanted.conf ?? {},
    fault: wanted.fault ?? null,
    tasks: [],
  };
  for (const task of pipeline.tasks) {
    const known = task.mapped?.how === "known" ? task.mapped.labels.length : 0;
    for (let index = known > 0 ? 0 : -1; index < known; index += 1) {
      run.tasks.push(newTaskInstance(sim, run, task, index, wanted.at));
    }
  }
  sim.world.dagRuns.push(run);
  const ofDag = sim.world.dagRuns.filter((other) => other.dagId === run.dagId);
  const oldest = ofDag[0];
  if (ofDag.length > KEPT_RUNS && oldest !== undefined && oldest.endedAt !== null) {
    sim.world.dagRuns.splice(sim.world.dagRuns.indexOf(oldest), 1);
  }
  wakeScheduler(sim, run, wanted.at);
  return run;
}

function newTaskInstance(
  sim: Sim,
  run: DagRunState,
  task: TaskDefinition,
  mapIndex: number,
  at: number,
): TaskInstanceState {
  return {
    id: drawUuid(sim.world, at),
    dagId: run.dagId,
    runId: run.runId,
    taskId: task.taskId,
    mapIndex,
    state: null,
    tryNumber: 0,
    maxTries: task.retries ?? 0,
    scheduledAt: null,
    queuedAt: null,
    startedAt: null,
    endedAt: null,
    updatedAt: at,
    host: null,
    pid: null,
    note: null,
    jobRunId: null,
    tries: [],
  };
}

/** The scheduler looks at this run in its next loop. */
export function wakeScheduler(sim: Sim, run: DagRunState, at: number): void {
  plan(sim.world, at + paced(sim, SCHEDULER_LOOP_MS), { kind: "schedule-run", dagId: run.dagId, runId: run.runId });
}

/** One loop over a run: starts what may start, ends what can't run, and the run when nothing is left. */
export function scheduleRun(sim: Sim, run: DagRunState): void {
  const pipeline = pipelineOf(sim, run.dagId);
  if (pipeline === null || run.state === "success" || run.state === "failed") return;
  const now = sim.world.now;
  if (run.state === "queued") {
    run.state = "running";
    run.startedAt ??= now;
    run.endedAt = null;
    run.updatedAt = now;
  }
  for (let changed = true; changed; ) {
    changed = false;
    for (const task of [...run.tasks]) {
      if (task.state === null && decide(sim, run, task, upstreamOf(pipeline, task.taskId))) changed = true;
    }
  }
  if (run.tasks.every((task) => hasEnded(task.state))) endRun(sim, run);
}

function decide(sim: Sim, run: DagRunState, task: TaskInstanceState, upstream: readonly string[]): boolean {
  const definition = taskOf(sim, run.dagId, task.taskId);
  if (definition === null) return false;
  const states = run.tasks.filter((other) => upstream.includes(other.taskId)).map((other) => other.state);
  const verdict = judge(definition.triggerRule ?? "all_success", states);
  if (verdict === "wait") return false;
  const now = sim.world.now;
  if (verdict === "run") {
    for (const instance of expand(sim, run, task, definition)) {
      instance.state = "scheduled";
      instance.scheduledAt = now;
      instance.updatedAt = now;
      const delay = drawInt(sim.world, 100, 500);
      plan(sim.world, now + paced(sim, delay), { kind: "queue-task", taskInstance: instance.id });
    }
    return true;
  }
  task.state = verdict;
  task.startedAt = now;
  task.endedAt = now;
  task.updatedAt = now;
  return true;
}

/** A list that an upstream task returned: the unmapped instance becomes number 0, the others are new. */
function expand(sim: Sim, run: DagRunState, task: TaskInstanceState, definition: TaskDefinition): TaskInstanceState[] {
  if (definition.mapped?.how !== "expanded" || task.mapIndex >= 0) return [task];
  const first: TaskInstanceState = { ...task, mapIndex: 0 };
  const others = definition.mapped.labels
    .slice(1)
    .map((_, index) => newTaskInstance(sim, run, definition, index + 1, sim.world.now));
  run.tasks.splice(run.tasks.indexOf(task), 1, first, ...others);
  return [first, ...others];
}

function endRun(sim: Sim, run: DagRunState): void {
  const pipeline = pipelineOf(sim, run.dagId);
  const leaves = new Set(pipeline?.tasks.filter((task) => task.downstream.length === 0).map((task) => task.taskId));
  const bad = run.tasks.some(
    (task) => leaves.has(task.taskId) && (task.state === "failed" || task.state === "upstream_failed"),
  );
  run.state = bad ? "failed" : "success";
  run.endedAt = sim.world.now;
  run.updatedAt = sim.world.now;
}
