import type { Dag, DagRun } from "./airflow.js";
import { median } from "./remediation/usual-time.js";

/** A run that should have begun or ended by now. */
export interface Lateness {
  /** `not_started`: its time came and no run is there; the others are states of a run past its usual end. */
  readonly kind: "not_started" | "queued" | "running" | "failed";
  readonly runId: string | null;
  /** When it should have begun (`not_started`) or ended, ISO 8601. */
  readonly due: string;
  readonly lateSeconds: number;
  /** From being due to its end, as good runs of the same kind usually take; null without any. */
  readonly usualSeconds: number | null;
}

/** The first scheduled time after a moment; null for a schedule that no clock drives (assets, datasets, none). */
export type NextDue = (schedule: string, after: Date, timeZone: string) => Date | null;

/** Runs are never that regular: less than this is not late. */
const leastGraceMs = 5 * 60_000;
const graceShare = 0.25;
/** So many scheduled runs show a rhythm where no clock is known, if their gaps differ by no more than a quarter. */
const rhythmRuns = 5;

/** What is late of a DAG; null when nothing is. `runs` are its newest ones, the newest first. */
export function latenessOf(dag: Dag, runs: readonly DagRun[], now: Date, nextDue: NextDue): Lateness | null {
  if (dag.isPaused) return null;
  const unfinished = runs.filter((run, index) => isActive(run) || (index === 0 && run.state === "failed"));
  const late = unfinished.flatMap((run) => pastItsEnd(run, runs, now) ?? []);
  const worst = late.sort((one, other) => other.lateSeconds - one.lateSeconds)[0];
  return worst ?? notStarted(dag, runs, now, nextDue);
}

function isActive(run: DagRun): boolean {
  return run.state === "running" || run.state === "queued";
}

function pastItsEnd(run: DagRun, runs: readonly DagRun[], now: Date): Lateness | null {
  const begun = millis(run.runAfter ?? run.startedAt);
  const usual = usualSpan(runs, run.runType);
  if (begun === null || usual === null) return null;
  const due = begun + usual;
  const kind = run.state === "queued" ? "queued" : run.state === "failed" ? "failed" : "running";
  return beyond(due, usual, now, { kind, runId: run.runId });
}

function notStarted(dag: Dag, runs: readonly DagRun[], now: Date, nextDue: NextDue): Lateness | null {
  const last = millis(runs.find((run) => run.runType === "scheduled")?.runAfter ?? null);
  const due = millis(dag.nextRunAfter ?? null) ?? dueAfter(dag, last, runs, nextDue);
  if (due === null || (last !== null && last >= due)) return null;
  return beyond(due, 0, now, { kind: "not_started", runId: null }, usualSpan(runs, "scheduled"));
}

function dueAfter(dag: Dag, last: number | null, runs: readonly DagRun[], nextDue: NextDue): number | null {
  if (last === null) return null;
  const scheduled =
    dag.schedule === null ? null : nextDue(dag.schedule, new Date(last), dag.timeZone ?? "UTC")?.getTime();
  return scheduled ?? rhythm(runs, last);
}

/** The next beat of runs that came at steady intervals, whatever drives them. */
function rhythm(runs: readonly DagRun[], last: number): number | null {
  const times = runs.flatMap((run) => (run.runType === "manual" ? [] : (millis(run.runAfter) ?? [])));
  if (times.length < rhythmRuns) return null;
  const gaps = times.slice(1).map((time, index) => (times[index] ?? time) - time);
  const usual = median(gaps);
  if (usual === null || usual <= 0) return null;
  const steady = gaps.every((gap) => Math.abs(gap - usual) <= usual / 4);
  return steady ? last + usual + usual / 4 : null;
}

/** Milliseconds from being due to the end, in the middle of the good runs. */
function usualSpan(runs: readonly DagRun[], runType: string): number | null {
  const good = runs.filter((run) => run.state === "success");
  const same = good.filter((run) => run.runType === runType);
  return median(
    (same.length > 0 ? same : good).flatMap((run) => {
      const begun = millis(run.runAfter ?? run.startedAt);
      const ended = millis(run.endedAt);
      return begun === null || ended === null || ended < begun ? [] : [ended - begun];
    }),
  );
}

function beyond(
  due: number,
  span: number,
  now: Date,
  what: Pick<Lateness, "kind" | "runId">,
  usual: number | null = span,
): Lateness | null {
  const lateMs = now.getTime() - due;
  if (lateMs <= Math.max(leastGraceMs, span * graceShare)) return null;
  return {
    ...what,
    due: new Date(due).toISOString(),
    lateSeconds: Math.round(lateMs / 1000),
    usualSeconds: usual === null ? null : Math.round(usual / 1000),
  };
}

function millis(time: string | null): number | null {
  const at = Date.parse(time ?? "");
  return Number.isNaN(at) ? null : at;
}
