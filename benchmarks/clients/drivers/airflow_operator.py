"""Airflow: its own BatchOperator and hook, a task for each point, all at the same time.

Without a scheduler and a database, which make no calls of AWS: ``execute`` is called with
a stand-in for the task instance, so that what it would store (links for Airflow's pages) goes
nowhere.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from unittest import mock

from airflow.providers.amazon.aws.operators.batch import BatchOperator

from benchmarks.clients.measuring import Order, run_driver


def run(order: Order, _submitted: Callable[[], None]) -> int:
    """Return how many have succeeded; the operator raises for one that has not."""
    logging.disable(logging.CRITICAL)

    def execute(item: tuple[int, dict[str, str]]) -> str | None:
        place, parameters = item
        operator = BatchOperator(
            task_id=f"task-{place}",
            job_name=f"job-{place}",
            job_definition=order.definition,
            job_queue=order.queue,
            parameters=parameters,
            aws_conn_id=None,
        )
        context = {"ti": mock.MagicMock(), "task": operator}
        job_id: str | None = operator.execute(context)
        return job_id

    with ThreadPoolExecutor(order.count) as pool:
        return sum(bool(job_id) for job_id in pool.map(execute, enumerate(order.parameters())))


run_driver(run)
