import { z } from "zod";
import type { TaskInstance } from "../../core/airflow.js";
import { UpstreamError } from "../../core/errors.js";
import type { ClearRequest } from "../../core/ports.js";
import { addressesOf } from "./addresses.js";
import type { ApiDeps } from "./api-v2.js";
import { type ApiWriter, onlyOf, requireTasks } from "./clear-request.js";
import { dagRun, taskReferences } from "./map.js";
import { runTasksV1 } from "./task-lists-v1.js";

const { dagPath, runsPath, instancePath } = addressesOf("v1");

const clearable: ReadonlySet<string> = new Set(["failed", "upstream_failed"]);

/**
 * Dry runs, clears, set-success and new runs of Airflow 2 with the write credentials. Its clear names tasks, never map
 * indexes, and answers without them: which instances are meant is told by their states, and a clear that would take an
 * index beside the approved ones is refused here. Rows have no ids either: what fences a clear is the state, try_number
 * and max_tries of every instance (a clear empties the state, raises max_tries of what ran, and its run raises try_number).
 */
export function createWriterV1(connection: string, { http, credentials }: ApiDeps): ApiWriter {
  /** Airflow's own count of instances by task must fit the rows that are read beside it. */
  async function dryRun(request: ClearRequest): Promise<readonly TaskInstance[]> {
    const options = { body: clearBody(request, true), credentials };
    const meant = onlyOf(request, (await http.read(clearPath(request), taskReferences, options)).items, connection);
    const rows = await runTasksV1(http, credentials, request.dagId, request.runId);
    const counts = new Map<string, number>();
    for (const { taskId } of meant) counts.set(taskId, (counts.get(taskId) ?? 0) + 1);
    const set = rows.filter(({ taskId, state }) => counts.has(taskId) && (!request.onlyFailed || clearable.has(state)));
    const moved = [...counts].find(([taskId, count]) => set.filter((row) => row.taskId === taskId).length !== count);
    if (moved === undefined) return set;
    throw new UpstreamError(
      `Airflow ${connection} changed ${request.dagId} / ${moved[0]} while its dry run was read; nothing was cleared.`,
      "Nobody needs to act: Pipewright looks again.",
      "conflict",
      true,
      false,
    );
  }

  return {
    dryRunClear: dryRun,
    clear: async (action, request) => {
      const shown = await dryRun(request);
      // An index that fails in the few milliseconds from here on would be cleared too: the API has no words against it.
      const beside = shown.find((row) => !isAsked(row, request));
      if (beside !== undefined) throw wouldClearMore(connection, beside);
      const options = { method: "POST", body: clearBody(request, false), credentials } as const;
      await http.write(action, clearPath(request), taskReferences, options);
      return shown;
    },
    setSuccess: async (action, ref) => {
      // Without dry_run: false it would only be tried.
      const options = { method: "PATCH", body: { dry_run: false, new_state: "success" }, credentials } as const;
      await http.write(action, instancePath(ref), z.unknown(), options);
    },
    trigger: async (action, { dagId, runId, logicalDate, note }) => {
      const body = {
        dag_run_id: runId,
        conf: {},
        note,
        ...(logicalDate === null ? {} : { logical_date: logicalDate }),
      };
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
    task_ids: [...new Set(request.tasks.map(({ taskId }) => taskId))],
    only_failed: request.onlyFailed,
    include_downstream: request.includeDownstream,
    // By default false here: the cleared tasks would wait for ever in a failed run.
    reset_dag_runs: true,
    // Other DAGs, by subdags and external task markers.
    include_subdags: false,
    include_parentdag: false,
  };
}

/** A task that is not named came in as something downstream, which the request either wants or has not asked for. */
function isAsked(row: TaskInstance, request: ClearRequest): boolean {
  const ofTask = request.tasks.filter((task) => task.taskId === row.taskId);
  if (ofTask.length === 0) return request.includeDownstream;
  return ofTask.some(({ mapIndex }) => mapIndex < 0 || mapIndex === row.mapIndex);
}

function wouldClearMore(connection: string, { taskId, mapIndex }: TaskInstance): UpstreamError {
  const name = mapIndex < 0 ? taskId : `${taskId}[${mapIndex}]`;
  return new UpstreamError(
    `Airflow ${connection} would clear ${name} too, since version 2 can't clear single map indexes over its API; nothing was cleared.`,
    "Clear the indexes in Airflow's own grid, or ask for a new proposal that takes every failed index.",
    "rejected",
    false,
    false,
  );
}
