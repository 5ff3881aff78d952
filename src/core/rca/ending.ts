import { endedWellAt } from "./build-outcome.js";
import { isHarmless } from "./echo.js";
import { type FailedStep, failedStep } from "./failed-step.js";
import type { EndMarker, ExceptionChain, LogReading } from "./reading.js";

/** How the try of a log ended, as the log itself says. */
export interface Ending {
  readonly state: "failed" | "succeeded" | "skipped" | "open";
  /** The chain that ended the try; null when none did (a kill, a cut, a text without tracebacks). */
  readonly chain: ExceptionChain | null;
  /** Line of the end: statements behind it are consequences. */
  readonly line: number;
  readonly markers: readonly EndMarker[];
  /** The step of a build that failed, in logs of build systems. */
  readonly step: FailedStep | null;
  /** That it ended well is a program's own word, not the orchestrator's. */
  readonly byOwnWord?: boolean;
}

const failing: ReadonlySet<EndMarker["kind"]> = new Set([
  "failed_with_exception",
  "marked_failed",
  "marked_up_for_retry",
  "killed_by_signal",
  "timed_out",
  "heartbeat_lost",
]);
const taskHeading = /^(?:Task failed with exception|Task failed due to SystemExit.*|Failed to execute task.*)$/;

/** The try's end: the last word counts, since a merged log may hold more than one piece. */
export function endingOf(reading: LogReading): Ending {
  const markers = reading.ends.filter((marker) => isOrchestrators(marker, reading));
  const succeeded = lastOf(markers, (marker) => marker.kind === "marked_success" || exitCode(marker) === 0);
  const markedWell = lastOf(markers, (marker) => marker.kind === "externally_set" && marker.detail === "success");
  if (markedWell !== null) return { state: "succeeded", chain: null, line: markedWell.line, markers, step: null };
  const skipped = lastOf(markers, (marker) => marker.kind === "marked_skipped");
  const failed = lastOf(markers, (marker) => failing.has(marker.kind) || (exitCode(marker) ?? 0) !== 0);
  const orchestrated = reading.format === "v1" || reading.format === "v2";
  const chain = endingChain(reading, orchestrated);
  const failedAt = Math.max(failed?.line ?? 0, chain !== null && orchestrated ? chain.lastLine : 0);
  if (succeeded !== null && succeeded.line > failedAt) {
    return { state: "succeeded", chain: null, line: succeeded.line, markers, step: null };
  }
  if (skipped !== null && skipped.line > failedAt) {
    return { state: "skipped", chain: null, line: skipped.line, markers, step: null };
  }
  const step = failedStep(reading);
  if (step !== null && failedAt === 0) return { state: "failed", chain: null, line: step.line, markers, step };
  const wellAt = failedAt > 0 ? null : endedWellAt(reading);
  if (wellAt !== null) return { state: "succeeded", chain: null, line: wellAt, markers, step: null, byOwnWord: true };
  const line = chain?.lastLine ?? failed?.line ?? reading.lineCount;
  return { state: failedAt > 0 ? "failed" : "open", chain, line, markers, step: null };
}

/** A task that words its own statement like Airflow's (`Task failed with exception in thread …`) has not failed by it. */
function isOrchestrators(marker: EndMarker, reading: LogReading): boolean {
  if (marker.kind !== "failed_with_exception") return true;
  const text = reading.line(marker.line) ?? "";
  return (
    !text.includes("Task failed with exception") || /Task failed with exception(?::? source=.{0,200})?\s*$/.test(text)
  );
}

/** The code an exit marker states, when it states one. */
export function exitCode(marker: EndMarker): number | null {
  if (marker.kind !== "exit_code" || marker.detail === null) return null;
  const stated = /-?\d+/.exec(marker.detail);
  return stated === null ? null : Number(stated[0]);
}

function endingChain(reading: LogReading, orchestrated: boolean): ExceptionChain | null {
  const { chains } = reading;
  if (!orchestrated) return null;
  const named = lastOf(chains, (chain) => taskHeading.test(chain.heading.trim()) && fromOrchestrator(chain));
  if (named !== null) return named;
  return lastOf(
    chains,
    (chain) =>
      chain.logger?.startsWith("taskinstance.py") === true && chain.level === "error" && !isHarmless(chain.heading),
  );
}

function fromOrchestrator(chain: ExceptionChain): boolean {
  const logger = chain.logger;
  return (
    logger === null || logger === "task" || logger === "airflow.task" || /^taskinstance\.py|^airflow\./.test(logger)
  );
}

function lastOf<T>(items: readonly T[], accept: (item: T) => boolean): T | null {
  for (let index = items.length - 1; index >= 0; index -= 1) {
    const item = items[index];
    if (item !== undefined && accept(item)) return item;
  }
  return null;
}
