import type { DagRun, TaskInstance } from "../airflow.js";
import { median } from "../remediation/usual-time.js";
import { type Change, named } from "./change.js";
import { compareConf } from "./compare-conf.js";
import { spanWords } from "./time-words.js";

/** One run of a task, with the DAG run it belongs to where that could be read. */
export interface TaskRun {
  readonly task: TaskInstance;
  readonly run: DagRun | null;
}

const clearlySlower = 1.5;
const leastSlowerSeconds = 60;
const clearlyShorter = 0.1;
const leastUsualSeconds = 120;
/** So many good runs on one host and in a row make another host worth a word. */
const steadyHosts = 3;

/** The newest earlier success of the same task instance first. `recent` may hold any instances of the task. */
export function earlierGood(failed: TaskInstance, recent: readonly TaskInstance[]): readonly TaskInstance[] {
  const before = whenOf(failed);
  return recent
    .filter(
      (one) =>
        one.state === "success" &&
        one.taskId === failed.taskId &&
        one.mapIndex === failed.mapIndex &&
        one.runId !== failed.runId &&
        (before === "" || whenOf(one) < before),
    )
    .sort((one, other) => whenOf(other).localeCompare(whenOf(one)));
}

/** What differs from the last good run of the same task; `good` holds every good one known, that one first. */
export function compareTaskRuns(failed: TaskRun, last: TaskRun, good: readonly TaskInstance[]): readonly Change[] {
  return [
    ...versionChange(failed, last),
    ...(failed.run === null || last.run === null ? [] : compareConf(failed.run.conf, last.run.conf)),
    ...runTypeChange(failed.run, last.run),
    ...fieldChange("operator", 65, failed.task.operator, last.task.operator),
    ...fieldChange("pool", 50, failed.task.pool, last.task.pool),
    ...hostChange(failed.task, good),
    ...compareDuration(
      "It",
      secondsOf(failed.task),
      good.flatMap((one) => secondsOf(one) ?? []),
    ),
  ];
}

/** A duration that stands out against the good ones, in a sentence about `who`. */
export function compareDuration(who: string, seconds: number | null, good: readonly number[]): readonly Change[] {
  const usual = median(good);
  if (seconds === null || usual === null || usual <= 0) return [];
  const against =
    good.length === 1
      ? `the last good run took ${spanWords(usual)}`
      : `usually it takes ${spanWords(usual)} (median of ${good.length} good runs)`;
  if (seconds >= usual * clearlySlower && seconds - usual >= leastSlowerSeconds) {
    return [{ weight: 55, words: `${who} ran ${spanWords(seconds)} until it failed; ${against}.` }];
  }
  if (usual >= leastUsualSeconds && seconds <= usual * clearlyShorter) {
    return [{ weight: 20, words: `${who} failed after ${spanWords(seconds)}; ${against}.` }];
  }
  return [];
}

function whenOf(task: TaskInstance): string {
  const at = Date.parse(task.startedAt ?? task.runAfter ?? "");
  return Number.isNaN(at) ? "" : new Date(at).toISOString();
}

function secondsOf(task: TaskInstance): number | null {
  if (task.durationSeconds !== null) return task.durationSeconds;
  const span = (Date.parse(task.endedAt ?? "") - Date.parse(task.startedAt ?? "")) / 1000;
  return Number.isNaN(span) ? null : span;
}

function versionChange(failed: TaskRun, last: TaskRun): readonly Change[] {
  const now = versionOf(failed);
  const then = versionOf(last);
  if (now === null || then === null || now === then) return [];
  return [{ weight: 90, words: `The DAG changed: version ${now} ran, the last good run had version ${then}.` }];
}

function versionOf({ task, run }: TaskRun): number | null {
  return task.dagVersion ?? run?.dagVersions.at(-1) ?? null;
}

function runTypeChange(now: DagRun | null, then: DagRun | null): readonly Change[] {
  if (now === null || then === null || now.runType === "" || then.runType === "" || now.runType === then.runType) {
    return [];
  }
  return [{ weight: 60, words: `This is a ${named(now.runType)} run; the last good one was ${named(then.runType)}.` }];
}

function fieldChange(field: string, weight: number, now: string | null, then: string | null): readonly Change[] {
  if (now === null || then === null || now === then) return [];
  return [{ weight, words: `Its ${field} is ${named(now)}; at the last good run it was ${named(then)}.` }];
}

/** Pods and autoscaled workers have a new name each time, which tells nothing. */
function hostChange(failed: TaskInstance, good: readonly TaskInstance[]): readonly Change[] {
  const hosts = new Set(good.slice(0, steadyHosts).map((one) => one.hostname));
  const [usual] = hosts;
  if (good.length < steadyHosts || hosts.size !== 1 || !usual || !failed.hostname || failed.hostname === usual) {
    return [];
  }
  return [
    {
      weight: 30,
      words: `It ran on ${named(failed.hostname)}; the last ${steadyHosts} good runs all ran on ${named(usual)}.`,
    },
  ];
}
