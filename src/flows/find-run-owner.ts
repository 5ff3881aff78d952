import type { TaskInstance } from "../core/airflow.js";
import type { DatabricksRun } from "../core/databricks.js";
import type { AirflowReader, Logger } from "../core/ports.js";
import type { Store } from "../core/store.js";

/** An operator stores the run it started at once, and the run starts after its task did. */
const slackMs = 10 * 60_000;

export interface FindOwnerDeps {
  readonly store: Store;
  readonly readers: () => readonly AirflowReader[];
  readonly logger: Logger;
}

/**
 * Which of these job runs a watched Airflow task started: named by an incident's diagnosis, or by the XCom of a Databricks
 * task of a run that still goes on or ended since. Such a run is that task's matter, and silent while Airflow still retries.
 */
export async function findOwnedRuns(runs: readonly DatabricksRun[], deps: FindOwnerDeps): Promise<ReadonlySet<string>> {
  const owned = new Set<string>(await namedByIncidents(deps.store));
  const open = new Set(runs.map((run) => run.runId).filter((id) => !owned.has(id)));
  const starts = runs.flatMap((run) => (run.startedAt === null ? [] : [new Date(run.startedAt).getTime()]));
  if (open.size === 0 || starts.length === 0) return owned;
  const since = new Date(Math.min(...starts) - slackMs);
  for (const reader of deps.readers()) {
    try {
      for await (const id of startedByTasks(reader, since, deps.logger)) owned.add(id);
    } catch (error) {
      // The run is held until the grace is over; a deployment that is down must not stop the Databricks watch.
      deps.logger.warn({ connection: reader.connection, error }, "could not look for the owners of Databricks runs");
    }
  }
  return owned;
}

async function namedByIncidents(store: Store): Promise<readonly string[]> {
  const incidents = await store.transact((tx) => tx.incidents.find({}, "current"));
  return incidents.flatMap((incident) =>
    incident.dagId === null ? [] : (incident.verdict?.databricksRuns ?? []).map((link) => link.runId),
  );
}

/** What was found before a reading fails counts. */
async function* startedByTasks(reader: AirflowReader, since: Date, logger: Logger): AsyncIterable<string> {
  // A run may have gone well although a task that started a job run failed in between.
  for await (const run of reader.runsChangedSince(since, ["running", "failed", "success"])) {
    const instances = await reader.taskInstances(run.dagId, run.runId);
    for (const instance of instances.filter(startsDatabricksRuns)) {
      try {
        for (const entry of await reader.xcom(instance)) yield* runIdsIn(entry.value);
      } catch (error) {
        const { dagId, runId, taskId } = instance;
        logger.warn({ connection: reader.connection, dagId, runId, taskId, error }, "an XCom could not be read");
      }
    }
  }
}

function startsDatabricksRuns(instance: TaskInstance): boolean {
  return /databricks/i.test(instance.operator ?? "") && instance.state !== "none";
}

/** `run_id` as number or text, the number in a run page's address, or the launch task's `{run_id: …}`. */
function runIdsIn(value: unknown): readonly string[] {
  if (typeof value === "bigint" || typeof value === "number") return [String(value)];
  if (typeof value === "string")
    return /^\d{1,19}$/.test(value)
      ? [value]
      : [...value.matchAll(/\bruns?\/(\d{1,19})\b/g)].map((match) => match[1] ?? "");
  if (typeof value === "object" && value !== null && "run_id" in value) return runIdsIn(value.run_id);
  return [];
}
