"""The log group that the jobs write to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from batch_platform.settings.roles import KEEP_FOR_EVER

if TYPE_CHECKING:
    from batch_platform.plan import Plan


@dataclass(frozen=True)
class ObservabilityArgs:
    """Input of :class:`Observability`."""

    plan: Plan


class Observability(pulumi.ComponentResource):
    """One CloudWatch log group with a retention.

    Attributes:
        log_group: the resource.
        retention_in_days: None keeps events for ever.
    """

    def __init__(
        self, name: str, args: ObservabilityArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("batch-platform:index:Observability", name, None, opts)
        plan = args.plan
        days = plan.settings.log_group.retention_in_days
        self.retention_in_days = None if days == KEEP_FOR_EVER else days
        self.log_group = aws.cloudwatch.LogGroup(
            plan.name("jobs"),
            name=plan.log_group_name,
            # CKV_AWS_338, CT.CLOUDWATCH.PR.2: the logs are kept for as long as they are of use.
            # I3011 of cfn-lint: a log group goes with its stack, as all of it does.
            retention_in_days=self.retention_in_days,
            # CKV_AWS_158, CT.CLOUDWATCH.PR.3: without one, CloudWatch Logs encrypts with its own.
            kms_key_id=plan.settings.log_group.kms_key_id,
            tags=plan.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({"logGroup": self.log_group.name})
