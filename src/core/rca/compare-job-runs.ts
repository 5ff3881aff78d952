import type { DatabricksRun, DatabricksTaskRun } from "../databricks.js";
import { hasSucceeded, latestAttempts } from "../remediation/databricks-tasks.js";
import { type Change, named, namedList } from "./change.js";
import { compareDuration } from "./compare.js";

/** What differs from earlier good runs of the same job, the newest of them first. */
export function compareJobRuns(failed: DatabricksRun, good: readonly DatabricksRun[]): readonly Change[] {
  const [last] = good;
  if (last === undefined) return [];
  const broken = latestAttempts(failed).filter(
    ({ status, startedAt }) => isBroken(status.result) && startedAt !== null,
  );
  const perTask = broken.flatMap((task) => {
    const earlier = good.flatMap((run) => latestAttempts(run).filter(({ taskKey }) => taskKey === task.taskKey));
    const seconds = earlier.flatMap(({ durationMs }) => (durationMs === null ? [] : [durationMs / 1000]));
    const took = task.durationMs === null ? null : task.durationMs / 1000;
    return [
      ...computeChange(task, earlier[0]),
      ...libraryChange(task, earlier[0]),
      ...clusterChange(task, earlier),
      ...compareDuration(`Databricks task ${named(task.taskKey)}`, took, seconds),
    ];
  });
  return [...taskSetChange(failed, last), ...perTask];
}

/** The good ones among a job's runs that started before the failed one, newest first. */
export function isEarlierGood(run: DatabricksRun, failed: DatabricksRun): boolean {
  if (run.runId === failed.runId || !hasSucceeded(run.status)) return false;
  return failed.startedAt === null || (run.startedAt ?? "") < failed.startedAt;
}

function isBroken(result: string | null): boolean {
  return result === "FAILED" || result === "TIMEDOUT" || result === "CANCELED" || result === "INTERNAL_ERROR";
}

function taskSetChange(failed: DatabricksRun, last: DatabricksRun): readonly Change[] {
  const now = failed.tasks.map(({ taskKey }) => taskKey);
  const then = last.tasks.map(({ taskKey }) => taskKey);
  if (now.length === 0 || then.length === 0) return [];
  const others = newAndGone(now, then);
  if (others === null) return [];
  return [{ weight: 86, words: `The Databricks job has other tasks than at its last good run: ${others}.` }];
}

function libraryChange(task: DatabricksTaskRun, earlier: DatabricksTaskRun | undefined): readonly Change[] {
  const others = earlier === undefined ? null : newAndGone(task.libraries ?? [], earlier.libraries ?? []);
  if (others === null) return [];
  const words = `${named(task.taskKey)} has other libraries than at the last good run: ${others}.`;
  return [{ weight: 88, words }];
}

/** `new …; gone …`; null where nothing is. */
function newAndGone(now: readonly string[], then: readonly string[]): string | null {
  const added = [...new Set(now)].filter((name) => !then.includes(name));
  const gone = [...new Set(then)].filter((name) => !now.includes(name));
  if (added.length === 0 && gone.length === 0) return null;
  const parts = [
    ...(added.length > 0 ? [`new ${namedList(added)}`] : []),
    ...(gone.length > 0 ? [`gone ${namedList(gone)}`] : []),
  ];
  return parts.join("; ");
}

function computeChange(task: DatabricksTaskRun, earlier: DatabricksTaskRun | undefined): readonly Change[] {
  const now = task.compute ?? null;
  const then = earlier?.compute ?? null;
  if (now === null || then === null) return [];
  return (["sparkVersion", "nodeType", "workers"] as const).flatMap((field) =>
    now[field] === null || then[field] === null || now[field] === then[field]
      ? []
      : [
          {
            weight: 85,
            words: `The cluster of ${named(task.taskKey)} has ${computeNames[field]} ${named(now[field])}; at the last good run it had ${named(then[field])}.`,
          },
        ],
  );
}

const computeNames = { sparkVersion: "Spark version", nodeType: "node type", workers: "workers" } as const;

/** A job cluster is a new one each run; only where good runs shared one cluster is another one telling. */
function clusterChange(task: DatabricksTaskRun, earlier: readonly DatabricksTaskRun[]): readonly Change[] {
  const clusters = new Set(earlier.map(({ clusterId }) => clusterId));
  const [usual] = clusters;
  if (earlier.length < 2 || clusters.size !== 1 || !usual || task.clusterId === null || task.clusterId === usual) {
    return [];
  }
  return [
    {
      weight: 45,
      words: `${named(task.taskKey)} ran on cluster ${named(task.clusterId)}; its good runs ran on ${named(usual)}.`,
    },
  ];
}
