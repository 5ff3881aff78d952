"""A run that starts another and fails because that one failed: the cause stands in the other run's log."""

from __future__ import annotations

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import dag, task


@dag(schedule=None, catchup=False)
def pw_bench_child_run():
    TriggerDagRunOperator(
        task_id="close_books",
        trigger_dag_id="pw_bench_books",
        trigger_run_id="books-of-today",
        reset_dag_run=True,
        wait_for_completion=True,
        poke_interval=1,
    )


@dag(schedule=None, catchup=False)
def pw_bench_books():
    @task
    def lock_ledger() -> None:
        raise PermissionError(13, "Permission denied", "/srv/ledger/2026-11.lock")

    lock_ledger()


pw_bench_child_run()
pw_bench_books()
