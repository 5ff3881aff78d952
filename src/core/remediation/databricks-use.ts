import type { TaskInstance, TaskSpec } from "../airflow.js";

/** What a new try of an Airflow task does in Databricks; that decides whether a repair may come before it. */
export type DatabricksUse =
  /** No Databricks operator. */
  | { readonly kind: "none" }
  /** Every try starts a new run: a repair before a clear would run the job twice. */
  | { readonly kind: "new_run" }
  /** The retried task finds the same run again, failed as it was. */
  | { readonly kind: "same_run"; readonly because: "token" | "workflow_group" | "run_sensor" }
  /** `repair_run=True`. */
  | { readonly kind: "repairs_itself" }
  | { readonly kind: "unknown" };

const submits = /^Databricks(RunNow|SubmitRun)(Deferrable)?Operator$/;
const taskOperators = /^Databricks(Notebook|Task)Operator$/;

/** Reads the operator from the task instance or the DAG's task list, and its settings from the rendered fields. */
export function databricksUse(
  task: TaskInstance,
  specs: readonly TaskSpec[],
  siblings: readonly TaskInstance[],
): DatabricksUse {
  const operator = operatorOf(task, specs);
  if (operator === null) return { kind: "unknown" };
  if (!isDatabricks(operator, task, specs)) return { kind: "none" };
  if (launchTaskOf(task.taskId, specs, siblings) !== null) return { kind: "same_run", because: "workflow_group" };
  if (operator.endsWith("Sensor")) {
    return watchesRun(task) ? { kind: "same_run", because: "run_sensor" } : { kind: "none" };
  }
  if (taskOperators.test(operator)) return { kind: "new_run" };
  if (!submits.test(operator)) return { kind: "unknown" };
  const fields = task.renderedFields;
  if (fields === null || Object.keys(fields).length === 0) return { kind: "unknown" };
  if (isTrue(settingOf(fields, "repair_run"))) return { kind: "repairs_itself" };
  const token = settingOf(fields, "idempotency_token");
  if (token === undefined || token === null || token === "") return { kind: "new_run" };
  if (typeof token !== "string") return { kind: "unknown" };
  return namesTry(token, task.tryNumber) ? { kind: "unknown" } : { kind: "same_run", because: "token" };
}

/** True when a task's settings are worth reading: its operator is one of Databricks, or can't be told. */
export function mayUseDatabricks(task: TaskInstance, specs: readonly TaskSpec[]): boolean {
  const operator = operatorOf(task, specs);
  return operator === null || isDatabricks(operator, task, specs);
}

export function operatorOf(task: TaskInstance, specs: readonly TaskSpec[]): string | null {
  return task.operator ?? specs.find((spec) => spec.taskId === task.taskId)?.operator ?? null;
}

/** The id of the launch task when the task belongs to a Databricks workflow group. */
export function launchTaskOf(
  taskId: string,
  specs: readonly TaskSpec[],
  siblings: readonly TaskInstance[],
): string | null {
  const known = [
    ...specs.map((spec) => ({ id: spec.taskId, operator: spec.operator })),
    ...siblings.map((one) => ({ id: one.taskId, operator: one.operator })),
  ];
  for (let cut = taskId.lastIndexOf("."); cut > 0; cut = taskId.lastIndexOf(".", cut - 1)) {
    const launch = `${taskId.slice(0, cut)}.launch`;
    if (launch === taskId) return null;
    if (known.some((one) => one.id === launch && (one.operator ?? "").includes("DatabricksWorkflow"))) return launch;
  }
  return null;
}

/** A setting of the operator, from its own fields or from the request body that it renders. */
export function settingOf(fields: Readonly<Record<string, unknown>>, name: string): unknown {
  if (fields[name] !== undefined) return fields[name];
  const json = fields["json"];
  return typeof json === "object" && json !== null ? (json as Record<string, unknown>)[name] : undefined;
}

function isDatabricks(operator: string, task: TaskInstance, specs: readonly TaskSpec[]): boolean {
  const module = specs.find((spec) => spec.taskId === task.taskId)?.classModule ?? "";
  return operator.includes("Databricks") || module.includes(".providers.databricks.");
}

function watchesRun(task: TaskInstance): boolean {
  return task.renderedFields !== null && settingOf(task.renderedFields, "run_id") !== undefined;
}

function isTrue(value: unknown): boolean {
  return value === true || value === "True" || value === "true";
}

/** A token that ends in the try's number may be another one at the next try. */
function namesTry(token: string, tryNumber: number): boolean {
  const end = String(tryNumber);
  if (!token.endsWith(end)) return false;
  const before = token.at(-end.length - 1);
  return before === undefined || before < "0" || before > "9";
}
