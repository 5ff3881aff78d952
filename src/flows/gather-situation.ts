import type { ConnectionName, TaskInstance } from "../core/airflow.js";
import { RefusedByPolicy, UpstreamError } from "../core/errors.js";
import type { Incident } from "../core/incident.js";
import type { Requester } from "../core/person.js";
import type { AirflowReader, Clock, Connections, Logger } from "../core/ports.js";
import { mayUseDatabricks } from "../core/remediation/databricks-use.js";
import { sharedRunId } from "../core/remediation/many-roots.js";
import { rerunRefusal } from "../core/remediation/rerun-refusal.js";
import type { Policy } from "../core/remediation/rule.js";
import type {
  AirflowSituation,
  DatabricksSituation,
  ProducerSituation,
  RootRun,
  Situation,
} from "../core/remediation/situation.js";
import type { Verdict } from "../core/verdict.js";
import { findDatabricksRun } from "./find-databricks-run.js";
import { gatherProducer, type ProducerDeps } from "./gather-producer.js";
import { NothingLeft, stillFailedRun } from "./still-failed-run.js";
import { usualRunSeconds, usualTaskSeconds } from "./usual-times.js";

export interface GatherDeps {
  readonly connections: Connections;
  readonly policy: Policy;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly environment: "sandbox" | "real";
  /** What is known of the failure of another run; null when nothing is. */
  readonly verdictOf?: ProducerDeps["verdictOf"];
}

export interface Asked {
  readonly requester: Requester;
  readonly afterFix: boolean;
}

/** A situation but for what depends on the plan: its guards, and the reruns already used, which the store knows. */
export type LiveSituation = Omit<Situation, "guards" | "usedReruns">;

/** Reads everything a plan is chosen from, live; RefusedByPolicy when no plan can be made at all. */
export async function gatherSituation(incident: Incident, asked: Asked, deps: GatherDeps): Promise<LiveSituation> {
  const { verdict } = incident;
  if (verdict === null) {
    throw new RefusedByPolicy(
      "This failure has not been diagnosed yet; nothing was proposed.",
      "Ask again in a moment.",
    );
  }
  const hopeless = rerunRefusal(verdict, asked);
  try {
    const systems = await readSystems(incident, verdict, asked, deps);
    return {
      incidentId: incident.id,
      environment: deps.environment,
      requester: asked.requester,
      afterFix: asked.afterFix,
      verdict,
      policyVersion: deps.policy.version,
      matchedBy: { category: verdict.category, tags: await tagsOf(systems.airflow, deps) },
      dryRunAt: deps.clock.now().toISOString(),
      ...systems,
    };
  } catch (error) {
    if (error instanceof NothingLeft) throw error;
    // What the diagnosis says against a rerun holds also where the dry run can't be had.
    const cannotRead = error instanceof UpstreamError || error instanceof RefusedByPolicy;
    if (hopeless !== null && cannotRead) throw new RefusedByPolicy(hopeless.because, hopeless.fix);
    throw error;
  }
}

type Systems = Pick<Situation, "airflow" | "databricks" | "producer">;

/** Rules may ask for a tag. Where tags can't be read, such a rule holds where it tightens. */
async function tagsOf(airflow: AirflowSituation | null, deps: GatherDeps): Promise<readonly string[] | null> {
  if (airflow === null) return [];
  try {
    const dag = await deps.connections.airflow.get(airflow.connection)?.reader.dag(airflow.run.dagId);
    return dag?.tags ?? null;
  } catch (error) {
    deps.logger.warn(
      { err: error, dag: airflow.run.dagId },
      "the tags of a DAG can't be read; rules by tag may tighten",
    );
    return null;
  }
}

async function readSystems(incident: Incident, verdict: Verdict, asked: Asked, deps: GatherDeps): Promise<Systems> {
  const job = incident.failures.filter((failure) => failure.kind === "databricks_run").at(-1);
  if (job !== undefined && !incident.failures.some((failure) => failure.kind === "airflow_task")) {
    return { airflow: null, databricks: await readDatabricks(job.connection, job.runId, deps) };
  }
  return readAirflow(incident, verdict, asked, deps);
}

async function readAirflow(incident: Incident, verdict: Verdict, asked: Asked, deps: GatherDeps): Promise<Systems> {
  const { connection, dagId, runId, reader, writer, specs, tasks, roots } = await stillFailedRun(
    incident,
    verdict,
    deps,
  );
  const run = await reader.run(dagId, runId);
  const canRunLatestVersion = asked.afterFix && hasVersions(await reader.version());
  const whole = roots.length === 0;
  const dryRun = await writer.dryRunClear({
    dagId,
    runId,
    tasks: (whole ? tasks : roots).map(({ taskId, mapIndex }) => ({ taskId, mapIndex })),
    includeDownstream: !whole,
    onlyFailed: !whole,
    runOnLatestVersion: canRunLatestVersion ? true : null,
  });
  const wouldClear = asTheyStand(dryRun, tasks, roots);
  const toRead =
    roots.length === 1 ? roots : roots.filter((task) => mayUseDatabricks(task, specs)).slice(0, mostRootsRead);
  const read = await Promise.all(toRead.map((task) => withFields(task, reader)));
  const airflow: AirflowSituation = {
    connection,
    run,
    tasks,
    specs,
    roots: roots.map((task) => read.find((one) => isSame(one, task)) ?? task),
    wouldClear,
    canRunLatestVersion,
    usualSeconds: await usualTaskSeconds(
      reader,
      dagId,
      wouldClear.map((task) => task.taskId),
      deps.logger,
    ),
    ...(await assetsOf(dagId, reader, deps)),
  };
  const producer = await producerFor(airflow, verdict, asked, { ...deps, reader, writer });
  return { ...(await withDatabricks(airflow, read, deps)), producer };
}

async function withDatabricks(
  airflow: AirflowSituation,
  read: readonly TaskInstance[],
  deps: GatherDeps,
): Promise<Pick<Situation, "airflow" | "databricks">> {
  const [only] = airflow.roots;
  if (airflow.roots.length === 1 && only !== undefined) {
    return { airflow, databricks: await databricksOf(only, airflow, deps) };
  }
  return ofManyRoots({ ...airflow, rootRuns: await runsOfRoots(read, airflow, deps) }, deps);
}

/** Where they can't be read the plan says so. */
async function assetsOf(
  dagId: string,
  reader: AirflowReader,
  { logger }: GatherDeps,
): Promise<Pick<AirflowSituation, "assets">> {
  try {
    return { assets: await reader.assets(dagId) };
  } catch (error) {
    if (error instanceof UpstreamError && error.retryable) throw error;
    logger.info({ err: error, dag: dagId }, "assets can't be read");
    return {};
  }
}

/** Looked for only where something is missing and nobody says that it has come. */
async function producerFor(
  airflow: AirflowSituation,
  verdict: Verdict,
  asked: Asked,
  deps: GatherDeps & Pick<ProducerDeps, "reader" | "writer">,
): Promise<ProducerSituation | null> {
  if (verdict.category !== "missing_upstream_data" || airflow.roots.length === 0) return null;
  if (asked.afterFix && asked.requester.kind === "person") return null;
  return gatherProducer(airflow, { ...deps, verdictOf: deps.verdictOf ?? (async () => null) });
}

/** Airflow and Databricks are asked about each; of a task mapped a hundredfold the first tell enough. */
const mostRootsRead = 20;

async function withFields(task: TaskInstance, from: Pick<AirflowReader, "taskInstance">): Promise<TaskInstance> {
  if (task.renderedFields !== null && Object.keys(task.renderedFields).length > 0) return task;
  return from.taskInstance(task).catch(() => task);
}

/** A dry run may leave out states (Airflow 2) or already show those after the clear: the listed rows are what stands. */
function asTheyStand(
  dryRun: readonly TaskInstance[],
  listed: readonly TaskInstance[],
  roots: readonly TaskInstance[],
): readonly TaskInstance[] {
  const rows = dryRun.map((task) => listed.find((one) => isSame(one, task)) ?? task);
  const isRoot = (task: TaskInstance) => roots.some((root) => isSame(root, task));
  return [...rows.filter(isRoot), ...rows.filter((task) => !isRoot(task))];
}

function isSame(a: TaskInstance, b: TaskInstance): boolean {
  return a.taskId === b.taskId && a.mapIndex === b.mapIndex;
}

async function databricksOf(
  root: TaskInstance,
  airflow: AirflowSituation,
  deps: GatherDeps,
): Promise<DatabricksSituation | null> {
  const connection = databricksBehind(airflow.connection, deps);
  const [found] = await runsOfRoots([root], airflow, deps);
  return connection === null || found === undefined ? null : readDatabricks(connection, found.run.jobRunId, deps);
}

async function ofManyRoots(
  airflow: AirflowSituation,
  deps: GatherDeps,
): Promise<Pick<Situation, "airflow" | "databricks">> {
  const connection = databricksBehind(airflow.connection, deps);
  const runId = sharedRunId(airflow);
  if (connection === null || runId === null) return { airflow, databricks: null };
  return { airflow, databricks: await readDatabricks(connection, runId, deps) };
}

async function runsOfRoots(
  roots: readonly TaskInstance[],
  airflow: AirflowSituation,
  deps: GatherDeps,
): Promise<readonly RootRun[]> {
  const connection = databricksBehind(airflow.connection, deps);
  const databricks = connection === null ? undefined : deps.connections.databricks.get(connection);
  const reader = deps.connections.airflow.get(airflow.connection)?.reader;
  if (databricks === undefined || reader === undefined) return [];
  const both = { airflow: reader, databricks: databricks.reader };
  const found: RootRun[] = [];
  for (const root of roots) {
    const run = await findDatabricksRun(root, airflow.specs, airflow.tasks, both);
    if (run !== null) found.push({ taskId: root.taskId, mapIndex: root.mapIndex, run });
  }
  return found;
}

/** The workspace that an Airflow starts its jobs in: the one configured for it, or the only one there is. */
function databricksBehind(airflow: ConnectionName, deps: GatherDeps): ConnectionName | null {
  const named = deps.connections.airflow.get(airflow)?.databricks ?? null;
  const all = [...deps.connections.databricks.keys()];
  return named ?? (all.length === 1 ? (all[0] ?? null) : null);
}

async function readDatabricks(
  connection: ConnectionName,
  runId: string,
  deps: GatherDeps,
): Promise<DatabricksSituation | null> {
  const databricks = deps.connections.databricks.get(connection);
  if (databricks === undefined) return null;
  const run = await databricks.reader.run(runId);
  const usual = await usualRunSeconds(databricks.reader, run, deps.clock.now(), deps.logger);
  return {
    connection,
    writable: databricks.writer !== null,
    run,
    usualSeconds: usual.tasks,
    usualRunSeconds: usual.whole,
    machines: usual.machines,
  };
}

/** `run_on_latest_version` exists from 3.1. */
function hasVersions(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map((part) => Number.parseInt(part, 10));
  return major > 3 || (major === 3 && minor >= 1);
}
