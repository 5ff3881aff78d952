import type { FailureCase } from "../case.js";
import type { JobRunCandidate } from "../ports.js";
import type { Verdict } from "../verdict.js";
import { type Chances, chances, leastProbability, toConfidence } from "./calibration.js";
import { type Choice, chooseCause, strengthBar, type Words } from "./choose.js";
import { type Ending, endingOf } from "./ending.js";
import { statementsOfAirflow } from "./gather-airflow.js";
import { failedTaskRuns, runSucceeded, statementsOfDatabricks } from "./gather-databricks.js";
import { statementsOfLog } from "./gather-log.js";
import { decidingRuns, jobRunsOf } from "./job-runs.js";
import { normaliseException } from "./normalise.js";
import { abstain, dagRunTimedOut, noFailure, type Seen, upstreamFailed } from "./other-outcomes.js";
import { evidenceOf } from "./quote.js";
import { alternativesOf, type Finding, rankFindings, strengthOf } from "./rank.js";
import type { LogReading } from "./reading.js";
import { shorten, summaryLimit } from "./sentence.js";
import { objectOf, type Place, proofOf, type Signature } from "./signature.js";
import { signatures } from "./signatures/index.js";
import type { Statement } from "./statement.js";
import { supportingQuotes } from "./support.js";
import { firstFailedAncestor } from "./upstream.js";
import { waitedFor } from "./waited-for.js";
import { ownWords } from "./words/own-words.js";

export interface DiagnosisInput {
  /** The failing try's log first, then earlier tries; may be empty. */
  readonly readings: readonly LogReading[];
  readonly candidates: readonly JobRunCandidate[];
  readonly facts: FailureCase;
}

const mostEarlierTries = 2;
const longestName = 100;
const shortestName = 16;

/** What the engine judges by; to measure how it generalises it is run with less than it has, or with another calibration. */
export interface Judgement {
  readonly signatures: readonly Signature[];
  readonly words: Words;
  readonly chances: Chances;
  /** Told what was chosen, where it is measured. */
  readonly heard?: (choice: Choice | null, statements: readonly Statement[]) => void;
}

export const ownJudgement: Judgement = { signatures, words: ownWords, chances };

/** Evidence to verdict: pure, deterministic, linear in what it reads. */
export function diagnose(input: DiagnosisInput, judgement: Judgement = ownJudgement): Verdict {
  const { facts, candidates } = input;
  const reading = input.readings[0] ?? null;
  const runs = decidingRuns(facts, candidates);
  const endedWell = runs.length > 0 && runs.every(runSucceeded);
  const ending = reading === null ? null : believed(endingOf(reading), reading, facts, endedWell);
  const common = {
    databricksRuns: jobRunsOf(facts, candidates),
    redactions: input.readings.reduce((sum, one) => sum + one.redactions, 0),
    warnings: warningsOf(input),
  };
  if (isUpstreamFailed(facts, ending)) return upstreamFailed(facts, reading, common);
  const databricks = statementsOfDatabricks(facts, runs);
  if (runTimedOut(facts)) return dagRunTimedOut(facts, reading, common);
  if (isHealthy(facts, reading, ending, endedWell)) return noFailure(reading, ending, common);
  const logged = reading === null || ending === null ? [] : statementsOfLog(reading, ending);
  const cut = reading !== null && ending?.state === "open" && isTasksOwn(reading);
  const silent = databricks.length === 0 && (cut || logged.every((one) => one.weight < 0.5));
  const statements = [
    ...databricks,
    ...tempered(logged, databricks, cut),
    ...statementsOfAirflow(facts, silent, cut || reading === null),
  ];
  const findings = rankFindings(statements, judgement.signatures);
  const choice = chooseCause(findings, statements, judgement.words, judgement.chances);
  judgement.heard?.(choice, statements);
  const first = choice?.findings[0];
  if (choice === null || first === undefined || choice.probability < leastProbability) {
    return abstain({ statements, findings, facts, reading, ending, common });
  }
  const confidence = toConfidence(choice.probability, choice.by);
  const earlier = input.readings.slice(1);
  return verdictOf(first, choice.by, confidence, {
    statements,
    findings: choice.findings,
    facts,
    reading,
    ending,
    common,
    earlier,
  });
}

/** A log of one try by its runner, which states how the try ended; a scheduler's log or a program's own states none. */
function isTasksOwn({ format, records }: LogReading): boolean {
  if (format !== "v1" && format !== "v2") return false;
  return format === "v2" || !records.some(({ logger }) => logger?.startsWith("scheduler_job") === true);
}

/** Where Databricks tells the cause itself, its driver log only supports it; what stood last in a cut log need not be the cause. */
function tempered(logged: readonly Statement[], databricks: readonly Statement[], cut: boolean): readonly Statement[] {
  const told = databricks.some((one) => one.weight >= 0.85);
  if (!told && !cut) return logged;
  return logged.map((one) => (one.origin === "ending" ? one : { ...one, weight: one.weight * 0.8 }));
}

function verdictOf(
  first: Finding,
  by: Choice["by"],
  confidence: number,
  seen: Seen & { readonly earlier: readonly LogReading[] },
): Verdict {
  const { statements, findings, facts, reading, ending, common } = seen;
  const place = { task: facts.task?.taskId ?? facts.databricks.runs[0]?.runName ?? "the task" };
  const ancestor = facts.task?.state === "upstream_failed" ? firstFailedAncestor(facts) : null;
  const telling = statements.filter((one) => proofOf(first.signature, one) !== null);
  const awaited = first.signature.id === "sensor-timed-out" && reading !== null ? waitedFor(reading) : null;
  const named = telling.map((one) => objectOf(first.signature, one)).find((name) => name !== null) ?? null;
  const cluster = first.signature.category === "compute_failure" ? clusterOf(facts) : null;
  const object = awaited?.name ?? first.object ?? named ?? cluster;
  const support = [
    ...(awaited === null ? [] : [awaited.quote]),
    ...telling
      .filter((one) => one !== first.statement)
      .flatMap((one) => one.quotes.slice(0, 1))
      .slice(0, 3),
    ...supportingQuotes(reading, ending, first.statement),
  ];
  return {
    outcome: "diagnosed",
    category: first.signature.category,
    signature: first.signature.id,
    confidence: Math.round(confidence * 100) / 100,
    summary: sentenceOf(first.signature, object, place),
    // Printed words alone must not start a rerun that nobody decides on.
    rerunHelps: by === "words" && first.signature.rerunHelps === "yes" ? "unsure" : first.signature.rerunHelps,
    nextStep: first.signature.nextStep,
    evidence: evidenceOf(first, support),
    alternatives: [...earlierCauses(seen.earlier, first.signature.id), ...alternativesOf(findings, by)],
    object,
    normalisedException: first.statement.type === null ? null : normaliseException(first.statement.text),
    failedAncestor: ancestor === null ? null : { taskId: ancestor.taskId, mapIndex: ancestor.mapIndex },
    ...common,
  };
}

/** The sentence whole: where it is too long, the names in it give way, never its end, which says whose move it is. */
function sentenceOf(signature: Signature, object: string | null, place: Place): string {
  const sentence = (objectMost: number, taskMost: number): string =>
    signature.summary(object === null ? null : cutName(object, objectMost), { task: cutName(place.task, taskMost) });
  for (let most = longestName; most > shortestName; most -= 4) {
    const whole = sentence(most, Math.max(most, 20));
    if (whole.length <= summaryLimit) return shorten(whole);
  }
  return shorten(sentence(shortestName, 20));
}

/** Head and tail of a long name: paths and ids differ at their end. */
function cutName(name: string, most: number): string {
  if (name.length <= most) return name;
  const head = Math.floor((most - 1) / 2);
  return `${name.slice(0, head)}…${name.slice(name.length - (most - 1 - head))}`;
}

/** What ended the tries before, where it was something else: the first try often has the true cause. */
function earlierCauses(readings: readonly LogReading[], chosen: string): Verdict["alternatives"] {
  const named = new Set([chosen]);
  return readings.slice(0, mostEarlierTries).flatMap((reading) => {
    const found = rankFindings(statementsOfLog(reading, endingOf(reading)));
    const first = found[0];
    if (first === undefined || strengthOf(found) < strengthBar || named.has(first.signature.id)) return [];
    named.add(first.signature.id);
    const which = reading.tryNumber === null ? "an earlier try" : `try ${reading.tryNumber}`;
    return [
      {
        category: first.signature.category,
        signature: first.signature.id,
        why: shorten(`${which} ended otherwise: ${first.statement.text.split("\n", 1)[0] ?? ""}`),
      },
    ];
  });
}

/** The cluster of the task run that failed. */
function clusterOf(facts: FailureCase): string | null {
  const failed = facts.databricks.runs.flatMap(failedTaskRuns);
  return failed.find((one) => one.clusterId !== null)?.clusterId ?? null;
}

function warningsOf(input: DiagnosisInput): readonly string[] {
  const warnings = input.readings.flatMap((one) => one.warnings);
  return [...new Set([...warnings, ...input.facts.databricks.gaps])];
}

function isUpstreamFailed(facts: FailureCase, ending: Ending | null): boolean {
  return (
    facts.task?.state === "upstream_failed" && (ending === null || (ending.chain === null && ending.state === "open"))
  );
}

/** Fine, however frightening its log: the log's own try decides; without one the run's or task's own state. */
function isHealthy(
  facts: FailureCase,
  reading: LogReading | null,
  ending: Ending | null,
  runsEndedWell: boolean,
): boolean {
  if (ending !== null && reading !== null && reading.lineCount > 0) {
    if (reading.format === "spark" && facts.databricks.runs.length > 0) return runsEndedWell;
    if (ending.state === "succeeded" || ending.state === "skipped") return true;
    if (ending.state === "failed") return false;
    if (facts.task?.state === "success" && sameTry(facts, reading)) return true;
    if (facts.task?.state === "failed" && sameTry(facts, reading)) return false;
    if (reading.format === "v2" && reading.complete && ranToItsEnd(reading)) return true;
    return runsEndedWell && reading.format !== "v1" && reading.format !== "v2";
  }
  if (facts.task !== null)
    return facts.task.state === "success" || (facts.task.state === "skipped" && !runTimedOut(facts));
  if (facts.databricks.runs.length > 0) return runsEndedWell;
  return facts.run?.state === "success" && facts.importFailures.length === 0;
}

/** Airflow's and Databricks' word on a try counts more than what its program printed last: then the whole log is read. */
function believed(ending: Ending, reading: LogReading, facts: FailureCase, runsEndedWell: boolean): Ending {
  const state = facts.task?.state ?? null;
  const failedTry = (state === "failed" || state === "up_for_retry") && sameTry(facts, reading);
  const failedRuns = facts.databricks.runs.length > 0 && !runsEndedWell;
  return ending.byOwnWord === true && (failedTry || failedRuns)
    ? { ...ending, state: "open", line: reading.lineCount }
    : ending;
}

/** A DAG run past its dagrun_timeout fails with its unfinished tasks marked skipped and no task failed. */
function runTimedOut(facts: FailureCase): boolean {
  if (facts.run?.state !== "failed" || facts.siblings.length === 0) return false;
  const states = facts.siblings.map((one) => one.state);
  const mine = facts.task === null || facts.task.state === "skipped";
  return (
    mine && states.includes("skipped") && !states.some((state) => state === "failed" || state === "upstream_failed")
  );
}

function sameTry(facts: FailureCase, reading: LogReading): boolean {
  return reading.tryNumber === null || reading.tryNumber === facts.task?.tryNumber;
}

/** Airflow 3 states no success; a try without failure that reached its post-execution group ended well. */
function ranToItsEnd(reading: LogReading): boolean {
  return reading.records.some((record) => /^::group::Post |^Done\. Returned value was/.test(record.message));
}
