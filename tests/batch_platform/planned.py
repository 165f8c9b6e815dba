"""All that the program makes of a config without AWS and without the engine, as plain values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from batch_platform.compute_environments import quotas, user_data
from batch_platform.compute_environments.images import pin
from batch_platform.iam import consumers
from batch_platform.job_definitions import permissions
from batch_platform.job_definitions.containers import as_text, document, images_of, resources_of
from batch_platform.job_definitions.defaults import defaults
from batch_platform.observability import dashboard, events
from batch_platform.plan import ENVIRONMENT_TAG, Account, Plan, make_plan
from batch_platform.program.command import summary
from batch_platform.settings import Settings, parse_stack_file, validate_stack_file
from tests.batch_platform.generated_configs import ZONES, stack_file
from tests.batch_platform.generated_values import ACCOUNT

STACK = Path("Pulumi.test.yaml")


def loaded(config: dict[str, Any]) -> Settings:
    """Return the settings of the stack ``test``, by way of a stack file's text."""
    return validate_stack_file(parse_stack_file(stack_file(config), STACK))


def planned(settings: Settings) -> dict[str, Any]:
    """Return what the pure modules make of the settings, by name."""
    zones = tuple(f"{settings.region}{letter}" for letter in ZONES)
    instances = settings.instances
    plan = make_plan(settings, Account(ACCOUNT, zones, dict.fromkeys(instances, "ami-1")))
    return {
        "network": (plan.instance_subnets, plan.nat_subnets, plan.endpoints),
        "summary": sorted(summary(plan)),
        "images": {key: pin(each) for key, each in instances.items()},
        "user data": {
            key: user_data.encoded(each.launch_template) for key, each in instances.items()
        },
        "definitions": {key: _definition(plan, key) for key in settings.job_definitions},
        "for consumers": _for_consumers(plan),
        "dashboard": _dashboard(plan),
        "quotas": list(quotas.beyond(settings, {}, ENVIRONMENT_TAG)),
    }


def _definition(plan: Plan, key: str) -> tuple[Any, ...]:
    definition = plan.settings.job_definitions[key]
    given = defaults(plan, key, log_group="logs", execution_role="execution", job_role="job")
    return (
        as_text(document(definition, given)),
        list(images_of(definition)),
        resources_of(definition),
        permissions.job_role(definition, plan.partition, plan.settings.region, ACCOUNT),
        permissions.agent_needs(definition, plan),
    )


def _for_consumers(plan: Plan) -> tuple[Any, ...]:
    where = consumers.scope(plan)
    settings = plan.settings
    names = consumers.runnable(plan, settings.job_queues)
    return (
        consumers.submitter(where, ["queue"], names, events_arn="events"),
        *(
            consumers.submitter(where, ["queue"], names, shares=each.share_identifiers or ())
            for each in settings.consumers.submitters.values()
        ),
        consumers.observer(where),
    )


def _dashboard(plan: Plan) -> tuple[Any, ...]:
    groups = events.groups({key: plan.name(key) for key in plan.settings.job_queues})
    patterns = [
        match(group)
        for group in groups
        for match in (
            events.state_changes,
            events.failures,
            events.blocked,
            events.invalid_environments,
        )
    ]
    rules = {event: ["rule"] for event in plan.settings.monitoring.notify}
    body = dashboard.body(
        region=plan.settings.region, log_group=plan.log_group_name, rules=rules, job_events="queue"
    )
    return patterns, body
