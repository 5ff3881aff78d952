import type { DagRunState, TaskInstanceState, TryState } from "../../world/state.js";
import type { LogRecord } from "../log-record.js";
import { PYTHON_HOME } from "../python-home.js";

/** The records of one try as the lines that Airflow 2 writes to its log file. */
export function logText(
  run: DagRunState,
  task: TaskInstanceState,
  attempt: TryState,
  records: readonly LogRecord[],
): string {
  const mapped = task.mapIndex >= 0 ? `/map_index=${task.mapIndex}` : "";
  const file = `/opt/airflow/logs/dag_id=${run.dagId}/run_id=${run.runId}/task_id=${task.taskId}${mapped}/attempt=${attempt.tryNumber}.log`;
  const start = { timestamp: new Date(attempt.startedAt).toISOString() };
  const name = `${task.dagId}.${task.taskId} ${task.runId}${task.mapIndex >= 0 ? ` map_index=${task.mapIndex}` : ""}`;
  const lines = [
    ...head(attempt.host, [`*** Found local files:`, `***   * ${file}`]),
    line({ ...start, filename: "local_task_job_runner.py", lineno: 123 }, "::group::Pre task execution logs"),
    line(
      { ...start, filename: "taskinstance.py", lineno: 2632 },
      `Dependencies all met for dep_context=requeueable deps ti=<TaskInstance: ${name} [queued]>`,
    ),
    line(
      { ...start, filename: "taskinstance.py", lineno: 2885 },
      `Starting attempt ${attempt.tryNumber} of ${attempt.maxTries + 1}`,
    ),
    line({ ...start, filename: "taskinstance.py", lineno: 740 }, "::endgroup::"),
    ...records.flatMap(own),
  ];
  if (attempt.endedAt !== null) lines.push(...end(task, attempt));
  return `${lines.join("\n")}\n`;
}

/** What stands before every log: the host's name alone on a line, then where the log was found. */
export function head(host: string, sources: readonly string[]): readonly string[] {
  return [host, " INFO - ::group::Log message source details", ...sources, " INFO - ::endgroup::"];
}

function line(record: LogRecord, text: string): string {
  const at = String(record["timestamp"]).replace(/(\.\d{3})\d*Z$/, "$1+0000");
  const level = String(record["level"] ?? "info").toUpperCase();
  const place = `${String(record["filename"] ?? "logging_mixin.py")}:${String(record["lineno"] ?? 190)}`;
  return `[${at}] {${place}} ${level} - ${text}`;
}

/** What Airflow 3's runner says about itself has no place here; its one failure record becomes a traceback. */
function own(record: LogRecord): readonly string[] {
  const event = String(record["event"]);
  const detail = Array.isArray(record["error_detail"]) ? (record["error_detail"] as LogRecord[]) : [];
  if (event === "Task failed with exception")
    return [line({ ...record, filename: "taskinstance.py", lineno: 3337 }, event), ...traceback(detail, true)];
  if (record["logger"] === "task" || String(record["logger"]).startsWith("airflow.dag_processing")) return [];
  return [line(record, event), ...traceback(detail, false)];
}

const RUNNER_FRAME = `  File "${PYTHON_HOME}site-packages/airflow/models/taskinstance.py", line 776, in _execute_task`;

/** The innermost cause comes first in Python's text; the records have it last. */
function traceback(errors: readonly LogRecord[], fromRunner: boolean): readonly string[] {
  return [...errors].reverse().flatMap((error, index) => {
    const frames = (Array.isArray(error["frames"]) ? (error["frames"] as LogRecord[]) : []).filter(
      (frame) => !String(frame["filename"]).includes("/airflow/sdk/"),
    );
    const isLast = index === errors.length - 1;
    return [
      ...(index === 0 ? [] : ["", "The above exception was the direct cause of the following exception:", ""]),
      "Traceback (most recent call last):",
      ...(fromRunner && isLast ? [RUNNER_FRAME] : []),
      ...frames.map(({ filename, lineno, name }) => `  File "${filename}", line ${lineno}, in ${name}`),
      `${qualified(String(error["exc_type"]))}: ${String(error["exc_value"])}`,
    ];
  });
}

const qualified = (type: string): string => (/^Airflow[A-Za-z]*$/.test(type) ? `airflow.exceptions.${type}` : type);

function end(task: TaskInstanceState, attempt: TryState): readonly string[] {
  const stamp = { timestamp: new Date(attempt.endedAt ?? attempt.startedAt).toISOString() };
  const names = `dag_id=${task.dagId}, task_id=${task.taskId}, run_id=${task.runId}`;
  const marking = attempt.state === "up_for_retry" ? "UP_FOR_RETRY" : attempt.state.toUpperCase();
  const exit = attempt.failure === null && !attempt.killed ? 0 : attempt.killed ? -15 : 1;
  return [
    ...(attempt.killed
      ? [
          line(
            { ...stamp, filename: "local_task_job_runner.py", lineno: 346, level: "warning" },
            `State of this instance has been externally set to ${attempt.state}. Terminating instance.`,
          ),
        ]
      : [line({ ...stamp, filename: "taskinstance.py", lineno: 1242 }, `Marking task as ${marking}. ${names}`)]),
    line(
      { ...stamp, filename: "local_task_job_runner.py", lineno: 266 },
      `Task exited with return code ${exit}${exit < 0 ? ". For more information, see https://airflow.apache.org/docs/apache-airflow/stable/troubleshooting.html#LocalTaskJob-killed" : ""}`,
    ),
  ];
}
