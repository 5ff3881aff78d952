import { named, type Signature } from "../signature.js";

export const contextKeyMissing: Signature = {
  id: "context-key-missing",
  category: "configuration",
  rerunHelps: "no",
  proofs: [
    {
      type: named("KeyError"),
      text: /KeyError: ['"](?:ds|ds_nodash|ts|ts_nodash|logical_date|execution_date|data_interval_start|data_interval_end|prev_ds|next_ds|yesterday_ds|tomorrow_ds|prev_execution_date|next_execution_date|dag_run|ti|params|conf|dag|task_instance)['"]$/,
      context: /get_current_context|context\[|kwargs\[|airflow\/|dags\//,
      weight: 0.83,
    },
  ],
  unlessNear: /pandas|polars|sessioni|json\.loads|rows?\[|row\[|record\[|event\[/,
  object: [/KeyError: ['"](\w+)['"]/],
  summary: (o) =>
    `The run has no ${o ?? "such key"} in its Airflow context (triggered without a logical date, or removed in Airflow 3); the DAG's owner must handle it.`,
  nextStep: "Use a key that exists for runs without logical date (run_after), or trigger the run with a logical date.",
};
