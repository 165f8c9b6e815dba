"""Many calls at a time use as many connections, and keep them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from batchsdk import limits
from batchsdk.aws.gateway import AwsGateway
from tests.aws_clients import client_of

AT_ONCE = limits.CONCURRENCY_MAX + 3
"""The submissions of one call, the watcher, the reader of events, and the caller's own thread."""
CALLS: dict[str, tuple[str, str, Callable[[AwsGateway], object]]] = {
    "reads": ("batch", "DescribeJobs", lambda gateway: gateway.describe_jobs(["absent"])),
    "logs": (
        "logs",
        "GetLogEvents",
        lambda gateway: gateway.get_log_events({"logGroupName": "g", "logStreamName": "absent"}),
    ),
    "ledgers": ("s3", "*", lambda gateway: gateway.get_object("bucket-of-connections", "absent")),
}


@pytest.mark.parametrize("kind", CALLS)
def test_no_connection_is_thrown_away(local, monkeypatch, caplog, kind):
    for name, value in local.environ.items():
        monkeypatch.setenv(name, value)
    client_of(local, "s3").create_bucket(Bucket="bucket-of-connections")
    service, operation, call = CALLS[kind]
    gateway = AwsGateway(None)
    together = threading.Barrier(AT_ONCE)

    def ask(_: int) -> None:
        together.wait(300)
        call(gateway)

    fault = local.faults.add("slow", service=service, operation=operation, seconds=1)
    try:
        with (
            caplog.at_level(logging.DEBUG, "urllib3.connectionpool"),
            ThreadPoolExecutor(AT_ONCE) as pool,
        ):
            list(pool.map(ask, range(AT_ONCE)))
    finally:
        local.faults.remove(fault)
    opened = [each for each in caplog.messages if each.startswith("Starting new HTTP connection")]
    assert len(opened) > 10  # so many that a smaller pool would warn
    assert [each.message for each in caplog.records if each.levelno >= logging.WARNING] == []
