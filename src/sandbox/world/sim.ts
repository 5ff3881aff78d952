import type { JobDefinition, Pipeline, TaskDefinition } from "../pipelines/pipeline.js";
import type { DagRunState, TaskInstanceState, WorldState } from "./state.js";

/** The world together with what does not change: the pipelines' definitions and the pace. */
export interface Sim {
  readonly world: WorldState;
  readonly pipelines: readonly Pipeline[];
  /** 2 halves every duration. */
  readonly speed: number;
}

export function pipelineOf(sim: Sim, dagId: string): Pipeline | null {
  return sim.pipelines.find((pipeline) => pipeline.dagId === dagId) ?? null;
}

export function taskOf(sim: Sim, dagId: string, taskId: string): TaskDefinition | null {
  return pipelineOf(sim, dagId)?.tasks.find((task) => task.taskId === taskId) ?? null;
}

export function upstreamOf(pipeline: Pipeline, taskId: string): readonly string[] {
  return pipeline.tasks.filter((task) => task.downstream.includes(taskId)).map((task) => task.taskId);
}

/** The task and everything behind it. */
export function withDownstream(pipeline: Pipeline, taskIds: Iterable<string>): Set<string> {
  const found = new Set<string>();
  const open = [...taskIds];
  while (open.length > 0) {
    const taskId = open.pop();
    if (taskId === undefined || found.has(taskId)) continue;
    found.add(taskId);
    open.push(...(pipeline.tasks.find((task) => task.taskId === taskId)?.downstream ?? []));
  }
  return found;
}

export function runOf(sim: Sim, dagId: string, runId: string): DagRunState | null {
  return sim.world.dagRuns.find((run) => run.dagId === dagId && run.runId === runId) ?? null;
}

export function taskInstanceById(sim: Sim, id: string): { run: DagRunState; task: TaskInstanceState } | null {
  for (let index = sim.world.dagRuns.length - 1; index >= 0; index -= 1) {
    const run = sim.world.dagRuns[index];
    const task = run?.tasks.find((candidate) => candidate.id === id);
    if (run !== undefined && task !== undefined) return { run, task };
  }
  return null;
}

export function jobDefinition(sim: Sim, name: string): JobDefinition | null {
  for (const pipeline of sim.pipelines) {
    const job = pipeline.jobs.find((candidate) => candidate.name === name);
    if (job !== undefined) return job;
  }
  return null;
}

/** A duration of the world at its pace. */
export function paced(sim: Sim, ms: number): number {
  return Math.max(1, Math.round(ms / sim.speed));
}
