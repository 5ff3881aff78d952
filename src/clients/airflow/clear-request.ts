import type { TaskRef } from "../../core/airflow.js";
import { InputError, UpstreamError } from "../../core/errors.js";
import type { AirflowWriter, ClearRequest } from "../../core/ports.js";

/** What is written over one API version. */
export type ApiWriter = Omit<AirflowWriter, "connection" | "canWrite">;

/** Without a run or without tasks Airflow would take all of them, so that neither may be missing. */
export function requireTasks(request: ClearRequest): void {
  if (request.tasks.length === 0 || request.runId === "")
    throw new InputError("A clear without tasks was refused; nothing was sent.", "Name the tasks and their run.");
}

/** The set of a dry run, when it stays inside the run that was asked for. */
export function onlyOf<Row extends Pick<TaskRef, "dagId" | "runId" | "taskId">>(
  request: ClearRequest,
  rows: readonly Row[],
  connection: string,
): readonly Row[] {
  const stranger = rows.find((row) => row.dagId !== request.dagId || row.runId !== request.runId);
  if (stranger === undefined) return rows;
  throw new UpstreamError(
    `Airflow ${connection} would clear ${stranger.dagId} / ${stranger.taskId} too, which is another run; nothing was cleared.`,
    "Look at the DAG's external task markers, and rerun it in Airflow itself.",
    "rejected",
    false,
    false,
  );
}
