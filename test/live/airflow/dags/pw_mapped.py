"""Mapped tasks, of which index 1 fails; for the clients' own contract with a real server."""

from __future__ import annotations

import time

try:
    from airflow.sdk import Variable, dag, task
except ImportError:  # Airflow 2
    from airflow.decorators import dag, task
    from airflow.models import Variable


@dag(schedule=None, catchup=False, tags=["pipewright"], default_args={"owner": "data-platform"})
def pw_mapped():
    @task
    def parts() -> list[str]:
        return ["north", "east", "south"]

    @task
    def count_orders(part: str) -> int:
        if part == "east" and Variable.get("pw_east_is_open") != "yes":
            raise ValueError(f"region {part} is closed")
        return 9_007_199_254_740_993

    @task
    def report(counts: list[int]) -> None:
        print(f"{len(list(counts))} regions")

    report(count_orders.expand(part=parts()))


@dag(schedule=None, catchup=False, tags=["pipewright"], default_args={"owner": "data-platform"})
def pw_long_task():
    @task
    def think() -> None:
        for second in range(120):
            print(f"thinking {second}", flush=True)
            time.sleep(1)

    think()


pw_mapped()
pw_long_task()
