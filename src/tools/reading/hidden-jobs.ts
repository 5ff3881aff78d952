import type { Incident } from "../../core/incident.js";
import type { DatabricksReader } from "../../core/ports.js";

/** Runs and jobs of Databricks that are hidden because a hidden DAG started them, whatever they are called. */
export interface HiddenJobs {
  has(run: { readonly runId: string; readonly jobRunId: string; readonly jobId: string | null }): boolean;
}

const mostAsked = 20;

/** Learned from the hidden incidents: each names the runs that its failures were about. Asked once for one audience. */
export async function hiddenJobs(hidden: readonly Incident[], reader: DatabricksReader): Promise<HiddenJobs> {
  const newest = hidden.toSorted((a, b) => b.openedAt.localeCompare(a.openedAt));
  const runs = new Set(newest.flatMap(({ verdict }) => verdict?.databricksRuns.map(({ runId }) => runId) ?? []));
  const jobs = new Set<string>();
  await Promise.all(
    [...runs].slice(0, mostAsked).map(async (runId) => {
      // A run of another workspace, or one that is gone, tells of no job here.
      const run = await reader.run(runId).catch(() => null);
      if (run?.jobId) jobs.add(run.jobId);
    }),
  );
  return {
    has: ({ runId, jobRunId, jobId }) => runs.has(runId) || runs.has(jobRunId) || (jobId !== null && jobs.has(jobId)),
  };
}
