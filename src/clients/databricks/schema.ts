import { z } from "zod";
import { flag, id, list, number, object, optionalId, text } from "../wire-fields.js";

/** The fields of Jobs 2.2 and clusters bodies that we read. Times are epoch milliseconds; 0 means not yet. */

const wireState = z
  .object({ life_cycle_state: text, result_state: text, state_message: text, user_cancelled_or_timedout: flag })
  .nullish()
  .catch(null);

const wireStatus = z
  .object({
    state: text,
    termination_details: z.object({ code: text, type: text, message: text }).nullish().catch(null),
  })
  .nullish()
  .catch(null);

const kinds = {
  notebook_task: object,
  spark_python_task: object,
  python_wheel_task: object,
  spark_jar_task: object,
  spark_submit_task: object,
  sql_task: object,
  dbt_task: object,
  pipeline_task: object,
  run_job_task: object,
  for_each_task: object,
  condition_task: object,
};

const newCluster = z
  .object({
    spark_version: text,
    node_type_id: text,
    num_workers: number,
    autoscale: z.object({ min_workers: number, max_workers: number }).nullish().catch(null),
  })
  .nullish()
  .catch(null);

const repositoryPackage = z.object({ package: text }).nullish().catch(null);

const library = z.object({
  pypi: repositoryPackage,
  cran: repositoryPackage,
  maven: z.object({ coordinates: text }).nullish().catch(null),
  jar: text,
  whl: text,
  egg: text,
  requirements: text,
});

const attempt = {
  run_id: id,
  task_key: text,
  attempt_number: number,
  state: wireState,
  status: wireStatus,
  start_time: number,
  end_time: number,
  run_duration: number,
  setup_duration: number,
  execution_duration: number,
  cleanup_duration: number,
  cluster_instance: z.object({ cluster_id: text }).nullish().catch(null),
  existing_cluster_id: text,
  new_cluster: newCluster,
  job_cluster_key: text,
  libraries: list(library).catch([]),
  depends_on: list(z.object({ task_key: z.string() })),
  run_page_url: text,
  ...kinds,
};

export const wireTaskRun = z.object(attempt);

export const wireRepair = z.object({
  id: optionalId,
  type: text,
  state: wireState,
  status: wireStatus,
  start_time: number,
  end_time: number,
  task_run_ids: list(id),
});

export const wireRun = z.object({
  ...attempt,
  job_id: optionalId,
  job_run_id: optionalId,
  run_name: text,
  run_type: text,
  trigger: text,
  creator_user_name: text,
  number_in_job: optionalId,
  idempotency_token: text,
  job_parameters: list(z.object({ name: z.string(), value: text, default: text })).catch([]),
  overriding_parameters: object,
  task: z.object(kinds).nullish().catch(null),
  tasks: list(wireTaskRun),
  job_clusters: list(z.object({ job_cluster_key: text, new_cluster: newCluster })).catch([]),
  cluster_spec: z.object({ new_cluster: newCluster }).nullish().catch(null),
  iterations: list(wireTaskRun),
  repair_history: list(wireRepair),
  next_page_token: text,
});

export const wireRunList = z.object({ runs: list(wireRun), next_page_token: text });

const failure = z.object({ error: z.unknown().optional() }).nullish().catch(null);

export const wireRunOutput = z.object({
  metadata: z.object({ run_id: id }).nullish().catch(null),
  error: text,
  error_trace: text,
  logs: text,
  logs_truncated: flag,
  notebook_output: z.object({ result: text }).nullish().catch(null),
  sql_output: failure,
  dbt_output: failure,
  run_job_output: z.object({ run_id: optionalId }).nullish().catch(null),
  error_code: text,
});

export const wireClusterEvent = z.object({
  timestamp: number,
  type: text,
  details: z
    .object({
      reason: z.object({ code: text, type: text, parameters: object }).nullish().catch(null),
      cause: text,
      driver_state_message: text,
      user: text,
    })
    .nullish()
    .catch(null),
});

/** `next_page` is the whole next request body on the clusters API; newer servers also give `next_page_token`. */
export const wireClusterEvents = z.object({
  events: list(wireClusterEvent),
  next_page: object,
  next_page_token: text,
});

export const wireRunNowAnswer = z.object({ run_id: id });
export const wireRepairAnswer = z.object({ repair_id: id });
export const wireMe = z.object({ userName: text, displayName: text });

/** Some servers give `expires_in` as a string. */
export const wireOauthToken = z.object({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive().catch(3600),
});
