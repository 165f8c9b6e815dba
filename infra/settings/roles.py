"""The ``roles``, ``logGroup``, ``outputs`` and ``replacement`` blocks."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, field_validator

from infra.settings.block import Block, pattern, refuse_duplicates
from infra.settings.errors import refusal, shown
from infra.settings.observability import KeyArn

RETENTION_DAYS = (
    1,
    3,
    5,
    7,
    14,
    30,
    60,
    90,
    120,
    150,
    180,
    365,
    400,
    545,
    731,
    1096,
    1827,
    2192,
    2557,
    2922,
    3288,
    3653,
)
"""Days that CloudWatch Logs accepts (PutRetentionPolicy)."""

KEEP_FOR_EVER = 0

LONGEST_PATH = 512
"""Characters (CreateRole, Path)."""

LONGEST_PREFIX_AND_STACK = 45
"""Role names have at most 64 characters: these, ``-spot-fleet`` and the autoname suffix."""


_POLICY_ARN = r"arn:aws[a-z-]*:iam::(aws|[0-9]{12}):policy/[\w+=,.@/-]+"
_PATH = r"/([\x21-\x2e\x30-\x7e]+/)*"
_NAME_PREFIX = r"[\w+=,.@-]+"


def _policy_arn(value: str) -> str:
    if not re.fullmatch(_POLICY_ARN, value):
        raise refusal(
            f"{shown(value)} is not the ARN of a managed policy",
            "write e.g. arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
        )
    return value


def _path(value: str) -> str:
    if not re.fullmatch(_PATH, value) or len(value) > LONGEST_PATH:
        raise refusal(
            f"{shown(value)} is not an IAM path, which begins and ends with a slash and has at "
            f"most {LONGEST_PATH} characters",
            "write e.g. /batch/",
        )
    return value


def _name_prefix(value: str) -> str:
    if not re.fullmatch(_NAME_PREFIX, value, re.ASCII):
        fix = "write letters, digits and +=,.@_- e.g. acme-"
        raise refusal(f"{shown(value)} cannot begin the name of an IAM role", fix)
    return value


PolicyArn = Annotated[str, AfterValidator(_policy_arn), pattern(_POLICY_ARN)]


class PolicyHolder(Block):
    """A role that the config may give more managed policies (IAM quota: 10 by default).

    Attributes:
        managed_policy_arns: ARNs of the managed policies.
    """

    managed_policy_arns: tuple[PolicyArn, ...] = Field(default=(), max_length=10)

    @field_validator("managed_policy_arns")
    @classmethod
    def _each_once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        refuse_duplicates(value)
        return value


class ExecutionRole(PolicyHolder):
    """The role of the ECS agent on behalf of jobs.

    Attributes:
        kms: ARNs of customer managed keys of the secrets that job definitions name.
    """

    kms: tuple[KeyArn, ...] = ()


class Roles(Block):
    """The stack's IAM roles.

    Attributes:
        service_role: ``linked`` is AWSServiceRoleForBatch, with which compute environments can be
            updated in place; ``custom`` makes a separate role.
        permissions_boundary: ARN of the managed policy that limits every role of the stack.
        path: IAM path of roles, instance profile and managed policies; a change recreates them.
        name_prefix: prefix of their names, before the stack's name; a change recreates them.
        execution_role: further permissions of the ECS agent on behalf of jobs; it always may pull
            images, write logs and read the definitions' secrets.
        job_role: permissions of jobs whose definition has no ``permissions``; by default none.
    """

    service_role: Literal["linked", "custom"] = "linked"
    permissions_boundary: PolicyArn | None = None
    path: Annotated[str, AfterValidator(_path), pattern(_PATH)] = "/"
    name_prefix: Annotated[str, AfterValidator(_name_prefix), pattern(_NAME_PREFIX)] | None = None
    execution_role: ExecutionRole = Field(default_factory=ExecutionRole)
    job_role: PolicyHolder = Field(default_factory=PolicyHolder)


class LogGroup(Block):
    """Where job definitions without a log configuration of their own write.

    Attributes:
        retention_in_days: days that a log event is kept; 0 keeps it forever.
        kms_key_id: ARN of the key that encrypts the events; without it CloudWatch Logs' own.
    """

    retention_in_days: int = Field(
        default=30, json_schema_extra={"enum": [KEEP_FOR_EVER, *RETENTION_DAYS]}
    )
    kms_key_id: KeyArn | None = None

    @field_validator("retention_in_days")
    @classmethod
    def _accepted_by_cloudwatch(cls, value: int) -> int:
        if value != KEEP_FOR_EVER and value not in RETENTION_DAYS:
            nearest = min(RETENTION_DAYS, key=lambda days: abs(days - value))
            raise refusal(
                f"{value} is not a retention that CloudWatch Logs has "
                f"({', '.join(map(str, RETENTION_DAYS))} days)",
                f"write {nearest}, or {KEEP_FOR_EVER} to keep events for ever",
            )
        return value


class Outputs(Block):
    """Where else the stack's outputs are written.

    Attributes:
        ssm_parameter: also write the outputs to the SSM parameter ``/batch/<stack>``.
    """

    ssm_parameter: bool = True


class Replacement(Block):
    """What ``pulumi up`` does when compute environments are replaced or removed.

    Attributes:
        detach_timeout: seconds for which the update waits until no job queue names an old
            environment, before it deletes any.
    """

    detach_timeout: int = Field(default=300, ge=0)
