import type { DatabricksRun } from "../core/databricks.js";
import { UpstreamError } from "../core/errors.js";
import { failureKey, type JobRunFailure } from "../core/failure.js";
import type { DatabricksReader } from "../core/ports.js";
import type { Mark } from "../core/store.js";
import { overlapMs, type Watch, type WatchDeps } from "./watch-airflow.js";

const firstLookBackMs = 24 * 3_600_000;
/** A run started by API may belong to an Airflow task that we have not heard of yet. */
export const ownerGraceMs = 2 * 60_000;

export interface DatabricksWatchDeps extends WatchDeps {
  /** Which of these job runs a watched Airflow task started. */
  readonly findOwned: (runs: readonly DatabricksRun[]) => Promise<ReadonlySet<string>>;
}

/** How far we got: when the last poll began, the start of the earliest run then active, and ended runs waiting for their owner. */
interface Progress {
  readonly polledAt: Date | null;
  readonly earliestActive: Date | null;
  readonly held: Readonly<Record<string, string>>;
}

/**
 * Lists active and completed runs and settles each ended run once. The list is ordered by start, so it is read from the
 * earliest run that was still active at the last poll: what starts and fails while we are down is found too.
 */
export function createDatabricksWatch(reader: DatabricksReader, deps: DatabricksWatchDeps): Watch {
  const markId = `watch:${reader.connection}`;
  return {
    connection: reader.connection,
    async poll() {
      const startedAt = deps.clock.now();
      const progress = readProgress(await deps.store.transact((tx) => tx.marks.get(markId)));
      const from = listFrom(progress, startedAt);
      // Active first: a run that ends between the two calls is then seen as completed, never missed.
      const active = await collect(reader.runs({ which: "active", startedAfter: null }));
      const ended = await collect(reader.runs({ which: "completed", startedAfter: from }));
      const failed = await unsettled(reader, ended.filter(isNews(reader, progress)), deps);

      const settled: string[] = [];
      const held: Record<string, string> = {};
      const report: JobRunFailure[] = [];
      const owned = failed.length === 0 ? new Set<string>() : await deps.findOwned(failed.map(({ run }) => run));
      for (const { run, failure, key } of failed) {
        // A run of a run_job task fails together with the outer run, which is reported.
        const since = progress.held[key] ?? startedAt.toISOString();
        const waited = startedAt.getTime() - new Date(since).getTime();
        if (owned.has(run.runId) || run.trigger === "RUN_JOB_TASK") settled.push(key);
        else if (progress.polledAt !== null && mayHaveOwner(run) && waited < ownerGraceMs) held[key] = since;
        else {
          settled.push(key);
          report.push(failure);
        }
      }
      if (progress.polledAt === null) await deps.onFirstContact(reader.connection, report);
      else for (const failure of report) await deps.onFailure(failure);

      const heldRuns = failed.filter(({ key }) => key in held).map(({ run }) => run);
      const earliest =
        [...active, ...heldRuns]
          .map((run) => run.startedAt)
          .filter((at) => at !== null)
          .sort()[0] ?? null;
      await deps.store.transact(async (tx) => {
        for (const id of settled) await tx.seen.put({ id, at: startedAt.toISOString() });
        await tx.marks.put({
          id: markId,
          value: { polledAt: startedAt.toISOString(), earliestActive: earliest, held },
        });
      });
      return { found: report.length };
    },
  };
}

function listFrom(progress: Progress, now: Date): Date {
  if (progress.polledAt === null) return new Date(now.getTime() - firstLookBackMs);
  const known = Math.min(progress.polledAt.getTime(), progress.earliestActive?.getTime() ?? Number.POSITIVE_INFINITY);
  return new Date(known - overlapMs);
}

/** While a run stays active for weeks the list reaches back as far; what ended before the last poll was settled by it. */
function isNews(reader: DatabricksReader, { polledAt, held }: Progress): (run: DatabricksRun) => boolean {
  const since = polledAt === null ? null : polledAt.getTime() - overlapMs;
  return (run) =>
    since === null ||
    run.endedAt === null ||
    new Date(run.endedAt).getTime() >= since ||
    settledKey(reader, run) in held;
}

function settledKey(reader: DatabricksReader, run: DatabricksRun): string {
  return `settled|${reader.connection}|${run.runId}|${run.endedAt ?? ""}`;
}

interface EndedBadly {
  readonly run: DatabricksRun;
  readonly failure: JobRunFailure;
  readonly key: string;
}

async function unsettled(
  reader: DatabricksReader,
  ended: readonly DatabricksRun[],
  deps: WatchDeps,
): Promise<readonly EndedBadly[]> {
  const found: EndedBadly[] = [];
  for (const listed of ended) {
    if (!endedBadly(listed)) continue;
    const key = settledKey(reader, listed);
    if ((await deps.store.transact((tx) => tx.seen.get(key))) !== null) continue;
    // The list leaves repairs out; a repaired run fails again under its own id.
    const run = await readOrListed(reader, listed);
    const failure = jobRunFailure(reader.connection, run);
    const known = await deps.store.transact((tx) => tx.seen.get(failureKey(failure)));
    if (known === null) found.push({ run, failure, key });
  }
  return found;
}

/** Runs are deleted while we look; what the list said of one is then all there is. */
async function readOrListed(reader: DatabricksReader, listed: DatabricksRun): Promise<DatabricksRun> {
  try {
    return await reader.run(listed.runId);
  } catch (error) {
    if (error instanceof UpstreamError && error.reason === "not_found") return listed;
    throw error;
  }
}

/** A run that a person cancelled is their own doing, not a failure. */
function endedBadly(run: DatabricksRun): boolean {
  const { lifeCycle, result, terminationCode } = run.status;
  if (result === "SUCCESS" || result === "SUCCESS_WITH_FAILURES" || result === "EXCLUDED" || result === "DISABLED")
    return false;
  if (terminationCode === "USER_CANCELED") return false;
  return result !== null || lifeCycle === "INTERNAL_ERROR" || lifeCycle === "SKIPPED";
}

/** Runs on a schedule or trigger have no owner; what an operator starts looks like any other run started by API. */
function mayHaveOwner(run: DatabricksRun): boolean {
  return run.trigger !== "PERIODIC" && run.trigger !== "FILE_ARRIVAL" && run.trigger !== "TABLE";
}

export function jobRunFailure(connection: string, run: DatabricksRun): JobRunFailure {
  const repair = run.repairs.filter((entry) => entry.type === "REPAIR").at(-1);
  return {
    kind: "databricks_run",
    connection,
    jobId: run.jobId,
    jobName: run.runName,
    runId: run.runId,
    repairId: repair?.id ?? null,
    startedAt: run.startedAt,
    endedAt: run.endedAt,
  };
}

function readProgress(mark: Mark | null): Progress {
  const value = mark?.value ?? {};
  const held = value["held"];
  return {
    polledAt: typeof value["polledAt"] === "string" ? new Date(value["polledAt"]) : null,
    earliestActive: typeof value["earliestActive"] === "string" ? new Date(value["earliestActive"]) : null,
    held: isStringRecord(held) ? held : {},
  };
}

function isStringRecord(value: unknown): value is Record<string, string> {
  return (
    typeof value === "object" && value !== null && Object.values(value).every((entry) => typeof entry === "string")
  );
}

async function collect<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
