import { createDagRun } from "../airflow/scheduler.js";
import type { Pipeline } from "../pipelines/pipeline.js";
import { drawInt } from "./random.js";
import { runOf, type Sim } from "./sim.js";
import type { DagRunState } from "./state.js";

/** `2026-11-22T02:00:00+00:00`, the form in Airflow's run ids. */
export function isoOffset(at: number, micros = 0): string {
  const text = new Date(at).toISOString();
  const ms = text.slice(20, 23);
  const fraction = ms === "000" && micros === 0 ? "" : `.${ms}${String(micros).padStart(3, "0")}`;
  return `${text.slice(0, 19)}${fraction}+00:00`;
}

/** The newest slot of the schedule at or before a moment. */
export function slotBefore(pipeline: Pipeline, at: number): number {
  return Math.floor((at - pipeline.offsetMs) / pipeline.everyMs) * pipeline.everyMs + pipeline.offsetMs;
}

/** The run of a slot; null when there is one already. */
export function scheduledRun(
  sim: Sim,
  pipeline: Pipeline,
  slot: number,
  at: number,
  fault: DagRunState["fault"] = null,
): DagRunState | null {
  const runId = `scheduled__${isoOffset(slot)}`;
  if (runOf(sim, pipeline.dagId, runId) !== null) return null;
  return createDagRun(sim, {
    dagId: pipeline.dagId,
    runId,
    at,
    runType: "scheduled",
    triggeredBy: "timetable",
    user: null,
    logicalDate: slot,
    runAfter: slot,
    fault,
  });
}

/** A run somebody asked for. */
export function manualRun(
  sim: Sim,
  pipeline: Pipeline,
  at: number,
  fault: DagRunState["fault"] = null,
): DagRunState | null {
  return createDagRun(sim, {
    dagId: pipeline.dagId,
    runId: `manual__${isoOffset(at, drawInt(sim.world, 1, 999))}`,
    at,
    runType: "manual",
    triggeredBy: "ui",
    user: "ana",
    logicalDate: at,
    runAfter: at,
    fault,
  });
}
