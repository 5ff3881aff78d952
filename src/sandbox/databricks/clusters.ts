import { drawHex, drawInt } from "../world/random.js";
import type { Sim } from "../world/sim.js";
import type { ClusterState, JobRunState, TaskRunState } from "../world/state.js";
import type { JobTask } from "./job-tasks.js";

const KEPT = 300;

/** Gives the task run its cluster: the standing one it names, the job cluster of its key while that lives, else a new one. */
export function startCluster(sim: Sim, run: JobRunState, attempt: TaskRunState, task: JobTask): void {
  const standing = task.settings["existing_cluster_id"];
  const name =
    typeof standing === "string"
      ? `standing-${standing}`
      : `job-${run.jobId ?? run.runId}-run-${run.runId}-${task.clusterKey ?? attempt.taskKey}`;
  const alive = sim.world.clusters.find((cluster) => cluster.name === name && cluster.endedAt === null);
  if (alive !== undefined) {
    attempt.clusterId = alive.clusterId;
    return;
  }
  const { world } = sim;
  const stamp = new Date(world.now).toISOString().replace(/[-:]/g, "");
  const cluster: ClusterState = {
    clusterId:
      typeof standing === "string" ? standing : `${stamp.slice(4, 8)}-${stamp.slice(9, 15)}-${drawHex(world, 8)}`,
    name,
    startedAt: world.now,
    endedAt: null,
    runId: typeof standing === "string" ? null : run.runId,
    events: [
      { at: world.now, type: "CREATING", details: { current_num_workers: 0, target_num_workers: 2 } },
      { at: world.now + 2_500, type: "RUNNING", details: { current_num_workers: 2, target_num_workers: 2 } },
    ],
  };
  world.clusters.push(cluster);
  if (world.clusters.length > KEPT) world.clusters.shift();
  attempt.clusterId = cluster.clusterId;
}

export function endCluster(
  sim: Sim,
  clusterId: string,
  reason: { readonly code: string; readonly type: string; readonly parameters: Record<string, string> },
): void {
  const cluster = sim.world.clusters.find((candidate) => candidate.clusterId === clusterId);
  if (cluster === undefined || cluster.endedAt !== null) return;
  const { now } = sim.world;
  cluster.endedAt = now;
  const lost = reason.code === "SPOT_INSTANCE_TERMINATION";
  const parameters = lost ? { ...reason.parameters, instance_id: `i-0${drawHex(sim.world, 16)}` } : reason.parameters;
  if (lost) {
    cluster.events.push({
      at: now - drawInt(sim.world, 600, 1_400),
      type: "DRIVER_NOT_RESPONDING",
      details: { driver_state_message: "Driver is not responding: its instance was reclaimed." },
    });
  }
  cluster.events.push({
    at: now,
    type: "TERMINATING",
    details: { reason: { code: reason.code, type: reason.type, parameters } },
  });
}
