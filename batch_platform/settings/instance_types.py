"""Names of EC2 instance types and families in the config, of one architecture."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

from batch_platform.instances.known import architecture, types_of
from batch_platform.settings.block import EACH_ONCE, pattern, refuse_duplicates
from batch_platform.settings.errors import refusal, shown
from batchsdk.contract.capacity import BUNDLES

INSTANCE_TYPE = re.compile(r"[a-z][a-z0-9-]*(\.[a-z0-9-]+)?")


def least_vcpus(instance_type: str) -> int:
    """Return the fewest vCPUs that an instance of this type, family or bundle can have.

    Of one that is not in the table: 1, the least that any has.
    """
    return min((each.vcpus for each in types_of([instance_type])), default=1)


def _instance_type(value: str) -> str:
    if value not in BUNDLES and not INSTANCE_TYPE.fullmatch(value):
        raise refusal(
            f"{shown(value)} is neither an instance type nor a family",
            f"write e.g. c5.large, c5 or one of {', '.join(BUNDLES)}",
        )
    return value


def _one_architecture(value: tuple[str, ...]) -> tuple[str, ...]:
    refuse_duplicates(value)
    for index, instance_type in enumerate(value):
        if architecture(instance_type) != architecture(value[0]):
            raise refusal(
                f"{shown(instance_type)} is {architecture(instance_type)} and {shown(value[0])} is "
                f"{architecture(value[0])}: instances of one environment share one AMI",
                "make an environment for each architecture; a job queue cannot mix them either",
                index,
            )
    return value


InstanceType = Annotated[
    str,
    AfterValidator(_instance_type),
    pattern(f"{'|'.join(BUNDLES)}|{INSTANCE_TYPE.pattern}"),
]

InstanceTypes = Annotated[tuple[InstanceType, ...], AfterValidator(_one_architecture), EACH_ONCE]
