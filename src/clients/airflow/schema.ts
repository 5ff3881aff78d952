import { z } from "zod";
import { flag, list, number, object, text } from "../wire-fields.js";

/** The fields of Airflow's REST bodies that we read; v1 (2.x) and v2 (3.x) differ by field, so one schema takes both. */

const dagVersion = z
  .object({ version_number: number })
  .nullish()
  .catch(null)
  .transform((version) => version?.version_number ?? null);

/** `{"__type":"TimeDelta","days":0,"seconds":4,"microseconds":0}` in both versions. */
const seconds = z
  .object({ days: number, seconds: number, microseconds: number })
  .nullish()
  .catch(null)
  .transform((delta) =>
    delta === null || delta === undefined
      ? null
      : (delta.days ?? 0) * 86_400 + (delta.seconds ?? 0) + (delta.microseconds ?? 0) / 1e6,
  );

export const wireTaskInstance = z.object({
  id: text,
  dag_id: z.string(),
  dag_run_id: z.string(),
  task_id: z.string(),
  map_index: number,
  state: text,
  try_number: number,
  max_tries: number,
  operator: text,
  operator_name: text,
  start_date: text,
  end_date: text,
  duration: number,
  hostname: text,
  pool: text,
  run_after: text,
  logical_date: text,
  execution_date: text,
  note: text,
  dag_version: dagVersion,
  rendered_fields: object,
});

export const wireTaskReference = z.object({ dag_id: z.string(), dag_run_id: z.string(), task_id: z.string() });

export const wireDagRun = z.object({
  dag_id: z.string(),
  dag_run_id: z.string(),
  state: text,
  run_type: text,
  logical_date: text,
  execution_date: text,
  run_after: text,
  data_interval_end: text,
  start_date: text,
  end_date: text,
  updated_at: text,
  conf: object,
  triggered_by: text,
  triggering_user_name: text,
  note: text,
  dag_versions: list(z.object({ version_number: number })),
});

export const wireTask = z.object({
  task_id: z.string(),
  operator_name: text,
  class_ref: z.object({ class_name: text, module_path: text }).nullish().catch(null),
  downstream_task_ids: list(z.string()),
  trigger_rule: text,
  retries: number,
  is_mapped: flag,
  execution_timeout: seconds,
  pool: text,
  owner: text,
});

export const wireDag = z.object({
  dag_id: z.string(),
  is_paused: flag,
  owners: list(z.string()),
  tags: list(z.object({ name: z.string() })),
  timetable_summary: text,
  timetable_description: text,
  schedule_interval: z.object({ value: text }).nullish().catch(null),
  next_dagrun_run_after: text,
  next_dagrun_create_after: text,
  timezone: text,
  has_import_errors: flag,
});

export const wireTry = z.object({
  try_number: number,
  state: text,
  start_date: text,
  end_date: text,
  hostname: text,
});

export const wireEvent = z.object({
  event: z.string(),
  when: text,
  owner: text,
  extra: text,
  task_id: text,
  run_id: text,
  try_number: number,
});

export const wireImportError = z.object({ filename: text, stack_trace: text, timestamp: text });

export const wirePool = z.object({ name: z.string(), slots: number, open_slots: number });

export const wireDependency = z.object({ name: z.string(), reason: z.string() });

export const wireWarning = z.object({ warning_type: text, message: text });

/** `dag_id` beside each task that updates it, and each DAG it starts: `scheduled_dags` from 3.1 on, `consuming_dags` before. */
export const wireAsset = z.object({
  name: text,
  uri: text,
  producing_tasks: list(z.object({ dag_id: z.string(), task_id: z.string() })).catch([]),
  scheduled_dags: list(z.object({ dag_id: z.string() })).catch([]),
  consuming_dags: list(z.object({ dag_id: z.string() })).catch([]),
});

export const wireXcom = z.object({ key: z.string(), task_id: text, value: z.unknown().optional() });

export const wireVersion = z.object({ version: z.string() });

/** v2's answer of `POST /auth/token`. */
export const wireToken = z.object({ access_token: z.string().min(1) });
