"""Reading what may be gone, and what of it a resource's inputs do not say already."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

Properties = Mapping[str, Any]
"""Inputs, outputs or state of a resource: pulumi-aws's names, plain JSON-like values."""
Description = Mapping[str, Any]
"""A resource as the service's own API describes it."""

REGIONAL = frozenset({"region"})
"""What pulumi-aws 7 computes for every resource of a region."""
_GONE = re.compile(
    r"NotFound|Not Found|does not exist|PlacementGroup\.Unknown"
    r"|NoSuch(Entity|Bucket|TagSet|LifecycleConfiguration|PublicAccessBlockConfiguration)"
)


def unless_gone(call: Callable[..., Any], **arguments: Any) -> Any | None:
    """Call AWS about one resource; return ``None`` if AWS answers that it is not there.

    EC2, SSM and logs say it by codes with ``NotFound`` in them, EC2 of placement groups by
    ``Unknown``, IAM and S3 by ``NoSuch…`` (S3 HeadBucket by its status), Batch by its message
    alone.
    """
    try:
        return call(**arguments)
    except ClientError as error:
        told = error.response["Error"]
        if _GONE.search(f"{told['Code']} {told['Message']}"):
            return None
        raise


def first(answer: Mapping[str, Any] | None, key: str) -> dict[str, Any] | None:
    """Return the only element of a describing answer's list; ``None`` if there is none."""
    found = answer[key] if answer is not None else ()
    return dict(found[0]) if found else None


def beside(inputs: Properties, state: Properties | None) -> dict[str, Any]:
    """Return what a state has beside the inputs."""
    return {key: value for key, value in (state or {}).items() if key not in inputs}


def changes(state: Properties, inputs: Properties, *names: str) -> bool:
    """Return whether one of these inputs is another one than the state has."""
    return any(inputs.get(name) != state.get(name) for name in names)


def present(values: Properties) -> dict[str, Any]:
    """Return the values that are there: neither ``None`` nor empty."""
    return {key: value for key, value in values.items() if value not in (None, "", [], {})}
