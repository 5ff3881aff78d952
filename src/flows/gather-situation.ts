import type { ConnectionName, TaskInstance, TaskSpec } from "../core/airflow.js";
import { RefusedByPolicy, UpstreamError } from "../core/errors.js";
import type { TaskFailure } from "../core/failure.js";
import type { Incident } from "../core/incident.js";
import type { Requester } from "../core/person.js";
import type { Clock, Connections, Logger } from "../core/ports.js";
import { guardsFor, type Policy } from "../core/remediation/policy.js";
import { rerunRefusal } from "../core/remediation/rerun-refusal.js";
import type { AirflowSituation, DatabricksSituation, Situation } from "../core/remediation/situation.js";
import type { Verdict } from "../core/verdict.js";
import { findDatabricksRun } from "./find-databricks-run.js";
import { usualRunSeconds, usualTaskSeconds } from "./usual-times.js";

export interface GatherDeps {
  readonly connections: Connections;
  readonly policy: Policy;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly environment: "sandbox" | "real";
}

export interface Asked {
  readonly requester: Requester;
  readonly afterFix: boolean;
}

/** A situation but for the reruns already used, which the store knows. */
export type LiveSituation = Omit<Situation, "usedReruns">;

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
      guards: guardsFor(deps.policy, {
        connection: systems.airflow?.connection ?? systems.databricks?.connection ?? incident.connection,
        dagId: systems.airflow?.run.dagId ?? null,
      }),
      policyVersion: deps.policy.version,
      dryRunAt: deps.clock.now().toISOString(),
      ...systems,
    };
  } catch (error) {
    // What the diagnosis says against a rerun holds also where the dry run can't be had.
    const cannotRead = error instanceof UpstreamError || error instanceof RefusedByPolicy;
    if (hopeless !== null && cannotRead) throw new RefusedByPolicy(hopeless.because, hopeless.fix);
    throw error;
  }
}

async function readSystems(
  incident: Incident,
  verdict: Verdict,
  asked: Asked,
  deps: GatherDeps,
): Promise<Pick<Situation, "airflow" | "databricks">> {
  const job = incident.failures.filter((failure) => failure.kind === "databricks_run").at(-1);
  if (job !== undefined && !incident.failures.some((failure) => failure.kind === "airflow_task")) {
    return { airflow: null, databricks: await readDatabricks(job.connection, job.runId, deps) };
  }
  return readAirflow(incident, verdict, asked, deps);
}

async function readAirflow(
  incident: Incident,
  verdict: Verdict,
  asked: Asked,
  deps: GatherDeps,
): Promise<Pick<Situation, "airflow" | "databricks">> {
  const connected = deps.connections.airflow.get(incident.connection);
  const failures = incident.failures.filter((failure) => failure.kind === "airflow_task");
  const newest = [...failures].sort((a, b) => (b.endedAt ?? "").localeCompare(a.endedAt ?? ""))[0];
  if (connected === undefined || newest === undefined) {
    throw new RefusedByPolicy(
      "No single task failed here that could be cleared; nothing was proposed.",
      "Look at the run in Airflow and start it again there when its cause is gone.",
    );
  }
  const { reader, writer } = connected;
  if (writer === null) throw diagnosedOnly(incident.connection);
  const { dagId, runId } = newest;
  const [run, specs] = await Promise.all([reader.run(dagId, runId), reader.tasks(dagId)]);
  const before = await whenMarked(
    () => reader.taskInstances(dagId, runId),
    (tasks) => failedOf(tasks, failures, newest, verdict),
    specs,
    deps.clock,
  );
  const roots = failedOf(before, failures, newest, verdict);
  const canRunLatestVersion = asked.afterFix && hasVersions(await reader.version());
  const dryRun =
    roots.length === 0
      ? []
      : await writer.dryRunClear({
          dagId,
          runId,
          tasks: roots.map(({ taskId, mapIndex }) => ({ taskId, mapIndex })),
          includeDownstream: true,
          onlyFailed: true,
          runOnLatestVersion: canRunLatestVersion ? true : null,
        });
  const wouldClear = asTheyStand(dryRun, before, roots);
  const root = roots.length === 1 ? await withFields(roots[0], reader) : null;
  const airflow: AirflowSituation = {
    connection: incident.connection,
    run,
    tasks: before,
    specs,
    roots: root === null ? roots : [root],
    wouldClear,
    canRunLatestVersion,
    usualSeconds: await usualTaskSeconds(
      reader,
      dagId,
      wouldClear.map((task) => task.taskId),
      deps.logger,
    ),
  };
  return { airflow, databricks: root === null ? null : await databricksOf(root, airflow, deps) };

  async function withFields(task: TaskInstance | undefined, from: typeof reader): Promise<TaskInstance | null> {
    if (task === undefined) return null;
    if (task.renderedFields !== null && Object.keys(task.renderedFields).length > 0) return task;
    return from.taskInstance(task).catch(() => task);
  }
}

/** Airflow's scheduler marks what waits behind a failed task within a few rounds of its own. */
const looksForMarks = 4;
const markedWithinMs = 2_500;

/** Reads the task instances once the failure has reached everything behind it; a set that still grows is stale at the click. */
async function whenMarked(
  read: () => Promise<readonly TaskInstance[]>,
  rootsIn: (tasks: readonly TaskInstance[]) => readonly TaskInstance[],
  specs: readonly TaskSpec[],
  clock: Clock,
): Promise<readonly TaskInstance[]> {
  for (let look = 1; ; look += 1) {
    const tasks = await read();
    const waiting = blockedBehind(rootsIn(tasks), specs);
    const unmarked = tasks.some(
      (task) => waiting.has(task.taskId) && (task.state === "none" || task.state === "scheduled"),
    );
    if (!unmarked || look === looksForMarks) return tasks;
    await clock.sleep(markedWithinMs);
  }
}

/** Tasks that can't run any more because of these: behind them by "all_success" alone. */
function blockedBehind(roots: readonly TaskInstance[], specs: readonly TaskSpec[]): ReadonlySet<string> {
  const blocked = new Set<string>();
  const pending = roots.map((task) => task.taskId);
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    for (const next of specs.find((spec) => spec.taskId === id)?.downstreamTaskIds ?? []) {
      const rule = specs.find((spec) => spec.taskId === next)?.triggerRule;
      if (blocked.has(next) || rule !== "all_success") continue;
      blocked.add(next);
      pending.push(next);
    }
  }
  return blocked;
}

/** The live failed instances of the tasks this incident is about; of a mapped task every failed index. */
function failedOf(
  tasks: readonly TaskInstance[],
  failures: readonly TaskFailure[],
  newest: TaskFailure,
  verdict: Verdict,
): readonly TaskInstance[] {
  const ids = new Set(
    failures.filter((one) => one.runId === newest.runId && one.dagId === newest.dagId).map((one) => one.taskId),
  );
  if (verdict.failedAncestor !== null) ids.add(verdict.failedAncestor.taskId);
  return tasks.filter((task) => task.state === "failed" && ids.has(task.taskId));
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
  const named = deps.connections.airflow.get(airflow.connection)?.databricks ?? null;
  const all = [...deps.connections.databricks.keys()];
  const connection = named ?? (all.length === 1 ? (all[0] ?? null) : null);
  const databricks = connection === null ? undefined : deps.connections.databricks.get(connection);
  const reader = deps.connections.airflow.get(airflow.connection)?.reader;
  if (connection === null || databricks === undefined || reader === undefined) return null;
  const run = await findDatabricksRun(root, airflow.specs, airflow.tasks, {
    airflow: reader,
    databricks: databricks.reader,
  });
  return run === null ? null : readDatabricks(connection, run.jobRunId, deps);
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
  };
}

/** `run_on_latest_version` exists from 3.1. */
function hasVersions(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map((part) => Number.parseInt(part, 10));
  return major > 3 || (major === 3 && minor >= 1);
}

function diagnosedOnly(connection: ConnectionName): RefusedByPolicy {
  return new RefusedByPolicy(
    `${connection} has no write credentials: it is diagnosed only, and nothing can be rerun from here.`,
    "Rerun it in Airflow itself, or have write credentials configured.",
  );
}
