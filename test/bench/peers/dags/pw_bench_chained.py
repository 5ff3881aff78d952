"""An exception in the words of the pipeline, raised from the one that says what is wrong."""

from __future__ import annotations

import sqlite3

from airflow.sdk import dag, task


@dag(schedule=None, catchup=False)
def pw_bench_chained():
    @task
    def merge_coupons() -> None:
        warehouse = sqlite3.connect(":memory:")
        warehouse.execute("create table coupons (promo_code text)")
        try:
            warehouse.execute("select discount_code from coupons")
        except sqlite3.OperationalError as error:
            raise RuntimeError("step 4 of 7 did not finish") from error

    merge_coupons()


pw_bench_chained()
