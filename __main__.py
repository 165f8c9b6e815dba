"""The Pulumi program: one environment of AWS Batch, from the YAML config of its stack."""

from pathlib import Path

from infra.components.compute import ComputeEnvironments, ComputeEnvironmentsArgs
from infra.components.consumers import Consumers, ConsumersArgs, refuse_long_policies
from infra.components.detachment import Detachment, DetachmentArgs
from infra.components.flow_logs import FlowLogs, FlowLogsArgs
from infra.components.job_definitions import JobDefinitions, JobDefinitionsArgs
from infra.components.job_events import JobEvents, JobEventsArgs
from infra.components.monitoring import Monitoring, MonitoringArgs
from infra.components.network import Network, NetworkArgs
from infra.components.observability import Observability, ObservabilityArgs
from infra.components.outputs import Outputs, OutputsArgs, refuse_oversize
from infra.components.queues import JobQueues, JobQueuesArgs
from infra.components.roles import Roles, RolesArgs
from infra.lookups import look_up
from infra.plan import make_plan
from infra.settings import load

# Nothing is registered before all of these have agreed to the config.
settings = load(Path(__file__).parent)
plan = make_plan(settings, look_up(settings))
refuse_oversize(plan)
refuse_long_policies(plan)
name = settings.environment

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
    *(plan, network, roles, environments, queues, definitions),
    *(observability, job_events, consumers, monitoring),
)
Outputs(name, built).export()
