"""A process is killed from outside, as the kernel does when memory runs out."""

from __future__ import annotations

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import dag


@dag(schedule=None, catchup=False)
def pw_bench_killed():
    BashOperator(task_id="train_model", bash_command='echo "epoch 1 of 20"; echo "epoch 2 of 20"; kill -9 $$')


pw_bench_killed()
