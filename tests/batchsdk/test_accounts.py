"""Credentials of another account, and calls to another region, are told of as what they are."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

import batchsdk
from batchsdk.aws.account import meant_for
from batchsdk.aws.transport import Transport
from batchsdk.errors import (
    AccessDeniedError,
    EndpointUnreachableError,
    RegionError,
    RequestRefusedError,
    WrongAccountError,
)
from tests.batchsdk.conftest import Stack
from tests.batchsdk.fakes import FakeTransport

ACCOUNT, OTHER = "123456789012", "210987654321"
REFUSED = RequestRefusedError("SubmitJob: JobQueue q not found", operation="SubmitJob")
DENIED = AccessDeniedError("SubmitJob: no", operation="SubmitJob")

Ask = Callable[[Transport], Any]

CALLS: list[tuple[str, Ask]] = [
    ("SubmitJob", lambda transport: transport.submit_job({})),
    ("DescribeJobs", lambda transport: transport.describe_jobs(["job-1"])),
    ("DescribeJobQueues", lambda transport: transport.describe_job_queue("q")),
    ("DescribeJobDefinitions", lambda transport: transport.describe_job_definitions({})),
    (
        "DescribeComputeEnvironments",
        lambda transport: transport.describe_compute_environments(["e"]),
    ),
]


def asked(account: str | Exception = OTHER, region: str = "us-east-1") -> tuple[Any, Any]:
    fake = FakeTransport()
    fake.account = account
    fake.submit_answers.append(REFUSED)
    return fake, meant_for(fake, ACCOUNT, "us-east-1", region)


@pytest.mark.parametrize(("operation", "ask"), CALLS)
def test_the_first_call_tells_of_another_account(operation: str, ask: Ask) -> None:
    fake, transport = asked()
    with pytest.raises(WrongAccountError, match=f"{operation}: .* {OTHER}, .* {ACCOUNT}") as told:
        ask(transport)
    assert "AWS_PROFILE" in told.value.hint
    with pytest.raises(WrongAccountError):
        transport.describe_jobs(["job-2"])
    assert fake.count("GetCallerIdentity") == 1


@pytest.mark.parametrize(("operation", "ask"), CALLS)
def test_another_region_is_told_of(operation: str, ask: Ask) -> None:
    _, transport = asked(ACCOUNT, "eu-west-1")
    with pytest.raises(RegionError, match=f"{operation}: .* eu-west-1, .* us-east-1"):
        ask(transport)


@pytest.mark.parametrize(
    ("account", "error"),
    [
        (ACCOUNT, REFUSED),
        (ACCOUNT, DENIED),
        (EndpointUnreachableError("no way to STS", operation="GetCallerIdentity"), REFUSED),
    ],
)
def test_other_errors_stay_as_they_are(account: str | Exception, error: Exception) -> None:
    fake, transport = asked(account)
    fake.submit_answers.extend([error, error])
    fake.submit_answers.popleft()
    for _ in range(2):
        with pytest.raises(type(error)) as raised:
            transport.submit_job({})
        assert raised.value is error
    assert transport.describe_jobs(["job-1"]) == []
    assert fake.count("GetCallerIdentity") == 1


def test_while_all_goes_well_nobody_asks() -> None:
    fake, transport = asked()
    fake.submit_answers.clear()
    fake.script("job-1", {"jobId": "job-1"})
    assert transport.submit_job({}) == {"jobId": "job-1"}
    assert len(transport.describe_jobs(["job-1"])) == 1
    assert fake.count("GetCallerIdentity") == 0


def test_outputs_of_another_account_are_told_of_by_submissions_and_the_doctor(stack: Stack) -> None:
    outputs = dataclasses.replace(
        stack.outputs,
        account_id=OTHER,
        job_queues={
            key: dataclasses.replace(each, name="gone", arn=each.arn + "-gone")
            for key, each in stack.outputs.job_queues.items()
        },
    )
    batch = batchsdk.connect(outputs=outputs.to_mapping())
    for ask in (lambda: batch.submit("hello"), batch.diagnose, batch.job("none").describe):
        with pytest.raises(WrongAccountError, match=OTHER):
            ask()
