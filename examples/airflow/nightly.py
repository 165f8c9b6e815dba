"""A DAG of two jobs: the second uses what Airflow knows."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from airflow.sdk import DAG
from batch_job import BatchJobOperator

STACK = {"outputs": os.environ["BATCHSDK_OUTPUTS"]}
LEDGER = os.environ.get("NIGHTLY_LEDGER")

with DAG("nightly", schedule=None, start_date=datetime(2026, 1, 1, tzinfo=UTC)) as dag:
    extract = BatchJobOperator(
        task_id="extract", job_definition="hello", connection=STACK, ledger=LEDGER
    )
    load = BatchJobOperator(
        task_id="load",
        job_definition="hello",
        connection=STACK,
        ledger=LEDGER,
        parameters={"Target": "after {{ ti.xcom_pull('extract') }}"},
        submission={"memory": 100},
    )
    extract >> load
