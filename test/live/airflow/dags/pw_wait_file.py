"""A DAG that waits for a file which nobody delivers: running it again can't help until somebody does."""

from __future__ import annotations

from airflow.providers.standard.sensors.filesystem import FileSensor
try:
    from airflow.sdk import dag, task
except ImportError:  # Airflow 2
    from airflow.decorators import dag, task


@dag(schedule=None, catchup=False, tags=["pipewright"], default_args={"owner": "data-platform"})
def pw_wait_file():
    wait_for_ledger = FileSensor(
        task_id="wait_for_ledger",
        fs_conn_id="pw_files",
        filepath="{{ var.value.pw_awaited_file }}",
        poke_interval=1,
        timeout=4,
    )

    @task
    def book_ledger() -> None:
        print("booked")

    wait_for_ledger >> book_ledger()


pw_wait_file()
