import { wholeNumber } from "../json.js";
import { operatorOf, type Pipeline, type TaskDefinition } from "../pipelines/pipeline.js";
import { slotBefore } from "../world/new-runs.js";
import { pipelineOf, type Sim, taskOf } from "../world/sim.js";
import type { AuditRow, DagRunState, TaskInstanceState } from "../world/state.js";
import { microTime, orNull, seconds } from "./times.js";

const START_OF_DAGS = Date.UTC(2026, 9, 1);

const TEMPLATE_FIELDS = {
  python: ["templates_dict", "op_args", "op_kwargs"],
  sensor: ["aws_conn_id", "bucket_key", "bucket_name", "region_name", "verify"],
  "run-now": [
    "json",
    "job_id",
    "job_name",
    "job_parameters",
    "dbt_commands",
    "notebook_params",
    "python_params",
    "python_named_params",
    "jar_params",
    "spark_submit_params",
    "idempotency_token",
    "performance_target",
    "databricks_conn_id",
  ],
  submit: [
    "json",
    "tasks",
    "spark_jar_task",
    "notebook_task",
    "spark_python_task",
    "spark_submit_task",
    "pipeline_task",
    "dbt_task",
    "new_cluster",
    "existing_cluster_id",
    "libraries",
    "environments",
    "run_name",
    "timeout_seconds",
    "idempotency_token",
    "access_control_list",
    "git_source",
    "performance_target",
    "databricks_conn_id",
  ],
} as const;

const COLOURS = { python: "#ffefeb", sensor: "#e6f1f2", "run-now": "#1CB1C2", submit: "#1CB1C2" } as const;

function fileToken(dagId: string): string {
  return Buffer.from(`sandbox:${dagId}.py`).toString("base64url");
}

/** A DAG's only version; its UUID is made of the DAG's name, so that it stays. */
export function dagVersionView(dagId: string): Record<string, unknown> {
  const hex = Buffer.from(dagId.padEnd(16, "_")).toString("hex").slice(0, 24);
  return {
    id: `01a20000-${hex.slice(0, 4)}-7${hex.slice(4, 7)}-8${hex.slice(7, 10)}-${hex.slice(10, 22)}`,
    version_number: 1,
    dag_id: dagId,
    bundle_name: "dags-folder",
    bundle_version: null,
    created_at: microTime(START_OF_DAGS),
    dag_display_name: dagId,
    bundle_url: null,
  };
}

export function dagView(sim: Sim, dag: Pipeline): Record<string, unknown> {
  const next = slotBefore(dag, sim.world.now) + dag.everyMs;
  return {
    dag_id: dag.dagId,
    dag_display_name: dag.dagId,
    is_paused: sim.world.pausedDags.includes(dag.dagId),
    is_stale: false,
    last_parsed_time: microTime(sim.world.now - (sim.world.now % 30_000)),
    last_parse_duration: 0.214,
    last_expired: null,
    bundle_name: "dags-folder",
    bundle_version: null,
    relative_fileloc: `${dag.dagId}.py`,
    fileloc: `/opt/airflow/dags/${dag.dagId}.py`,
    description: dag.description,
    timetable_summary: dag.cron,
    timetable_description: dag.cronWords,
    timetable_partitioned: false,
    timetable_periodic: true,
    tags: dag.tags.map((name) => ({ name, dag_id: dag.dagId, dag_display_name: dag.dagId })),
    max_active_tasks: 16,
    max_active_runs: 16,
    max_consecutive_failed_dag_runs: 0,
    has_task_concurrency_limits: false,
    has_import_errors: false,
    next_dagrun_logical_date: microTime(next),
    next_dagrun_data_interval_start: microTime(next),
    next_dagrun_data_interval_end: microTime(next),
    next_dagrun_run_after: microTime(next),
    allowed_run_types: null,
    owners: dag.owners,
    is_backfillable: true,
    file_token: fileToken(dag.dagId),
  };
}

export function dagDetailsView(sim: Sim, dag: Pipeline): Record<string, unknown> {
  return {
    ...dagView(sim, dag),
    catchup: false,
    dag_run_timeout: null,
    asset_expression: null,
    doc_md: null,
    start_date: microTime(START_OF_DAGS),
    end_date: null,
    is_paused_upon_creation: null,
    params: {},
    render_template_as_native_obj: false,
    template_search_path: null,
    timezone: "UTC",
    last_parsed: microTime(sim.world.now - (sim.world.now % 30_000)),
    default_args: { owner: dag.owners[0] ?? "airflow" },
    rerun_with_latest_version: null,
    owner_links: {},
    is_favorite: false,
    active_runs_count: sim.world.dagRuns.filter((run) => run.dagId === dag.dagId && run.endedAt === null).length,
    concurrency: 16,
    latest_dag_version: dagVersionView(dag.dagId),
  };
}

export function taskView(dag: Pipeline, task: TaskDefinition): Record<string, unknown> {
  const { operator, shown, module } = operatorOf(task.work);
  const delayMs = task.retryDelayMs ?? 300_000;
  return {
    task_id: task.taskId,
    task_display_name: task.taskId,
    owner: dag.owners[0] ?? "airflow",
    start_date: microTime(START_OF_DAGS),
    end_date: null,
    trigger_rule: task.triggerRule ?? "all_success",
    depends_on_past: false,
    wait_for_downstream: false,
    retries: task.retries ?? 0,
    queue: "default",
    pool: "default_pool",
    pool_slots: 1,
    execution_timeout: null,
    retry_delay: { __type: "TimeDelta", days: 0, seconds: Math.floor(delayMs / 1_000), microseconds: 0 },
    retry_exponential_backoff: 0,
    priority_weight: 1,
    weight_rule: "downstream",
    ui_color: COLOURS[task.work.kind],
    ui_fgcolor: "name" in task.work ? "#fff" : "#000",
    template_fields: TEMPLATE_FIELDS[task.work.kind],
    downstream_task_ids: task.downstream,
    doc_md: null,
    operator_name: shown,
    params: {},
    class_ref: { module_path: module, class_name: operator },
    is_mapped: task.mapped !== undefined,
    extra_links: "name" in task.work ? ["See Databricks Job Run"] : [],
  };
}

export function dagRunView(run: DagRunState): Record<string, unknown> {
  return {
    dag_run_id: run.runId,
    dag_id: run.dagId,
    logical_date: orNull(run.logicalDate),
    queued_at: microTime(run.queuedAt),
    start_date: orNull(run.startedAt),
    end_date: orNull(run.endedAt),
    duration: seconds(run.startedAt, run.endedAt),
    data_interval_start: orNull(run.logicalDate),
    data_interval_end: orNull(run.logicalDate),
    run_after: microTime(run.runAfter),
    last_scheduling_decision: microTime(run.updatedAt),
    run_type: run.runType,
    state: run.state,
    triggered_by: run.triggeredBy,
    triggering_user_name: run.triggeringUser,
    conf: run.conf,
    note: run.note,
    dag_versions: [dagVersionView(run.dagId)],
    bundle_version: null,
    dag_display_name: run.dagId,
    partition_key: null,
    partition_date: null,
  };
}

/** Rendered template fields; they exist once a try has started. */
export function renderedFields(
  sim: Sim,
  definition: TaskDefinition,
  run: DagRunState,
  task: TaskInstanceState,
): Record<string, unknown> {
  if (task.tries.length === 0) return {};
  const work = definition.work;
  if (work.kind === "python") {
    return { templates_dict: null, op_args: [], op_kwargs: work.opKwargs?.(task.mapIndex) ?? {} };
  }
  if (work.kind === "sensor") {
    const key = work.key({ world: sim.world, run, task });
    return {
      aws_conn_id: work.connectionId,
      bucket_key: key,
      bucket_name: work.bucket,
      region_name: null,
      verify: null,
    };
  }
  const fields: Record<string, unknown> = Object.fromEntries(TEMPLATE_FIELDS[work.kind].map((name) => [name, null]));
  fields["databricks_conn_id"] = "databricks_default";
  if (work.kind === "run-now") {
    const job = sim.world.jobs.find((candidate) => candidate.settings["name"] === work.name);
    fields["job_id"] = job === undefined ? null : wholeNumber(job.jobId);
  } else {
    fields["run_name"] = work.name;
    const job = pipelineOf(sim, task.dagId)?.jobs.find((candidate) => candidate.name === work.name);
    fields["notebook_task"] = { notebook_path: job?.tasks[0]?.notebook ?? "" };
  }
  return fields;
}

function commonView(
  sim: Sim,
  task: TaskInstanceState,
  of: {
    tryNumber: number;
    maxTries: number;
    state: string | null;
    startedAt: number | null;
    endedAt: number | null;
    host: string | null;
    pid: number | null;
    queuedAt: number | null;
    scheduledAt: number | null;
  },
): Record<string, unknown> {
  const definition = taskOf(sim, task.dagId, task.taskId);
  const { operator, shown } = definition === null ? { operator: null, shown: null } : operatorOf(definition.work);
  return {
    task_id: task.taskId,
    dag_id: task.dagId,
    dag_run_id: task.runId,
    map_index: task.mapIndex,
    start_date: orNull(of.startedAt),
    end_date: orNull(of.endedAt),
    duration: seconds(of.startedAt, of.endedAt),
    state: of.state,
    try_number: of.tryNumber,
    max_tries: of.maxTries,
    task_display_name: task.taskId,
    dag_display_name: task.dagId,
    hostname: of.host ?? "",
    unixname: "airflow",
    pool: "default_pool",
    pool_slots: 1,
    queue: "default",
    priority_weight: 1,
    operator,
    operator_name: shown,
    queued_when: orNull(of.queuedAt),
    scheduled_when: orNull(of.scheduledAt),
    pid: of.pid,
    executor: null,
    executor_config: "{}",
    dag_version: dagVersionView(task.dagId),
  };
}

export function taskInstanceView(sim: Sim, run: DagRunState, task: TaskInstanceState): Record<string, unknown> {
  const definition = taskOf(sim, task.dagId, task.taskId);
  return {
    id: task.id,
    ...commonView(sim, task, task),
    logical_date: orNull(run.logicalDate),
    run_after: microTime(run.runAfter),
    note: task.note,
    rendered_map_index: task.mapIndex >= 0 ? String(task.mapIndex) : null,
    rendered_fields: definition === null ? {} : renderedFields(sim, definition, run, task),
    trigger: null,
    triggerer_job: null,
  };
}

/** The tries of a task instance; one that never ran shows as its present self, with try 0. */
export function triesView(sim: Sim, task: TaskInstanceState): readonly Record<string, unknown>[] {
  if (task.tries.length === 0 || task.tryNumber > (task.tries.at(-1)?.tryNumber ?? 0)) {
    const now = commonView(sim, task, task);
    return [...task.tries.map((attempt) => commonView(sim, task, attempt)), now];
  }
  return task.tries.map((attempt) => commonView(sim, task, attempt));
}

export function eventLogView(row: AuditRow): Record<string, unknown> {
  return {
    event_log_id: row.id,
    when: microTime(row.when),
    dag_id: row.dagId,
    task_id: row.taskId,
    run_id: row.runId,
    map_index: row.mapIndex,
    try_number: row.tryNumber,
    event: row.event,
    logical_date: orNull(row.logicalDate),
    owner: row.owner,
    extra: row.extra,
    dag_display_name: row.dagId,
    task_display_name: row.taskId,
  };
}
