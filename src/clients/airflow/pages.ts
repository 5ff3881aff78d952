import type { TaskRef } from "../../core/airflow.js";
import { queryString, segment } from "../http/paths.js";
import type { ApiVersion } from "./addresses.js";

/** A run's page in Airflow's own web interface: the grid of Airflow 2, the run of Airflow 3. */
export function runPage(baseUrl: string, api: ApiVersion, dagId: string, runId: string): string {
  const dag = `${baseUrl.replace(/\/$/, "")}/dags/${segment(dagId)}`;
  return api === "v1" ? `${dag}/grid${queryString({ dag_run_id: runId })}` : `${dag}/runs/${segment(runId)}`;
}

/** Airflow 2's grid opens the newest try; it has no address for another one. */
export function taskPage(baseUrl: string, api: ApiVersion, ref: TaskRef, tryNumber: number | null): string {
  const run = runPage(baseUrl, api, ref.dagId, ref.runId);
  if (api === "v1") {
    const mapIndex = ref.mapIndex < 0 ? undefined : ref.mapIndex;
    return `${run}&${queryString({ task_id: ref.taskId, map_index: mapIndex, tab: "logs" }).slice(1)}`;
  }
  const mapped = ref.mapIndex < 0 ? "" : `/mapped/${ref.mapIndex}`;
  return `${run}/tasks/${segment(ref.taskId)}${mapped}${queryString({ try_number: tryNumber ?? undefined })}`;
}
