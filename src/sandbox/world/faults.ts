import type { FaultDefinition, Pipeline } from "../pipelines/pipeline.js";
import { manualRun, scheduledRun, slotBefore } from "./new-runs.js";
import { paced, type Sim } from "./sim.js";
import type { DagRunState } from "./state.js";

export interface FaultWords {
  readonly id: string;
  readonly pipeline: string;
  readonly title: string;
  readonly description: string;
}

export function faultWords(sim: Sim): readonly FaultWords[] {
  return sim.pipelines.flatMap((pipeline) =>
    pipeline.faults.map(({ id, title, description }) => ({ id, pipeline: pipeline.dagId, title, description })),
  );
}

function findFault(sim: Sim, id: string): { pipeline: Pipeline; fault: FaultDefinition } | null {
  for (const pipeline of sim.pipelines) {
    const fault = pipeline.faults.find((candidate) => candidate.id === id);
    if (fault !== undefined) return { pipeline, fault };
  }
  return null;
}

/**
 * Breaks something: a new run, begun long enough ago, reaches its failure at `failAt`.
 * Its id is a free slot of the schedule, else that of a run triggered by hand. Null for an unknown fault.
 */
export function injectFault(sim: Sim, id: string, failAt: number): DagRunState | null {
  const found = findFault(sim, id);
  if (found === null) return null;
  const { pipeline, fault } = found;
  fault.strike?.(sim.world);
  const at = failAt - paced(sim, fault.leadMs);
  const present = sim.world.now;
  sim.world.now = at;
  const suffering = { id, failAt };
  const run =
    scheduledRun(sim, pipeline, slotBefore(pipeline, at), at, suffering) ?? manualRun(sim, pipeline, at, suffering);
  sim.world.now = present;
  return run;
}

/** The cause goes away: what is run again now succeeds. */
export function healFault(sim: Sim, id: string): boolean {
  const found = findFault(sim, id);
  if (found === null) return false;
  found.fault.heal?.(sim.world);
  return true;
}

/** Somebody fixed the pipeline's code or its source. */
export function markFixed(sim: Sim, dagId: string): boolean {
  const pipeline = sim.pipelines.find((candidate) => candidate.dagId === dagId);
  for (const fault of pipeline?.faults ?? []) fault.heal?.(sim.world);
  return pipeline !== undefined;
}
