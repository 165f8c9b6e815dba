"""The door under attack: half requests, wrong sizes, old dates, too many connections."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import resource
import socket
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from localaws.credentials.connection import Connection
from localaws.http import server as http_server
from localaws.http.door import MIB
from tests.aws_clients import client_of
from tests.conftest import eventually

pytestmark = pytest.mark.sampled(3)

DESCRIBE = "/v1/describejobqueues"


def signed(connection, *, service="batch", path=DESCRIBE, body=b"{}", method="POST", declared=None):
    """Return the head of a signed request, without its length."""
    request = AWSRequest(method, connection.endpoint_url + path, data=body)
    key = Credentials(connection.access_key_id, connection.secret_access_key)
    signer = (S3SigV4Auth if service == "s3" else SigV4Auth)(key, service, "us-east-1")
    if declared is not None:
        signer.payload = lambda _: declared
    signer.add_auth(request)
    lines = [f"{name}: {value}" for name, value in request.headers.items()]
    host = urlsplit(connection.endpoint_url).netloc
    return "\r\n".join([f"{method} {path} HTTP/1.1", f"Host: {host}", *lines])


def connect(connection, timeout=300):
    address = urlsplit(connection.endpoint_url)
    return socket.create_connection((address.hostname, address.port), timeout=timeout)


def answer_to(connection, *sent):
    """Send text or bytes; return what comes until the server closes or has answered."""
    with connect(connection) as end:
        for part in sent:
            end.sendall(part if isinstance(part, bytes) else part.encode("latin-1"))
        with end.makefile("rb") as answer:
            status = answer.readline().decode()
            headers = {}
            while line := answer.readline().decode().strip():
                name, _, value = line.partition(": ")
                headers[name.lower()] = value
            body = answer.read(int(headers.get("content-length", 0)))
    return int(status.split()[1]), body.decode()


@pytest.fixture
def connection(local):
    return local.connection


@pytest.mark.parametrize(
    ("extra", "body"),
    [
        ("Content-Length: -1", "{}"),
        ("Content-Length: +2", "{}"),
        ("Content-Length: 2, 2", "{}"),
        ("Content-Length: 2\r\nContent-Length: 7", "{}"),
        ("Content-Length: " + "9" * 30, "{}"),
        ("Content-Length: " + "9" * 5000, "{}"),
        ("Content-Length: two", "{}"),
        ("Content-Length: 2\r\nTransfer-Encoding: chunked", "2\r\n{}\r\n0\r\n\r\n"),
        ("Transfer-Encoding: chunked\r\nContent-Length: 2", "2\r\n{}\r\n0\r\n\r\n"),
        ("Transfer-Encoding: chunked", "not a size\r\n{}\r\n"),
        ("Content-Length: 2\r\nA header without a colon", "{}"),
    ],
)
def test_a_head_that_says_two_things_or_none_is_a_bad_request(connection, extra, body):
    assert answer_to(connection, f"{signed(connection)}\r\n{extra}\r\n\r\n{body}")[0] == 400


def test_a_transfer_encoding_of_http_1_0_is_a_bad_request(connection):
    head = signed(connection).replace("HTTP/1.1", "HTTP/1.0", 1)
    sent = f"{head}\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n"
    assert answer_to(connection, sent)[0] == 400


def test_a_head_has_a_size(connection):
    sent = f"{signed(connection)}\r\nX-Long: {'x' * http_server.HEAD_BYTES}\r\n\r\n"
    assert answer_to(connection, sent)[0] == 431


@pytest.mark.parametrize("body", ["[]", '"text"', "null", "{", "[" * 200_000, '{"a":' * 200_000])
@pytest.mark.parametrize("operation", ["account-key", "faults", "faults/clear"])
def test_a_control_request_is_a_json_object(connection, operation, body):
    path = f"/_localaws/{operation}"
    head = signed(connection, service="localaws", path=path, body=body.encode())
    status, answer = answer_to(connection, f"{head}\r\nContent-Length: {len(body)}\r\n\r\n{body}")
    assert status == 400
    assert json.loads(answer)["message"].startswith("the request is")


@pytest.mark.parametrize("body", ["[]", "[" * 200_000, '{"jobName":' * 90_000])
def test_a_batch_request_is_a_json_object(connection, body):
    head = signed(connection, path="/v1/submitjob", body=body.encode())
    status, _ = answer_to(connection, f"{head}\r\nContent-Length: {len(body)}\r\n\r\n{body}")
    assert status == 400


def test_what_the_door_refuses_by_its_head_is_refused_before_its_body(connection):
    def refused(head, length=MIB // 2):
        # No byte of the body is sent: an answer means that none was waited for.
        return answer_to(connection, f"{head}\r\nContent-Length: {length}\r\n\r\n")

    host = f"Host: {urlsplit(connection.endpoint_url).netloc}"
    assert refused(f"POST {DESCRIBE} HTTP/1.1\r\n{host}")[0] == 403
    other = Connection(connection.endpoint_url, "us-east-1", "AKIAUNKNOWN", "x")
    assert "UnrecognizedClientException" in refused(signed(other))[1]
    for service, most in (("batch", 1), ("localaws", 1), ("ssm", 8)):
        large = refused(signed(connection, service=service), most * MIB + 1)
        assert large[0] == 413
        assert f"larger than {most} MiB" in large[1]
    assert refused(f"GET /_localaws/health HTTP/1.1\r\n{host}", 1)[0] == 413
    # S3's requests declare the hash of their bodies, so their signatures are of the head alone.
    wrong = Connection(connection.endpoint_url, "us-east-1", connection.access_key_id, "guess")
    status, text = refused(signed(wrong, service="s3", path="/bucket/key", method="PUT"))
    assert (status, "SignatureDoesNotMatch" in text) == (403, True)


def test_a_refused_body_is_not_asked_for(connection):
    head = f"{signed(connection)}\r\nContent-Length: {MIB + 1}\r\nExpect: 100-continue"
    assert answer_to(connection, f"{head}\r\n\r\n")[0] == 413


def test_a_chunked_body_has_a_size_too(connection):
    chunk = b"100000\r\n" + b" " * MIB + b"\r\n"
    head = f"{signed(connection)}\r\nTransfer-Encoding: chunked\r\n\r\n"
    with connect(connection) as end, contextlib.suppress(ConnectionError):
        end.sendall(head.encode())
        for _ in range(3):
            end.sendall(chunk)
        assert end.recv(100).startswith(b"HTTP/1.1 413")


OTHER_TIME = {
    "batch": ("describe_job_queues", "InvalidSignatureException", 403),
    "iam": ("list_roles", "SignatureDoesNotMatch", 403),
    "ssm": ("describe_parameters", "InvalidSignatureException", 400),
    "s3": ("list_buckets", "RequestTimeTooSkewed", 403),
    "ec2": ("describe_vpcs", "RequestExpired", 400),
}
"""A call of each service, and what AWS answers to one of another time."""


@pytest.mark.parametrize("minutes", [-6, 6, -60 * 24])
@pytest.mark.parametrize("service", OTHER_TIME)
def test_a_request_of_another_time_is_refused(local, monkeypatch, service, minutes):
    call, code, status = OTHER_TIME[service]
    client = client_of(local, service)
    then = datetime.now(UTC) + timedelta(minutes=minutes)
    with monkeypatch.context() as patch:
        patch.setattr("botocore.auth.get_current_datetime", lambda: then)
        with pytest.raises(ClientError) as refused:
            getattr(client, call)()
    assert refused.value.response["Error"]["Code"] == code
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


def test_four_minutes_are_no_other_time(local, monkeypatch):
    client = client_of(local, "batch")
    then = datetime.now(UTC) - timedelta(minutes=4)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: then)
    client.describe_job_queues()


def test_a_request_without_a_time_is_refused(connection):
    head = "\r\n".join(
        line for line in signed(connection).split("\r\n") if not line.startswith("X-Amz-Date")
    )
    status, text = answer_to(connection, f"{head}\r\nContent-Length: 2\r\n\r\n{{}}")
    assert (status, "IncompleteSignature" in text) == (403, True)


@pytest.fixture
def bucket(local):
    s3 = client_of(local, "s3")
    s3.create_bucket(Bucket="limits")
    return s3


def put(connection, body, *, declared=None, sent=None, chunked=False):
    """Send PutObject with a declared hash; return the status and the answer."""
    declared = hashlib.sha256(body).hexdigest() if declared is None else declared
    head = signed(
        connection, service="s3", path="/limits/key", method="PUT", body=body, declared=declared
    )
    sent = body if sent is None else sent
    if not chunked:
        return answer_to(connection, f"{head}\r\nContent-Length: {len(sent)}\r\n\r\n", sent)
    parts = [sent[start : start + 1000] for start in range(0, len(sent), 1000)]
    framed = b"".join(b"%x\r\n%b\r\n" % (len(each), each) for each in parts) + b"0\r\n\r\n"
    return answer_to(connection, f"{head}\r\nTransfer-Encoding: chunked\r\n\r\n", framed)


def test_a_body_other_than_the_one_that_was_signed_is_refused(connection, bucket):
    assert put(connection, b"value")[0] == 200
    status, text = put(connection, b"value", sent=b"other")
    assert (status, "XAmzContentSHA256Mismatch" in text) == (400, True)
    status, text = put(connection, b"value", declared="not a hash")
    assert (status, "InvalidRequest" in text) == (400, True)
    assert bucket.get_object(Bucket="limits", Key="key")["Body"].read() == b"value"


@pytest.mark.parametrize("declared", [None, "UNSIGNED-PAYLOAD"])
def test_a_chunked_body_is_stored_whole(connection, bucket, declared):
    body = os.urandom(50_000)
    assert put(connection, body, declared=declared, chunked=True)[0] == 200
    assert bucket.get_object(Bucket="limits", Key="key")["Body"].read() == body


def test_a_stream_of_unknown_length_is_stored_whole(bucket):
    body = os.urandom(20 * MIB)

    class Stream:
        def __init__(self):
            self.left = body

        def read(self, size=-1):
            size = len(self.left) if size < 0 else size
            part, self.left = self.left[:size], self.left[size:]
            return part

    bucket.upload_fileobj(Stream(), "limits", "stream")
    assert bucket.get_object(Bucket="limits", Key="stream")["Body"].read() == body


def test_metadata_keeps_its_names(bucket):
    metadata = {"with_underscore": "1", "with-dash": "2"}
    bucket.put_object(Bucket="limits", Key="named", Body=b"", Metadata=metadata)
    assert bucket.head_object(Bucket="limits", Key="named")["Metadata"] == metadata


def test_a_request_line_does_not_act_on_the_terminal_that_shows_the_log(connection, caplog):
    with caplog.at_level("INFO", logger="localaws"):
        answer_to(connection, "GET /\x1b[2Jx\x9b HTTP/1.1\r\nHost: localhost\r\n\r\n")
        # The line is written after the answer.
        line = r"GET /\x1b[2Jx\x9b HTTP/1.1 4"
        eventually(lambda: line in caplog.text or None, lambda: caplog.text)
    assert "\x1b" not in caplog.text


# A server of its own, with few descriptors and short limits.

SERVER = """
import resource, sys, threading, json
from pathlib import Path
resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv[1]), int(sys.argv[1])))
from localaws import LocalAws
from localaws.http import server as http_server
http_server.HEAD_SECONDS = float(sys.argv[2])
with LocalAws(executor="noop") as local:
    print(json.dumps(local.client_arguments), flush=True)
    for _ in sys.stdin:
        threads = threading.active_count()
        print(json.dumps([threads, len(list(Path("/proc/self/fd").iterdir()))]), flush=True)
"""


class Attacked:
    def __init__(self, descriptors, head_seconds):
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVER, str(descriptors), str(head_seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.client_arguments = json.loads(self.process.stdout.readline())
        found = self.client_arguments
        self.connection = Connection(
            found["endpoint_url"],
            "us-east-1",
            found["aws_access_key_id"],
            found["aws_secret_access_key"],
        )

    def figures(self):
        """Return how many threads and open descriptors the server has."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def is_healthy(self):
        url = f"{self.connection.endpoint_url}/_localaws/health"
        with urllib.request.urlopen(url, timeout=300) as answer:
            return answer.status == 200

    def stop(self):
        self.process.stdin.close()
        self.process.wait(timeout=300)
        self.process.stdout.close()


@pytest.fixture(scope="module")
def attacked():
    """Starts a server, one for all tests that want it with the same limits."""
    started = {}

    def start(descriptors=1024, head_seconds=60.0):
        limits = descriptors, head_seconds
        if limits not in started:
            started[limits] = Attacked(*limits)
        return started[limits]

    yield start
    for each in started.values():
        each.stop()


@pytest.fixture
def many_descriptors():
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(8192, before[1]), before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.every_case
def test_three_thousand_half_requests_make_no_thread_and_block_nobody(attacked, many_descriptors):
    server = attacked(descriptors=2048)
    batch = boto3.client("batch", **server.client_arguments)
    batch.describe_job_queues()
    before = server.figures()
    with contextlib.ExitStack() as ends:
        for number in range(3000):
            end = ends.enter_context(connect(server.connection))
            end.sendall(b"POST /v1/submitjob HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Le")
            if number % 500 == 0:
                batch.describe_job_queues()
        assert server.is_healthy()
        boto3.client("batch", **server.client_arguments).describe_job_queues()
        threads, descriptors = server.figures()
    assert threads == before[0] <= http_server.THREADS + 20
    assert descriptors <= before[1] + http_server.MAX_CONNECTIONS + 5


def test_more_sockets_than_a_server_has_descriptors_do_not_block_it(attacked):
    server = attacked(descriptors=256)
    with contextlib.ExitStack() as ends:
        for _ in range(320):
            ends.enter_context(connect(server.connection))
        assert server.is_healthy()
        client = boto3.client("batch", **server.client_arguments)
        client.describe_job_queues()
        assert server.figures()[1] < 256


def test_a_connection_with_a_key_does_not_make_room_for_those_without(attacked):
    server = attacked(descriptors=256)
    # One connection, and no second try: it fails if that one was closed.
    once = Config(max_pool_connections=1, retries={"total_max_attempts": 1})
    body = b"x" * 1000
    head = signed(server.connection, service="s3", path="/b/k", method="PUT", body=body)
    batch = boto3.client("batch", **server.client_arguments, config=once)
    batch.describe_job_queues()
    with connect(server.connection) as slow, contextlib.ExitStack() as ends:
        slow.sendall(f"{head}\r\nContent-Length: 1000\r\n\r\n".encode() + body[:500])
        for _ in range(320):
            ends.enter_context(connect(server.connection))
        assert server.is_healthy()
        slow.sendall(body[500:])
        assert slow.recv(4096).startswith(b"HTTP/1.1 404")  # there is no such bucket


@pytest.mark.parametrize("what", ["nothing", "half", "drops", "blank lines"])
def test_a_head_must_arrive_in_time(attacked, what):
    server = attacked(head_seconds=1.5)
    started = time.monotonic()
    with connect(server.connection) as end:
        end.settimeout(0.2)
        if what == "half":
            end.sendall(b"GET / HTTP/1.1\r\nHo")
        while True:  # the test's own time limit ends it, if the server does not
            with contextlib.suppress(TimeoutError):
                if not end.recv(1):
                    break
            with contextlib.suppress(ConnectionError):
                if what == "drops":
                    end.sendall(b"x")
                elif what == "blank lines":
                    end.sendall(b"\r\n")
        assert time.monotonic() - started > 1.5
