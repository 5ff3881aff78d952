"""A DAG whose HTTP dependency is down until the test heals it."""

from __future__ import annotations

import requests
try:
    from airflow.sdk import Variable, dag, task
except ImportError:  # Airflow 2
    from airflow.decorators import dag, task
    from airflow.models import Variable


@dag(schedule=None, catchup=False, tags=["pipewright"], default_args={"owner": "data-platform"})
def pw_flaky_http():
    @task
    def list_currencies() -> list[str]:
        return ["CHF", "SEK"]

    @task
    def fetch_rates(currencies: list[str]) -> dict[str, float]:
        response = requests.get(Variable.get("pw_rates_url"), params={"of": ",".join(currencies)}, timeout=10)
        response.raise_for_status()
        return response.json()

    @task
    def publish_rates(rates: dict[str, float]) -> None:
        print(f"published {len(rates)} rates")

    publish_rates(fetch_rates(list_currencies()))


pw_flaky_http()
