import type { Pipeline } from "../pipelines/pipeline.js";
import { advance } from "./advance.js";
import { plan } from "./agenda.js";
import { slotBefore } from "./new-runs.js";
import { drawJobId, seedState } from "./random.js";
import type { Sim } from "./sim.js";
import type { WorldState } from "./state.js";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

export function emptyWorld(seed: number | string, now: number): WorldState {
  return {
    schema: 1,
    seed: seedState(seed),
    random: seedState(seed),
    now,
    sequence: 0,
    agenda: [],
    dagRuns: [],
    events: [],
    healthy: {},
    jobs: [],
    jobRuns: [],
    clusters: [],
    behaviours: [],
    pausedDags: [],
    ports: null,
  };
}

/** Plays a good past, so that usual durations and a last good run are there from the start; the newest slot stays free. */
export function playHistory(sim: Sim, now: number): void {
  for (const pipeline of sim.pipelines) {
    addJobs(sim, pipeline, now);
    const runs = pipeline.everyMs === HOUR_MS ? 10 : 8;
    const newest = slotBefore(pipeline, now);
    plan(sim.world, newest - runs * pipeline.everyMs, { kind: "tick", dagId: pipeline.dagId });
  }
  const newestSlots = Math.min(
    ...sim.pipelines.map((pipeline) => slotBefore(pipeline, now) - runsSpan(pipeline.everyMs)),
  );
  sim.world.now = newestSlots;
  skipNewestSlots(sim, now);
  advance(sim, now);
}

function runsSpan(everyMs: number): number {
  return (everyMs === HOUR_MS ? 10 : 8) * everyMs;
}

/** Plays until each pipeline's newest slot, then moves its next tick behind the present. */
function skipNewestSlots(sim: Sim, now: number): void {
  const byNewest = [...sim.pipelines].sort((a, b) => slotBefore(a, now) - slotBefore(b, now));
  for (const pipeline of byNewest) {
    const newest = slotBefore(pipeline, now);
    advance(sim, newest - 1);
    sim.world.agenda = sim.world.agenda.filter((entry) => !(entry.kind === "tick" && entry.dagId === pipeline.dagId));
    plan(sim.world, newest + pipeline.everyMs, { kind: "tick", dagId: pipeline.dagId });
  }
}

/** Pipelines that a world kept by an older version does not know begin with their next slot. */
export function addNewPipelines(sim: Sim, now: number): void {
  for (const pipeline of sim.pipelines) {
    if (sim.world.agenda.some((entry) => entry.kind === "tick" && entry.dagId === pipeline.dagId)) continue;
    addJobs(sim, pipeline, now);
    plan(sim.world, slotBefore(pipeline, now) + pipeline.everyMs, { kind: "tick", dagId: pipeline.dagId });
  }
}

function addJobs(sim: Sim, pipeline: Pipeline, now: number): void {
  for (const job of pipeline.jobs) {
    if (job.runType !== "job") continue;
    sim.world.jobs.push({
      jobId: drawJobId(sim.world),
      createdAt: now - 90 * DAY_MS,
      creator: "svc-airflow@sandbox.example",
      settings: {
        name: job.name,
        format: "MULTI_TASK",
        max_concurrent_runs: 1,
        timeout_seconds: 0,
        tags: { pipeline: pipeline.dagId },
        job_clusters: [
          {
            job_cluster_key: "main",
            new_cluster: {
              spark_version: "16.4.x-scala2.12",
              node_type_id: "m5d.xlarge",
              num_workers: 2,
              aws_attributes: { availability: "SPOT", first_on_demand: 0 },
            },
          },
        ],
        tasks: job.tasks.map((task) => ({
          task_key: task.taskKey,
          ...(task.dependsOn.length > 0 ? { depends_on: task.dependsOn.map((key) => ({ task_key: key })) } : {}),
          run_if: "ALL_SUCCESS",
          notebook_task: { notebook_path: task.notebook, source: "WORKSPACE" },
          job_cluster_key: "main",
        })),
      },
    });
  }
}
