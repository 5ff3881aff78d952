"""The first try fails for another reason than the last, which is the one that counts."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

from airflow.sdk import dag, get_current_context, task


@dag(schedule=None, catchup=False)
def pw_bench_second_try():
    @task(retries=1, retry_delay=timedelta(seconds=1))
    def load_customers() -> None:
        if get_current_context()["ti"].try_number == 1:
            raise TimeoutError("the warehouse did not answer within 30 s")
        sqlite3.connect(":memory:").execute("insert into customers_v2 values (1)")

    load_customers()


pw_bench_second_try()
