import { runPageUrl } from "../databricks/page-url.js";
import { wholeNumber } from "../json.js";
import type { DagRunState, TaskInstanceState } from "../world/state.js";
import { type AirflowSite, definitionOr404 } from "./site.js";

export interface XcomOfTry {
  readonly key: string;
  readonly value: unknown;
  readonly at: number;
}

/** The Databricks run behind a task, as a page to look at. */
export function jobRunUrl(site: AirflowSite, task: TaskInstanceState): string | null {
  const jobRun = site.sim.world.jobRuns.find((candidate) => candidate.runId === task.jobRunId);
  return jobRun === undefined ? null : runPageUrl(site.workspaceUrl, jobRun.jobId, jobRun.runId);
}

/** XComs of the latest try; a new try wipes those of the one before. */
export function xcomsOf(site: AirflowSite, run: DagRunState, task: TaskInstanceState): readonly XcomOfTry[] {
  const attempt = task.tries.at(-1);
  if (attempt === undefined || task.state === null) return [];
  const at = attempt.endedAt ?? attempt.startedAt;
  const url = jobRunUrl(site, task);
  if (attempt.jobRunId !== null && url !== null) {
    return [
      { key: "_link_DatabricksJobRunLink", value: url, at },
      { key: "run_id", value: wholeNumber(attempt.jobRunId), at },
      { key: "run_page_url", value: url, at },
    ];
  }
  const work = definitionOr404(site, run.dagId, task.taskId).work;
  const value =
    work.kind === "python" && task.state === "success"
      ? work.returns?.({ world: site.sim.world, run, task })
      : undefined;
  return value === undefined ? [] : [{ key: "return_value", value, at }];
}
