import type { LabAdmin } from "../../live/airflow/admin.js";
import { type BenchFailure, failures, withoutQuotes } from "./failures.js";

/** A busy machine may kill a task before it fails by itself, or keep Airflow's SQLite locked for too long. */
const mostTries = 4;

/** Lets every DAG fail as it was written to, once; returns the run of each. */
export async function failAll(admin: LabAdmin): Promise<ReadonlyMap<string, string>> {
  const runIds = new Map<string, string>();
  let left = failures;
  for (let attempt = 1; left.length > 0; attempt += 1) {
    if (attempt > mostTries)
      throw new Error(`no run failed as it should: ${left.map(({ dagId }) => dagId).join(", ")}`);
    const runId = `bench-${attempt}`;
    const started = new Set<BenchFailure>();
    for (const failure of left) if (await isStarted(failure, runId, admin)) started.add(failure);
    const wrong: BenchFailure[] = [];
    for (const failure of left) {
      if (started.has(failure) && (await failedAsWritten(failure, runId, admin))) runIds.set(failure.dagId, runId);
      else wrong.push(failure);
    }
    left = wrong;
  }
  return runIds;
}

function isStarted({ dagId }: BenchFailure, runId: string, admin: LabAdmin): Promise<boolean> {
  return admin.trigger(dagId, runId).then(
    () => true,
    () => false,
  );
}

async function failedAsWritten(failure: BenchFailure, runId: string, admin: LabAdmin): Promise<boolean> {
  const { dagId, child = { dagId, runId }, cause, noLog = false } = failure;
  if ((await admin.untilEnded(dagId, runId)) !== "failed") return false;
  const tasks = await admin.tasks(child.dagId, child.runId);
  if (noLog) return tasks.every(({ state }) => state === "skipped");
  const failed = tasks.find(({ state }) => state === "failed");
  return failed !== undefined && cause.test(withoutQuotes(await admin.logOf(failed)));
}
