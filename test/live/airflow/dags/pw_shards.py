"""Twenty mapped tasks, of which three fail: only those may run again."""

from __future__ import annotations

try:
    from airflow.sdk import Variable, dag, task
except ImportError:  # Airflow 2
    from airflow.decorators import dag, task
    from airflow.models import Variable


@dag(schedule=None, catchup=False, tags=["pipewright"], default_args={"owner": "data-platform"})
def pw_shards():
    @task
    def read_shard(shard: int) -> int:
        if shard in (4, 9, 17) and Variable.get("pw_shards_answer") != "yes":
            raise ConnectionError(f"503 Server Error: Service Unavailable for url: http://shards.example/{shard}")
        return shard

    @task
    def sum_up(shards: list[int]) -> None:
        print(f"{len(list(shards))} shards")

    sum_up(read_shard.expand(shard=list(range(20))))


pw_shards()
