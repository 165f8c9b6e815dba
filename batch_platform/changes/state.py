"""What is there, from the stack's state (`pulumi stack export`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from batch_platform.changes.registrations import TRIGGER, Registration
from batch_platform.changes.snapshot import Snapshot, of_registrations

STACK = "pulumi:pulumi:Stack"
DEFAULTS = "__defaults"
"""Where the provider notes which inputs it filled in itself, e.g. a name that it made up."""


def of_state(deployment: Mapping[str, Any], described: str, environment: str) -> Snapshot:
    """Return the snapshot of an exported deployment.

    Args:
        deployment: what the export has under its key ``deployment``.
        described: where it was read.
        environment: name of the stack if the state is empty and does not tell it.
    """
    # `delete` marks what an interrupted run still has to delete.
    resources = [one for one in deployment.get("resources") or () if not one.get("delete")]
    outputs = next((one.get("outputs") for one in resources if one["type"] == STACK), None) or {}
    return of_registrations(
        {one["urn"]: _registration(one) for one in resources},
        described=described,
        environment=resources[0]["urn"].split(":")[2] if resources else environment,
        region=outputs.get("region"),  # none before the first complete update
    )


def _registration(one: Mapping[str, Any]) -> Registration:
    return Registration(
        type=one["type"],
        name=one["urn"].rpartition("::")[2],
        inputs=_given(one.get("inputs") or {}),
        outputs={**(one.get("outputs") or {}), "id": one.get("id")},
        dependencies={
            key: urns or () for key, urns in (one.get("propertyDependencies") or {}).items()
        },
        trigger=one.get(TRIGGER),
    )


def _given(value: Any) -> Any:
    """Return inputs as the program gave them, without what the provider filled in itself."""
    if isinstance(value, Mapping):
        filled_in = {DEFAULTS, "region", *value.get(DEFAULTS, ())}
        return {key: _given(inner) for key, inner in value.items() if key not in filled_in}
    return [_given(inner) for inner in value] if isinstance(value, list) else value
