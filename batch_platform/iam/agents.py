"""The policies of those that start jobs: the execution role and the instances. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batch_platform.iam import policies
from batch_platform.job_definitions import log_groups, permissions
from batch_platform.settings.ec2_capacity import Ec2Capacity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batch_platform.plan import Plan
    from batch_platform.settings.statements import Statement

COPIES_TAGS = ("ECS_CONTAINER_INSTANCE_PROPAGATE_TAGS_FROM", "ec2_instance")
"""The setting of the ECS agent with which it reads the tags of its instance."""


def execution(plan: Plan) -> policies.Document:
    """Return what the execution role may do: write logs, pull images, read secrets."""
    wanted, region = plan.settings.roles.execution_role, plan.settings.region
    agents = _needs(plan)
    named = permissions.secrets(
        plan.partition,
        region,
        plan.account_id,
        [reference for each in agents for reference in each.secrets],
        [name for each in agents for name in each.credentials],
    )
    return policies.execution(
        _place(plan),
        _log_groups(plan, agents),
        _images(agents),
        caches=wanted.pull_through_caches,
        reads=[*named, *permissions.keys(wanted.kms, ("secretsmanager", "ssm"))],
    )


def instance(plan: Plan) -> policies.Document:
    """Return what the role of container instances may do, with the config's own statements."""
    agents = _needs(plan)
    return policies.instance(
        _place(plan),
        plan.environment,
        _log_groups(plan, agents),
        _images(agents),
        tags=any(_copies_tags(each) for each in plan.settings.compute_environments.values()),
        more=[_statement(each) for each in plan.settings.roles.instance_role.statements],
    )


def _place(plan: Plan) -> policies.Place:
    return policies.Place(plan.partition, plan.settings.region, plan.account_id)


def _needs(plan: Plan) -> list[permissions.AgentNeeds]:
    definitions = plan.settings.job_definitions.values()
    return [permissions.agent_needs(each, plan) for each in definitions]


def _log_groups(plan: Plan, agents: list[permissions.AgentNeeds]) -> list[log_groups.LogGroup]:
    """Return the groups that the execution role and instances write to."""
    return [log_groups.own(plan), *(group for each in agents for group in each.log_groups)]


def _images(agents: list[permissions.AgentNeeds]) -> list[str]:
    return [image for each in agents for image in each.images]


def _copies_tags(environment: object) -> bool:
    if not isinstance(environment, Ec2Capacity):
        return False
    name, value = COPIES_TAGS
    return environment.launch_template.ecs_agent.get(name) == value


def _statement(given: Statement) -> Mapping[str, Any]:
    condition = {
        operator: {key: list(values) for key, values in tests.items()}
        for operator, tests in given.condition.items()
    }
    return {
        "Effect": given.effect,
        "Action": list(given.actions),
        "Resource": list(given.resources),
        **({"Condition": condition} if condition else {}),
    }
