"""What the role of a state machine must be allowed to do. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from batchsdk.contract import StackOutputs


def role_policy(
    requests: Iterable[Mapping[str, Any]], outputs: StackOutputs, partition: str
) -> dict[str, Any]:
    """Return an IAM policy that allows certain SubmitJob requests, and describing jobs.

    AWS judges SubmitJob by the queue, the job definition, with and without its revision, and the
    job; of a job with tags also TagResource (Service Authorization Reference, AWS Batch).
    """
    requests = list(requests)
    scope = f"arn:{partition}:batch:{outputs.region}:{outputs.account_id}"
    resources = {f"{scope}:job/*": None}
    for request in requests:
        queue, definition = str(request["jobQueue"]), str(request["jobDefinition"])
        resources[_arn(scope, "job-queue", queue)] = None
        named = _arn(scope, "job-definition", definition)
        resources[named] = None
        if not re.search(r"/[^/]*:\d+$", named):
            resources[f"{named}:*"] = None
    has_tags = any("tags" in request for request in requests)
    submit = ["batch:SubmitJob", *(["batch:TagResource"] if has_tags else [])]
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Submit",
                "Effect": "Allow",
                "Action": submit,
                "Resource": sorted(resources),
            },
            # It knows no resources.
            {"Sid": "Look", "Effect": "Allow", "Action": "batch:DescribeJobs", "Resource": "*"},
        ],
    }


def _arn(scope: str, kind: str, given: str) -> str:
    return given if given.startswith("arn:") else f"{scope}:{kind}/{given}"
