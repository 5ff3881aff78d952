import { type WholeNumber, wholeNumber } from "../json.js";
import type { JobRunState, JobState, RepairState, TaskRunState } from "../world/state.js";
import { jobTasks } from "./job-tasks.js";
import { runPageUrl } from "./page-url.js";
import { runStatusOf } from "./runner.js";

type View = Record<string, unknown>;

function numberOrNothing(id: string | null): { job_id?: WholeNumber } {
  return id === null ? {} : { job_id: wholeNumber(id) };
}

function statusView(lifeCycle: string, ended: { code: string; type: string } | null, message: string): View {
  if (ended === null) return { state: lifeCycle };
  return { state: "TERMINATED", termination_details: { code: ended.code, type: ended.type, message } };
}

function stateView(lifeCycle: string, result: string | null, message: string, cancelled: boolean): View {
  return {
    life_cycle_state: lifeCycle,
    ...(result === null ? {} : { result_state: result }),
    state_message: message,
    user_cancelled_or_timedout: cancelled,
  };
}

/** One attempt of a task, as it stands in `tasks[]`. */
export function taskRunView(run: JobRunState, attempt: TaskRunState, workspaceUrl: string): View {
  const task = jobTasks(run.settings).find((candidate) => candidate.key === attempt.taskKey);
  const { run_if: _runIf, task_key: _key, depends_on: dependsOn, ...settings } = task?.settings ?? {};
  const message =
    attempt.phase === "RUNNING" ? "In run" : attempt.phase === "PENDING" ? "Waiting for cluster" : attempt.message;
  const running =
    attempt.phase === "PENDING" ? 0 : (attempt.endedAt ?? attempt.startedAt) - attempt.startedAt - attempt.setupMs;
  return {
    run_id: wholeNumber(attempt.taskRunId),
    task_key: attempt.taskKey,
    ...(dependsOn === undefined ? {} : { depends_on: dependsOn }),
    run_if: task?.runIf ?? "ALL_SUCCESS",
    ...settings,
    state: stateView(attempt.phase, attempt.result, message, attempt.result === "CANCELED"),
    status: statusView(attempt.phase, attempt.termination, attempt.message),
    run_page_url: runPageUrl(workspaceUrl, run.jobId, attempt.taskRunId),
    start_time: attempt.startedAt,
    setup_duration: attempt.setupMs,
    execution_duration: Math.max(0, attempt.endedAt === null ? 0 : running),
    cleanup_duration: 0,
    end_time: attempt.endedAt ?? 0,
    attempt_number: attempt.attempt,
    ...(attempt.clusterId === null
      ? {}
      : {
          cluster_instance: {
            cluster_id: attempt.clusterId,
            ...(attempt.sparkContextId === null ? {} : { spark_context_id: attempt.sparkContextId }),
          },
        }),
  };
}

function runHead(run: JobRunState): View {
  return {
    ...numberOrNothing(run.jobId),
    creator_user_name: run.creator,
    number_in_job: wholeNumber(run.runId),
    original_attempt_run_id: wholeNumber(run.runId),
  };
}

export interface RunViewWish {
  readonly tasks: boolean;
  readonly history: boolean;
}

/** A job run. Per-phase durations are 0 on runs of several tasks; `run_duration` holds the whole. */
export function jobRunView(run: JobRunState, workspaceUrl: string, wish: RunViewWish): View {
  const { lifeCycle, result, message } = runStatusOf(run);
  const clusters = run.settings["job_clusters"];
  return {
    ...runHead(run),
    run_id: wholeNumber(run.runId),
    state: stateView(lifeCycle, result, message, run.cancelled),
    status: statusView(lifeCycle, run.termination, message),
    start_time: run.startedAt,
    setup_duration: 0,
    execution_duration: 0,
    cleanup_duration: 0,
    end_time: run.endedAt ?? 0,
    ...(run.endedAt === null ? {} : { run_duration: run.endedAt - run.startedAt }),
    trigger: run.trigger,
    run_name: run.runName,
    run_page_url: runPageUrl(workspaceUrl, run.jobId, run.runId),
    run_type: run.runType,
    format: "MULTI_TASK",
    ...(wish.tasks ? { tasks: run.attempts.map((attempt) => taskRunView(run, attempt, workspaceUrl)) } : {}),
    ...(wish.tasks && Array.isArray(clusters) ? { job_clusters: clusters } : {}),
    ...parametersView(run),
    ...(wish.history ? { repair_history: repairHistory(run) } : {}),
  };
}

function parametersView({ jobParameters }: JobRunState): View {
  if (jobParameters === undefined) return {};
  return { job_parameters: Object.entries(jobParameters).map(([name, value]) => ({ name, default: "", value })) };
}

/** The run itself comes first, also before any repair: the provider's operators count on that. */
function repairHistory(run: JobRunState): readonly View[] {
  const first = run.repairs[0];
  const repaired = new Set(run.repairs.flatMap((repair) => repair.taskRunIds));
  const original: RepairState & { readonly original: true } = {
    id: "",
    original: true,
    startedAt: run.startedAt,
    endedAt:
      first === undefined
        ? run.endedAt
        : Math.max(
            ...run.attempts.filter((one) => !repaired.has(one.taskRunId)).map((one) => one.endedAt ?? first.startedAt),
          ),
    result: first === undefined ? run.result : "FAILED",
    message: "",
    taskRunIds: run.attempts.filter((one) => !repaired.has(one.taskRunId)).map((one) => one.taskRunId),
  };
  return [original, ...run.repairs].map((entry) => {
    const lifeCycle = entry.endedAt === null ? "RUNNING" : entry.result === "FAILED" ? "INTERNAL_ERROR" : "TERMINATED";
    const ended =
      entry.endedAt === null
        ? null
        : {
            code: entry.result === "SUCCESS" ? "SUCCESS" : "RUN_EXECUTION_ERROR",
            type: entry.result === "SUCCESS" ? "SUCCESS" : "CLIENT_ERROR",
          };
    return {
      type: entry === original ? "ORIGINAL" : "REPAIR",
      start_time: entry.startedAt,
      end_time: entry.endedAt ?? 0,
      state: stateView(lifeCycle, entry.endedAt === null ? null : entry.result, entry.message, false),
      status: statusView(lifeCycle, ended, entry.message),
      ...(entry === original ? {} : { id: wholeNumber(entry.id) }),
      task_run_ids: entry.taskRunIds.map(wholeNumber),
    };
  });
}

/** A task run asked for by its own id. */
export function singleTaskRunView(run: JobRunState, attempt: TaskRunState, workspaceUrl: string): View {
  const task = taskRunView(run, attempt, workspaceUrl);
  return {
    ...runHead(run),
    ...task,
    trigger: run.trigger,
    run_name: attempt.taskKey,
    run_type: run.runType,
    format: "MULTI_TASK",
    job_run_id: wholeNumber(run.runId),
    tasks: [task],
  };
}

/** runs/get-output of a task run. */
export function outputView(run: JobRunState, attempt: TaskRunState, workspaceUrl: string): View {
  const task = taskRunView(run, attempt, workspaceUrl);
  const done = attempt.phase === "TERMINATED";
  // Why a pipeline's update failed stands in its own event log only.
  const ofPipeline = "pipeline_task" in task;
  return {
    metadata: {
      ...runHead(run),
      ...task,
      job_run_id: wholeNumber(run.runId),
      run_name: attempt.taskKey,
      run_type: run.runType,
    },
    ...(done && !ofPipeline && attempt.error !== null ? { error: attempt.error } : {}),
    ...(done && !ofPipeline && attempt.trace !== null ? { error_trace: attempt.trace } : {}),
    ...(attempt.logs === null ? {} : { logs: attempt.logs, logs_truncated: false }),
    notebook_output: attempt.notebookResult === null ? {} : { result: attempt.notebookResult, truncated: false },
  };
}

export function jobView(job: JobState, withTasks: boolean): View {
  const { tasks: _tasks, job_clusters: _clusters, ...brief } = job.settings;
  return {
    job_id: wholeNumber(job.jobId),
    creator_user_name: job.creator,
    run_as_user_name: job.creator,
    created_time: job.createdAt,
    settings: withTasks ? job.settings : brief,
  };
}
