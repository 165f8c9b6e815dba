"""The check behind every answer of the local Batch in all tests does find deviations."""

from __future__ import annotations

import botocore.session
import pytest

from tests.answer_model import deviations

QUEUE = {
    "jobQueueName": "q",
    "jobQueueArn": "arn",
    "state": "ENABLED",
    "status": "VALID",
    "priority": 1,
    "computeEnvironmentOrder": [{"order": 1, "computeEnvironment": "arn"}],
}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, []),
        ({"colour": "red"}, ["answer.jobQueues[0]: unknown member colour"]),
        ({"priority": "1"}, ["answer.jobQueues[0].priority: not a integer: '1'"]),
        ({"priority": True}, ["answer.jobQueues[0].priority: not a integer: True"]),
        ({"computeEnvironmentOrder": {}}, ["answer.jobQueues[0].computeEnvironmentOrder: not a"]),
        ({"tags": []}, ["answer.jobQueues[0].tags: not a map: []"]),
        ({"state": "ON"}, ["answer.jobQueues[0].state: ON is none of ENABLED, DISABLED"]),
        (
            {"computeEnvironmentOrder": [{"order": 1}]},
            ["answer.jobQueues[0].computeEnvironmentOrder[0]: no computeEnvironment"],
        ),
    ],
)
def test_what_the_model_does_not_allow_is_found(change, found):
    model = botocore.session.get_session().get_service_model("batch")
    shape = model.operation_model("DescribeJobQueues").output_shape
    seen = list(deviations(shape, {"jobQueues": [QUEUE | change]}, "answer"))
    assert len(seen) == len(found)
    assert all(one.startswith(other) for one, other in zip(seen, found, strict=True))
