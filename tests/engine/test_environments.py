"""Two environments in one account, side by side."""

from __future__ import annotations

import pytest

from tests.aws_clients import client_of

pytestmark = [pytest.mark.engine, pytest.mark.engine_suite]


ACTIVE = {"status": "ACTIVE"}
# moto would list AWS's own parameters too, thousands of them.
OUTPUTS = {"ParameterFilters": [{"Key": "Name", "Option": "BeginsWith", "Values": ["/batch/"]}]}


def every(client, operation, **arguments):
    """Yield the results of all pages."""
    paginator = client.get_paginator(operation)
    (key,) = (each.expression for each in paginator.result_keys)
    for page in paginator.paginate(**arguments):
        yield from page[key]


def names(local, prefix):
    """Return the names of everything in the account that has a name, of one environment."""
    batch, iam, logs, ssm = (
        client_of(local, service) for service in ("batch", "iam", "logs", "ssm")
    )
    found = [
        *(each["jobDefinitionArn"] for each in every(batch, "describe_job_definitions", **ACTIVE)),
        *(each["jobQueueName"] for each in every(batch, "describe_job_queues")),
        *(each["computeEnvironmentName"] for each in every(batch, "describe_compute_environments")),
        *(each["RoleName"] for each in every(iam, "list_roles")),
        *(each["logGroupName"] for each in every(logs, "describe_log_groups")),
        *(each["Name"] for each in every(ssm, "describe_parameters", **OUTPUTS)),
    ]
    return sorted(name for name in found if prefix in name)


def test_they_do_not_collide_and_a_change_to_one_does_not_touch_the_other(new_stack, local):
    dev, staging = new_stack(), new_stack()
    dev.up()
    before = names(local, dev.name), dev.outputs()
    staging.up()
    assert (names(local, dev.name), dev.outputs()) == before
    assert len(names(local, staging.name)) == len(before[0])

    staging.block("computeEnvironments")["default"]["allocationStrategy"] = "BEST_FIT"
    staging.block("jobDefinitions")["hello"]["memory"] = 200
    assert "create-replacement" in {operation for operation, _ in staging.up().changes}
    assert (names(local, dev.name), dev.outputs()) == before
    assert dev.preview().planned == []

    staging.destroy()
    assert names(local, staging.name) == []
    assert (names(local, dev.name), dev.outputs()) == before
    dev.destroy()
    assert names(local, dev.name) == []
