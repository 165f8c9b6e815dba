"""The gateway over HTTP, against a server that answers badly. Requests are counted on the wire."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

import batchsdk
from batchsdk import (
    AccessDeniedError,
    CredentialsError,
    CredentialsRefreshError,
    EndpointUnreachableError,
    RequestRefusedError,
    ServiceError,
    ServiceFailureError,
    SubmissionUnknownError,
)
from batchsdk.aws.gateway import AwsGateway
from tests.batchsdk.fakes import FakeClock, stack_outputs
from tests.batchsdk.wire import Answer, Server, answer, reset

BAD = {
    "reset": reset,
    "truncated": answer(200, '{"jobId": "jo', content_length=100),
    "html": answer(200, "<html>welcome to the hotel</html>"),
    "empty": answer(200, ""),
    "500": answer(500, '{"message": "boom"}', error="ServerException"),
    "503": answer(503, "<html>try later</html>"),
}
"""Answers that tell nothing."""
ACCEPTED = answer(200, json.dumps({"jobId": "job-1", "jobName": "x"}))
THROTTLED = answer(429, '{"message": "slow"}', error="TooManyRequestsException")


def connect() -> batchsdk.Batch:
    return batchsdk.connect(
        outputs=stack_outputs().to_mapping(), clock=FakeClock(), randomness=random.Random(1)
    )


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_a_submission_whose_answer_is_lost_is_sent_exactly_once(
    server: Server, bad: Answer
) -> None:
    server.answers = [bad, ACCEPTED]
    with pytest.raises(SubmissionUnknownError):
        connect().submit("hello", name="mine")
    assert server.requests == ["/v1/submitjob"]


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_a_submission_whose_answer_is_lost_is_found_by_its_name(
    server: Server, bad: Answer
) -> None:
    batch = connect()
    prepared = batch.prepare(batchsdk.Submission(job_definition="hello"))
    job = {"jobId": "job-7", "jobName": prepared.job_name, "status": "RUNNABLE"}
    server.answers = [bad, answer(200, json.dumps({"jobSummaryList": [job]}))]
    assert batch.send(prepared).id == "job-7"
    assert server.requests == ["/v1/submitjob", "/v1/listjobs"]


def test_credentials_that_cannot_be_renewed_are_told_apart(
    server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    config = tmp_path / "config"
    config.write_text("[profile broken]\ncredential_process = false\n")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_PROFILE", "broken")
    with pytest.raises(CredentialsRefreshError):
        connect().submit("hello")
    assert server.requests == []


def test_a_throttled_submission_is_sent_until_it_is_taken(server: Server) -> None:
    server.answers = [THROTTLED, THROTTLED, ACCEPTED]
    assert connect().submit("hello").id == "job-1"
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "ClientException", RequestRefusedError),
        (403, "AccessDeniedException", AccessDeniedError),
        (403, "UnrecognizedClientException", CredentialsError),
        (400, "ExpiredTokenException", CredentialsError),
    ],
)
def test_errors_of_aws_become_ours(
    server: Server, status: int, code: str, kind: type[ServiceError]
) -> None:
    server.answers = [answer(status, '{"message": "because"}', error=code)]
    with pytest.raises(kind, match="SubmitJob: because") as caught:
        connect().submit("hello")
    assert caught.value.code == code
    # A refusal may be because of another account's credentials: whose they are is looked up.
    assert server.requests in (["/v1/submitjob"], ["/v1/submitjob", "/"])


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_a_read_is_tried_again_by_itself(server: Server, bad: Answer) -> None:
    described = {"jobs": [{"jobId": "job-1", "status": "RUNNING"}]}
    server.answers = [bad, answer(200, json.dumps(described))]
    assert connect().job("job-1").status == "RUNNING"
    assert len(server.requests) == 2


def test_a_senseless_description_is_not_an_unknown_job(server: Server) -> None:
    server.answers = [answer(200, "<html></html>")]
    with pytest.raises(ServiceFailureError, match="the answer has no jobs"):
        connect().job("job-1").describe()


def test_an_absent_log_stream_is_not_an_error(server: Server) -> None:
    error = {"__type": "ResourceNotFoundException", "message": "no stream"}
    server.answers = [answer(400, json.dumps(error))]
    assert (
        AwsGateway("us-east-1").get_log_events({"logGroupName": "g", "logStreamName": "s"}) is None
    )


def test_an_endpoint_where_nothing_listens_is_named(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with pytest.raises(EndpointUnreachableError, match=r"127\.0\.0\.1:1") as caught:
        connect().submit("hello")
    assert "AWS_ENDPOINT_URL" in caught.value.hint


def test_missing_credentials_are_told(
    server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    empty = tmp_path_factory.mktemp("aws")
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(empty / "credentials"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(empty / "config"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(CredentialsError) as caught:
        connect().submit("hello")
    assert "AWS_PROFILE" in caught.value.hint
    assert server.requests == []


def test_a_missing_region_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    for variable in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(variable, raising=False)
    environ = {"AWS_CONFIG_FILE": str(tmp_path_factory.mktemp("aws") / "config")}
    monkeypatch.setenv("AWS_CONFIG_FILE", environ["AWS_CONFIG_FILE"])
    for given in (None, environ):
        with pytest.raises(batchsdk.RegionError, match="AWS_DEFAULT_REGION"):
            batchsdk.connect(ssm="/batch/dev", environ=given)
    with pytest.raises(batchsdk.RegionError) as caught:
        batchsdk.connect(ssm="/batch/dev")
    assert "AWS_REGION" in caught.value.hint
