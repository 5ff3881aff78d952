import type { DatabricksRun } from "../core/databricks.js";
import type { AirflowReader, DatabricksReader, Logger } from "../core/ports.js";
import { hasSucceeded, latestAttempts } from "../core/remediation/databricks-tasks.js";
import { median } from "../core/remediation/usual-time.js";

const instancesRead = 10;
const tasksRead = 8;
const runsRead = 3;
const daysBack = 14;

/** Usual seconds of Airflow tasks by id, from their recent successes; a task without any is left out. Never throws. */
export async function usualTaskSeconds(
  reader: AirflowReader,
  dagId: string,
  taskIds: readonly string[],
  logger: Logger,
): Promise<ReadonlyMap<string, number>> {
  const usual = new Map<string, number>();
  const read = [...new Set(taskIds)].slice(0, tasksRead).map(async (taskId) => {
    const recent = await reader.recentTaskInstances(dagId, taskId, instancesRead);
    const seconds = median(recent.flatMap((one) => (one.state === "success" ? (one.durationSeconds ?? []) : [])));
    if (seconds !== null) usual.set(taskId, seconds);
  });
  for (const outcome of await Promise.allSettled(read)) {
    if (outcome.status === "rejected") logger.debug({ err: outcome.reason }, "no usual duration");
  }
  return usual;
}

export interface UsualRun {
  readonly tasks: ReadonlyMap<string, number>;
  readonly whole: number | null;
  /** Of its largest cluster, the driver among them; null where no run says. */
  readonly machines: number | null;
}

/** Usual seconds of a job's tasks by key and of the whole run, from its last good runs. Never throws. */
export async function usualRunSeconds(
  reader: DatabricksReader,
  run: DatabricksRun,
  now: Date,
  logger: Logger,
): Promise<UsualRun> {
  try {
    const good = run.jobId === null ? [] : await goodRuns(reader, run.jobId, now);
    const times = new Map<string, number[]>();
    for (const one of good) {
      for (const task of latestAttempts(one)) {
        if (task.durationMs !== null) times.set(task.taskKey, [...(times.get(task.taskKey) ?? []), task.durationMs]);
      }
    }
    const tasks = new Map<string, number>();
    for (const [key, durations] of times) tasks.set(key, Math.round((median(durations) ?? 0) / 1000));
    const whole = median(good.flatMap((one) => one.durationMs ?? []));
    return { tasks, whole: whole === null ? null : Math.round(whole / 1000), machines: machinesOf(good) };
  } catch (error) {
    logger.debug({ err: error }, "no usual duration");
    return { tasks: new Map(), whole: null, machines: null };
  }
}

/** `4`, or the larger of `2 to 8`; the driver is one more. */
function machinesOf(runs: readonly DatabricksRun[]): number | null {
  const workers = runs.flatMap((run) =>
    run.tasks.flatMap(({ compute }) => {
      const most = Number.parseInt(compute?.workers?.split(" to ").at(-1) ?? "", 10);
      return Number.isSafeInteger(most) ? [most] : [];
    }),
  );
  return workers.length === 0 ? null : Math.max(...workers) + 1;
}

async function goodRuns(reader: DatabricksReader, jobId: string, now: Date): Promise<readonly DatabricksRun[]> {
  const startedAfter = new Date(now.getTime() - daysBack * 24 * 60 * 60 * 1000);
  const good: DatabricksRun[] = [];
  for await (const run of reader.runs({ which: "completed", startedAfter, jobId })) {
    if (hasSucceeded(run.status)) good.push(await reader.run(run.runId));
    if (good.length === runsRead) break;
  }
  return good;
}
