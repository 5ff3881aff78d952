"""The first of five tasks fails; the other four never ran."""

from __future__ import annotations

import socket

from airflow.sdk import dag, task


@dag(schedule=None, catchup=False)
def pw_bench_chain():
    @task
    def extract_ledger() -> None:
        # Port 9 of the machine itself: nobody listens there.
        socket.create_connection(("127.0.0.1", 9), timeout=5)

    @task
    def later() -> None:
        print("never")

    steps = [later.override(task_id=name)() for name in ("clean", "convert", "join", "publish")]
    previous = extract_ledger()
    for step in steps:
        previous >> step
        previous = step


pw_bench_chain()
