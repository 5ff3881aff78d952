import type { FailureCase } from "../case.js";
import type { DatabricksRun } from "../databricks.js";
import type { JobRunCandidate } from "../ports.js";
import type { JobRunLink } from "../verdict.js";

/** The job runs a failure is about: those of the failing try first, then those of earlier tries; never a task run or an inner run. */
export function jobRunsOf(facts: FailureCase, candidates: readonly JobRunCandidate[]): readonly JobRunLink[] {
  const { runs } = facts.databricks;
  const links = new Map<string, JobRunLink>();
  for (const candidate of ordered(candidates)) {
    const known = resolve(candidate.runId, runs);
    if (known === null && candidate.isTaskRun) continue;
    const runId = known?.jobRunId ?? candidate.runId;
    if (links.has(runId)) continue;
    const own = runs.find((run) => run.runId === runId);
    links.set(runId, { runId, url: own?.pageUrl ?? candidate.url ?? null });
  }
  if (candidates.length > 0) return [...links.values()];
  for (const run of outerRuns(facts)) links.set(run.jobRunId, { runId: run.jobRunId, url: run.pageUrl });
  return [...links.values()];
}

/** The looked-up runs that the failing try was about, latest try first; without candidates every run of the case. */
export function decidingRuns(facts: FailureCase, candidates: readonly JobRunCandidate[]): readonly DatabricksRun[] {
  const { runs } = facts.databricks;
  if (candidates.length === 0) return runs;
  const first = ordered(candidates)[0];
  const mine = ordered(candidates).filter((one) => one.tryNumber === first?.tryNumber);
  const wanted = new Set(mine.map((one) => resolve(one.runId, runs)?.jobRunId ?? one.runId));
  const chosen = runs.filter((run) => wanted.has(run.jobRunId) || wanted.has(run.runId));
  const inner = runs.filter((run) => isInner(run, facts) && !chosen.includes(run));
  return chosen.length > 0 ? [...chosen, ...inner] : runs;
}

function ordered(candidates: readonly JobRunCandidate[]): readonly JobRunCandidate[] {
  const unknown = Number.POSITIVE_INFINITY;
  return [...candidates].sort((one, other) => (other.tryNumber ?? unknown) - (one.tryNumber ?? unknown) || 0);
}

function resolve(runId: string, runs: readonly DatabricksRun[]): DatabricksRun | null {
  const direct = runs.find((run) => run.runId === runId);
  if (direct !== undefined) return direct;
  return runs.find((run) => run.tasks.some((task) => task.taskRunId === runId)) ?? null;
}

function outerRuns(facts: FailureCase): readonly DatabricksRun[] {
  return facts.databricks.runs.filter((run) => !isInner(run, facts));
}

/** A run that a run_job task of another run of the case started. */
function isInner(run: DatabricksRun, facts: FailureCase): boolean {
  const named = facts.databricks.outputs.some((output) => output.innerRunId === run.runId);
  return named || (run.trigger === "RUN_JOB_TASK" && facts.databricks.runs.length > 1);
}
