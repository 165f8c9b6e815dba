"""What moto does otherwise than AWS, where an engine or a client comes upon it.

A module for each kind of resource; each has ``correct``, which may be called again.
"""

from localaws.moto_corrections import (
    account_attributes,
    buckets,
    budgets,
    dhcp_options,
    instance_type_offerings,
    launch_templates,
    nat_gateways,
    placement_groups,
    price_list,
    queues,
    roles,
    schedules,
    security_group_rules,
    sessions,
    subnets,
    vpc_endpoints,
)


def correct_moto() -> None:
    """Have moto do in this process as AWS does."""
    account_attributes.correct()
    buckets.correct()
    budgets.correct()
    dhcp_options.correct()
    instance_type_offerings.correct()
    launch_templates.correct()
    nat_gateways.correct()
    placement_groups.correct()
    price_list.correct()
    queues.correct()
    roles.correct()
    schedules.correct()
    security_group_rules.correct()
    sessions.correct()
    subnets.correct()
    vpc_endpoints.correct()
