"""Asks AWS which instance types a region has, and what those have that the table lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pulumi_aws as aws

from batch_platform.instances.known import by_family
from batch_platform.provider_answers import unless_denied
from batch_platform.settings import Problem
from batchsdk.contract.capacity import (
    BUNDLES,
    InstanceType,
    name_patterns,
    selectable_cores,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batch_platform.settings import Settings


def offered_types(settings: Settings) -> Mapping[str, Sequence[InstanceType]]:
    """Return what each compute environment may launch in the region, by its key.

    Environments of which AWS says nothing are left out: who may not ask (ec2:DescribeInstanceTypes)
    goes on with the table.

    Raises:
        SettingsError: an instance type or family does not exist in the region.
    """
    wanted = {key: instances.instance_types for key, instances in settings.instances.items()}
    given = list(dict.fromkeys(name for names in wanted.values() for name in names))
    region = _names(name_patterns(given))
    if region is None:
        return {}
    matching = {name: [each for each in region if is_of(each, name)] for name in given}
    problems = [
        Problem(
            ("batch-platform:computeEnvironments", key, "instanceTypes", index),
            f"{name} is not offered in {settings.region}",
            "use types of that region (aws ec2 describe-instance-type-offerings)",
        )
        for key, names in wanted.items()
        for index, name in enumerate(names)
        if name not in BUNDLES and not matching[name]
    ]
    if problems:
        raise settings.refused(problems)
    types = {name: _described(name) for name in region}
    return {
        key: [types[each] for name in names for each in matching[name]]
        for key, names in wanted.items()
    }


def _names(patterns: Sequence[str]) -> list[str] | None:
    """Return the names of the region's types that match; None where AWS does not say."""
    filters = [aws.ec2.GetInstanceTypesFilterArgs(name="instance-type", values=patterns)]
    if not patterns:
        return None
    answer = unless_denied(lambda: aws.ec2.get_instance_types(filters=filters))
    return None if answer is None else sorted(answer.instance_types)


def is_of(instance_type: str, given: str) -> bool:
    """Tell whether an instance type is ``given``, or of that family or bundle of families."""
    names = BUNDLES.get(given, (given,))
    return instance_type in names or instance_type.partition(".")[0] in names


def _described(name: str) -> InstanceType:
    """Return what a type has: an existing type never changes, so the table knows most."""
    for each in by_family().get(name.partition(".")[0], ()):
        if each.name == name:
            return each
    told: Any = aws.ec2.get_instance_type(instance_type=name)
    return InstanceType(
        name=name,
        vcpus=told.default_vcpus,
        memory=told.memory_size,
        gpus=sum(gpu.count for gpu in told.gpuses or () if gpu.manufacturer.upper() == "NVIDIA"),
        architecture="arm64" if "arm64" in told.supported_architectures else "x86_64",
        cores=selectable_cores(told.default_cores or 0, told.valid_threads_per_cores or ()),
        efa_interfaces=(told.efa_maximum_interfaces or 0) if told.efa_supported else 0,
        in_clusters="cluster" in (told.supported_placement_strategies or ("cluster",)),
    )
