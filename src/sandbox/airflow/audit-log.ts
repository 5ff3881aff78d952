import { pipelineOf, type Sim } from "../world/sim.js";
import type { DagRunState, TaskInstanceState } from "../world/state.js";

const KEPT = 5_000;

/** A row of Airflow's audit log, the way 3.3 writes it for states and for calls of the API. */
export function writeAudit(
  sim: Sim,
  event: string,
  about: {
    readonly dagId: string;
    readonly run?: DagRunState | null;
    readonly task?: TaskInstanceState | null;
    readonly tryNumber?: number;
    readonly owner?: string;
    readonly extra?: Record<string, unknown>;
  },
): void {
  const { world } = sim;
  const last = world.events.at(-1);
  world.events.push({
    id: (last?.id ?? 0) + 1,
    when: world.now,
    event,
    dagId: about.dagId,
    taskId: about.task?.taskId ?? null,
    runId: about.run?.runId ?? null,
    mapIndex: about.task?.mapIndex ?? null,
    tryNumber: about.tryNumber ?? about.task?.tryNumber ?? null,
    logicalDate: about.run?.logicalDate ?? null,
    owner: about.owner ?? pipelineOf(sim, about.dagId)?.owners[0] ?? "airflow",
    extra: JSON.stringify(about.extra ?? {}),
  });
  if (world.events.length > KEPT) world.events.splice(0, world.events.length - KEPT);
}
