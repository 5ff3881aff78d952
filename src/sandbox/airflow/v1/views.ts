import { operatorOf, type Pipeline, type TaskDefinition } from "../../pipelines/pipeline.js";
import { slotBefore } from "../../world/new-runs.js";
import { type Sim, taskOf } from "../../world/sim.js";
import type { AuditRow, DagRunState, TaskInstanceState, TryState } from "../../world/state.js";
import { microTime, seconds } from "../times.js";
import { renderedFields, taskView as taskOfAirflow3 } from "../views.js";

const time = (at: number): string => microTime(at).replace("Z", "+00:00");
const orNull = (at: number | null): string | null => (at === null ? null : time(at));

export function dagView(sim: Sim, dag: Pipeline): Record<string, unknown> {
  const parsed = time(sim.world.now - (sim.world.now % 30_000));
  const next = time(slotBefore(dag, sim.world.now) + dag.everyMs);
  return {
    dag_id: dag.dagId,
    dag_display_name: dag.dagId,
    default_view: "grid",
    description: dag.description,
    file_token: Buffer.from(`sandbox:${dag.dagId}.py`).toString("base64url"),
    fileloc: `/opt/airflow/dags/${dag.dagId}.py`,
    has_import_errors: false,
    has_task_concurrency_limits: false,
    is_active: true,
    is_paused: sim.world.pausedDags.includes(dag.dagId),
    is_subdag: false,
    last_expired: null,
    last_parsed_time: parsed,
    last_pickled: null,
    max_active_runs: 16,
    max_active_tasks: 16,
    max_consecutive_failed_dag_runs: 0,
    next_dagrun: next,
    next_dagrun_create_after: next,
    next_dagrun_data_interval_end: next,
    next_dagrun_data_interval_start: next,
    owners: dag.owners,
    pickle_id: null,
    root_dag_id: null,
    schedule_interval: { __type: "CronExpression", value: dag.cron },
    scheduler_lock: null,
    tags: dag.tags.map((name) => ({ name })),
    timetable_description: dag.cronWords,
  };
}

export function taskView(dag: Pipeline, task: TaskDefinition): Record<string, unknown> {
  const { retries, extra_links: _links, ...rest } = taskOfAirflow3(dag, task);
  return {
    ...rest,
    retries: Number(retries),
    retry_exponential_backoff: false,
    class_ref: classOf(task),
    start_date: null,
    extra_links: [],
  };
}

/** Airflow 2 keeps its Python decorator in the core. */
function classOf(task: TaskDefinition): Record<string, unknown> {
  const { operator, module } = operatorOf(task.work);
  return { class_name: operator, module_path: task.work.kind === "python" ? "airflow.decorators.python" : module };
}

/** The logical date, which every run has here; one that was made without takes the moment it was asked for. */
function dateOf(run: DagRunState): string {
  return time(run.logicalDate ?? run.runAfter);
}

export function dagRunView(run: DagRunState): Record<string, unknown> {
  return {
    conf: run.conf,
    dag_id: run.dagId,
    dag_run_id: run.runId,
    data_interval_end: dateOf(run),
    data_interval_start: dateOf(run),
    end_date: orNull(run.endedAt),
    execution_date: dateOf(run),
    external_trigger: run.runType === "manual",
    last_scheduling_decision: time(run.updatedAt),
    logical_date: dateOf(run),
    note: run.note,
    run_type: run.runType,
    start_date: orNull(run.startedAt),
    state: run.state,
  };
}

interface Moments {
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly queuedAt: number | null;
}

function common(
  sim: Sim,
  task: TaskInstanceState,
  of: Pick<TryState, "tryNumber" | "maxTries"> & { readonly state: string | null; readonly host: string | null } & {
    readonly pid: number | null;
  },
  { startedAt, endedAt, queuedAt }: Moments,
): Record<string, unknown> {
  const definition = taskOf(sim, task.dagId, task.taskId);
  return {
    dag_id: task.dagId,
    dag_run_id: task.runId,
    duration: seconds(startedAt, endedAt),
    end_date: orNull(endedAt),
    executor: null,
    executor_config: "{}",
    hostname: of.host ?? "",
    map_index: task.mapIndex,
    max_tries: of.maxTries,
    operator: definition === null ? null : operatorOf(definition.work).operator,
    pid: of.pid,
    pool: "default_pool",
    pool_slots: 1,
    priority_weight: 1,
    queue: "default",
    queued_when: orNull(queuedAt),
    start_date: orNull(startedAt),
    state: of.state,
    task_display_name: task.taskId,
    task_id: task.taskId,
    try_number: of.tryNumber,
    unixname: "airflow",
  };
}

/** A row without an id. A clear leaves the times of the try before it in place until the next one starts. */
export function taskInstanceView(sim: Sim, run: DagRunState, task: TaskInstanceState): Record<string, unknown> {
  const definition = taskOf(sim, task.dagId, task.taskId);
  const before = task.startedAt === null ? task.tries.at(-1) : undefined;
  return {
    ...common(sim, task, task, before ?? task),
    execution_date: dateOf(run),
    note: task.note,
    rendered_fields: definition === null ? {} : renderedFields(sim, definition, run, task),
    rendered_map_index: null,
    sla_miss: null,
    trigger: null,
    triggerer_job: null,
  };
}

/** The tries of a task instance; one that never ran shows as its present self, with try 0. */
export function triesView(sim: Sim, task: TaskInstanceState): readonly Record<string, unknown>[] {
  const tries = task.tries.map((attempt) => common(sim, task, attempt, attempt));
  const isNew = task.tries.length === 0 || task.tryNumber > (task.tries.at(-1)?.tryNumber ?? 0);
  return isNew ? [...tries, common(sim, task, task, task)] : tries;
}

/** What a clear or a set-state answers with: no map index, no state. */
export function referenceView(run: DagRunState, task: TaskInstanceState): Record<string, unknown> {
  return { dag_id: task.dagId, dag_run_id: task.runId, execution_date: dateOf(run), task_id: task.taskId };
}

export function eventLogView(row: AuditRow): Record<string, unknown> {
  return {
    dag_id: row.dagId,
    event: row.event,
    event_log_id: row.id,
    execution_date: orNull(row.logicalDate),
    extra: row.extra,
    map_index: row.mapIndex,
    owner: row.owner,
    run_id: row.runId,
    task_id: row.taskId,
    try_number: row.tryNumber,
    when: time(row.when),
  };
}

export function xcomView(run: DagRunState, task: TaskInstanceState, key: string, at: number): Record<string, unknown> {
  return {
    dag_id: task.dagId,
    execution_date: dateOf(run),
    key,
    map_index: task.mapIndex,
    task_id: task.taskId,
    timestamp: time(at),
  };
}
