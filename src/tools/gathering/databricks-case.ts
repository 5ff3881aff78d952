import { type DatabricksCase, emptyCase } from "../../core/case.js";
import type { DatabricksRun, DatabricksRunOutput, DatabricksTaskRun } from "../../core/databricks.js";
import type { PipelineEvent } from "../../core/pipeline-events.js";
import type { DatabricksReader, JobRunCandidate } from "../../core/ports.js";
import { failedTaskRuns } from "../../core/rca/gather-databricks.js";
import { createGaps, type Gaps, isNotFound } from "./gaps.js";

const mostRuns = 4;
const mostOutputs = 6;
const mostClusters = 2;
const deepestInnerRun = 2;
const clusterMarginMs = 5 * 60_000;
const mostPipelines = 2;
/** The last events come a moment after the task was told. */
const pipelineMarginMs = 60_000;

/** Its failed tasks, the one that ended first in front. */
export function failuresOf(run: DatabricksRun): readonly DatabricksTaskRun[] {
  return failedTaskRuns(run).toSorted((left, right) => (left.endedAt ?? "9999").localeCompare(right.endedAt ?? "9999"));
}

/** The job run behind an id that may be a task run's. */
async function jobRun(reader: DatabricksReader, runId: string): Promise<DatabricksRun> {
  const run = await reader.run(runId);
  return run.jobRunId === run.runId ? run : reader.run(run.jobRunId);
}

function sameHost(reader: DatabricksReader, url: string | null): boolean {
  return url !== null && URL.canParse(url) && new URL(url).host === new URL(reader.baseUrl).host;
}

/** The workspace a candidate names by its address is asked first, the others only when it does not know the run. */
async function lookUp(
  candidate: JobRunCandidate,
  readers: readonly DatabricksReader[],
  gaps: Gaps,
): Promise<{ readonly reader: DatabricksReader; readonly run: DatabricksRun } | null> {
  const order = readers.toSorted(
    (left, right) => Number(sameHost(right, candidate.url)) - Number(sameHost(left, candidate.url)),
  );
  for (const [index, reader] of order.entries()) {
    try {
      return { reader, run: await jobRun(reader, candidate.runId) };
    } catch (error) {
      if (isNotFound(error) && index < order.length - 1) continue;
      await gaps.read(`Databricks run ${candidate.runId}`, Promise.reject(error), null);
    }
  }
  return null;
}

async function outputsOf(
  reader: DatabricksReader,
  tasks: readonly DatabricksTaskRun[],
  gaps: Gaps,
): Promise<readonly DatabricksRunOutput[]> {
  const outputs = await Promise.all(
    tasks
      .slice(0, mostOutputs)
      .map((task) =>
        gaps.read<DatabricksRunOutput | null>(`Output of ${task.taskKey}`, reader.runOutput(task.taskRunId), null),
      ),
  );
  return outputs.filter((output) => output !== null);
}

async function eventsOf(
  reader: DatabricksReader,
  tasks: readonly DatabricksTaskRun[],
  gaps: Gaps,
): Promise<DatabricksCase["clusterEvents"]> {
  const byCluster = new Map(
    tasks.flatMap((task) => (task.clusterId === null || task.startedAt === null ? [] : [[task.clusterId, task]])),
  );
  const events = await Promise.all(
    [...byCluster].slice(0, mostClusters).map(([clusterId, task]) => {
      const from = new Date(Date.parse(task.startedAt ?? "") - clusterMarginMs);
      const to = new Date(Date.parse(task.endedAt ?? task.startedAt ?? "") + clusterMarginMs);
      return gaps.read(`Events of cluster ${clusterId}`, reader.clusterEvents(clusterId, from, to), []);
    }),
  );
  return events.flat();
}

/** What the pipelines of failed pipeline tasks wrote while those ran. */
async function pipelineEventsOf(
  reader: DatabricksReader,
  tasks: readonly DatabricksTaskRun[],
  gaps: Gaps,
): Promise<readonly PipelineEvent[]> {
  const asked = tasks.flatMap(({ pipelineId, startedAt, endedAt, taskKey }) =>
    pipelineId === undefined || startedAt === null ? [] : [{ pipelineId, startedAt, endedAt, taskKey }],
  );
  const events = await Promise.all(
    asked.slice(0, mostPipelines).map(({ pipelineId, startedAt, endedAt, taskKey }) => {
      const to = new Date(Date.parse(endedAt ?? startedAt) + pipelineMarginMs);
      const read = reader.pipelineEvents(pipelineId, new Date(startedAt), to);
      return gaps.read(`Events of the pipeline of ${taskKey}`, read, []);
    }),
  );
  return events.flat();
}

/** One job run with what its failed tasks say, and the runs that its run_job tasks started. */
async function readRun(
  reader: DatabricksReader,
  run: DatabricksRun,
  focus: string | null,
  gaps: Gaps,
  depth = 0,
): Promise<DatabricksCase> {
  const failed = failuresOf(run).toSorted(
    (left, right) => Number(right.taskRunId === focus) - Number(left.taskRunId === focus),
  );
  const single = failed.length === 0 && run.tasks.length === 0 && run.status.result !== "SUCCESS";
  const [outputs, clusterEvents, pipelineEvents] = await Promise.all([
    single
      ? gaps
          .read<DatabricksRunOutput | null>("The run's output", reader.runOutput(run.runId), null)
          .then((output) => (output === null ? [] : [output]))
      : outputsOf(reader, failed, gaps),
    eventsOf(reader, failed, gaps),
    pipelineEventsOf(reader, failed, gaps),
  ]);
  const inner = depth >= deepestInnerRun ? [] : outputs.flatMap((output) => output.innerRunId ?? []);
  const below = await Promise.all(
    inner.slice(0, mostRuns).map(async (innerRunId) => {
      const found = await gaps.read<DatabricksRun | null>(`Inner run ${innerRunId}`, reader.run(innerRunId), null);
      return found === null ? null : readRun(reader, found, null, gaps, depth + 1);
    }),
  );
  const parts = below.filter((part) => part !== null);
  return {
    runs: [run, ...parts.flatMap((part) => part.runs)],
    outputs: [...outputs, ...parts.flatMap((part) => part.outputs)],
    clusterEvents: [...clusterEvents, ...parts.flatMap((part) => part.clusterEvents)],
    pipelineEvents: [...pipelineEvents, ...parts.flatMap((part) => part.pipelineEvents ?? [])],
    gaps: [],
  };
}

/** Looks up the runs a failure is about, each once, with their failed tasks' outputs; what can't be read becomes a gap. */
export async function readDatabricksCase(
  candidates: readonly JobRunCandidate[],
  readers: readonly DatabricksReader[],
): Promise<DatabricksCase> {
  if (candidates.length === 0) return emptyCase.databricks;
  const gaps = createGaps();
  if (readers.length === 0) {
    const ids = candidates.map((candidate) => candidate.runId).join(", ");
    const note = `Databricks run ${ids} was not looked up: no Databricks connection is configured (DATABRICKS_HOST).`;
    return { ...emptyCase.databricks, gaps: [note] };
  }
  const found = await Promise.all(
    candidates.slice(0, mostRuns).map(async (candidate) => {
      const hit = await lookUp(candidate, readers, gaps);
      return hit === null ? null : { ...hit, focus: candidate.runId === hit.run.runId ? null : candidate.runId };
    }),
  );
  const once = new Map(found.filter((hit) => hit !== null).map((hit) => [hit.run.runId, hit]));
  const parts = await Promise.all([...once.values()].map((hit) => readRun(hit.reader, hit.run, hit.focus, gaps)));
  return {
    runs: parts.flatMap((part) => part.runs),
    outputs: parts.flatMap((part) => part.outputs),
    clusterEvents: parts.flatMap((part) => part.clusterEvents),
    pipelineEvents: parts.flatMap((part) => part.pipelineEvents ?? []),
    gaps: gaps.words,
  };
}
