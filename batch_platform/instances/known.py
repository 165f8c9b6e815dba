"""The instance types that are known without AWS, from the table beside this module."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from batchsdk.contract.capacity import BUNDLES, Architecture, InstanceType

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

TABLE = Path(__file__).with_name("sizes.json")
"""Made by tools/instance_sizes.py, which says from what."""

_ARM_FAMILY = re.compile(r"a1|[a-z]+[0-9]+[a-z]*g[a-z]*(-.+)?|.+-gb[0-9]+")
"""Graviton: a ``g`` after the generation's number, e.g. ``c7gn``; a1 is older than that rule, and
``p6e-gb200`` has Grace processors (EC2 instance type naming conventions)."""

_GPU_FAMILY = re.compile(r"(?!g4ad)(g|gr|p)[0-9].*")
"""Families with NVIDIA GPUs, by the same conventions; those of g4ad are AMD's."""


@cache
def by_family() -> Mapping[str, Sequence[InstanceType]]:
    """Return the types of the table by their families, the smallest first."""
    table = json.loads(TABLE.read_text(encoding="utf-8"))
    return {
        family: [
            InstanceType(
                name=f"{family}.{size}",
                vcpus=vcpus,
                memory=memory,
                gpus=gpus,
                architecture=known["architecture"],
                cores=cores,
                efa_interfaces=efa_interfaces,
                in_clusters=known["cluster"],
            )
            for size, vcpus, memory, gpus, cores, efa_interfaces in known["sizes"]
        ]
        for family, known in table["families"].items()
    }


def types_of(instance_types: Iterable[str]) -> list[InstanceType]:
    """Return the types that ``instanceTypes`` of a compute environment stand for.

    Args:
        instance_types: types, families, and Batch's own names for several families.

    Returns:
        nothing where one of them is not in the table: what the environment may launch is then not
        known.
    """
    found: dict[str, InstanceType] = {}
    for given in instance_types:
        of_name = [each for name in BUNDLES.get(given, (given,)) for each in _named(name)]
        if not of_name:
            return []
        found |= {each.name: each for each in of_name}
    return list(found.values())


def unknown(instance_types: Iterable[str]) -> list[str]:
    """Return the names that the table has not: newer than it is, or misspelt."""
    return [name for name in instance_types if name not in BUNDLES and not _named(name)]


def architecture(instance_type: str) -> Architecture:
    """Return the architecture of a type, a family or one of Batch's bundles.

    Of a family that is not in the table the name tells it.
    """
    family = BUNDLES.get(instance_type, (instance_type,))[0].partition(".")[0]
    if of_family := by_family().get(family):
        return of_family[0].architecture
    return "arm64" if _ARM_FAMILY.fullmatch(family) else "x86_64"


def has_gpus(instance_type: str) -> bool:
    """Tell whether a type, or one of a family, has NVIDIA GPUs; of an unknown one by its name."""
    if instance_type in BUNDLES:
        return False
    if types := _named(instance_type):
        return any(each.gpus for each in types)
    return _GPU_FAMILY.fullmatch(instance_type) is not None


def _named(name: str) -> list[InstanceType]:
    family, dot, _ = name.partition(".")
    return [each for each in by_family().get(family, ()) if not dot or each.name == name]
