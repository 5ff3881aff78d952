import { operatorOf, type TaskDefinition, type TryContext } from "../pipelines/pipeline.js";
import { paced, type Sim } from "../world/sim.js";
import type { DagRunState, PythonException, TaskInstanceState, TryState } from "../world/state.js";
import type { LogRecord, Write } from "./log-record.js";
import { writeOperatorLines } from "./operator-log.js";
import { PYTHON_HOME } from "./python-home.js";
import { writeSensorLines } from "./sensor.js";
import { microTime } from "./times.js";

const RUNNER = `${PYTHON_HOME}site-packages/airflow/sdk/execution_time/task_runner.py`;

/** The source lines that stand before the records of a try. */
export function sourceLines(run: DagRunState, task: TaskInstanceState, tryNumber: number): readonly string[] {
  const mapped = task.mapIndex >= 0 ? `/map_index=${task.mapIndex}` : "";
  return [
    "::group::Log message source details",
    `/opt/airflow/logs/dag_id=${run.dagId}/run_id=${run.runId}/task_id=${task.taskId}${mapped}/attempt=${tryNumber}.log`,
    "::endgroup::",
  ];
}

/** The records of one try as Airflow 3.3.2 structures them, as far as the world's clock has come. */
export function writeTaskLog(
  sim: Sim,
  definition: TaskDefinition,
  context: TryContext,
  workspaceUrl: string,
): readonly LogRecord[] {
  const { run, task, attempt } = context;
  const names = {
    task_id: task.taskId,
    ti_id: attempt.taskInstanceId,
    dag_id: run.dagId,
    map_index: task.mapIndex,
    run_id: run.runId,
    try_number: attempt.tryNumber,
  };
  const end = attempt.endedAt ?? Number.POSITIVE_INFINITY;
  const records: { at: number; record: LogRecord }[] = [];
  const write = (at: number, event: string, rest: LogRecord, named = true): void => {
    const micros = records.length % 1_000;
    const { level = "info", ...more } = rest;
    records.push({
      at,
      record: { timestamp: microTime(at, micros), event, level, ...(named ? names : {}), ...more },
    });
  };
  const file = `${run.dagId}.py`;
  const start = attempt.startedAt;
  write(start + 70, "::group::Pre Execute", { logger: "task", filename: "task_runner.py", lineno: 2412 }, false);
  write(start + 130, "DAG bundles loaded: dags-folder", {
    logger: "airflow.dag_processing.bundles.manager.DagBundlesManager",
    filename: "manager.py",
    lineno: 304,
  });
  write(start + 140, `Filling up the DagBag from /opt/airflow/dags/${file}`, {
    logger: "airflow.dag_processing.dagbag.BundleDagBag",
    filename: "dagbag.py",
    lineno: 460,
  });
  write(start + 360, "Worker startup parse complete", {
    bundle_name: "dags-folder",
    bundle_version: null,
    dag_file: file,
    bundle_prepare_ms: 18,
    dag_file_parse_ms: 214,
    logger: "task",
    filename: "task_runner.py",
    lineno: 1073,
  });
  write(start + 400, "::endgroup::", { logger: "task", filename: "task_runner.py", lineno: 2232 });
  if (definition.work.kind === "python") {
    for (const line of definition.work.lines(context)) {
      const meant = start + paced(sim, line.afterMs);
      if (attempt.killed && meant > end) continue;
      const at = Math.min(meant, end - 20);
      write(at, line.text, {
        level: line.level ?? "info",
        logger: line.logger ?? "task.stdout",
        ...(line.file === undefined ? {} : { filename: line.file, lineno: line.line ?? 1 }),
        ...(line.handled === undefined ? {} : { error_detail: errorDetail(line.handled, []) }),
      });
    }
  } else if (definition.work.kind === "sensor") {
    writeSensorLines(sim, definition.work, context, write);
  } else {
    writeOperatorLines(sim, definition.work, context, workspaceUrl, write);
  }
  if (attempt.endedAt !== null) writeEnd(definition, attempt, write);
  return records.filter(({ at }) => at <= sim.world.now).map(({ record }) => record);
}

function writeEnd(definition: TaskDefinition, attempt: TryState, write: Write): void {
  const end = attempt.endedAt ?? attempt.startedAt;
  const { operator, module } = operatorOf(definition.work);
  if (attempt.killed) {
    write(end - 10, "Server indicated the task shouldn't be running anymore. Terminating process", {
      level: "error",
      detail: { reason: "not_running", message: "TI is no longer in the running state", current_state: attempt.state },
      logger: "task",
      filename: "supervisor.py",
      lineno: 1118,
    });
    write(end, "Task killed!", { level: "critical", logger: "task", filename: "supervisor.py", lineno: 1131 });
    return;
  }
  if (attempt.failure !== null) {
    const lineno = FAILED_AT[definition.work.kind];
    write(end - 12, "Task failed with exception", {
      level: "error",
      logger: "task",
      filename: "task_runner.py",
      lineno,
      error_detail: errorDetail(attempt.failure, callFrames(definition)),
    });
    write(end - 11, "::group::Post Execute", { logger: "task", filename: "task_runner.py", lineno: lineno + 1 });
    write(end - 2, "::endgroup::", { logger: "task", filename: "task_runner.py", lineno: 2379 });
    return;
  }
  if (definition.work.kind === "python") {
    write(end - 14, "Done. Returned value was: None", {
      logger: `airflow.task.operators.${module}.${operator}`,
      filename: "python.py",
      lineno: 233,
    });
  }
  write(end - 11, "::group::Post Execute", { logger: "task", filename: "task_runner.py", lineno: 1580 });
  write(end - 2, "::endgroup::", { logger: "task", filename: "task_runner.py", lineno: 2379 });
}

/** The branch of the task runner that catches it: own exceptions, a sensor's timeout, AirflowException. */
const FAILED_AT = { python: 1676, sensor: 1639, "run-now": 1651, submit: 1651 } as const;

type Frame = { readonly filename: string; readonly lineno: number; readonly name: string };

function callFrames(definition: TaskDefinition): readonly Frame[] {
  const runner: Frame[] = [
    { filename: RUNNER, lineno: 1579, name: "_run_task_and_map_outcome" },
    { filename: RUNNER, lineno: 197, name: "wrapper" },
    { filename: RUNNER, lineno: 2234, name: "_execute_task" },
    { filename: RUNNER, lineno: 197, name: "wrapper" },
    { filename: RUNNER, lineno: 2192, name: "_run_execute_callable" },
    { filename: `${PYTHON_HOME}site-packages/airflow/sdk/bases/operator.py`, lineno: 462, name: "wrapper" },
  ];
  if (definition.work.kind !== "python") return runner;
  const standard = `${PYTHON_HOME}site-packages/airflow/providers/standard/operators/python.py`;
  return [
    ...runner,
    { filename: `${PYTHON_HOME}site-packages/airflow/sdk/bases/decorator.py`, lineno: 435, name: "execute" },
    { filename: `${PYTHON_HOME}site-packages/airflow/sdk/bases/operator.py`, lineno: 462, name: "wrapper" },
    { filename: standard, lineno: 231, name: "execute" },
    { filename: standard, lineno: 254, name: "execute_callable" },
    { filename: `${PYTHON_HOME}site-packages/airflow/sdk/execution_time/callback_runner.py`, lineno: 97, name: "run" },
  ];
}

function errorDetail(exception: PythonException, before: readonly Frame[], isCause = false): readonly LogRecord[] {
  const own = exception.frames.map(({ file, line, name }) => ({
    filename: file.startsWith("dags/") ? `/opt/airflow/${file}` : `${PYTHON_HOME}${file}`,
    lineno: line,
    name,
  }));
  return [
    {
      exc_type: exception.type,
      exc_value: exception.message,
      exc_notes: [],
      syntax_error: null,
      is_cause: isCause,
      frames: [...before, ...own],
      is_group: false,
      exceptions: [],
    },
    ...(exception.causes ?? []).flatMap((cause) => errorDetail(cause, [], true)),
  ];
}
