"""The side in the container: alone, without boto3, and with its table in S3."""

from __future__ import annotations

import ast
import datetime
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from batchsdk import TaskError, sweep_task, task
from tests.batchsdk.conftest import ROOT

TABLE = {"BATCHSDK_SWEEP": "rows 5 8\n'day model' 1 'a b' 2 c"}
OBJECT = {
    "BATCHSDK_SWEEP_OBJECT": "s3://bucket/some prefix/sweeps/1f",
    "BATCHSDK_SWEEP_REGION": "eu-west-1",
}


def run(arguments: list[str], environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        env={"PATH": os.environ["PATH"], **environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_one_file_copied_into_an_image_is_enough(tmp_path: Path) -> None:
    shutil.copy(ROOT / "batchsdk" / "sweep_task.py", tmp_path)
    code = """
import sys
sys.path.insert(0, sys.argv[1])
from sweep_task import task
print(task().index, task().parameters)
third_party = [name for name in sys.modules if "site-packages" in str(sys.modules[name])]
print(third_party)
"""
    done = run(["-I", "-S", "-c", code, str(tmp_path)], TABLE | {"AWS_BATCH_JOB_ARRAY_INDEX": "1"})
    assert done.stdout == "8 {'day': '2', 'model': 'c'}\n[]\n"


def test_as_a_part_of_the_library_it_imports_nothing_else() -> None:
    code = """
import sys
sys.path.insert(0, sys.argv[1])
import batchsdk
print(batchsdk.task()["model"])
print(sorted(name for name in sys.modules if name.startswith(("batchsdk", "boto", "click"))))
"""
    done = run(["-I", "-S", "-c", code, str(ROOT)], TABLE)
    assert done.stdout == "a b\n['batchsdk', 'batchsdk.sweep_task']\n"


def test_it_becomes_any_program_with_the_values_in_its_arguments() -> None:
    script = 'echo "$1|$2|$model|$BATCHSDK_INDEX"; exit 3'
    command = ["sh", "-c", script, "sh", "--day={day}", "{model} {other}"]
    done = run(["-m", "batchsdk.sweep_task", "--", *command], TABLE | {"PYTHONPATH": str(ROOT)})
    assert done.stderr == ""
    assert (done.stdout, done.returncode) == ("--day=1|a b {other}|a b|5\n", 3)


@pytest.mark.parametrize(
    ("arguments", "environ", "code", "complaint"),
    [
        ([], TABLE, 2, "usage: "),
        (["--", "true"], {}, 1, "this is not a job of a sweep"),
        (["--", "no-such-program"], TABLE, 127, "no-such-program: No such file"),
    ],
)
def test_what_it_cannot_become_is_said(
    arguments: list[str], environ: dict[str, str], code: int, complaint: str
) -> None:
    done = run(["-m", "batchsdk.sweep_task", *arguments], environ | {"PYTHONPATH": str(ROOT)})
    assert done.returncode == code
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("token", [None, "token/+="])
def test_its_signature_is_botocores(token: str | None) -> None:
    url = "https://s3.eu-west-1.amazonaws.com/bucket/some%20prefix/sweeps/1f"
    now = datetime.datetime(2026, 1, 31, 12, tzinfo=datetime.UTC)
    ours = sweep_task._signed(url, "eu-west-1", ("AKID", "secret", token), now)
    signer = S3SigV4Auth(Credentials("AKID", "secret", token), "s3", "eu-west-1")
    theirs = AWSRequest("GET", url, {key: ours[key] for key in ours if key.startswith("x-amz")})
    theirs.context["timestamp"] = ours["x-amz-date"]
    canonical = signer.canonical_request(theirs)
    signature = signer.signature(signer.string_to_sign(theirs, canonical), theirs)
    assert ours["Authorization"].endswith(f"Signature={signature}")


class Door(BaseHTTPRequestHandler):
    """Gives credentials out, and the object to whom has them; fails first, as told."""

    failures: list[int]
    seen: list[tuple[str, str]]

    def do_GET(self) -> None:
        self.seen.append((self.path, self.headers.get("Authorization", "")))
        status, body = 200, "rows 5\nday 1"
        if self.path == "/role":
            body = json.dumps({"AccessKeyId": "ROLE", "SecretAccessKey": "s", "Token": "t"})
        elif self.failures:
            status, body = self.failures.pop(), "<Error><Code>AccessDenied</Code></Error>"
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[type[Door], str]]:
    monkeypatch.setattr(sweep_task.time, "sleep", lambda _: None)
    kind = type("OneDoor", (Door,), {"failures": [], "seen": []})
    server = HTTPServer(("127.0.0.1", 0), kind)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield kind, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_object_is_read_with_the_credentials_of_the_jobs_role(
    door: tuple[type[Door], str],
) -> None:
    kind, url = door
    found = task(
        OBJECT
        | {
            "AWS_ENDPOINT_URL": url,
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{url}/role",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": "open sesame",
        }
    )
    assert (found.index, found.parameters) == (5, {"day": "1"})
    (role, token), (path, authorization) = kind.seen
    assert (role, token) == ("/role", "open sesame")
    assert path == "/bucket/some%20prefix/sweeps/1f"
    assert authorization.startswith("AWS4-HMAC-SHA256 Credential=ROLE/")
    assert "/eu-west-1/s3/aws4_request" in authorization


def test_a_bad_moment_of_s3_is_waited_out(door: tuple[type[Door], str]) -> None:
    kind, url = door
    kind.failures[:] = [503, 500, 503]
    keys = {"AWS_ENDPOINT_URL_S3": url, "AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "s"}
    assert task(OBJECT | keys)["day"] == "1"
    assert len(kind.seen) == 4


def test_the_children_of_an_array_do_not_come_back_together(
    door: tuple[type[Door], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    kind, url = door
    waits: list[float] = []
    monkeypatch.setattr(sweep_task.time, "sleep", waits.append)
    keys = {"AWS_ENDPOINT_URL_S3": url, "AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "s"}
    for _ in range(20):
        kind.failures[:] = [503]
        assert task(OBJECT | keys)["day"] == "1"
    assert len(set(waits)) == 20
    assert max(waits) <= 1


def test_a_role_without_the_permission_is_told_which(door: tuple[type[Door], str]) -> None:
    kind, url = door
    kind.failures[:] = [403]
    keys = {"AWS_ENDPOINT_URL_S3": url, "AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "s"}
    with pytest.raises(TaskError) as caught:
        task(OBJECT | keys)
    assert "HTTP 403 AccessDenied" in str(caught.value)
    assert "needs s3:GetObject on s3://bucket/some prefix/sweeps/1f" in str(caught.value)


def test_a_job_without_credentials_is_told_to_have_a_role() -> None:
    with pytest.raises(TaskError, match="give its job definition a role"):
        task(OBJECT)


def test_it_is_written_in_the_python_that_it_promises() -> None:
    source = (ROOT / "batchsdk" / "sweep_task.py").read_text(encoding="utf-8")
    assert "Python 3.9 or newer" in source
    ast.parse(source, feature_version=(3, 9))
