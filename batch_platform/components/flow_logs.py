"""Records of the traffic in the stack's VPC."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from batch_platform.settings.roles import KEEP_FOR_EVER

if TYPE_CHECKING:
    from batch_platform.components.network import Network
    from batch_platform.components.roles import Roles
    from batch_platform.plan import Plan


@dataclass(frozen=True)
class FlowLogsArgs:
    """Input of :class:`FlowLogs`."""

    plan: Plan
    network: Network
    roles: Roles


class FlowLogs(pulumi.ComponentResource):
    """A flow log of the VPC and its log group, where the config wants them; otherwise nothing."""

    def __init__(
        self, name: str, args: FlowLogsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("batch-platform:index:FlowLogs", name, None, opts)
        plan, role = args.plan, args.roles.flow_logs
        wanted = plan.flow_logs
        if wanted is not None and role is not None:
            days = wanted.retention_in_days
            group = aws.cloudwatch.LogGroup(
                plan.name("flow-logs"),
                name=plan.flow_log_group_name,
                retention_in_days=None if days == KEEP_FOR_EVER else days,
                kms_key_id=wanted.kms_key_id,
                tags=plan.tags,
                opts=pulumi.ResourceOptions(parent=self),
            )
            aws.ec2.FlowLog(
                plan.name("flow-logs"),
                vpc_id=args.network.vpc_id,
                traffic_type=wanted.traffic_type,
                log_destination_type="cloud-watch-logs",
                log_destination=group.arn,
                iam_role_arn=role.arn,
                tags=plan.tagged("flow-logs"),
                opts=pulumi.ResourceOptions(
                    parent=self,
                    depends_on=args.roles.for_flow_logs,
                    # EC2 takes no second one with the same destination (FlowLogAlreadyExists).
                    delete_before_replace=True,
                ),
            )
        self.register_outputs({})
