"""The contract with other services: the stack's outputs, and the same in an SSM parameter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from batch_platform.outputs import COMPACT, stack_outputs

if TYPE_CHECKING:
    from batch_platform.components.compute import ComputeEnvironments
    from batch_platform.components.consumers import Consumers
    from batch_platform.components.job_definitions import JobDefinitions
    from batch_platform.components.job_events import JobEvents
    from batch_platform.components.monitoring import Monitoring
    from batch_platform.components.network import Network
    from batch_platform.components.observability import Observability
    from batch_platform.components.queues import JobQueues
    from batch_platform.components.roles import Roles
    from batch_platform.components.storage import Storage
    from batch_platform.plan import Plan


@dataclass(frozen=True)
class OutputsArgs:
    """Input of :class:`Outputs`: everything that was built."""

    plan: Plan
    network: Network
    roles: Roles
    environments: ComputeEnvironments
    queues: JobQueues
    definitions: JobDefinitions
    observability: Observability
    job_events: JobEvents
    consumers: Consumers
    monitoring: Monitoring
    storage: Storage | None


class Outputs(pulumi.ComponentResource):
    """The SSM parameter ``/batch/<stack>``, unless the config leaves it out.

    Attributes:
        mapping: the contract with camelCase keys; leaves may be Pulumi outputs, even unknown ones.
    """

    def __init__(
        self, name: str, args: OutputsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("batch-platform:index:Outputs", name, None, opts)
        plan = args.plan
        self.mapping = stack_outputs(args).to_mapping()
        if plan.settings.outputs.ssm_parameter:
            aws.ssm.Parameter(
                plan.name("outputs"),
                name=plan.parameter_name,
                type="String",  # CKV2_AWS_34: names and ARNs, which are no secret
                tier="Intelligent-Tiering",
                description=f"Outputs of the batch-platform stack {plan.environment}",
                value=pulumi.Output.json_dumps(self.mapping, **COMPACT),
                tags=plan.tags,
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({})

    def export(self) -> None:
        """Export one stack output for each top-level key of the contract."""
        for key, value in self.mapping.items():
            pulumi.export(key, value)
