import type { Pipeline } from "../pipelines/pipeline.js";
import type { Sim } from "../world/sim.js";

/** One asset of the deployment with its last update. */
export interface AssetRow {
  readonly id: number;
  readonly uri: string;
  readonly dagId: string;
  readonly taskId: string;
  readonly updatedAt: number | null;
}

/** Every asset that a task of the company updates, in the order of the DAGs; no DAG here is started by one. */
export function assetRows(sim: Sim): readonly AssetRow[] {
  const known = sim.pipelines.flatMap((pipeline) => outletsOf(pipeline));
  return known.map((outlet, index) => ({ ...outlet, id: index + 1, updatedAt: lastUpdate(sim, outlet) }));
}

function outletsOf(pipeline: Pipeline): readonly Pick<AssetRow, "uri" | "dagId" | "taskId">[] {
  return pipeline.tasks.flatMap(({ taskId, outlet }) =>
    outlet === undefined ? [] : [{ uri: outlet, dagId: pipeline.dagId, taskId }],
  );
}

function lastUpdate(sim: Sim, { dagId, taskId }: Pick<AssetRow, "dagId" | "taskId">): number | null {
  const ends = sim.world.dagRuns.flatMap((run) =>
    run.dagId === dagId
      ? run.tasks.flatMap((task) => (task.taskId === taskId && task.state === "success" ? (task.endedAt ?? []) : []))
      : [],
  );
  return ends.length === 0 ? null : Math.max(...ends);
}
