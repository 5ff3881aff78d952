import type { TaskRef } from "../core/airflow.js";
import { emptyCase, type FailureCase } from "../core/case.js";
import { InputError } from "../core/errors.js";
import type { Failure, TaskFailure } from "../core/failure.js";
import type { AirflowReader, DatabricksReader, LogInput } from "../core/ports.js";
import { readRunFailure, readSchedulerSide, readTaskFailure } from "./gathering/airflow-case.js";
import { readDatabricksCase } from "./gathering/databricks-case.js";
import { createGaps, type Gaps, isNotFound } from "./gathering/gaps.js";
import type { Target } from "./gathering/target.js";
import { blockedBehind } from "./gathering/task-graph.js";
import { airflowReaders, databricksReaders } from "./lookup/connection.js";
import type { ToolPorts } from "./ports.js";

/** Everything cheap about one failure, and how to read the rest. */
export interface GatheredCase {
  readonly facts: FailureCase;
  readonly failure: Failure;
  /** The first failed ancestor, when the task asked about is upstream_failed. */
  readonly ancestor: { readonly taskId: string; readonly mapIndex: number } | null;
  readonly logs: readonly LogInput[];
  readonly blocked: readonly string[];
  readonly links: readonly { readonly label: string; readonly url: string }[];
  readonly owner: string | null;
  /** Workspaces to look Databricks runs up in, the likeliest first. */
  readonly workspaces: readonly DatabricksReader[];
  readonly gaps: Gaps;
  /** The same facts with what only the scheduler knows: event log, import errors, pools. */
  addSchedulerSide(facts: FailureCase): Promise<FailureCase>;
}

function workspacesOf(ports: ToolPorts, airflow: string): readonly DatabricksReader[] {
  const linked = ports.connections.airflow.get(airflow)?.databricks;
  return [...ports.connections.databricks]
    .toSorted(([left], [right]) => Number(right === linked) - Number(left === linked))
    .map(([, entry]) => entry.reader);
}

/** Airflow's own default owner says nothing. */
function ownerOf(facts: FailureCase, taskId: string | null): string | null {
  const owner = facts.specs.find((spec) => spec.taskId === taskId)?.owner;
  const owners = [owner, ...(facts.dag?.owners ?? [])].filter((name) => name && name !== "airflow");
  return owners[0] ?? null;
}

/** Nothing at all could be read: the asker's ids are wrong, or the system is away. */
function requireSomething(facts: FailureCase, ids: string, hint: string, gaps: Gaps): void {
  if (facts.task !== null || facts.run !== null || facts.databricks.runs.length > 0) return;
  const [first] = gaps.errors;
  if (gaps.errors.length > 0 && !isNotFound(first)) throw first;
  throw new InputError(`There is no ${ids}.`, hint);
}

function taskFailure(target: TaskRef & { connection: string }, facts: FailureCase, tryNumber: number): TaskFailure {
  const task = facts.task;
  return {
    kind: "airflow_task",
    connection: target.connection,
    dagId: target.dagId,
    runId: target.runId,
    taskId: target.taskId,
    mapIndex: target.mapIndex,
    tryNumber,
    maxTries: task?.maxTries ?? tryNumber,
    state: task?.state === "upstream_failed" ? "upstream_failed" : "failed",
    operator: task?.operator ?? null,
    startedAt: task?.startedAt ?? null,
    endedAt: task?.endedAt ?? null,
    runAfter: task?.runAfter ?? facts.run?.runAfter ?? null,
  };
}

async function gatherTask(
  target: Extract<Target, { kind: "airflow_task" }>,
  reader: AirflowReader,
  ports: ToolPorts,
): Promise<GatheredCase> {
  const gaps = createGaps();
  const reading = await readTaskFailure(reader, target.ref, target.tryNumber, gaps);
  const { facts, ref, ancestor, tryNumber } = reading;
  const { dagId, runId, taskId } = target.ref;
  requireSomething(
    facts,
    `task ${taskId} in run ${runId} of ${dagId} on ${reader.connection}`,
    "Take the ids from airflow_get_run, or give the DAG's name alone.",
    gaps,
  );
  return {
    facts,
    failure: taskFailure({ ...ref, connection: reader.connection }, facts, tryNumber),
    ancestor: ancestor === null ? null : { taskId: ancestor.taskId, mapIndex: ancestor.mapIndex },
    logs: reading.logs,
    blocked: blockedBehind(ref.taskId, facts.siblings, facts.specs),
    links: [{ label: "Open in Airflow", url: reader.taskUrl(ref, tryNumber) }],
    owner: ownerOf(facts, ref.taskId),
    workspaces: workspacesOf(ports, reader.connection),
    gaps,
    addSchedulerSide: (known) => readSchedulerSide(reader, known, ref, gaps),
  };
}

async function gatherRun(
  target: Extract<Target, { kind: "airflow_run" }>,
  reader: AirflowReader,
): Promise<GatheredCase> {
  const gaps = createGaps();
  const { dagId, runId, connection } = target;
  const facts = await readRunFailure(reader, dagId, runId, gaps);
  requireSomething(facts, `run ${runId} of ${dagId} on ${connection}`, "Take the run id from airflow_get_run.", gaps);
  const { startedAt = null, endedAt = null, runAfter = null } = facts.run ?? {};
  return {
    facts,
    failure: { kind: "airflow_run", connection, dagId, runId, startedAt, endedAt, runAfter },
    ancestor: null,
    logs: [],
    blocked: [],
    links: [{ label: "Open in Airflow", url: reader.runUrl(dagId, runId) }],
    owner: ownerOf(facts, null),
    workspaces: [],
    gaps,
    addSchedulerSide: (known) => readSchedulerSide(reader, known, { dagId, runId, taskId: null, mapIndex: -1 }, gaps),
  };
}

async function gatherJobRun(
  target: Extract<Target, { kind: "databricks_run" }>,
  reader: DatabricksReader,
): Promise<GatheredCase> {
  const gaps = createGaps();
  // The run itself is read here first, so that its own error reaches the caller when nothing can be read.
  const first = await gaps.read(`Databricks run ${target.runId}`, reader.run(target.runId), null);
  const candidate = { runId: target.runId, url: null, isTaskRun: false, tryNumber: null };
  const databricks = first === null ? emptyCase.databricks : await readDatabricksCase([candidate], [reader]);
  const facts = { ...emptyCase, databricks };
  requireSomething(facts, `run ${target.runId} on ${target.connection}`, "Databricks keeps runs for 60 days.", gaps);
  const run = databricks.runs[0];
  const link = { runId: run?.runId ?? target.runId, url: run?.pageUrl ?? null };
  return {
    facts,
    failure: {
      kind: "databricks_run",
      connection: target.connection,
      jobId: run?.jobId ?? null,
      jobName: run?.runName ?? null,
      runId: link.runId,
      repairId: run?.repairs.findLast((repair) => repair.type === "REPAIR")?.id ?? null,
      startedAt: run?.startedAt ?? null,
      endedAt: run?.endedAt ?? null,
    },
    ancestor: null,
    logs: [],
    blocked: blockedJobTasks(facts),
    links: [{ label: "Open in Databricks", url: reader.runUrl(link) }],
    owner: run?.creator ?? null,
    workspaces: [reader],
    gaps,
    addSchedulerSide: (known) => Promise.resolve(known),
  };
}

function blockedJobTasks(facts: FailureCase): readonly string[] {
  const tasks = facts.databricks.runs[0]?.tasks ?? [];
  return [...new Set(tasks.filter((task) => task.status.result?.startsWith("UPSTREAM_")).map((task) => task.taskKey))];
}

/** Reads what is known about a failure, in parallel and tolerant of missing parts; throws only when nothing can be read. */
export async function gatherCase(target: Target, ports: ToolPorts): Promise<GatheredCase> {
  if (target.kind === "databricks_run") {
    const [reader] = databricksReaders(ports, target.connection);
    if (reader) return await gatherJobRun(target, reader);
  } else {
    const [reader] = airflowReaders(ports, target.connection);
    if (reader)
      return target.kind === "airflow_task" ? await gatherTask(target, reader, ports) : await gatherRun(target, reader);
  }
  throw new InputError(`There is no connection ${target.connection}.`, "Use a configured connection.");
}
