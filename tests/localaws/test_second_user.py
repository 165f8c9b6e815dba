"""Another user of this machine can neither act as this user nor read what is this user's."""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import boto3
import grpc
import pytest
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from localaws.credentials.connection import Connection
from localaws.provider import ProviderServer
from localaws.provider.same_user_port import UntrustedUsersError, refuse_if_others_are_here
from localaws.system import tcp_owners
from localaws.system.tcp_owners import Address
from tests.conftest import eventually, make_cluster
from tests.second_user import USER, said_by_second_user, second_user

REVISION = {
    "name": "taken-over",
    "type": "container",
    "containerProperties": json.dumps({"image": "x", "command": ["id"], "vcpus": 1, "memory": 4}),
}
URN = "urn:pulumi:local::p::aws:batch/jobDefinition:JobDefinition::taken-over"


def provider_of(server):
    port = server.environ["PULUMI_DEBUG_PROVIDERS"].partition(":")[2]
    return int(port)


def test_the_provider_serves_this_user(local):
    with (
        ProviderServer(local.connection) as server,
        grpc.insecure_channel(f"127.0.0.1:{provider_of(server)}") as channel,
    ):
        stub = provider_pb2_grpc.ResourceProviderStub(channel)
        stub.Configure(provider_pb2.ConfigureRequest(), timeout=300)
        answer = stub.Invoke(
            provider_pb2.InvokeRequest(tok="aws:index/getCallerIdentity:getCallerIdentity"),
            timeout=300,
        )
        assert getattr(answer, "return")["accountId"] == "123456789012"


def test_each_connection_has_a_provider_of_its_own(local):
    token = provider_pb2.InvokeRequest(tok="aws:index/getAvailabilityZones:getAvailabilityZones")
    alone = [("grpc.use_local_subchannel_pool", 1)]
    with ProviderServer(local.connection) as server:
        found = []
        for region in ("eu-west-1", "us-west-2"):
            address = f"127.0.0.1:{provider_of(server)}"
            with grpc.insecure_channel(address, options=alone) as channel:
                stub = provider_pb2_grpc.ResourceProviderStub(channel)
                request = provider_pb2.ConfigureRequest()
                request.args.update({"region": region})
                stub.Configure(request, timeout=300)
                found.append(getattr(stub.Invoke(token, timeout=300), "return")["id"])
    assert found == ["eu-west-1", "us-west-2"]


CALLS_THE_PROVIDER = """
found = {}
stub = provider_pb2_grpc.ResourceProviderStub(grpc.insecure_channel(arguments["address"]))
inputs = provider_pb2.CreateRequest(urn=arguments["urn"], type=arguments["urn"].split("::")[2])
inputs.properties.update(arguments["revision"])
invoke = provider_pb2.InvokeRequest(tok="aws:ssm/getParameter:getParameter")
invoke.args.update({"name": "/secret", "withDecryption": True})
calls = {
    "attach": (stub.GetPluginInfo, empty_pb2.Empty()),
    "configure": (stub.Configure, provider_pb2.ConfigureRequest()),
    "register a revision": (stub.Create, inputs),
    "read a secret": (stub.Invoke, invoke),
}
for name, (call, request) in calls.items():
    try:
        found[name] = str(call(request, timeout=300))
    except grpc.RpcError as error:
        found[name] = error.code().name
for folder in pathlib.Path(arguments["temporary"]).glob("localaws-run-*"):
    try:
        found["folder"] = os.listdir(folder)
    except PermissionError:
        found["folder"] = "PermissionError"
    try:
        socket.socket(socket.AF_UNIX).connect(str(folder / "provider"))
        found["socket"] = "connected"
    except PermissionError:
        found["socket"] = "PermissionError"
print(json.dumps(found))
"""


def test_the_provider_refuses_another_user(local, tmp_path, monkeypatch, caplog):
    ssm = boto3.client("ssm", **local.client_arguments)
    ssm.put_parameter(Name="/secret", Value="hidden", Type="SecureString", Overwrite=True)
    temporary = Path("/tmp") / f"second-user-{os.getpid()}"
    temporary.mkdir(mode=0o755)
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    try:
        with ProviderServer(local.connection) as server:
            found = said_by_second_user(
                CALLS_THE_PROVIDER,
                address=f"127.0.0.1:{provider_of(server)}",
                urn=URN,
                revision=REVISION,
                temporary=str(temporary),
            )
        assert list(temporary.iterdir()) == []
    finally:
        shutil.rmtree(temporary)
    assert found == {
        "attach": "UNAVAILABLE",
        "configure": "UNAVAILABLE",
        "register a revision": "UNAVAILABLE",
        "read a secret": "UNAVAILABLE",
        "folder": "PermissionError",
        "socket": "PermissionError",
    }
    batch = boto3.client("batch", **local.client_arguments)
    named = batch.describe_job_definitions(jobDefinitionName="taken-over")
    assert named["jobDefinitions"] == []
    assert f"refused: a process of user {USER} called the provider's port" in caplog.text


CONNECTS = """
ends = [socket.create_connection(("127.0.0.1", arguments["port"]))]
ends.append(socket.socket(socket.AF_INET6))
try:
    ends[1].connect(("::ffff:127.0.0.1", arguments["port"]))
except OSError:
    ends.pop()  # a machine without IPv6
print(json.dumps([end.getsockname()[1] for end in ends]), flush=True)
time.sleep(60)
"""


def test_the_system_says_whose_a_connection_is():
    import socket  # noqa: PLC0415

    with socket.create_server(("127.0.0.1", 0)) as listening:
        here = Address(*listening.getsockname())
        assert tcp_owners.listener_of(here.port) == os.geteuid()
        other = second_user(CONNECTS, port=here.port)
        with socket.create_connection(here) as own:
            assert tcp_owners.owner_of(Address(*own.getsockname()), here) == os.geteuid()
            gone = Address(*own.getsockname())
        ports = json.loads(other.stdout.readline())
        for port in ports:
            assert tcp_owners.owner_of(Address("127.0.0.1", port), here) == USER
        # Closed, not yet taken off the queue: the table has it as root's.
        assert tcp_owners.owner_of(gone, here) is None
        other.kill()
        other.communicate()


def test_where_connections_have_no_owner_others_must_not_be_logged_in(tmp_path):
    def who(text, code=0):
        program = tmp_path / "who"
        program.write_text(f"#!/bin/sh\nprintf '{text}'\nexit {code}\n")
        program.chmod(0o755)
        return str(program)

    import pwd  # noqa: PLC0415

    own = pwd.getpwuid(os.geteuid()).pw_name
    refuse_if_others_are_here(who(f"{own} pts/0 2026-01-31 10:00\\n"))
    with pytest.raises(UntrustedUsersError, match=r"others are logged in: mallory; .*--trust"):
        refuse_if_others_are_here(who(f"{own} pts/0\\nmallory pts/1\\n"))
    for unknown in (who("", code=1), str(tmp_path / "absent")):
        with pytest.raises(UntrustedUsersError, match="cannot be told who is logged in"):
            refuse_if_others_are_here(unknown)


READS = """
found = {}
for name, path in arguments.items():
    try:
        if name.endswith("folder"):
            os.listdir(path)
        else:
            open(path, "rb").read()
        found[name] = "read"
    except PermissionError:
        found[name] = "PermissionError"
print(json.dumps(found))
"""


@pytest.fixture
def open_folder():
    """A folder of this user that others may enter, as /tmp and homes often are."""
    folder = Path("/tmp") / f"second-user-{os.getpid()}-{time.monotonic_ns()}"
    folder.mkdir(mode=0o755)
    yield folder
    shutil.rmtree(folder)


def test_what_a_server_writes_is_this_users_whatever_the_umask_is(open_folder):
    home, temporary = open_folder / "home", open_folder / "tmp"
    temporary.mkdir(mode=0o1777)
    environ = {**os.environ, "LOCALAWS_HOME": str(home), "TMPDIR": str(temporary)}
    data = open_folder / "new" / "data"
    options = ["--port", "0", "--executor", "process", "--persist", str(data)]
    script = (
        "import os, sys; os.umask(0); os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
    )
    server = subprocess.Popen(
        [sys.executable, "-c", script, "-m", "localaws", "start", *options],
        env=environ,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout.readline().startswith("local AWS at")
        eventually(lambda: (home / "connection.json").exists() or None, lambda: "no connection")
        connection = Connection.load(home / "connection.json")
        arguments = {
            "endpoint_url": connection.endpoint_url,
            "region_name": connection.region,
            "aws_access_key_id": connection.access_key_id,
            "aws_secret_access_key": connection.secret_access_key,
        }

        class Running:
            client_arguments = arguments

        cluster = make_cluster(Running)
        cluster.until(cluster.submit(cluster.register(["sleep", "60"])), "RUNNING")
        (job,) = temporary.glob("localaws-job-*")
        found = said_by_second_user(
            READS,
            key=str(home / "connection.json"),
            log=str(home / "server.log"),
            environment=f"/proc/{server.pid}/environ",
            home_folder=str(home),
            job_folder=str(job),
            data_folder=str(data),
        )
        assert set(found.values()) == {"PermissionError"}, found
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=300)
    written = [each for each in open_folder.rglob("*") if each != temporary]
    assert data / "state" in written
    loose = [each for each in written if stat.S_IMODE(each.lstat().st_mode) & 0o077]
    assert loose == []


SERVES = """
class Answers(http.server.BaseHTTPRequestHandler):
    def answer(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        body = json.dumps({"AccessKeyId": "AKIAEVIL", "SecretAccessKey": "evil"}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    do_GET = do_POST = answer
    def log_message(self, *_): pass
server = http.server.HTTPServer(("127.0.0.1", 0), Answers)
print(server.server_port, flush=True)
server.serve_forever()
"""


def test_another_users_program_on_the_port_of_a_killed_server_is_not_taken_for_it(tmp_path):
    impostor = second_user(SERVES)
    port = int(impostor.stdout.readline())
    left = Connection(f"http://127.0.0.1:{port}", "us-east-1", "AKIALEFT", "left")
    left.save(tmp_path / "connection.json")
    answer = subprocess.run(
        [sys.executable, "-m", "localaws", "env"],
        env={**os.environ, "LOCALAWS_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    impostor.kill()
    impostor.communicate()
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert "no local AWS is running" in answer.stderr
