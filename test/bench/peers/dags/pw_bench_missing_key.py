"""A field is gone from a record: the exception says it, at the end of a short log."""

from __future__ import annotations

from airflow.sdk import dag, task


@dag(schedule=None, catchup=False)
def pw_bench_missing_key():
    @task
    def price_orders() -> float:
        orders = [{"sku": "A-17", "unit_price": 12.5}, {"sku": "B-02", "price": 3.0}]
        return sum(order["unit_price"] for order in orders)

    price_orders()


pw_bench_missing_key()
