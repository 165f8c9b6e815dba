"""Every component of one environment, each given those that it names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.components.compute import ComputeEnvironments, ComputeEnvironmentsArgs
from infra.components.consumers import Consumers, ConsumersArgs
from infra.components.detachment import Detachment, DetachmentArgs
from infra.components.flow_logs import FlowLogs, FlowLogsArgs
from infra.components.job_definitions import JobDefinitions, JobDefinitionsArgs
from infra.components.job_events import JobEvents, JobEventsArgs
from infra.components.monitoring import Monitoring, MonitoringArgs
from infra.components.network import Network, NetworkArgs
from infra.components.observability import Observability, ObservabilityArgs
from infra.components.outputs import Outputs, OutputsArgs
from infra.components.queues import JobQueues, JobQueuesArgs
from infra.components.roles import Roles, RolesArgs

if TYPE_CHECKING:
    from infra.plan import Plan


def register(plan: Plan) -> Outputs:
    """Register every resource of the environment with the engine, and return its outputs."""
    name = plan.environment
    observability = Observability(name, ObservabilityArgs(plan))
    network = Network(name, NetworkArgs(plan))
    roles = Roles(name, RolesArgs(plan))
    FlowLogs(name, FlowLogsArgs(plan, network, roles))
    environments = ComputeEnvironments(name, ComputeEnvironmentsArgs(plan, network, roles))
    queues = JobQueues(name, JobQueuesArgs(plan, environments))
    Detachment(name, DetachmentArgs(plan, environments, queues))
    definitions = JobDefinitions(name, JobDefinitionsArgs(plan, roles, observability))
    job_events = JobEvents(name, JobEventsArgs(plan, queues))
    consumers = Consumers(name, ConsumersArgs(plan, queues, job_events))
    monitoring = Monitoring(name, MonitoringArgs(plan, queues, observability, job_events))
    built = OutputsArgs(
        plan=plan,
        network=network,
        roles=roles,
        environments=environments,
        queues=queues,
        definitions=definitions,
        observability=observability,
        job_events=job_events,
        consumers=consumers,
        monitoring=monitoring,
    )
    return Outputs(name, built)
