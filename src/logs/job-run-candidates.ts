import type { XComEntry } from "../core/airflow.js";
import type { FailureCase } from "../core/case.js";
import type { JobRunCandidate } from "../core/ports.js";
import type { LogReading, RunReference } from "../core/rca/reading.js";
import { findRunReferences } from "./databricks-references.js";

const runInUrl = /#job\/\d{1,19}\/run\/(\d{1,19})|\/jobs\/\d{1,19}\/runs\/(\d{1,19})|#job\/run\/(\d{1,19})/;
const ownKeys = new Set([
  "run_id",
  "run_page_url",
  "databricks_job_run_link",
  "_link_DatabricksJobRunLink",
  "return_value",
]);
const taskOfOtherRun = /Current state of the (?:the )?databricks task |databricks task \S{1,200} not yet conclusive/;

/**
 * The Databricks runs a failure is about: what the failed try's log names, else what its XCom holds; then those of the
 * earlier tries. `readings[0]` is the failed try.
 */
export function jobRunCandidates(readings: readonly LogReading[], facts: FailureCase): readonly JobRunCandidate[] {
  const [failed, ...earlier] = readings;
  const references = failed === undefined ? [] : findRunReferences(failed);
  const ofThisTry = references.filter((reference) => reference.tryNumber === failed?.tryNumber);
  const ofTryBefore = references.filter((reference) => reference.tryNumber !== failed?.tryNumber);
  const candidates = fromReferences(ofThisTry);
  const before = new Set(ofTryBefore.map((reference) => reference.runId));
  const own = describesThisTry(failed, facts) ? fromXCom(facts.xcom, failed?.tryNumber ?? null) : [];
  const current = preferred(
    candidates.filter((candidate) => !before.has(candidate.runId)),
    own.filter((candidate) => !before.has(candidate.runId)),
  );
  const watched = current.length > 0 ? [] : fromOtherTasks(failed, facts);
  const previous = [...earlier]
    .sort((a, b) => (b.tryNumber ?? 0) - (a.tryNumber ?? 0))
    .flatMap((reading) => jobRunsFirst(fromReferences(findRunReferences(reading))));
  return unique([...current, ...watched, ...previous, ...fromReferences(ofTryBefore)]);
}

function fromReferences(references: readonly RunReference[]): readonly JobRunCandidate[] {
  const byId = new Map<string, JobRunCandidate & { readonly sure: boolean }>();
  for (const { runId, kind, url, tryNumber } of references) {
    const known = byId.get(runId);
    byId.set(runId, {
      runId,
      url: known?.url ?? url,
      isTaskRun: known === undefined || !known.sure ? kind === "task_run" : known.isTaskRun,
      tryNumber,
      sure: known?.sure === true || kind !== "either",
    });
  }
  const all = [...byId.values()];
  const jobRuns = all.filter((candidate) => candidate.sure && !candidate.isTaskRun);
  const rest = jobRuns.length > 0 ? jobRuns : all;
  return rest.map(({ sure: _, ...candidate }) => candidate);
}

/** The log's own words count; XCom adds the link, or stands in where the log names task runs at most. */
function preferred(fromLog: readonly JobRunCandidate[], own: readonly JobRunCandidate[]): readonly JobRunCandidate[] {
  const inLog = fromLog.filter((candidate) => !candidate.isTaskRun);
  if (inLog.length === 0) return own.length > 0 ? own : fromLog;
  return inLog.map((candidate) => ({
    ...candidate,
    url: candidate.url ?? own.find((one) => one.runId === candidate.runId)?.url ?? null,
  }));
}

function jobRunsFirst(candidates: readonly JobRunCandidate[]): readonly JobRunCandidate[] {
  const jobRuns = candidates.filter((candidate) => !candidate.isTaskRun);
  return jobRuns.length > 0 ? jobRuns : candidates;
}

/** XCom is wiped when a try starts: it describes the latest one. */
function describesThisTry(failed: LogReading | undefined, facts: FailureCase): boolean {
  const latest = facts.task?.tryNumber ?? null;
  return failed === undefined || failed.tryNumber === null || latest === null || latest <= failed.tryNumber;
}

function fromXCom(entries: readonly XComEntry[], tryNumber: number | null): readonly JobRunCandidate[] {
  const url = entries.map((entry) => linkIn(entry.value)).find((found) => found !== null) ?? null;
  const ids = entries.filter((entry) => ownKeys.has(entry.key)).flatMap((entry) => idsIn(entry));
  return unique(
    ids.map((runId) => ({
      runId,
      url: url !== null && runOf(url) === runId ? url : null,
      isTaskRun: false,
      tryNumber,
    })),
  );
}

function idsIn({ key, value }: XComEntry): readonly string[] {
  if (key === "run_id") return digitsOf(value);
  if (key === "return_value") return isLaunch(value) ? digitsOf(value["run_id"]) : [];
  const found = runOf(linkIn(value) ?? "");
  return found === null ? [] : [found];
}

/** A task of a workflow group watches the run its launch task started; a checking task names the run of another one. */
function fromOtherTasks(failed: LogReading | undefined, facts: FailureCase): readonly JobRunCandidate[] {
  const runs = fromXCom(facts.otherXcom, failed?.tryNumber ?? null);
  if (runs.length === 0) return [];
  const operator = facts.task?.operator ?? "";
  const watchesOther =
    /Databricks(?:Task|Notebook|.*Sensor)/.test(operator) || (failed !== undefined && someLine(failed, taskOfOtherRun));
  if (watchesOther && runs.length === 1) return runs;
  const rendered = JSON.stringify(facts.task?.renderedFields ?? null);
  return runs.filter(({ runId }) => {
    const asNumber = new RegExp(`(?<!\\d)${runId}(?!\\d)`);
    return asNumber.test(rendered) || (failed !== undefined && someLine(failed, asNumber));
  });
}

function someLine(reading: LogReading, pattern: RegExp): boolean {
  for (const { text } of reading.retained()) if (pattern.test(text)) return true;
  return false;
}

function isLaunch(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && "run_id" in value && ("job_id" in value || "conn_id" in value);
}

function digitsOf(value: unknown): readonly string[] {
  const text =
    typeof value === "string" || typeof value === "number" || typeof value === "bigint" ? String(value).trim() : "";
  return /^\d{1,19}$/.test(text) ? [text] : [];
}

function linkIn(value: unknown): string | null {
  return typeof value === "string" && /^https?:\/\//.test(value) ? value : null;
}

function runOf(url: string): string | null {
  const found = runInUrl.exec(url);
  return found?.[1] ?? found?.[2] ?? found?.[3] ?? null;
}

function unique(candidates: readonly JobRunCandidate[]): readonly JobRunCandidate[] {
  const byId = new Map<string, JobRunCandidate>();
  for (const candidate of candidates) {
    const known = byId.get(candidate.runId);
    if (known === undefined) byId.set(candidate.runId, candidate);
    else if (known.url === null && candidate.url !== null) byId.set(candidate.runId, { ...known, url: candidate.url });
  }
  return [...byId.values()];
}
