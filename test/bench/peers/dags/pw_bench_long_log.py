"""The cause stands in the middle of two megabytes; behind it everything else complains, and the exception only points back."""

from __future__ import annotations

import logging

from airflow.sdk import dag, task

log = logging.getLogger(__name__)


@dag(schedule=None, catchup=False)
def pw_bench_long_log():
    @task
    def spill_partitions() -> None:
        for part in range(9_000):
            log.info("partition %05d sorted, %d rows, spill file /spill/run-7/part-%05d", part, 4096 + part % 97, part)
        log.error("OSError: [Errno 28] No space left on device: '/spill/run-7/part-09000'")
        for part in range(9_000, 18_000):
            log.warning("partition %05d: writer 3 is gone, retrying on writer %d", part, part % 3)
        raise RuntimeError("export failed, see the messages above")

    spill_partitions()


pw_bench_long_log()
