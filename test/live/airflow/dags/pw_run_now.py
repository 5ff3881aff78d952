"""A plain run-now operator: clearing it starts a whole new Databricks run."""

from __future__ import annotations

from airflow.providers.databricks.operators.databricks import DatabricksRunNowOperator
try:
    from airflow.sdk import dag, task
except ImportError:  # Airflow 2
    from airflow.decorators import dag, task


@dag(schedule=None, catchup=False, tags=["pipewright"], default_args={"owner": "data-platform"})
def pw_run_now():
    load_orders = DatabricksRunNowOperator(
        task_id="load_orders",
        databricks_conn_id="pw_databricks",
        json={"job_id": "{{ var.value.pw_job_id }}"},
        polling_period_seconds=1,
    )

    @task
    def build_marts() -> None:
        print("built")

    load_orders >> build_marts()


pw_run_now()
