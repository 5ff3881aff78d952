"""A sensor waits for a file that does not come."""

from __future__ import annotations

from airflow.providers.standard.sensors.filesystem import FileSensor
from airflow.sdk import dag


@dag(schedule=None, catchup=False)
def pw_bench_waits():
    FileSensor(
        task_id="wait_for_rates",
        fs_conn_id="pw_files",
        filepath="/inbox/pipewright-bench/rates_2026-11-22.csv",
        poke_interval=1,
        timeout=4,
    )


pw_bench_waits()
