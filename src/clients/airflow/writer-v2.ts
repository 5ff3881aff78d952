import { z } from "zod";
import type { ClearRequest } from "../../core/ports.js";
import { addressesOf } from "./addresses.js";
import type { ApiDeps } from "./api-v2.js";
import { type ApiWriter, onlyOf, requireTasks } from "./clear-request.js";
import { dagRun, taskInstances } from "./map.js";

const { dagPath, runsPath, instancePath } = addressesOf("v2");

/** Dry runs, clears, set-success and new runs of Airflow 3 with the write credentials. */
export function createWriterV2(connection: string, { http, credentials }: ApiDeps): ApiWriter {
  return {
    dryRunClear: async (request) => {
      const options = { body: clearBody(request, true), credentials };
      return onlyOf(request, (await http.read(clearPath(request), taskInstances, options)).items, connection);
    },
    clear: async (action, request) => {
      const options = { method: "POST", body: clearBody(request, false), credentials } as const;
      return (await http.write(action, clearPath(request), taskInstances, options)).items;
    },
    setSuccess: async (action, ref) => {
      const options = { method: "PATCH", body: { new_state: "success" }, credentials } as const;
      await http.write(action, instancePath(ref), z.unknown(), options);
    },
    trigger: async (action, { dagId, runId, logicalDate, note }) => {
      // The server demands the date's key, also where a run belongs to no date.
      const body = { dag_run_id: runId, logical_date: logicalDate, conf: {}, note };
      return http.write(action, runsPath(dagId), dagRun, { method: "POST", body, credentials });
    },
  };
}

const clearPath = (request: ClearRequest): string => `${dagPath(request.dagId)}/clearTaskInstances`;

function clearBody(request: ClearRequest, dryRun: boolean): object {
  requireTasks(request);
  return {
    dry_run: dryRun,
    dag_run_id: request.runId,
    task_ids: request.tasks.map(({ taskId, mapIndex }) => (mapIndex < 0 ? taskId : [taskId, mapIndex])),
    only_failed: request.onlyFailed,
    include_downstream: request.includeDownstream,
    // Without it the cleared tasks would wait for ever in a failed run.
    reset_dag_runs: true,
    // Known from 3.1 on, and an unknown key is an error: left out where the deployment's own setting decides.
    ...(request.runOnLatestVersion === null ? {} : { run_on_latest_version: request.runOnLatestVersion }),
  };
}
