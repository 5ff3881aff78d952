import { z } from "zod";
import type { TaskInstance } from "../../core/airflow.js";
import { InputError, UpstreamError } from "../../core/errors.js";
import type { AirflowWriter, ClearRequest } from "../../core/ports.js";
import type { Credentials } from "../http/target.js";
import type { Http } from "../http.js";
import { dagPath, instancePath } from "./addresses.js";
import { dags, taskInstances } from "./map.js";

/** Dry runs, clears and set-success of Airflow 3 with the write credentials. */
export function createAirflowWriter(connection: string, http: Http, credentials: Credentials): AirflowWriter {
  async function dryRun(request: ClearRequest): Promise<readonly TaskInstance[]> {
    const answer = await http.read(clearPath(request), taskInstances, { body: clearBody(request, true), credentials });
    return onlyOf(request, answer.items, connection);
  }

  return {
    connection,
    dryRunClear: dryRun,
    clear: async (action, request) => {
      const options = { method: "POST", body: clearBody(request, false), credentials } as const;
      return (await http.write(action, clearPath(request), taskInstances, options)).items;
    },
    setSuccess: async (action, ref) => {
      const options = { method: "PATCH", body: { new_state: "success" }, credentials } as const;
      await http.write(action, instancePath(ref), z.unknown(), options);
    },
    canWrite: async () => {
      const { items } = await http.read("/api/v2/dags", dags, { query: { limit: 1 }, credentials });
      const dagId = items[0]?.dagId;
      if (dagId === undefined) return { ok: true, detail: "signed in; there is no DAG yet to test a dry run with" };
      // A dry run on a run that does not exist: who may clear learns that it is missing, who may not is refused first.
      const nowhere = { dagId, runId: "pipewright-doctor", tasks: [{ taskId: "none", mapIndex: -1 }] };
      try {
        await dryRun({ ...nowhere, includeDownstream: false, onlyFailed: true, runOnLatestVersion: null });
      } catch (error) {
        if (!(error instanceof UpstreamError)) throw error;
        if (error.reason === "forbidden") return { ok: false, detail: `${error.message} ${error.fix}` };
        if (error.reason !== "not_found") throw error;
      }
      return { ok: true, detail: `may clear tasks (dry run on ${dagId})` };
    },
  };
}

const clearPath = (request: ClearRequest): string => `${dagPath(request.dagId)}/clearTaskInstances`;

/** Without a run or without tasks Airflow would take all of them, so that neither may be missing here. */
function clearBody(request: ClearRequest, dryRun: boolean): object {
  if (request.tasks.length === 0 || request.runId === "")
    throw new InputError("A clear without tasks was refused; nothing was sent.", "Name the tasks and their run.");
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

function onlyOf(request: ClearRequest, items: readonly TaskInstance[], connection: string): readonly TaskInstance[] {
  const stranger = items.find((item) => item.dagId !== request.dagId || item.runId !== request.runId);
  if (stranger === undefined) return items;
  throw new UpstreamError(
    `Airflow ${connection} would clear ${stranger.dagId} / ${stranger.taskId} too, which is another run; nothing was cleared.`,
    "Look at the DAG's external task markers, and rerun it in Airflow itself.",
    "rejected",
    false,
    false,
  );
}
