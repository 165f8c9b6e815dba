"""Every component of one environment, each given those that it names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batch_platform.components.compute import ComputeEnvironments, ComputeEnvironmentsArgs
from batch_platform.components.consumers import Consumers, ConsumersArgs
from batch_platform.components.detachment import Detachment, DetachmentArgs
from batch_platform.components.flow_logs import FlowLogs, FlowLogsArgs
from batch_platform.components.images import Images, ImagesArgs
from batch_platform.components.job_definitions import JobDefinitions, JobDefinitionsArgs
from batch_platform.components.job_events import JobEvents, JobEventsArgs
from batch_platform.components.monitoring import Monitoring, MonitoringArgs
from batch_platform.components.network import Network, NetworkArgs
from batch_platform.components.observability import Observability, ObservabilityArgs
from batch_platform.components.outputs import Outputs, OutputsArgs
from batch_platform.components.queues import JobQueues, JobQueuesArgs
from batch_platform.components.roles import Roles, RolesArgs
from batch_platform.components.schedules import Schedules, SchedulesArgs
from batch_platform.components.started_jobs import DeadLetters, DeadLettersArgs
from batch_platform.components.storage import Storage, StorageArgs
from batch_platform.components.triggers import Triggers, TriggersArgs

if TYPE_CHECKING:
    from batch_platform.plan import Plan


def register(plan: Plan) -> Outputs:
    """Register every resource of the environment with the engine, and return its outputs."""
    name = plan.environment
    observability = Observability(name, ObservabilityArgs(plan))
    if plan.settings.images:
        Images(name, ImagesArgs(plan))
    storage = Storage(name, StorageArgs(plan, plan.storage)) if plan.storage else None
    network = Network(name, NetworkArgs(plan))
    roles = Roles(name, RolesArgs(plan))
    FlowLogs(name, FlowLogsArgs(plan, network, roles))
    environments = ComputeEnvironments(name, ComputeEnvironmentsArgs(plan, network, roles))
    queues = JobQueues(name, JobQueuesArgs(plan, environments))
    Detachment(name, DetachmentArgs(plan, environments, queues))
    definitions = JobDefinitions(name, JobDefinitionsArgs(plan, roles, observability))
    job_events = JobEvents(name, JobEventsArgs(plan, queues))
    consumers = Consumers(name, ConsumersArgs(plan, queues, job_events))
    roles.attach(consumers.by_arn)
    dead_letters = None
    if plan.settings.starts_jobs:
        dead_letters = DeadLetters(name, DeadLettersArgs(plan))
        rules = []
        if plan.settings.schedules:
            started = SchedulesArgs(plan, queues, definitions, dead_letters, roles, job_events)
            Schedules(name, started)
        if plan.settings.triggers:
            rules = Triggers(name, TriggersArgs(plan, queues, definitions, dead_letters)).rules
        dead_letters.let_send(rules)
    monitoring = Monitoring(
        name, MonitoringArgs(plan, queues, observability, job_events, dead_letters)
    )
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
        storage=storage,
    )
    return Outputs(name, built)
