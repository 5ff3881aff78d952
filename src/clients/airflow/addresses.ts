import type { TaskRef } from "../../core/airflow.js";
import { segment } from "../http/paths.js";

/** Airflow 2 speaks v1, Airflow 3 v2. */
export type ApiVersion = "v1" | "v2";

/** The addresses of one API version that name a DAG, a run or a task. */
export function addressesOf(api: ApiVersion) {
  const dagPath = (dagId: string): string => `/api/${api}/dags/${segment(dagId)}`;
  const runsPath = (dagId: string): string => `${dagPath(dagId)}/dagRuns`;
  const runPath = (dagId: string, runId: string): string => `${runsPath(dagId)}/${segment(runId)}`;
  /** A task instance without its map index, which most endpoints want as a query. */
  const taskPath = (ref: TaskRef): string => `${runPath(ref.dagId, ref.runId)}/taskInstances/${segment(ref.taskId)}`;
  /** A task instance with its map index; an unmapped one has none. */
  const instancePath = (ref: TaskRef): string =>
    ref.mapIndex < 0 ? taskPath(ref) : `${taskPath(ref)}/${ref.mapIndex}`;
  return { dagPath, runsPath, runPath, taskPath, instancePath };
}
