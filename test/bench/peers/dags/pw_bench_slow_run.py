"""The whole run takes longer than it may: its task is only skipped, and has no error in its log."""

from __future__ import annotations

import time
from datetime import timedelta

from airflow.sdk import dag, task


@dag(schedule=None, catchup=False, dagrun_timeout=timedelta(seconds=15))
def pw_bench_slow_run():
    @task
    def rebuild_index() -> None:
        for minute in range(40):
            print(f"{minute} of 40 segments merged")
            time.sleep(2)

    rebuild_index()


pw_bench_slow_run()
