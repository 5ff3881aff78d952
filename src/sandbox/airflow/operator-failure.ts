import { latestAttempts, runStatusOf } from "../databricks/runner.js";
import type { JobWork } from "../pipelines/pipeline.js";
import type { Sim } from "../world/sim.js";
import type { JobRunState, PythonException, TaskInstanceState } from "../world/state.js";

const PROVIDER = "site-packages/airflow/providers/databricks/operators/databricks.py";
const SDK = "site-packages/airflow/sdk";

/** The exception the Databricks provider 7.23 raises for the run this task waited for; null when the run succeeded. */
export function operatorFailure(sim: Sim, task: TaskInstanceState, work: JobWork): PythonException | null {
  const run = sim.world.jobRuns.find((candidate) => candidate.runId === task.jobRunId);
  if (run === undefined) return null;
  const status = runStatusOf(run);
  if (status.result === "SUCCESS") return null;
  const terminal = `{'life_cycle_state': ${pythonRepr(status.lifeCycle)}, 'result_state': ${pythonRepr(
    status.result ?? "",
  )}, 'state_message': ${pythonRepr(status.message)}}`;
  const suffix =
    status.result === "FAILED" ? ` and with the errors ${errorList(run)}` : ` and with the error ${status.message}`;
  return {
    type: "AirflowException",
    message: `${task.taskId} failed with terminal state: ${terminal}${suffix}`,
    frames: [
      { file: PROVIDER, line: work.kind === "submit" ? 937 : 1432, name: "execute" },
      { file: `${SDK}/bases/resumablejobmixin.py`, line: 210, name: "execute_resumable" },
      { file: PROVIDER, line: work.kind === "submit" ? 1054 : 1555, name: "poll_until_complete" },
      { file: PROVIDER, line: 166, name: "_handle_databricks_operator_execution" },
    ],
  };
}

function errorList(run: JobRunState): string {
  const failed = latestAttempts(run).filter((attempt) => attempt.result === "FAILED");
  const entries = failed.map(
    (attempt) =>
      `{'task_key': ${pythonRepr(attempt.taskKey)}, 'run_id': ${attempt.taskRunId}, 'error': ${pythonRepr(
        attempt.error ?? attempt.message,
      )}}`,
  );
  return `[${entries.join(", ")}]`;
}

/** A string as Python's repr() writes it: single quotes unless the text holds one and no double quote. */
export function pythonRepr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let out = "";
  for (const char of text) {
    if (char === "\\") out += "\\\\";
    else if (char === "\n") out += "\\n";
    else if (char === "\r") out += "\\r";
    else if (char === "\t") out += "\\t";
    else if (char === quote) out += `\\${char}`;
    else if (char < " ") out += `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`;
    else out += char;
  }
  return `${quote}${out}${quote}`;
}
