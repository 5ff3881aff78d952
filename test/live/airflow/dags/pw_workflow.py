"""Tasks of a Databricks workflow group: they only watch a run, so that the run has to be repaired before they are cleared."""

from __future__ import annotations

from airflow.providers.databricks.operators.databricks import DatabricksTaskOperator
from airflow.providers.databricks.operators.databricks_workflow import DatabricksWorkflowTaskGroup
try:
    from airflow.sdk import dag, task
except ImportError:  # Airflow 2
    from airflow.decorators import dag, task

CLUSTER = {
    "job_cluster_key": "small",
    "new_cluster": {"spark_version": "16.4.x-scala2.12", "node_type_id": "Standard_D4ds_v5", "num_workers": 1},
}


def notebook(name: str) -> dict:
    return {"notebook_task": {"notebook_path": f"/Workspace/etl/{name}", "source": "WORKSPACE"}}


@dag(schedule=None, catchup=False, tags=["pipewright"], default_args={"owner": "data-platform"})
def pw_workflow():
    with DatabricksWorkflowTaskGroup(
        group_id="nightly", databricks_conn_id="pw_databricks", job_clusters=[CLUSTER]
    ) as nightly:
        stage = DatabricksTaskOperator(
            task_id="stage",
            databricks_conn_id="pw_databricks",
            job_cluster_key="small",
            task_config=notebook("stage"),
            polling_period_seconds=1,
        )
        aggregate = DatabricksTaskOperator(
            task_id="aggregate",
            databricks_conn_id="pw_databricks",
            job_cluster_key="small",
            task_config=notebook("aggregate"),
            polling_period_seconds=1,
        )
        stage >> aggregate

    @task
    def announce() -> None:
        print("announced")

    nightly >> announce()


pw_workflow()
