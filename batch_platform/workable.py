"""What ``check``, ``plan`` and the program refuse and warn of alike, once the config is valid.

The program asks AWS first (``batch_platform/lookups.py``), so it knows more; what these rules
refuse by the config alone, it refuses too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batch_platform import fit
from batch_platform.compute_environments.capabilities import swap_nowhere
from batch_platform.compute_environments.launching import unlaunchable, untried_blocks
from batch_platform.compute_environments.metadata import roots_that_reach_it
from batch_platform.compute_environments.states import idle_queues
from batch_platform.compute_environments.updates import idle_update_policies
from batch_platform.counts import (
    large_definitions,
    long_agent_policies,
    long_policies,
    long_role_policies,
    too_many_tags,
)
from batch_platform.instances.known import by_family, unknown
from batch_platform.job_definitions.adapters import without_adapters
from batch_platform.job_definitions.image_warnings import left_out, unsuitable_images
from batch_platform.job_definitions.started_jobs import large_requests, long_templates
from batch_platform.network.adapters import public_adapters
from batch_platform.network.egress import rules_made_anyway
from batch_platform.network.multi_node import public_nodes
from batch_platform.network.zones import in_few_zones
from batch_platform.observability import budget
from batch_platform.outputs import too_large
from batch_platform.settings.errors import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batch_platform.plan import Plan


def refuse_unworkable(plan: Plan) -> None:
    """Refuse what is valid key by key and could not work as a whole.

    Raises:
        SettingsError: with every problem.
    """
    problems = [
        *unlaunchable(plan),
        *fit.unfit(plan),
        *fit.unfit_schedules(plan),
        *public_nodes(plan.settings),
        *public_adapters(plan.settings),
        *rules_made_anyway(plan.settings),
        *budget.out_of_place(plan.settings),
        *too_many_tags(plan),
        *large_definitions(plan),
        *large_requests(plan),
        *long_templates(plan),
        *long_role_policies(plan),
        *long_agent_policies(plan),
        *long_policies(plan),
        *too_large(plan),
    ]
    if problems:
        raise plan.settings.refused(problems)


def warnings(plan: Plan) -> Iterator[str]:
    """Yield what could work, and most likely is not what was meant."""
    yield from idle_update_policies(plan.settings)
    yield from idle_queues(plan.settings)
    yield from roots_that_reach_it(plan.settings)
    yield from untried_blocks(plan.settings)
    yield from without_adapters(plan.settings)
    yield from swap_nowhere(plan.settings)
    yield from budget.uncounted(plan)
    yield from in_few_zones(plan.zones, plan.offers)
    yield from _unknown_instance_types(plan)
    yield from fit.tight(plan)
    for said in left_out(plan):
        yield f"jobDefinitions {', '.join(plan.not_pushed)}: {said.reason}; fix: {said.fix}"
    yield from unsuitable_images(plan.settings)


def _unknown_instance_types(plan: Plan) -> Iterator[str]:
    for key, instances in plan.settings.instances.items():
        for name in () if plan.instance_types.get(key) else unknown(instances.instance_types):
            known = [each.name for types in by_family().values() for each in types]
            near = did_you_mean(name, [*by_family(), *known])
            yield (
                f"computeEnvironments.{key}.instanceTypes: {name} is not among the instance types "
                f"known here{near}, so whether jobs fit is not checked; `pulumi up` asks AWS"
            )
