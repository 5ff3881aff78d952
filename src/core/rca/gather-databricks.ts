import type { FailureCase } from "../case.js";
import type { DatabricksRun, DatabricksRunOutput, DatabricksTaskRun, RunStatus } from "../databricks.js";
import { isEcho, isHarmless, isWrapper } from "./echo.js";
import { exceptionsIn } from "./exception-in-text.js";
import { statementsOfPipeline } from "./gather-pipeline.js";
import { bounded, type Quote, type Statement } from "./statement.js";
import { isTelling } from "./telling-lines.js";

/** Colour codes as notebooks print them; built from a char code, since a control character in a pattern is easily lost. */
const ansi = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g");
const ended = new Set([
  "FAILED",
  "TIMEDOUT",
  "CANCELED",
  "INTERNAL_ERROR",
  "MAXIMUM_CONCURRENT_RUNS_REACHED",
  "DISABLED",
]);
const echoedStates = new Set(["UPSTREAM_FAILED", "UPSTREAM_CANCELED", "EXCLUDED", "SUCCESS", "SUCCESS_WITH_FAILURES"]);

/** The task runs that failed in a run by themselves: of each task key its latest attempt, of a for_each its failed iterations. */
export function failedTaskRuns(run: DatabricksRun): readonly DatabricksTaskRun[] {
  const latest = new Map<string, DatabricksTaskRun>();
  for (const task of run.tasks) {
    const known = latest.get(task.taskKey);
    if (known === undefined || isLater(task, known)) latest.set(task.taskKey, task);
  }
  const failed: DatabricksTaskRun[] = [];
  for (const task of latest.values()) {
    if (task.status.result === null || !ended.has(task.status.result)) {
      if (task.status.lifeCycle !== "INTERNAL_ERROR" && task.status.lifeCycle !== "SKIPPED") continue;
      if (task.status.result !== null && echoedStates.has(task.status.result)) continue;
    }
    const iterations = task.iterations.filter((one) => one.status.result !== null && ended.has(one.status.result));
    failed.push(...iterations, task);
  }
  return failed;
}

function isLater(one: DatabricksTaskRun, other: DatabricksTaskRun): boolean {
  const [a, b] = [one.startedAt ?? "", other.startedAt ?? ""];
  return a === b ? one.attempt >= other.attempt : a > b;
}

/** True when the run ended well, whatever its log looks like. */
export function runSucceeded(run: DatabricksRun): boolean {
  return run.status.result === "SUCCESS" || run.status.result === "SUCCESS_WITH_FAILURES";
}

/** What Databricks says about the failed runs of a case. */
export function statementsOfDatabricks(facts: FailureCase, runs: readonly DatabricksRun[]): readonly Statement[] {
  const { outputs, clusterEvents } = facts.databricks;
  const statements: Statement[] = [];
  const spoken = new Set<string>();
  for (const run of runs) {
    if (runSucceeded(run)) continue;
    const failed = failedTaskRuns(run);
    const ids = new Set([...failed.map((task) => task.taskRunId), ...(failed.length === 0 ? [run.runId] : [])]);
    for (const output of outputs) {
      if (!ids.has(output.taskRunId) && !isInner(output, run, runs)) continue;
      spoken.add(output.taskRunId);
      statements.push(...statementsOfOutput(output));
    }
    for (const task of failed) statements.push(...statementsOfStatus(task.status, 0.9));
    statements.push(...statementsOfStatus(run.status, failed.length === 0 ? 0.95 : 0.8));
  }
  if (runs.length === 0) {
    for (const output of outputs) if (!spoken.has(output.taskRunId)) statements.push(...statementsOfOutput(output));
  }
  statements.push(...statementsOfPipeline(facts.databricks.pipelineEvents ?? []));
  for (const event of clusterEvents) {
    if (event.type === "TERMINATING" && (event.reasonCode === null || normalReasons.has(event.reasonCode))) continue;
    const telling = event.type === "TERMINATING" || /DRIVER|NODES_LOST|_DOWN|FAILED|LOST/.test(event.type);
    if (!telling) continue;
    const named = [event.type, event.reasonCode, event.reasonType, event.detail].filter(Boolean).join(" ");
    statements.push({
      kind: "event",
      origin: "cluster",
      type: event.reasonCode ?? event.type,
      text: bounded(named),
      context: "",
      quotes: [event.reasonCode ?? event.type, ...valuesIn(event.detail)].map((text) => ({
        source: "cluster_events",
        line: null,
        text,
      })),
      weight: event.type === "TERMINATING" ? 0.97 : 0.7,
      raisedInOwnCode: false,
    });
  }
  return statements;
}

/** The values of a flattened detail (`key: value; key: value`), as they stand in the body. */
function valuesIn(detail: string | null): readonly string[] {
  if (detail === null) return [];
  return detail
    .split("; ")
    .map((part) => (part.includes(": ") ? part.slice(part.indexOf(": ") + 2) : part))
    .filter((value) => value.trim() !== "")
    .slice(0, 4);
}

const normalReasons = new Set(["JOB_FINISHED", "INACTIVITY", "USER_REQUEST", "SUCCESS"]);

/** The inner run of a run_job task is a run of its own; its output belongs to the failure too. */
function isInner(output: DatabricksRunOutput, run: DatabricksRun, runs: readonly DatabricksRun[]): boolean {
  const known = runs.some(
    (one) => one.runId === output.taskRunId || one.tasks.some((task) => task.taskRunId === output.taskRunId),
  );
  return !known && run === runs[0];
}

function statementsOfOutput(output: DatabricksRunOutput): readonly Statement[] {
  const statements: Statement[] = [];
  for (const text of [output.sqlError, output.dbtError]) {
    if (text !== null && text.trim() !== "") statements.push(...statementsOfText(text, "", 1));
  }
  const trace = (output.errorTrace ?? "").replaceAll(ansi, "");
  const error = (output.error ?? "").replaceAll(ansi, "");
  if (error.trim() !== "") statements.push(...statementsOfText(error, trace, 1));
  if (trace.trim() !== "" && trace !== error) statements.push(...statementsOfText(trace, trace, 0.95));
  const logs = output.logs;
  const saysNothing = error.trim() === "" || isEcho(error.trim());
  if (logs !== null && logs.trim() !== "") statements.push(...statementsOfLogs(logs, saysNothing));
  return statements;
}

/** An error text: its first line, and every exception it states; the deepest weighs most. */
function statementsOfText(text: string, around: string, scale: number): readonly Statement[] {
  const lines = text.split("\n");
  const found = exceptionsIn(lines).filter((_one, index, all) => index < 4 || index >= all.length - 16);
  const statements = found.map((one, index) => {
    const stated = `${one.type}: ${one.message}`;
    const root = index === found.length - 1;
    const penalty = isEcho(stated) ? 0.5 : isWrapper(stated) ? 0.88 : 1;
    return statementAt(
      lines,
      one.index,
      one.lastIndex,
      one.type,
      stated,
      around,
      scale * penalty * (root ? 1 : 0.92) * (one.message === "" ? 0.85 : 1),
    );
  });
  if (found[0]?.index !== 0) {
    const stop = found[0]?.index ?? lines.length;
    const head = lines.slice(0, Math.min(stop, 12)).join("\n").trim();
    if (head !== "" && !head.startsWith("-----")) {
      const penalty = isEcho(head) ? 0.4 : isWrapper(head) ? 0.9 : 1;
      statements.unshift(statementAt(lines, 0, Math.min(stop, 12) - 1, null, head, around, scale * 0.97 * penalty));
    }
  }
  return statements;
}

function statementAt(
  lines: readonly string[],
  first: number,
  last: number,
  type: string | null,
  text: string,
  around: string,
  weight: number,
): Statement {
  const quotes: Quote[] = [];
  for (let index = first; index <= last && quotes.length < 12; index += 1) {
    const line = lines[index];
    if (line !== undefined && line.trim() !== "") quotes.push({ source: "run_output", line: null, text: line });
  }
  const near = lines.slice(last + 1, last + 60).join("\n");
  return {
    kind: type === null ? "state" : "exception",
    origin: "databricks",
    type,
    text: bounded(text),
    context: bounded(`${near}\n${around}`),
    quotes,
    weight,
    raisedInOwnCode:
      type !== null && /^File <command-|\n---*> ?\d/.test(around) && !/site-packages|py4j|pyspark/.test(around),
  };
}

/** The exceptions of a task's captured output; where nothing else tells the cause, its loud lines too. */
function statementsOfLogs(logs: string, alone: boolean): readonly Statement[] {
  const lines = logs.replaceAll(ansi, "").split("\n").slice(-400);
  const found = exceptionsIn(lines).slice(-6);
  const exceptions = found.map((one, index) =>
    statementAt(
      lines,
      one.index,
      one.lastIndex,
      one.type,
      `${one.type}: ${one.message}`,
      "",
      (alone ? 0.95 : 0.6) * (index === found.length - 1 ? 1 : 0.8),
    ),
  );
  if (!alone) return exceptions;
  const loud = lines.flatMap((line, index) =>
    isTelling(line) && !isEcho(line.trim())
      ? [statementAt(lines, index, index, null, line.trim(), "", isHarmless(line) ? 0.3 : 0.84)]
      : [],
  );
  return [...exceptions, ...loud.slice(-24)];
}

function statementsOfStatus(status: RunStatus, weight: number): readonly Statement[] {
  const text = status.terminationMessage ?? status.message ?? "";
  const code = status.terminationCode;
  if (status.result === "SUCCESS" || (text === "" && code === null)) return [];
  const said = [code, status.result, text].filter(Boolean).join(" ");
  const quote = text !== "" ? text : (code ?? status.result ?? "");
  const echo = text === "" || isEcho(text);
  return [
    {
      kind: "state",
      origin: "databricks",
      type: code ?? status.result,
      text: bounded(said),
      context: "",
      quotes: firstLines(quote),
      weight: weight * (echo ? 0.6 : 1),
      raisedInOwnCode: false,
    },
    ...(code !== null && text !== ""
      ? [
          {
            kind: "state" as const,
            origin: "databricks" as const,
            type: null,
            text: bounded(text),
            context: "",
            quotes: firstLines(text),
            weight: weight * (echo ? 0.4 : 1),
            raisedInOwnCode: false,
          },
        ]
      : []),
  ];
}

function firstLines(text: string): readonly Quote[] {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .slice(0, 6)
    .map((line) => ({ source: "run", line: null, text: line }));
}
