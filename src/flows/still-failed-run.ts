import type { ConnectionName, TaskInstance, TaskSpec } from "../core/airflow.js";
import { RefusedByPolicy, UpstreamError } from "../core/errors.js";
import type { DagRunFailure, TaskFailure } from "../core/failure.js";
import type { Incident } from "../core/incident.js";
import type { AirflowReader, AirflowWriter, Clock, Connections } from "../core/ports.js";
import type { Verdict } from "../core/verdict.js";

/** A run of the incident as it stands now, and the Airflow it belongs to. */
export interface StillFailedRun {
  readonly connection: ConnectionName;
  readonly dagId: string;
  readonly runId: string;
  readonly reader: AirflowReader;
  readonly writer: AirflowWriter;
  readonly specs: readonly TaskSpec[];
  readonly tasks: readonly TaskInstance[];
  /** The live failed instances of the tasks the incident is about; none of a run that ended badly without one. */
  readonly roots: readonly TaskInstance[];
}

/** Everything of the incident is well again; no diagnosis says more than that. */
export class NothingLeft extends RefusedByPolicy {}

/** The newest run of the incident that still has something to rerun; RefusedByPolicy when none has or none can be written to. */
export async function stillFailedRun(
  incident: Incident,
  verdict: Verdict,
  deps: { readonly connections: Connections; readonly clock: Clock },
): Promise<StillFailedRun> {
  const runs = runsOf(incident);
  let readOnly: ConnectionName | null = null;
  let looked = false;
  for (const failures of runs) {
    const [{ connection, dagId, runId }] = failures;
    const connected = deps.connections.airflow.get(connection);
    if (connected === undefined) continue;
    const { reader, writer } = connected;
    if (writer === null) {
      readOnly ??= connection;
      continue;
    }
    looked = true;
    const rootsIn = (tasks: readonly TaskInstance[]) => failedOf(tasks, failures, verdict);
    const first = await instancesOf(reader, dagId, runId);
    if (rootsIn(first).length === 0) continue;
    const specs = await reader.tasks(dagId);
    const tasks = await whenMarked(first, () => reader.taskInstances(dagId, runId), rootsIn, specs, deps.clock);
    const roots = rootsIn(tasks);
    if (roots.length > 0) return { connection, dagId, runId, reader, writer, specs, tasks, roots };
  }
  for (const { connection, dagId, runId } of failedRunsOf(incident)) {
    const connected = deps.connections.airflow.get(connection);
    if (connected?.writer === null) readOnly ??= connection;
    if (connected === undefined || connected.writer === null) continue;
    const { reader, writer } = connected;
    looked = true;
    const tasks = await instancesOf(reader, dagId, runId);
    if (tasks.length === 0 || (await reader.run(dagId, runId)).state !== "failed") continue;
    const roots = tasks.filter((task) => task.state === "failed");
    return { connection, dagId, runId, reader, writer, specs: await reader.tasks(dagId), tasks, roots };
  }
  if (readOnly !== null) throw diagnosedOnly(readOnly);
  if (looked) {
    throw new NothingLeft(
      runs.length === 1 || incident.failures.length === 1
        ? "No task of this run is failed any more; there is nothing to rerun."
        : "No task of these runs is failed any more; there is nothing to rerun.",
      "Nothing needs to be done.",
    );
  }
  throw new RefusedByPolicy(
    "No single task failed here that could be cleared; nothing was proposed.",
    "Look at the run in Airflow and start it again there when its cause is gone.",
  );
}

/** Runs that ended badly without a failed task, the newest first. */
function failedRunsOf(incident: Incident): readonly DagRunFailure[] {
  return incident.failures
    .filter((failure) => failure.kind === "airflow_run")
    .sort((a, b) => (b.endedAt ?? "").localeCompare(a.endedAt ?? ""));
}

type RunFailures = readonly [TaskFailure, ...TaskFailure[]];

/** The incident's task failures by run, the run with the newest failure first. */
function runsOf(incident: Incident): readonly RunFailures[] {
  const newestFirst = incident.failures
    .filter((failure) => failure.kind === "airflow_task")
    .sort((a, b) => (b.endedAt ?? "").localeCompare(a.endedAt ?? ""));
  const runs = new Map<string, [TaskFailure, ...TaskFailure[]]>();
  for (const failure of newestFirst) {
    const key = JSON.stringify([failure.connection, failure.dagId, failure.runId]);
    const known = runs.get(key);
    if (known === undefined) runs.set(key, [failure]);
    else known.push(failure);
  }
  return [...runs.values()];
}

/** A run that was deleted has nothing left to rerun. */
async function instancesOf(reader: AirflowReader, dagId: string, runId: string): Promise<readonly TaskInstance[]> {
  try {
    return await reader.taskInstances(dagId, runId);
  } catch (error) {
    if (error instanceof UpstreamError && error.reason === "not_found") return [];
    throw error;
  }
}

/** Airflow's scheduler marks what waits behind a failed task within a few rounds of its own. */
const looksForMarks = 4;
const markedWithinMs = 2_500;

/** Reads the task instances once the failure has reached everything behind it; a set that still grows is stale at the click. */
async function whenMarked(
  first: readonly TaskInstance[],
  read: () => Promise<readonly TaskInstance[]>,
  rootsIn: (tasks: readonly TaskInstance[]) => readonly TaskInstance[],
  specs: readonly TaskSpec[],
  clock: Clock,
): Promise<readonly TaskInstance[]> {
  let tasks = first;
  for (let look = 1; ; look += 1) {
    const waiting = blockedBehind(rootsIn(tasks), specs);
    const unmarked = tasks.some(
      (task) => waiting.has(task.taskId) && (task.state === "none" || task.state === "scheduled"),
    );
    if (!unmarked || look === looksForMarks) return tasks;
    await clock.sleep(markedWithinMs);
    tasks = await read();
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
  verdict: Verdict,
): readonly TaskInstance[] {
  const ids = new Set(failures.map((one) => one.taskId));
  if (verdict.failedAncestor !== null) ids.add(verdict.failedAncestor.taskId);
  return tasks.filter((task) => task.state === "failed" && ids.has(task.taskId));
}

function diagnosedOnly(connection: ConnectionName): RefusedByPolicy {
  return new RefusedByPolicy(
    `${connection} has no write credentials: it is diagnosed only, and nothing can be rerun from here.`,
    "Rerun it in Airflow itself, or have write credentials configured.",
  );
}
