"""The local AWS runs commands on this machine: who may speak to it."""

from __future__ import annotations

import http.client
import json
import stat
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from localaws import LocalAws
from localaws.credentials.connection import Connection
from tests.aws_clients import client_of


def signed(local, **headers):
    request = AWSRequest("POST", f"{local.endpoint_url}/v1/describejobqueues", data=b"{}")
    key = Credentials(local.connection.access_key_id, local.connection.secret_access_key)
    SigV4Auth(key, "batch", "us-east-1").add_auth(request)
    return {**dict(request.headers.items()), **headers}


def send(local, headers, body=b"{}"):
    connection = http.client.HTTPConnection(urlsplit(local.endpoint_url).netloc, timeout=300)
    try:
        connection.request("POST", "/v1/describejobqueues", body, headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def test_a_signed_request_comes_in(local):
    status, body = send(local, signed(local))
    assert status == 200
    assert "jobQueues" in body


def test_a_request_without_a_signature_is_refused(local):
    status, body = send(local, {})
    assert (status, body["__type"]) == (403, "MissingAuthenticationTokenException")


def test_a_page_in_a_browser_is_refused_even_with_a_signature(local):
    status, body = send(local, signed(local, Origin="http://localhost:8000"))
    assert status == 403
    assert "Origin" in body["message"]


def test_a_host_name_that_was_rebound_to_loopback_is_refused(local):
    status, body = send(local, signed(local, Host="evil.example:80"))
    assert status == 403
    assert "evil.example" in body["message"]


def test_a_changed_body_is_refused(local):
    status, body = send(local, signed(local), body=b'{"maxResults": 1}')
    assert (status, body["__type"]) == (403, "InvalidSignatureException")


WRONG_KEY = {
    "batch": (403, "UnrecognizedClientException", "InvalidSignatureException"),
    "ssm": (400, "UnrecognizedClientException", "InvalidSignatureException"),
    "sqs": (400, "UnrecognizedClientException", "InvalidSignatureException"),
    "s3": (403, "InvalidAccessKeyId", "SignatureDoesNotMatch"),
    "iam": (403, "InvalidClientTokenId", "SignatureDoesNotMatch"),
    "ec2": (401, "AuthFailure", "AuthFailure"),
}
"""Status, and what AWS says to another key and to another secret."""


@pytest.mark.parametrize("service", WRONG_KEY)
def test_another_secret_or_key_is_refused_for_every_service(local, service):
    calls = {
        "batch": "describe_job_queues",
        "s3": "list_buckets",
        "sqs": "list_queues",
        "ec2": "describe_vpcs",
        "iam": "list_roles",
        "ssm": "describe_parameters",
    }
    status, *codes = WRONG_KEY[service]
    wrong = {"aws_access_key_id": "AKIAGUESS"}, {"aws_secret_access_key": "guess"}
    for arguments, code in zip(wrong, codes, strict=True):
        client = boto3.client(service, **{**local.client_arguments, **arguments})
        with pytest.raises(ClientError) as refused:
            getattr(client, calls[service])()
        answer = refused.value.response
        assert (answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"]) == (
            status,
            code,
        )
    right = client_of(local, service)
    assert getattr(right, calls[service])()["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_it_listens_on_loopback_alone(local):
    assert urlsplit(local.endpoint_url).hostname == "127.0.0.1"


def test_the_key_is_written_for_its_owner_alone_and_differs_each_time(local, tmp_path):
    path = tmp_path / "home" / "connection.json"
    local.connection.save(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Connection.load(path) == local.connection


def test_headers_that_make_no_sense_are_refused(local):
    assert send(local, signed(local, Host="["))[0] == 403


def test_a_taken_port_is_an_error_that_can_be_caught(local):
    with pytest.raises(OSError, match=r"[Aa]ddress already in use"):
        LocalAws(executor="process", port=urlsplit(local.endpoint_url).port)


def test_a_stopped_server_forgets_its_own_key_alone(local, tmp_path):
    path = tmp_path / "connection.json"
    other = Connection("http://127.0.0.1:1", "us-east-1", "AKIAOTHER", "other")
    other.save(path)
    local.connection.forget(path)
    assert Connection.load(path) == other
    other.forget(path)
    assert not path.exists()


def test_a_second_one_in_a_process_is_refused_and_leaves_the_first_alone(local):
    ssm = client_of(local, "ssm")
    ssm.put_parameter(Name="/kept", Value="1", Type="String")
    second = LocalAws(executor="process")
    with pytest.raises(RuntimeError, match="runs in this process already"):
        second.start()
    assert ssm.get_parameter(Name="/kept")["Parameter"]["Value"] == "1"
