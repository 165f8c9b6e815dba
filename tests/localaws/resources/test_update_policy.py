"""Pain 19: an update policy takes a second call after the creation, which can fail."""

from __future__ import annotations

import uuid

import pytest
from botocore.exceptions import ClientError

from localaws.resources.clients import Clients
from localaws.resources.resource_type import PartiallyCreated
from localaws.resources.table import RESOURCE_TYPES
from tests.localaws.resources.made_resources import compute_resources


class UpdatesFail(Clients):
    """Clients whose UpdateComputeEnvironment is refused."""

    def __call__(self, service):
        client = super().__call__(service)

        def refuse(**_):
            answer = {"Error": {"Code": "ServerException", "Message": "try again"}}
            raise ClientError(answer, "UpdateComputeEnvironment")

        if service == "batch":
            client.update_compute_environment = refuse
        return client


def test_pain_19_a_half_created_environment_is_kept_and_completed(local):
    kind = RESOURCE_TYPES["aws:batch/computeEnvironment:ComputeEnvironment"]
    clients = Clients(local.connection, "us-east-1")
    policy = {"jobExecutionTimeoutMinutes": 60, "terminateJobsOnUpdate": False}
    inputs = {
        "name": f"half-{uuid.uuid4().hex[:8]}",
        "type": "MANAGED",
        "state": "ENABLED",
        "computeResources": compute_resources(),
        "updatePolicy": policy,
    }
    with pytest.raises(PartiallyCreated, match="try again") as caught:
        kind.create(UpdatesFail(local.connection, "us-east-1"), inputs)

    there = kind.read(clients, caught.value.id)
    assert "updatePolicy" not in there
    kind.update(clients, caught.value.id, there, inputs)
    assert kind.read(clients, caught.value.id)["updatePolicy"] == policy
    kind.delete(clients, caught.value.id, {})
