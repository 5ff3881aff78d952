import type { ConnectionName, DagRun, TaskInstance, TaskSpec } from "../core/airflow.js";
import { UpstreamError } from "../core/errors.js";
import type { AirflowReader, AirflowWriter, Logger } from "../core/ports.js";
import { operatorOf } from "../core/remediation/databricks-use.js";
import type { ProducerSituation } from "../core/remediation/situation.js";
import { median } from "../core/remediation/usual-time.js";
import type { Verdict } from "../core/verdict.js";
import { usualTaskSeconds } from "./usual-times.js";

export interface ProducerDeps {
  readonly reader: AirflowReader;
  readonly writer: AirflowWriter;
  readonly logger: Logger;
  /** What is known of the failure of another run; null when nothing is. */
  readonly verdictOf: (connection: ConnectionName, dagId: string, runId: string) => Promise<Verdict | null>;
}

/** What waits for its input: a run with its failed tasks, their rendered fields read. */
export interface WaitingRun {
  readonly run: DagRun;
  readonly specs: readonly TaskSpec[];
  readonly roots: readonly TaskInstance[];
}

const runsRead = 25;

/** The one DAG that makes what a run waits for, by what Airflow itself holds: the sensor's own fields, or assets. Null where that is not one DAG. */
export async function gatherProducer(waiting: WaitingRun, deps: ProducerDeps): Promise<ProducerSituation | null> {
  try {
    const found = await producerOf(waiting, deps.reader);
    return found === null ? null : await readProducer(found, waiting, deps);
  } catch (error) {
    // A DAG that is gone or not ours to see is none that could be run.
    if (error instanceof UpstreamError && !error.retryable) return null;
    throw error;
  }
}

interface Found {
  readonly dagId: string;
  readonly via: ProducerSituation["via"];
}

async function producerOf({ run, specs, roots }: WaitingRun, reader: AirflowReader): Promise<Found | null> {
  const sensed = roots.map((task) => sensedDag(task, specs));
  const [first = null] = sensed;
  if (first !== null) return sensed.every((dagId) => dagId === first) ? { dagId: first, via: "sensor" } : null;
  if (sensed.some((dagId) => dagId !== null)) return null;
  const starting = (await reader.assets(run.dagId)).filter((asset) => asset.startsDags.includes(run.dagId));
  const dagIds = new Set(starting.flatMap(({ producers }) => producers.map((one) => one.dagId)));
  dagIds.delete(run.dagId);
  const [only] = dagIds;
  return only === undefined || dagIds.size > 1 ? null : { dagId: only, via: "asset" };
}

function sensedDag(task: TaskInstance, specs: readonly TaskSpec[]): string | null {
  if (!(operatorOf(task, specs) ?? "").startsWith("ExternalTaskSensor")) return null;
  const dagId = task.renderedFields?.["external_dag_id"];
  return typeof dagId === "string" && dagId !== "" && dagId !== task.dagId ? dagId : null;
}

async function readProducer(found: Found, waiting: WaitingRun, deps: ProducerDeps): Promise<ProducerSituation> {
  const { reader, logger } = deps;
  const { dagId } = found;
  const [dag, specs, runs, assets] = await Promise.all([
    reader.dag(dagId),
    reader.tasks(dagId),
    reader.recentRuns(dagId, runsRead),
    reader.assets(dagId),
  ]);
  const date = waiting.run.logicalDate;
  const run = found.via === "asset" ? (runs[0] ?? null) : (runs.find((one) => isFor(one, date)) ?? null);
  const tasks = run === null ? [] : await reader.taskInstances(dagId, run.runId);
  const roots = tasks.filter((task) => task.state === "failed");
  const wouldClear = run === null || roots.length === 0 ? [] : await dryRun(run, roots, tasks, deps);
  const ids = wouldClear.map((task) => task.taskId);
  return {
    ...found,
    run,
    logicalDate: found.via === "sensor" && (await runsForSameDates(waiting, runs, reader)) ? date : null,
    isPaused: dag.isPaused,
    hasImportErrors: dag.hasImportErrors,
    specs,
    tasks,
    roots,
    wouldClear,
    usualSeconds: await usualTaskSeconds(reader, dagId, ids, logger),
    usualRunSeconds: usualSecondsOf(runs),
    assets,
    verdict: run === null ? null : await deps.verdictOf(reader.connection, dagId, run.runId),
  };
}

async function dryRun(
  run: DagRun,
  roots: readonly TaskInstance[],
  tasks: readonly TaskInstance[],
  { writer }: ProducerDeps,
): Promise<readonly TaskInstance[]> {
  const rows = await writer.dryRunClear({
    dagId: run.dagId,
    runId: run.runId,
    tasks: roots.map(({ taskId, mapIndex }) => ({ taskId, mapIndex })),
    includeDownstream: true,
    onlyFailed: true,
    runOnLatestVersion: null,
  });
  return rows.map((row) => tasks.find((one) => one.taskId === row.taskId && one.mapIndex === row.mapIndex) ?? row);
}

/** A sensor's offset can't be read; that both DAGs had runs for the same date before makes it likely that there is none. */
async function runsForSameDates(
  { run }: WaitingRun,
  producers: readonly DagRun[],
  reader: AirflowReader,
): Promise<boolean> {
  if (run.logicalDate === null) return false;
  const good = (await reader.recentRuns(run.dagId, runsRead)).filter((one) => one.state === "success");
  return good.some((one) => producers.some((other) => isFor(other, one.logicalDate)));
}

function isFor(run: DagRun, logicalDate: string | null): boolean {
  return logicalDate !== null && run.logicalDate !== null && Date.parse(run.logicalDate) === Date.parse(logicalDate);
}

function usualSecondsOf(runs: readonly DagRun[]): number | null {
  const seconds = runs.flatMap(({ state, startedAt, endedAt }) =>
    state === "success" && startedAt !== null && endedAt !== null
      ? [(Date.parse(endedAt) - Date.parse(startedAt)) / 1000]
      : [],
  );
  const usual = median(seconds);
  return usual === null ? null : Math.round(usual);
}
