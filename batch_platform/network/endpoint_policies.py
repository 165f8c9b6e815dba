"""Policies of VPC endpoints, which say whose identities and whose buckets may be reached there.

An endpoint policy grants nothing: what it lets through, a role must be allowed as well. Without
one an endpoint lets anybody's credentials reach anybody's account, and so data out of a network
that has no internet (VPC guide, "Control access to VPC endpoints using endpoint policies").
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from batch_platform.settings.errors import Problem

if TYPE_CHECKING:
    from batch_platform.iam.policies import Document
    from batch_platform.settings.job_definitions import JobDefinition

WITH_POLICIES = frozenset(
    {
        "athena",
        "ecr.api",
        "ecr.dkr",
        "ecs",
        "events",
        "kms",
        "logs",
        "monitoring",
        "secretsmanager",
        "sns",
        "sqs",
        "ssm",
        "states",
    }
)
"""Interface endpoints that get a policy: services that take one, and whose callers are signed in.

EC2 refuses a policy where a service takes none, as ``ecs-agent`` and ``ecs-telemetry`` do
(PrivateLink guide, "Services that integrate"; awsdocs/amazon-ecs-developer-guide#55). An endpoint
that is not here keeps what AWS gives it, which is full access.
"""

LONGEST_POLICY = 20_480
"""Characters of an endpoint policy (VPC quotas)."""

_EVERYBODY: Mapping[str, Any] = {"Effect": "Allow", "Principal": "*", "Action": "*"}

OPEN: Document = {
    "Version": "2012-10-17",
    "Statement": [{**_EVERYBODY, "Resource": "*"}],
}
"""Full access, as AWS gives it. Written out: to leave a policy out does not take it away."""


def of_interface(endpoint: str, account_id: str) -> Document | None:
    """Return the policy of an interface endpoint: identities of this account alone.

    Args:
        endpoint: the service's name after the region, e.g. ``ecr.api``.
        account_id: twelve digits.

    Returns:
        The policy, or None for a service that is not among :data:`WITH_POLICIES`.
    """
    if endpoint not in WITH_POLICIES:
        return None
    own = {"StringEquals": {"aws:PrincipalAccount": account_id}}
    return {
        "Version": "2012-10-17",
        "Statement": [{"Sid": "OwnIdentities", **_EVERYBODY, "Resource": "*", "Condition": own}],
    }


def of_s3(partition: str, region: str, account_id: str, buckets: Collection[str]) -> Document:
    """Return the policy of the gateway to S3: the account's buckets, AWS's, and those named.

    Args:
        partition: of the ARNs, e.g. ``aws``.
        region: AWS region of the stack.
        account_id: twelve digits; owner of the buckets that need no name.
        buckets: names of further ones, whoever owns them.
    """
    s3 = f"arn:{partition}:s3:::"
    statements: list[dict[str, Any]] = [
        {
            "Sid": "OwnBuckets",
            **_EVERYBODY,
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:ResourceAccount": account_id}},
        },
        {
            # No condition on the caller: ECR signs the addresses of layers itself.
            "Sid": "ImageLayersAndPackages",
            **_EVERYBODY,
            "Action": "s3:GetObject",
            "Resource": [
                # ECR guide, "Minimum Amazon S3 bucket permissions for Amazon ECR".
                f"{s3}prod-{region}-starport-layer-bucket/*",
                # Amazon Linux 2023's repositories, for what user data installs (its user guide).
                f"{s3}al2023-repos-{region}-de612dc2/*",
            ],
        },
    ]
    if buckets:
        named = sorted({*buckets})
        statements.append(
            {
                "Sid": "NamedBuckets",
                **_EVERYBODY,
                "Resource": [f"{s3}{bucket}{part}" for bucket in named for part in ("", "/*")],
            }
        )
    return {"Version": "2012-10-17", "Statement": statements}


def buckets_of(definitions: Mapping[str, JobDefinition]) -> Iterator[str]:
    """Yield the buckets that job definitions declare under ``permissions``."""
    for definition in definitions.values():
        if (needs := definition.permissions) is not None:
            for prefix in (*needs.s3_read, *needs.s3_write, *needs.s3_delete):
                yield prefix.removeprefix("s3://").partition("/")[0]


def as_text(document: Document) -> str:
    """Return canonical JSON, in which the same policy is the same text."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"))


def too_long(policy: str) -> Iterator[Problem]:
    """Find an S3 policy that EC2 would refuse for its length."""
    if len(policy) > LONGEST_POLICY:
        yield Problem(
            ("batch-platform:network", "s3Buckets"),
            f"with these and the job definitions' buckets the policy of the S3 endpoint has "
            f"{len(policy)} characters, and an endpoint policy holds {LONGEST_POLICY}",
            "name fewer buckets of other accounts (your own need no name), or write "
            "`endpointPolicies: open`",
        )
