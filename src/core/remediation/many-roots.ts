import type { TaskInstance } from "../airflow.js";
import type { DatabricksRun } from "../databricks.js";
import { hasEnded, hasSucceeded } from "./databricks-tasks.js";
import { type DatabricksUse, databricksUse } from "./databricks-use.js";
import { taskNames } from "./plan-words.js";
import type { RerunRefusal } from "./rerun-refusal.js";
import type { AirflowSituation, RootRun } from "./situation.js";

interface Root {
  readonly task: TaskInstance;
  readonly use: DatabricksUse;
  readonly run: DatabricksRun | null;
}

type FoundRoot = Root & { readonly run: DatabricksRun };

/** What several failed tasks of one run ask for in Databricks before they may be cleared together. */
export type ManyRoots =
  | { readonly kind: "clear"; readonly risk: string | null }
  /** All that would meet a failed run again meet this one. */
  | { readonly kind: "repair"; readonly runId: string; readonly risk: string | null }
  | ({ readonly kind: "refuse" } & RerunRefusal);

/** Refuses while any of their Databricks runs goes on, and where a clear would meet failed runs again or repeat finished work. */
export function judgeManyRoots(airflow: AirflowSituation): ManyRoots {
  const roots = airflow.roots.map((task) => ({
    task,
    use: databricksUse(task, airflow.specs, airflow.tasks),
    run: runOf(task, airflow.rootRuns ?? []),
  }));
  const found = roots.filter((root): root is FoundRoot => root.use.kind !== "none" && root.run !== null);
  const active = found.find(({ run }) => !hasEnded(run.status));
  if (active !== undefined) {
    return refuse(
      `Databricks run ${active.run.runId} of ${names([active])} is still going on (a retry or a repair); nothing may run beside it.`,
      "Wait until it has ended, then ask again.",
    );
  }
  const finished = found.filter(
    ({ use, run }) => (use.kind === "new_run" || use.kind === "repairs_itself") && hasSucceeded(run.status),
  );
  if (finished.length > 0) {
    return refuse(
      `The Databricks work of ${names(finished)} has succeeded although Airflow says failed; clearing it with the other failed tasks would repeat it.`,
      `Mark ${names(finished)} done in Airflow, then ask again for the rest.`,
    );
  }
  const risk = riskOf(roots);
  // A new try that meets a run which has succeeded by now ends well.
  const stuck = roots.filter(({ use, run }) => use.kind === "same_run" && !(run !== null && hasSucceeded(run.status)));
  if (stuck.length === 0) return { kind: "clear", risk };
  const runIds = new Set(stuck.map(({ run }) => run?.jobRunId ?? null));
  const [only = null] = runIds;
  if (runIds.size === 1 && only !== null) return { kind: "repair", runId: only, risk };
  const known = [...runIds].filter((id) => id !== null);
  const which = known.length === 0 ? "their Databricks runs" : `Databricks runs ${known.join(", ")}`;
  return refuse(
    `A new try of ${names(stuck)} would meet the same failed Databricks runs again, and there is not one run that could be repaired for all of them.`,
    `Repair ${which} in Databricks, then clear the tasks in Airflow.`,
  );
}

/** The one run that every stuck task of several meets again; null where there is none. */
export function sharedRunId(airflow: AirflowSituation): string | null {
  const judged = judgeManyRoots(airflow);
  return judged.kind === "repair" ? judged.runId : null;
}

function riskOf(roots: readonly Root[]): string | null {
  const lost = roots.filter(({ use, run }) => use.kind === "new_run" && run === null);
  const unread = roots.filter(({ use }) => use.kind === "unknown");
  const risks = [
    ...(lost.length === 0
      ? []
      : [`The last Databricks run of ${names(lost)} can't be found; if it still goes on, a new one runs beside it.`]),
    ...(unread.length === 0
      ? []
      : [`Whether a new try of ${names(unread)} starts a new Databricks run can't be read from Airflow.`]),
  ];
  return risks.length === 0 ? null : risks.join(" ");
}

function runOf(task: TaskInstance, known: readonly RootRun[]): DatabricksRun | null {
  return known.find((one) => one.taskId === task.taskId && one.mapIndex === task.mapIndex)?.run ?? null;
}

function names(roots: readonly Root[]): string {
  return taskNames(roots.map(({ task }) => task)).join(", ");
}

function refuse(because: string, fix: string): ManyRoots {
  return { kind: "refuse", because, fix };
}
