import type { DagRun, TaskInstance, TaskRef } from "../../core/airflow.js";
import type { DatabricksRun } from "../../core/databricks.js";
import { InputError } from "../../core/errors.js";
import type { Failure } from "../../core/failure.js";
import type { AirflowReader } from "../../core/ports.js";
import { isNotFound } from "../gathering/gaps.js";
import type { Target } from "../gathering/target.js";
import { byEnd } from "../gathering/task-graph.js";
import type { ToolPorts } from "../ports.js";
import { airflowReaders, databricksReaders } from "./connection.js";
import { dagsLike, type FoundDag, findDag } from "./find-dag.js";
import { matchNames } from "./match-name.js";
import { linkIn, parseLink } from "./parse-link.js";

/** What a caller says about a failure; any part may be missing. */
export interface FailureHint {
  readonly what?: string | undefined;
  readonly connection?: string | undefined;
  readonly dag?: string | undefined;
  readonly run?: string | undefined;
  readonly task?: string | undefined;
  readonly mapIndex?: number | undefined;
  readonly try?: number | undefined;
  readonly databricksRun?: string | undefined;
}

/** A target, or the reason why nothing failed there, in a sentence for people. */
export type FoundFailure =
  | { readonly found: Target }
  | { readonly found: null; readonly reader: AirflowReader; readonly dagId: string; readonly because: string };

const recentRuns = 20;
const jobDays = 3;
const mostJobRuns = 2_000;

function targetOf(failure: Failure): Target {
  if (failure.kind === "airflow_task") {
    const { connection, dagId, runId, taskId, mapIndex, tryNumber } = failure;
    return { kind: "airflow_task", connection, ref: { dagId, runId, taskId, mapIndex }, tryNumber };
  }
  return failure;
}

/** Failed instances first; upstream_failed ones only where nothing else is left. */
function pickTask(instances: readonly TaskInstance[], words: string): TaskInstance | null {
  const failed = instances.filter((task) => task.state === "failed").toSorted(byEnd);
  const waiting = instances.filter((task) => task.state === "upstream_failed").toSorted(byEnd);
  const choices = failed.length > 0 ? failed : waiting;
  const named = matchNames(words, [...new Set(choices.map((task) => task.taskId))]);
  return choices.find((task) => named.length === 1 && task.taskId === named[0]) ?? choices[0] ?? null;
}

/** What is asked for within a run: a task by its id, perhaps one index of it, or whatever words say. */
interface Within {
  readonly task?: string | undefined;
  readonly mapIndex?: number | undefined;
  readonly words?: string;
}

function isAsked(task: TaskInstance, within: Within): boolean {
  if (within.task !== undefined && task.taskId !== within.task) return false;
  return within.mapIndex === undefined || task.mapIndex === within.mapIndex;
}

async function inRun(reader: AirflowReader, run: DagRun, within: Within): Promise<Target | null> {
  const { dagId, runId } = run;
  const instances = await reader.taskInstances(dagId, runId);
  const known = within.task === undefined || instances.some((task) => task.taskId === within.task);
  const asked = known ? instances.filter((task) => isAsked(task, within)) : instances;
  const task = pickTask(asked, within.words ?? within.task ?? "");
  const { connection } = reader;
  if (task !== null) return { kind: "airflow_task", connection, ref: task, tryNumber: null };
  const whole = run.state === "failed" && within.task === undefined;
  return whole ? { kind: "airflow_run", connection, dagId, runId } : null;
}

async function inDag(found: FoundDag, within: Within): Promise<FoundFailure> {
  const { reader, dag } = found;
  const runs = await reader.recentRuns(dag.dagId, recentRuns);
  for (const run of runs) {
    if (run.state !== "failed" && run.state !== "running") continue;
    const target = await inRun(reader, run, within);
    if (target !== null) return { found: target };
  }
  const [newest] = runs;
  const what = within.task === undefined ? "" : ` in ${within.task}`;
  const because = newest
    ? `none of its last ${runs.length} runs failed${what}; the newest, ${newest.runId}, is ${newest.state}`
    : "it has no runs yet";
  return { found: null, reader, dagId: dag.dagId, because };
}

async function failedJob(ports: ToolPorts, connection: string | undefined, words: string): Promise<Target | null> {
  const startedAfter = new Date(ports.clock.now().getTime() - jobDays * 86_400_000);
  const failed: { readonly connection: string; readonly run: DatabricksRun }[] = [];
  for (const reader of databricksReaders(ports, connection)) {
    let seen = 0;
    for await (const run of reader.runs({ which: "completed", startedAfter })) {
      if (run.runName !== null && run.status.result !== "SUCCESS") failed.push({ connection: reader.connection, run });
      seen += 1;
      if (seen >= mostJobRuns) break;
    }
  }
  const names = new Set(matchNames(words, [...new Set(failed.map(({ run }) => run.runName ?? ""))]));
  const hit = failed.find(({ run }) => names.size === 1 && names.has(run.runName ?? ""));
  return hit ? { kind: "databricks_run", connection: hit.connection, runId: hit.run.runId } : null;
}

async function byWords(hint: FailureHint, words: string, ports: ToolPorts): Promise<FoundFailure> {
  const incident = /\binc_[\w-]{4,64}/.exec(words)?.[0];
  const known = incident === undefined ? null : await ports.incidents.get(incident);
  const failure = known?.failures.at(-1);
  if (failure) return { found: targetOf(failure) };

  const dags = ports.connections.airflow.size > 0 ? await dagsLike(ports, airflowOnly(hint.connection), words) : [];
  const [only, second] = dags;
  if (only && !second) return await inDag(only, { words });
  if (dags.length === 0 && ports.connections.databricks.size > 0 && !hint.connection?.startsWith("airflow:")) {
    const target = await failedJob(ports, hint.connection, words);
    if (target !== null) return { found: target };
  }
  const said = words.slice(0, 80);
  if (only) {
    const names = dags.slice(0, 6).map((entry) => `${entry.dag.dagId} (${entry.reader.connection})`);
    throw new InputError(
      `"${said}" could be ${names.join(", ")}.`,
      "Say which DAG id, and the connection if two share it.",
    );
  }
  throw new InputError(
    `No DAG, job or incident fits "${said}".`,
    "Give a DAG id, an incident id, or an address pasted from Airflow or Databricks; airflow_list_failures shows what failed.",
  );
}

const airflowOnly = (connection: string | undefined): string | undefined =>
  connection?.startsWith("databricks:") ? undefined : connection;

/** The first failed index when the task is mapped and no index was given; null when the task is not mapped. */
async function failedIndex(reader: AirflowReader, ref: TaskRef): Promise<TaskRef | null> {
  try {
    await reader.taskInstance(ref);
    return null;
  } catch (error) {
    if (!isNotFound(error)) return null;
  }
  const instances = await reader.taskInstances(ref.dagId, ref.runId);
  return pickTask(
    instances.filter((task) => task.taskId === ref.taskId),
    ref.taskId,
  );
}

/** Ids that name a run are exact; the DAG is looked up by words only when that leads nowhere. */
async function runNamed(hint: FailureHint, dagText: string, runId: string, ports: ToolPorts) {
  const [reader, second] = airflowReaders(ports, hint.connection);
  if (reader && !second) {
    try {
      return { reader, run: await reader.run(dagText, runId) };
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
  const found = await findDag(ports, hint.connection, dagText);
  return { reader: found.reader, run: await found.reader.run(found.dag.dagId, runId) };
}

async function byIds(hint: FailureHint, dagText: string, ports: ToolPorts): Promise<FoundFailure> {
  if (hint.run === undefined || hint.run === "latest") {
    return await inDag(await findDag(ports, hint.connection, dagText), { task: hint.task, mapIndex: hint.mapIndex });
  }
  const { reader, run } = await runNamed(hint, dagText, hint.run, ports);
  const { connection } = reader;
  const { dagId, runId } = run;
  if (hint.task === undefined) {
    const target = await inRun(reader, run, {});
    if (target !== null) return { found: target };
    return { found: null, reader, dagId, because: `run ${runId} is ${run.state} and no task of it failed` };
  }
  const ref = { dagId, runId, taskId: hint.task, mapIndex: hint.mapIndex ?? -1 };
  const mapped = hint.mapIndex === undefined ? await failedIndex(reader, ref) : null;
  return { found: { kind: "airflow_task", connection, ref: mapped ?? ref, tryNumber: hint.try ?? null } };
}

/** Finds the failure that ids, a pasted address or words mean; InputError says what to add when that is not clear. */
export async function findFailure(hint: FailureHint, ports: ToolPorts): Promise<FoundFailure> {
  if (hint.databricksRun !== undefined) {
    const readers = databricksReaders(ports, hint.connection);
    const [reader] = readers;
    if (!reader || readers.length > 1) {
      throw new InputError(
        "There are several Databricks connections.",
        `Name one as connection: ${[...ports.connections.databricks.keys()].join(", ")}.`,
      );
    }
    return { found: { kind: "databricks_run", connection: reader.connection, runId: hint.databricksRun } };
  }
  const url = linkIn([hint.what, hint.dag, hint.run].filter((part) => part !== undefined).join(" "));
  if (url) {
    const link = parseLink(url, ports);
    if (link.system === "databricks")
      return { found: { kind: "databricks_run", connection: link.connection, runId: link.runId } };
    const { connection, dagId, runId, taskId, mapIndex, tryNumber } = link;
    return await byIds(
      { connection, run: runId ?? undefined, task: taskId ?? undefined, mapIndex, try: tryNumber ?? undefined },
      dagId,
      ports,
    );
  }
  if (hint.dag !== undefined) return await byIds(hint, hint.dag, ports);
  if (hint.what !== undefined) return await byWords(hint, hint.what, ports);
  throw new InputError(
    "Nothing says which failure is meant.",
    "Give what (an address or words), dag, or databricksRun.",
  );
}
