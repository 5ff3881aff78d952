import { readFileSync } from "node:fs";
import type { FailureCase } from "../../src/core/case.js";
import { output, run, status, taskRun } from "../unit/rca/reading-of.js";

/** A failure in a few lines of text, with the categories that are right for it. */
export interface TextFailure {
  readonly accepted: readonly string[];
  readonly said: string;
  readonly log: string | null;
  readonly facts: Partial<FailureCase>;
}

/** Reads a file of failures, `texts/first` of this folder: `@kind category,category`, then the lines as the program printed them. */
export function textFailures(name: string): readonly TextFailure[] {
  const text = readFileSync(`test/evals/${name}.txt`, "utf8");
  return text
    .split(/^@/m)
    .slice(1)
    .map((block) => {
      const [head = "", ...lines] = block.replace(/\n$/, "").split("\n");
      const [kind = "", accepted = ""] = head.split(" ");
      return { accepted: accepted.split(","), said: lines.join(" / "), ...wrapped(kind, lines) };
    });
}

function wrapped(kind: string, lines: readonly string[]): Pick<TextFailure, "log" | "facts"> {
  if (kind === "spark") {
    const outputs = [output({ error: lines.join("\n"), errorTrace: "" })];
    return { log: null, facts: { databricks: { runs: [run({})], outputs, clusterEvents: [], gaps: [] } } };
  }
  if (kind === "state") {
    const [code = "", result = "", ...message] = lines.join("\n").split(" ");
    const said = status({
      result,
      terminationCode: code,
      message: message.join(" "),
      terminationMessage: message.join(" "),
    });
    const runs = [run({ status: said, tasks: [taskRun({ status: said })] })];
    return { log: null, facts: { databricks: { runs, outputs: [], clusterEvents: [], gaps: [] } } };
  }
  return { log: `${logOf(kind, lines).join("\n")}\n`, facts: {} };
}

const at = (file: string, rest: string): string => `[2031-05-04T02:00:00.000+0000] {${file}:90} ${rest}`;
const begun = [
  at("taskinstance.py", "INFO - Starting attempt 1 of 2"),
  at("standard_task_runner.py", "INFO - Started process 123 to run task"),
];
const ended = [
  at("taskinstance.py", "INFO - Marking task as FAILED. dag_id=fees, task_id=load"),
  at("local_task_job_runner.py", "INFO - Task exited with return code 1"),
];
const airflowFrame =
  '  File "/home/airflow/.local/lib/python3.11/site-packages/airflow/models/taskinstance.py", line 433, in _execute_task';

function logOf(kind: string, lines: readonly string[]): readonly string[] {
  switch (kind) {
    case "py": {
      const first = lines.findIndex((line) => !line.startsWith("File "));
      const frames = first > 0 ? lines.slice(0, first) : ['File "/opt/airflow/dags/job.py", line 9, in run'];
      return [
        ...begun,
        at("taskinstance.py", "ERROR - Task failed with exception"),
        "Traceback (most recent call last):",
        airflowFrame,
        "    result = execute_callable()",
        ...frames.flatMap((frame) => [`  ${frame}`, "    call()"]),
        ...lines.slice(first),
        ...ended,
      ];
    }
    case "bash":
      return [
        ...begun,
        at("subprocess.py", "INFO - Output:"),
        at("subprocess.py", "INFO - starting"),
        ...lines.map((line) => at("subprocess.py", `INFO - ${line}`)),
        at("subprocess.py", "INFO - Command exited with return code 1"),
        at("taskinstance.py", "ERROR - Task failed with exception"),
        "Traceback (most recent call last):",
        airflowFrame,
        "    raise AirflowException(",
        "airflow.exceptions.AirflowException: Bash command failed. The command returned a non-zero exit code 1.",
        ...ended,
      ];
    case "ci":
      return [
        "2031-05-04T00:00:00.0000000Z ##[group]Run make",
        "2031-05-04T00:00:00.2000000Z ##[endgroup]",
        ...lines.map((line, index) => `2031-05-04T00:00:0${Math.min(9, index)}.5000000Z ${line}`),
      ];
    default:
      return [...begun, ...lines.map((line) => `[2031-05-04T02:00:00.000+0000] ${line}`)];
  }
}
