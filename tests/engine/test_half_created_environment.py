"""An update policy takes a second call after the creation, which can fail."""

from __future__ import annotations

import pytest

from tests.aws_clients import client_of

pytestmark = [pytest.mark.engine, pytest.mark.engine_suite]


def test_pain_19_a_half_created_environment_is_kept_and_the_next_up_completes_it(new_stack, local):
    stack = new_stack()
    stack.block("computeEnvironments")["default"]["updatePolicy"] = {
        "jobExecutionTimeoutMinutes": 60
    }
    second_call = {"service": "batch", "operation": "UpdateComputeEnvironment"}
    failing = local.faults.add("server-error", **second_call)
    assert stack.up(check=False).code != 0
    local.faults.remove(failing)
    (half,) = environments(local, stack)

    stack.up()
    (whole,) = environments(local, stack)
    assert whole["computeEnvironmentArn"] == half["computeEnvironmentArn"]
    assert whole["updatePolicy"]["jobExecutionTimeoutMinutes"] == 60
    assert set(stack.up().counts()) == {"same"}


def environments(local, stack):
    batch = client_of(local, "batch")
    prefix = f"{stack.name}-"
    return [
        each
        for page in batch.get_paginator("describe_compute_environments").paginate()
        for each in page["computeEnvironments"]
        if each["computeEnvironmentName"].startswith(prefix)
    ]
