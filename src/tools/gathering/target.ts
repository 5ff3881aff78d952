import type { ConnectionName, TaskRef } from "../../core/airflow.js";

/** What a diagnosis is asked about. */
export type Target =
  | {
      readonly kind: "airflow_task";
      readonly connection: ConnectionName;
      readonly ref: TaskRef;
      /** null: the latest try that failed. */
      readonly tryNumber: number | null;
    }
  | {
      readonly kind: "airflow_run";
      readonly connection: ConnectionName;
      readonly dagId: string;
      readonly runId: string;
    }
  | { readonly kind: "databricks_run"; readonly connection: ConnectionName; readonly runId: string };
