"""The server of the ``aws`` provider, by gRPC."""

from __future__ import annotations

import threading
import uuid

import grpc
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from localaws.provider import ProviderServer
from localaws.resources.table import RESOURCE_TYPES
from tests.aws_clients import client_of
from tests.resource_handlers import with_handler

TYPE = "aws:cloudwatch/logGroup:LogGroup"
URN = f"urn:pulumi:local::p::{TYPE}::jobs"


def test_the_server_ends_after_the_operations_of_a_caller_that_hung_up(local, monkeypatch):
    kind, begun, go_on = RESOURCE_TYPES[TYPE], threading.Event(), threading.Event()

    def slow(clients, inputs):
        begun.set()
        assert go_on.wait(300)
        return kind.create(clients, inputs)

    monkeypatch.setitem(RESOURCE_TYPES, TYPE, with_handler(kind, "create", slow))
    name = f"t{uuid.uuid4().hex[:6]}"
    with ProviderServer(local.connection) as server:
        address = f"127.0.0.1:{server.environ['PULUMI_DEBUG_PROVIDERS'].partition(':')[2]}"
        with grpc.insecure_channel(address) as channel:
            stub = provider_pb2_grpc.ResourceProviderStub(channel)
            stub.Configure(provider_pb2.ConfigureRequest(), timeout=300)
            request = provider_pb2.CreateRequest(urn=URN, type=TYPE, timeout=600)
            request.properties.update({"name": name, "tags": {}})
            call = stub.Create.future(request)
            assert begun.wait(300)
            call.cancel()
        # Only when the server is already closing may the operation go on.
        threading.Timer(0.5, go_on.set).start()
    logs = client_of(local, "logs")
    assert [
        each["logGroupName"]
        for each in logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    ] == [name]
    logs.delete_log_group(logGroupName=name)
