"""A DAG that reads a column which its source no longer has: nothing but a change helps."""

from __future__ import annotations

try:
    from airflow.sdk import Variable, dag, task
except ImportError:  # Airflow 2
    from airflow.decorators import dag, task
    from airflow.models import Variable


class UndefinedColumn(Exception):
    """As the database driver names it."""


@dag(schedule=None, catchup=False, tags=["pipewright"], default_args={"owner": "data-platform"})
def pw_drift():
    @task
    def load_coupons() -> None:
        if Variable.get("pw_coupons_fixed") != "yes":
            raise UndefinedColumn('column "discount_code" does not exist\nLINE 1: select discount_code from coupons')

    @task
    def publish_coupons() -> None:
        print("published")

    load_coupons() >> publish_coupons()


pw_drift()
