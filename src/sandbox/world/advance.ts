import { scheduleRun } from "../airflow/scheduler.js";
import { poke } from "../airflow/sensor.js";
import { endTask, queueTask, retryTask, startTask } from "../airflow/worker.js";
import { endJobTask, startJobTask } from "../databricks/runner.js";
import { plan, takeDue } from "./agenda.js";
import { scheduledRun } from "./new-runs.js";
import { pipelineOf, runOf, type Sim } from "./sim.js";
import type { AgendaEntry } from "./state.js";

/** Plays the world up to a moment; says whether anything happened. */
export function advance(sim: Sim, until: number): boolean {
  let happened = false;
  for (let entry = takeDue(sim.world, until); entry !== null; entry = takeDue(sim.world, until)) {
    sim.world.now = entry.at;
    handle(sim, entry, until);
    happened = true;
  }
  sim.world.now = Math.max(sim.world.now, until);
  return happened;
}

function handle(sim: Sim, entry: AgendaEntry, until: number): void {
  switch (entry.kind) {
    case "tick":
      tick(sim, entry.dagId, entry.at, until);
      break;
    case "schedule-run": {
      const run = runOf(sim, entry.dagId, entry.runId);
      if (run !== null) scheduleRun(sim, run);
      break;
    }
    case "queue-task":
      queueTask(sim, entry.taskInstance);
      break;
    case "start-task":
      startTask(sim, entry.taskInstance);
      break;
    case "retry-task":
    case "restart-task":
      retryTask(sim, entry.taskInstance);
      break;
    case "poke":
      poke(sim, entry.taskInstance, entry.tryNumber);
      break;
    case "end-task":
      endTask(sim, entry.taskInstance, entry.tryNumber);
      break;
    case "start-job-task":
      startJobTask(sim, entry.taskRun);
      break;
    case "end-job-task":
      endJobTask(sim, entry.taskRun);
      break;
  }
}

/** A slot of the schedule. After a long pause only the newest slot is run, as with catchup off. */
function tick(sim: Sim, dagId: string, at: number, until: number): void {
  const pipeline = pipelineOf(sim, dagId);
  if (pipeline === null) return;
  const behind = Math.floor((until - at) / pipeline.everyMs);
  const slot = behind > 12 ? at + behind * pipeline.everyMs : at;
  sim.world.now = slot;
  if (!sim.world.pausedDags.includes(dagId)) scheduledRun(sim, pipeline, slot, slot);
  plan(sim.world, slot + pipeline.everyMs, { kind: "tick", dagId });
}
