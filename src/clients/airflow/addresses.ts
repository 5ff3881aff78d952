import type { TaskRef } from "../../core/airflow.js";
import { segment } from "../http/paths.js";

export const dagPath = (dagId: string): string => `/api/v2/dags/${segment(dagId)}`;

export const runPath = (dagId: string, runId: string): string => `${dagPath(dagId)}/dagRuns/${segment(runId)}`;

/** A task instance without its map index, which most endpoints want as a query. */
export const taskPath = (ref: TaskRef): string =>
  `${runPath(ref.dagId, ref.runId)}/taskInstances/${segment(ref.taskId)}`;

/** A task instance with its map index; an unmapped one has none. */
export const instancePath = (ref: TaskRef): string =>
  ref.mapIndex < 0 ? taskPath(ref) : `${taskPath(ref)}/${ref.mapIndex}`;

/** Pages of Airflow 3's own web interface. */
export function runPage(baseUrl: string, dagId: string, runId: string): string {
  return `${baseUrl.replace(/\/$/, "")}/dags/${segment(dagId)}/runs/${segment(runId)}`;
}

export function taskPage(baseUrl: string, ref: TaskRef, tryNumber: number | null): string {
  const mapped = ref.mapIndex < 0 ? "" : `/mapped/${ref.mapIndex}`;
  const attempt = tryNumber === null ? "" : `?try_number=${tryNumber}`;
  return `${runPage(baseUrl, ref.dagId, ref.runId)}/tasks/${segment(ref.taskId)}${mapped}${attempt}`;
}
