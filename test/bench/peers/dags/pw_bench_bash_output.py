"""A shell command explains itself in its output; the exception only counts its exit code."""

from __future__ import annotations

from pathlib import Path

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import dag

OUTPUT = Path(__file__).with_name("build_models.out")


@dag(schedule=None, catchup=False)
def pw_bench_bash_output():
    BashOperator(task_id="build_models", bash_command=f"cat {OUTPUT}; exit 1")


pw_bench_bash_output()
