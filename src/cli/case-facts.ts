import {
  parseDag,
  parseDagRun,
  parseDagWarnings,
  parseDependencies,
  parseEventLogs,
  parseImportErrors,
  parsePools,
  parseTaskInstance,
  parseTaskInstances,
  parseTasks,
  parseTries,
} from "../clients/airflow/map.js";
import { parseOtherXcom, parseXcom } from "../clients/airflow/map-xcom.js";
import { type DatabricksCase, emptyCase, type FailureCase } from "../core/case.js";
import { explainError } from "../core/errors.js";
import type { BodyName, CaseBodies } from "./case-bodies.js";

/** What Airflow's bodies of a case say, in our own words; a body that is something else becomes a warning. */
export function airflowFacts(bodies: CaseBodies): { facts: FailureCase; warnings: readonly string[] } {
  const warnings: string[] = [];
  function read<T>(name: BodyName, parse: (body: unknown) => T, fallback: T): T {
    const body = bodies.byName.get(name);
    if (body === undefined) return fallback;
    try {
      return parse(body);
    } catch (error) {
      if (!isApiError(body)) warnings.push(`${name}.json was not used: ${explainError(error)}`);
      return fallback;
    }
  }
  const task = read("task_instance", parseTaskInstance, null);
  const facts: FailureCase = {
    task,
    run: read("dag_run", parseDagRun, null),
    siblings: read("task_instances", parseTaskInstances, emptyCase.siblings),
    specs: read("tasks", parseTasks, emptyCase.specs),
    dag: read("dag_details", parseDag, null) ?? read("dag", parseDag, null),
    tries: read("tries", parseTries, emptyCase.tries),
    eventLog: read("event_logs", parseEventLogs, emptyCase.eventLog),
    blocking: read("dependencies", parseDependencies, emptyCase.blocking),
    warnings: read("dag_warnings", parseDagWarnings, emptyCase.warnings),
    pools: read("pools", parsePools, emptyCase.pools),
    importFailures: read("import_errors", parseImportErrors, emptyCase.importFailures),
    xcom: read("xcom", (body) => parseXcom(body, task?.taskId ?? ""), emptyCase.xcom),
    otherXcom: read("other_tasks_xcom", parseOtherXcom, emptyCase.otherXcom),
    databricks: emptyCase.databricks,
  };
  return { facts, warnings };
}

export function withDatabricks(facts: FailureCase, databricks: DatabricksCase): FailureCase {
  return { ...facts, databricks };
}

/** `{"detail":…,"status":404}`: the server had no such thing, which is an answer. */
function isApiError(body: unknown): boolean {
  return typeof body === "object" && body !== null && "detail" in body;
}
