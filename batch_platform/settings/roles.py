"""The ``roles``, ``logGroup``, ``outputs`` and ``replacement`` blocks."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, field_validator, model_validator
from pydantic.alias_generators import to_camel

from batch_platform.settings.block import Block, of_form, pattern, refuse_duplicates
from batch_platform.settings.errors import refusal, shown
from batch_platform.settings.observability import KeyArn
from batch_platform.settings.statements import Statement

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
_MANAGED_POLICY = rf"{_POLICY_ARN}|[\w+=,.@-]+(/[\w+=,.@-]+)?"
_ROLE_ARN = r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[\w+=,.@/-]+"
_INSTANCE_PROFILE_ARN = r"arn:aws[a-z-]*:iam::[0-9]{12}:instance-profile/[\w+=,.@/-]+"
_CACHE_PREFIX = r"[a-z0-9]+([._/-]?[a-z0-9]+)*"
_PATH = r"/([\x21-\x2e\x30-\x7e]+/)*"
_NAME_PREFIX = r"[\w+=,.@-]+"


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


PolicyArn = Annotated[
    str,
    of_form(
        _POLICY_ARN,
        "is not the ARN of a managed policy",
        "write e.g. arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
    ),
    pattern(_POLICY_ARN),
]
ManagedPolicy = Annotated[
    str,
    of_form(
        _MANAGED_POLICY,
        "is neither the name of a managed policy of AWS nor the ARN of one",
        "write e.g. AmazonSSMManagedInstanceCore, or service-role/… for those of that path",
    ),
    pattern(_MANAGED_POLICY),
]
RoleArn = Annotated[
    str,
    of_form(
        _ROLE_ARN,
        "is not the ARN of an IAM role",
        "write e.g. arn:aws:iam::123456789012:role/batch-jobs",
    ),
    pattern(_ROLE_ARN),
]
InstanceProfileArn = Annotated[
    str,
    of_form(
        _INSTANCE_PROFILE_ARN,
        "is not the ARN of an instance profile",
        "write e.g. arn:aws:iam::123456789012:instance-profile/batch (a role has another ARN)",
    ),
    pattern(_INSTANCE_PROFILE_ARN),
]
CachePrefix = Annotated[
    str,
    of_form(
        _CACHE_PREFIX,
        "is not a prefix of repositories of ECR",
        "write the rule's prefix alone, e.g. docker-hub",
    ),
    pattern(_CACHE_PREFIX),
]


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
        pull_through_caches: prefixes of repositories of ECR that are pull-through caches, e.g.
            ``docker-hub``; the first pull of an image imports it and makes its repository.
    """

    kms: tuple[KeyArn, ...] = ()
    pull_through_caches: tuple[CachePrefix, ...] = Field(
        default=(), json_schema_extra={"uniqueItems": True}
    )

    @field_validator("pull_through_caches")
    @classmethod
    def _prefixes_once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        refuse_duplicates(value)
        return value


class InstanceRole(Block):
    """The role of container instances, which every job on an instance can reach.

    Attributes:
        managed_policies: managed policies for what else runs on the instances: names of AWS's
            own, e.g. ``AmazonSSMManagedInstanceCore``, or ARNs.
        statements: further statements of its policy.
    """

    managed_policies: tuple[ManagedPolicy, ...] = Field(default=(), max_length=10)
    statements: tuple[Statement, ...] = ()

    @field_validator("managed_policies")
    @classmethod
    def _each_once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        refuse_duplicates(value)
        return value


class Roles(Block):
    """The stack's IAM roles, made by it or by another team.

    Attributes:
        service_role: ``linked`` is AWSServiceRoleForBatch, with which compute environments can be
            updated in place; ``custom`` makes a separate role.
        service_role_arn: another team's role for AWS Batch, instead of ``serviceRole``.
        permissions_boundary: ARN of the managed policy that limits every role of the stack.
        path: IAM path of roles, instance profile and managed policies; a change recreates them.
        name_prefix: prefix of their names, before the stack's name; a change recreates them.
        execution_role: further permissions of the ECS agent on behalf of jobs; it always may pull
            images, write logs and read the definitions' secrets.
        execution_role_arn: another team's role for it, instead of ``executionRole``.
        job_role: permissions of jobs whose definition has no ``permissions``; by default none.
        job_role_arn: another team's role for them, instead of ``jobRole``.
        instance_role: further permissions of container instances; they always may join the stack's
            clusters, write its logs and pull its images.
        instance_profile_arn: another team's instance profile, instead of ``instanceRole``.
        spot_fleet_role_arn: another team's role for spot fleets (SPOT with BEST_FIT).
        flow_logs_role_arn: another team's role for ``network.flowLogs``.
    """

    service_role: Literal["linked", "custom"] = "linked"
    permissions_boundary: PolicyArn | None = None
    path: Annotated[str, AfterValidator(_path), pattern(_PATH)] = "/"
    name_prefix: Annotated[str, AfterValidator(_name_prefix), pattern(_NAME_PREFIX)] | None = None
    execution_role: ExecutionRole = Field(default_factory=ExecutionRole)
    job_role: PolicyHolder = Field(default_factory=PolicyHolder)
    instance_role: InstanceRole = Field(default_factory=InstanceRole)
    service_role_arn: RoleArn | None = None
    execution_role_arn: RoleArn | None = None
    job_role_arn: RoleArn | None = None
    instance_profile_arn: InstanceProfileArn | None = None
    spot_fleet_role_arn: RoleArn | None = None
    flow_logs_role_arn: RoleArn | None = None

    @model_validator(mode="after")
    def _made_or_given(self) -> Self:
        for given, made in INSTEAD_OF.items():
            if getattr(self, given) is not None and getattr(self, made) != _default(made):
                raise refusal(
                    f"it is given beside {to_camel(made)}, which is about a role that the stack "
                    f"makes",
                    "keep one of the two",
                    to_camel(given),
                )
        return self

    @property
    def has_own_service_role(self) -> bool:
        """Whether AWS Batch uses another than its service-linked role."""
        return self.service_role != "linked" or self.service_role_arn is not None


def _default(name: str) -> object:
    return Roles.model_fields[name].get_default(call_default_factory=True)


INSTEAD_OF = {
    "service_role_arn": "service_role",
    "execution_role_arn": "execution_role",
    "job_role_arn": "job_role",
    "instance_profile_arn": "instance_role",
}
"""Key of a role that another team made to the key of the one that the stack would make."""


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
