"""Names that the provider makes up (Pulumi: autonaming)."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any, Protocol

from localaws.resources.resource_type import ResourceType

DEFAULTS = "__defaults"
"""The input in which the provider notes, as pulumi-aws does, which inputs it filled in itself."""
SUFFIX_LENGTH = 7


class Autonaming(Protocol):
    """The engine's ``pulumi:autonaming`` setting for one resource."""

    proposed_name: str
    mode: int
    PROPOSE: int
    ENFORCE: int
    DISABLE: int


def with_defaults(
    resource_type: ResourceType,
    logical_name: str,
    inputs: Mapping[str, Any],
    *,
    previous: Mapping[str, Any],
    seed: bytes,
    autonaming: Autonaming | None,
) -> dict[str, Any]:
    """Return the inputs with what the provider fills in.

    A made-up name is kept from ``previous`` inputs for as long as the resource lives; a
    replacement has none and gets a new one, so that both can exist side by side.
    """
    filled = {key: value for key, value in resource_type.defaults.items() if key not in inputs}
    if resource_type.autonamed and "name" not in inputs:
        if "name" in previous.get(DEFAULTS, ()):
            filled["name"] = previous["name"]
        elif autonaming is None:
            filled["name"] = _random_name(logical_name, resource_type.longest_name, seed)
        elif autonaming.mode != autonaming.DISABLE:
            filled["name"] = autonaming.proposed_name
    return {**inputs, **filled, DEFAULTS: sorted(filled)}


def is_autonamed(inputs: Mapping[str, Any]) -> bool:
    """Return whether the name in these inputs is a made-up one."""
    return "name" in inputs.get(DEFAULTS, ())


def _random_name(logical_name: str, longest: int, seed: bytes) -> str:
    # The engine's seed makes a preview and the update after it agree.
    suffix = f"{random.Random(seed).getrandbits(4 * SUFFIX_LENGTH):0{SUFFIX_LENGTH}x}"  # noqa: S311
    return f"{logical_name[: longest - SUFFIX_LENGTH - 1]}-{suffix}"
