"""What a preview can tell of a resource's state after a step that is not carried out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localaws.provider import schema
from localaws.provider.values import UNKNOWN
from localaws.resources.resource_type import ResourceType


def of_creation(resource_type: ResourceType, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs, and everything else as not known yet."""
    return {**dict.fromkeys(schema.output_names(resource_type), UNKNOWN), **inputs}


def of_update(
    resource_type: ResourceType,
    state: Mapping[str, Any],
    old_inputs: Mapping[str, Any],
    inputs: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the state with the new inputs; outputs stay, but for those that the update changes."""
    changed = resource_type.new_outputs(old_inputs, inputs) if resource_type.new_outputs else ()
    gone = set(old_inputs) - set(inputs)
    kept = {key: value for key, value in state.items() if key not in gone}
    return {**kept, **inputs, **dict.fromkeys(changed, UNKNOWN)}
