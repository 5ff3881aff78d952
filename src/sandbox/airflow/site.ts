import type { Request } from "express";
import type { Pipeline, TaskDefinition } from "../pipelines/pipeline.js";
import { pipelineOf, runOf, type Sim, taskOf } from "../world/sim.js";
import type { DagRunState, TaskInstanceState } from "../world/state.js";
import { refused } from "./http-error.js";
import type { AirflowUser } from "./tokens.js";

/** What the routes of the simulated Airflow work on. */
export interface AirflowSite {
  readonly sim: Sim;
  readonly users: readonly AirflowUser[];
  readonly tokenSecret: string;
  workspaceUrl: string;
  /** Waits until what was just changed is safe. */
  keep(): Promise<void>;
}

export function param(request: Request, name: string): string {
  const value = request.params[name];
  return typeof value === "string" ? value : "";
}

export function dagOr404(site: AirflowSite, dagId: string): Pipeline {
  const dag = pipelineOf(site.sim, dagId);
  if (dag === null) throw refused(404, `The Dag with ID: \`${dagId}\` was not found`);
  return dag;
}

export function runOr404(site: AirflowSite, dagId: string, runId: string): DagRunState {
  const run = runOf(site.sim, dagId, runId);
  if (run === null) {
    throw refused(404, `The DagRun with dag_id: \`${dagId}\` and run_id: \`${runId}\` was not found`);
  }
  return run;
}

export function definitionOr404(site: AirflowSite, dagId: string, taskId: string): TaskDefinition {
  const definition = taskOf(site.sim, dagId, taskId);
  if (definition === null) throw refused(404, `Task with id ${taskId} was not found`);
  return definition;
}

/** One task instance; a mapped one needs its index in the address. */
export function instanceOr404(
  site: AirflowSite,
  dagId: string,
  runId: string,
  taskId: string,
  mapIndex: number,
): { run: DagRunState; task: TaskInstanceState } {
  const run = runOf(site.sim, dagId, runId);
  const ofTask = run?.tasks.filter((task) => task.taskId === taskId) ?? [];
  const task = ofTask.find((candidate) => candidate.mapIndex === mapIndex);
  if (run !== null && task !== undefined) return { run, task };
  if (mapIndex >= 0) {
    throw refused(
      404,
      `The Mapped Task Instance with dag_id: \`${dagId}\`, run_id: \`${runId}\`, task_id: \`${taskId}\`, and map_index: \`${mapIndex}\` was not found`,
    );
  }
  if (ofTask.length > 0) throw refused(404, "Task instance is mapped, add the map_index value to the URL");
  throw refused(
    404,
    `The Task Instance with dag_id: \`${dagId}\`, run_id: \`${runId}\` and task_id: \`${taskId}\` was not found`,
  );
}
