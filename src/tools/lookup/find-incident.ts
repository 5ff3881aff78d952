import { InputError } from "../../core/errors.js";
import type { Failure } from "../../core/failure.js";
import type { Incident } from "../../core/incident.js";
import type { ToolPorts } from "../ports.js";

function sameThing(left: Failure, right: Failure): boolean {
  if (left.kind !== right.kind || left.connection !== right.connection || left.runId !== right.runId) return false;
  if (left.kind === "airflow_task" && right.kind === "airflow_task") {
    return left.dagId === right.dagId && left.taskId === right.taskId;
  }
  return left.kind !== "airflow_run" || (right.kind === "airflow_run" && left.dagId === right.dagId);
}

/** Newest first. */
export function byOpening(left: Incident, right: Incident): number {
  return right.openedAt.localeCompare(left.openedAt);
}

/** The newest incident that holds a failure of this task and run, or null. */
export async function incidentOf(failure: Failure, ports: ToolPorts): Promise<Incident | null> {
  const dag = failure.kind === "databricks_run" ? {} : { dagId: failure.dagId };
  const incidents = await ports.incidents.list(dag);
  const holding = incidents.filter((incident) => incident.failures.some((known) => sameThing(known, failure)));
  return holding.toSorted(byOpening)[0] ?? null;
}

/** An incident by its id; InputError when there is none. */
export async function requireIncident(ports: ToolPorts, incidentId: string): Promise<Incident> {
  const incident = await ports.incidents.get(incidentId);
  if (incident) return incident;
  throw new InputError(`There is no incident ${incidentId.slice(0, 80)}.`, "Take the id from incident_list.");
}
