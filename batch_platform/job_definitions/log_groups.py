"""The CloudWatch log groups that containers write to, as the config names them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from batch_platform.job_definitions.containers import Defaults, document
from batch_platform.job_definitions.defaults import log_configuration

if TYPE_CHECKING:
    from batch_platform.plan import Plan

OF_BATCH = "/aws/batch/job"
"""The group of a container that logs by ``awslogs`` and names none (API, LogConfiguration)."""


class LogGroup(NamedTuple):
    """One group.

    Attributes:
        region: AWS region of it.
        name: of the group.
        is_created: whether the log driver creates it where it is absent (``awslogs-create-group``).
    """

    region: str
    name: str
    is_created: bool = False

    def arn(self, partition: str, account_id: str) -> str:
        """Return its ARN, without the ``:*`` that stands for its streams."""
        return f"arn:{partition}:logs:{self.region}:{account_id}:log-group:{self.name}"


def own(plan: Plan) -> LogGroup:
    """Return the stack's group."""
    return LogGroup(plan.settings.region, plan.log_group_name)


def of_stack(plan: Plan) -> list[LogGroup]:
    """Return the stack's group and those that its definitions name, in a stable order."""
    named = {
        group
        for definition in plan.settings.job_definitions.values()
        for group in within(document(definition, defaults(plan)), plan.settings.region)
    }
    return sorted({own(plan), *named})


def defaults(plan: Plan, *, execution_role_arn: str = "") -> Defaults:
    """Return the defaults of a document in which the log groups are those of AWS."""
    region = plan.settings.region
    configuration = log_configuration(plan.log_group_name, region, "any")
    return Defaults(log_configuration=configuration, execution_role_arn=execution_role_arn)


def within(value: Any, region: str) -> Iterator[LogGroup]:
    """Yield the groups of every container in a document, or in a part of it.

    Args:
        value: in the API's form.
        region: of groups for which no other is named.
    """
    if isinstance(value, dict):
        if isinstance(found := value.get("logConfiguration"), dict):
            yield from _of(found, region)
        value = list(value.values())
    for item in value if isinstance(value, list) else ():
        yield from within(item, region)


def _of(configuration: Mapping[str, Any], region: str) -> Iterator[LogGroup]:
    if configuration.get("logDriver") == "awslogs":
        options = configuration.get("options") or {}
        yield LogGroup(
            options.get("awslogs-region", region),
            options.get("awslogs-group", OF_BATCH),
            str(options.get("awslogs-create-group", "")).lower() == "true",
        )
