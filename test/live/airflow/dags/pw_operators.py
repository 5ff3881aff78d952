"""The Databricks operators whose retries differ: a token that stays, a one-time run, and one that repairs by itself."""

from __future__ import annotations

from airflow.providers.databricks.operators.databricks import DatabricksRunNowOperator, DatabricksSubmitRunOperator

try:
    from airflow.sdk import dag, task
except ImportError:  # Airflow 2
    from airflow.decorators import dag, task

DEFAULTS = {"owner": "data-platform"}
CLUSTER = {"spark_version": "16.4.x-scala2.12", "node_type_id": "Standard_D4ds_v5", "num_workers": 1}
COMMON = {"databricks_conn_id": "pw_databricks", "polling_period_seconds": 1}


@dag(schedule=None, catchup=False, tags=["pipewright"], default_args=DEFAULTS)
def pw_token():
    load_stock = DatabricksRunNowOperator(
        task_id="load_stock",
        json={"job_id": "{{ var.value.pw_token_job_id }}"},
        idempotency_token="stock-{{ run_id }}-all",
        **COMMON,
    )

    @task
    def publish_stock() -> None:
        print("published")

    load_stock >> publish_stock()


@dag(schedule=None, catchup=False, tags=["pipewright"], default_args=DEFAULTS)
def pw_submit():
    DatabricksSubmitRunOperator(
        task_id="load_returns",
        run_name="live returns",
        new_cluster=CLUSTER,
        notebook_task={"notebook_path": "/Workspace/etl/returns", "source": "WORKSPACE"},
        **COMMON,
    )


@dag(schedule=None, catchup=False, tags=["pipewright"], default_args=DEFAULTS)
def pw_self_repair():
    load_prices = DatabricksRunNowOperator(
        task_id="load_prices",
        json={"job_id": "{{ var.value.pw_self_repair_job_id }}"},
        repair_run=True,
        **COMMON,
    )

    @task
    def publish_prices() -> None:
        print("published")

    load_prices >> publish_prices()


pw_token()
pw_submit()
pw_self_repair()
