import type { FailureCase } from "../case.js";
import type { Evidence } from "../evidence.js";
import type { Verdict } from "../verdict.js";
import type { Ending } from "./ending.js";
import { failedTaskRuns } from "./gather-databricks.js";
import { normaliseException } from "./normalise.js";
import { evidenceOfStatements } from "./quote.js";
import type { Finding } from "./rank.js";
import type { LogReading } from "./reading.js";
import { shorten } from "./sentence.js";
import type { Quote, Statement } from "./statement.js";
import { lastOutput } from "./support.js";
import { failedAncestors } from "./upstream.js";

/** What every verdict carries, whatever its outcome. */
export type Common = Pick<Verdict, "databricksRuns" | "redactions" | "warnings">;

/** What was read and found before a verdict is worded. */
export interface Seen {
  readonly statements: readonly Statement[];
  readonly findings: readonly Finding[];
  readonly facts: FailureCase;
  readonly reading: LogReading | null;
  readonly ending: Ending | null;
  readonly common: Common;
}

/** The run is fine. */
export function noFailure(reading: LogReading | null, ending: Ending | null, common: Common): Verdict {
  const line = ending?.markers.at(-1)?.line ?? null;
  const text = line === null ? null : (reading?.line(line) ?? null);
  const evidence: Evidence[] = text === null ? [] : [{ id: "E1", source: "log", line, text: text.slice(0, 500) }];
  return {
    outcome: "no_failure",
    category: null,
    signature: null,
    confidence: ending?.byOwnWord === true ? 0.7 : 0.95,
    summary: "This try ended well; what looks like an error in its log was handled.",
    rerunHelps: "no",
    nextStep: "Nothing to do.",
    evidence,
    alternatives: [],
    object: null,
    normalisedException: null,
    failedAncestor: null,
    ...common,
  };
}

/** The task never ran, since a task above it failed; the verdict names that one. */
export function upstreamFailed(facts: FailureCase, reading: LogReading | null, common: Common): Verdict {
  const ancestors = failedAncestors(facts);
  const first = ancestors[0] ?? null;
  const task = facts.task?.taskId ?? "The task";
  const name =
    first === null ? "a task above it" : first.mapIndex >= 0 ? `${first.taskId}[${first.mapIndex}]` : first.taskId;
  const quotes: Quote[] = [];
  for (const record of reading?.records ?? []) {
    if (/upstream task/i.test(record.message)) {
      quotes.push({ source: "log", line: record.firstLine, text: reading?.line(record.firstLine) ?? record.message });
    }
  }
  for (const one of ancestors.slice(0, 6)) quotes.push({ source: "task_instances", line: null, text: one.taskId });
  if (quotes.length === 0) quotes.push({ source: "task_instance", line: null, text: "upstream_failed" });
  const seen = new Set<string>();
  const evidence = quotes
    .filter((quote) => !seen.has(quote.text) && seen.add(quote.text) !== undefined)
    .map((quote, index) => ({ id: `E${index + 1}`, source: quote.source, line: quote.line, text: quote.text }));
  return {
    outcome: "diagnosed",
    category: "dependency_failure",
    signature: "upstream-task-failed",
    confidence: first === null ? 0.8 : 0.92,
    summary: shorten(
      `${task} never ran because ${name} failed first; repair that task, its owner's move, and this one follows.`,
    ),
    rerunHelps: "no",
    nextStep: `Diagnose and repair ${name}; clearing it with its downstream runs this task too.`,
    evidence,
    alternatives: [],
    object: first?.taskId ?? null,
    normalisedException: null,
    failedAncestor: first === null ? null : { taskId: first.taskId, mapIndex: first.mapIndex },
    ...common,
  };
}

/** The run passed its own time limit; its tasks were skipped by the scheduler. */
export function dagRunTimedOut(facts: FailureCase, reading: LogReading | null, common: Common): Verdict {
  const skipped = facts.siblings.filter((one) => one.state === "skipped");
  const quotes: Quote[] = [];
  for (const record of reading?.records ?? []) {
    if (/timed[ -]out/i.test(record.message)) {
      quotes.push({ source: "log", line: record.firstLine, text: reading?.line(record.firstLine) ?? record.message });
    }
  }
  quotes.push({ source: "dag_run", line: null, text: "failed" });
  for (const one of skipped.slice(0, 5)) quotes.push({ source: "task_instances", line: null, text: one.taskId });
  const run = facts.run?.dagId ?? facts.task?.dagId ?? "The run";
  return {
    outcome: "diagnosed",
    category: "timeout",
    signature: "dag-run-timed-out",
    confidence: quotes[0]?.source === "log" ? 0.9 : 0.7,
    summary: shorten(
      `${run} passed its dagrun_timeout: no task failed, ${skipped.length} were skipped; its owner must find what was slow.`,
    ),
    rerunHelps: "unsure",
    nextStep:
      "Compare the tasks' durations with those of usual runs; raise the limit or rerun when the load has passed.",
    evidence: quotes.map((quote, index) => ({ id: `E${index + 1}`, ...quote })),
    alternatives: [],
    object: run,
    normalisedException: null,
    failedAncestor: null,
    ...common,
  };
}

/** No guess dressed as knowledge: the best evidence and what to look at next. */
export function abstain(seen: Seen): Verdict {
  const { statements, findings, facts, reading, ending, common } = seen;
  const best = [...statements].sort((one, other) => other.weight - one.weight)[0];
  const support = reading === null ? [] : lastLines(reading, ending);
  const unread = unreadKinds(facts);
  const said = best === undefined ? null : shorten(best.text.split("\n", 1)[0] ?? "", 90);
  const summary =
    unread !== null
      ? `I don't know yet: ${unread} keeps its cause where Pipewright does not look yet; its owner must open the run.`
      : said === null
        ? "I don't know yet: nothing that was read names a cause; the task's owner must look at the run itself."
        : `I don't know yet: the last word was "${said}"; the task's owner must look.`;
  return {
    outcome: "abstained",
    category: "unknown",
    signature: null,
    confidence: Math.min(0.4, Math.round((findings[0]?.score ?? 0.1) * 50) / 100),
    summary: shorten(summary),
    rerunHelps: "unsure",
    nextStep: nextLook(facts, reading),
    evidence: evidenceOfStatements(statements, support),
    alternatives: findings.slice(0, 3).map((one) => ({
      category: one.signature.category,
      signature: one.signature.id,
      why: "the evidence for it is too weak to decide",
    })),
    object: null,
    normalisedException: best?.type == null ? null : normaliseException(best.text),
    failedAncestor: null,
    ...common,
  };
}

function lastLines(reading: LogReading, ending: Ending | null): readonly Quote[] {
  return lastOutput(reading, (ending?.line ?? reading.lineCount) + 1, 3).flatMap((line) => {
    const text = reading.line(line);
    return text === null ? [] : [{ source: "log", line, text }];
  });
}

/** Kinds of Databricks tasks whose cause stands where nothing is read yet, by name. */
function unreadKinds(facts: FailureCase): string | null {
  for (const run of facts.databricks.runs) {
    for (const task of failedTaskRuns(run)) {
      if (task.kind === "pipeline" && (facts.databricks.pipelineEvents ?? []).length === 0)
        return `pipeline task ${task.taskKey}`;
      if (task.kind === "run_job") return `run_job task ${task.taskKey}`;
      if (task.kind === "for_each" && task.iterations.length === 0) return `for_each task ${task.taskKey}`;
    }
  }
  return null;
}

function nextLook(facts: FailureCase, reading: LogReading | null): string {
  if (facts.databricks.runs.length > 0)
    return "Open the Databricks run and read the driver log and the cluster's event log.";
  if (reading === null || reading.lineCount === 0) {
    return "Read Airflow's audit log, the scheduler's log and the worker's state at that time; the task left no log.";
  }
  return "Read the log around the lines quoted, and the worker's own log at that time.";
}
