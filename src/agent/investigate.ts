import type { Failure } from "../core/failure.js";
import type { ToolCaller } from "../core/ports.js";
import type { Verdict } from "../core/verdict.js";
import { readDiagnosis } from "./read-diagnosis.js";

/** What the agent found out about one failure. */
export interface Investigation {
  readonly verdict: Verdict;
  /** Downstream tasks that wait: `publish`, `build_marts ×3`. */
  readonly blocked: readonly string[];
  readonly owner: string | null;
  /** What changed since the last good run, the most telling first. */
  readonly changes?: readonly string[];
  readonly links: readonly { readonly label: string; readonly url: string }[];
}

function argumentsFor(failure: Failure): Readonly<Record<string, unknown>> {
  const { connection } = failure;
  if (failure.kind === "databricks_run") return { connection, databricksRun: failure.runId };
  const run = { connection, dag: failure.dagId, run: failure.runId };
  if (failure.kind === "airflow_run") return run;
  return { ...run, task: failure.taskId, mapIndex: failure.mapIndex, try: failure.tryNumber };
}

/** Finds a failure's cause by rules, through the same tools that every MCP client has. Throws UpstreamError when nothing can be read. */
export function createInvestigator(deps: { readonly tools: ToolCaller }): (failure: Failure) => Promise<Investigation> {
  return async (failure) => {
    const result = await deps.tools.call("diagnose_failure", { ...argumentsFor(failure), detail: "full" });
    const { verdict, blocked, owner, changes, links } = readDiagnosis(result);
    return { verdict, blocked, owner, changes, links };
  };
}
