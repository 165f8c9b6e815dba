"""pulumi-aws's names for what the Batch API has.

It writes ``minVcpus`` where the API has ``minvCpus``, and pluralises lists; everything else has the
API's own name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

API_NAMES = {
    "desiredVcpus": "desiredvCpus",
    "ec2Configurations": "ec2Configuration",
    "evaluateOnExits": "evaluateOnExit",
    "maxVcpus": "maxvCpus",
    "minVcpus": "minvCpus",
}
PULUMI_NAMES = {api: pulumi for pulumi, api in API_NAMES.items()}


def to_api(value: Any) -> Any:
    """Return inputs as the API takes them."""
    return _renamed(value, API_NAMES)


def from_api(value: Any) -> Any:
    """Return what the API describes as pulumi-aws has it."""
    return _renamed(value, PULUMI_NAMES)


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        # The keys of tags are the user's own.
        return {
            names.get(key, key): inner if key == "tags" else _renamed(inner, names)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [_renamed(inner, names) for inner in value]
    return value
