"""A traceback that was dealt with stands above the one that was not."""

from __future__ import annotations

import importlib
import logging

from airflow.sdk import dag, task

log = logging.getLogger(__name__)


@dag(schedule=None, catchup=False)
def pw_bench_handled_first():
    @task
    def map_stores() -> None:
        try:
            {"DE": "EUR"}["CH"]
        except KeyError:
            log.exception("no currency for CH, going on with EUR")
        importlib.import_module("store_geometry")

    map_stores()


pw_bench_handled_first()
