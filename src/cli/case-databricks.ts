import { parseClusterEvents, parseRun, parseRunOutput } from "../clients/databricks/map.js";
import { parsePipelineEvents } from "../clients/databricks/pipeline-events.js";
import type { DatabricksCase } from "../core/case.js";
import type { ClusterEvent, DatabricksRun, DatabricksRunOutput } from "../core/databricks.js";
import { explainError } from "../core/errors.js";
import type { PipelineEvent } from "../core/pipeline-events.js";
import type { JobRunCandidate } from "../core/ports.js";
import { failedTaskRuns } from "../core/rca/gather-databricks.js";
import type { CaseBodies } from "./case-bodies.js";

/** A run leads to its job run, its tasks' outputs and their inner runs; deeper chains than this don't exist. */
const mostLookups = 400;

/** What Databricks' bodies of a case say. Of `databricks_responses` only what the candidates lead to is looked up. */
export function databricksFacts(bodies: CaseBodies, candidates: readonly JobRunCandidate[]): DatabricksCase {
  const runs = new Map<string, DatabricksRun>();
  const outputs = new Map<string, DatabricksRunOutput>();
  const gaps: string[] = [];
  for (const name of ["run", "inner_run"]) {
    const run = attempt(bodies.byName.get(name), parseRun, `${name}.json`, gaps);
    if (run !== null) runs.set(run.runId, run);
  }
  for (const [name, of] of [
    ["run_output", "run"],
    ["inner_run_output", "inner_run"],
  ] as const) {
    const owner = [...runs.values()][of === "run" ? 0 : 1];
    const assumed = owner?.tasks.length === 1 ? (owner.tasks[0]?.taskRunId ?? "") : (owner?.runId ?? "");
    const output = attempt(bodies.byName.get(name), (body) => parseRunOutput(body, assumed), `${name}.json`, gaps);
    if (output !== null) outputs.set(output.taskRunId, output);
  }
  const responses = bodies.byName.get("databricks_responses");
  if (typeof responses === "object" && responses !== null) {
    lookUp(new Map(Object.entries(responses)), candidates, { runs, outputs, gaps });
  }
  const clusterEvents: readonly ClusterEvent[] =
    attempt(bodies.byName.get("cluster_events"), parseClusterEvents, "cluster_events.json", gaps) ?? [];
  const pipelineEvents = pipelineEventsOf([...runs.values()], responses, gaps);
  return { runs: [...runs.values()], outputs: [...outputs.values()], clusterEvents, pipelineEvents, gaps };
}

/** Of the pipelines that failed tasks of the looked-up runs name, what the workspace would answer. */
function pipelineEventsOf(
  runs: readonly DatabricksRun[],
  responses: unknown,
  gaps: string[],
): readonly PipelineEvent[] {
  if (typeof responses !== "object" || responses === null) return [];
  const answers = new Map<string, unknown>(Object.entries(responses));
  const ids = new Set(runs.flatMap(failedTaskRuns).flatMap(({ pipelineId }) => pipelineId ?? []));
  return [...ids].flatMap((pipelineId) => {
    const body = answers.get(`pipelines/${pipelineId}/events`);
    return attempt(body, parsePipelineEvents, `events of pipeline ${pipelineId}`, gaps) ?? [];
  });
}

function lookUp(
  responses: ReadonlyMap<string, unknown>,
  candidates: readonly JobRunCandidate[],
  found: { runs: Map<string, DatabricksRun>; outputs: Map<string, DatabricksRunOutput>; gaps: string[] },
): void {
  const open = candidates.map((candidate) => candidate.runId);
  const seen = new Set<string>();
  for (let next = open.shift(); next !== undefined && seen.size < mostLookups; next = open.shift()) {
    if (seen.has(next)) continue;
    seen.add(next);
    const run = attempt(responses.get(`runs/get?run_id=${next}`), parseRun, `run ${next}`, found.gaps);
    if (run !== null) {
      found.runs.set(run.runId, run);
      if (run.jobRunId !== run.runId) open.push(run.jobRunId);
      for (const task of run.tasks) {
        open.push(task.taskRunId, ...task.iterations.map((one) => one.taskRunId));
      }
    }
    const body = responses.get(`runs/get-output?run_id=${next}`);
    const output = attempt(body, (value) => parseRunOutput(value, next), `output of run ${next}`, found.gaps);
    if (output === null) continue;
    found.outputs.set(output.taskRunId, output);
    if (output.innerRunId !== null) open.push(output.innerRunId);
  }
}

function attempt<T>(body: unknown, parse: (body: unknown) => T, what: string, gaps: string[]): T | null {
  if (body === undefined) return null;
  try {
    return parse(body);
  } catch (error) {
    gaps.push(`${what} could not be read: ${explainError(error)}`);
    return null;
  }
}
