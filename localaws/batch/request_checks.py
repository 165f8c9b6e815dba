"""What botocore's validation of a request leaves out: enumerations and upper limits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

CASE_INSENSITIVE = frozenset({"RetryAction"})
"""API: EvaluateOnExit.action."""


def violations(shape: Shape, value: Any, name: str = "") -> Iterator[str]:
    """Yield what is wrong with ``value``, which botocore's ``ParamValidator`` has passed.

    Args:
        shape: of the member.
        value: what the request gives.
        name: of the member.
    """
    if isinstance(shape, StructureShape):
        for member, inner in value.items():
            yield from violations(shape.members[member], inner, member)
    elif isinstance(shape, ListShape):
        for inner in value:
            yield from violations(shape.member, inner, name)
    elif isinstance(shape, MapShape):
        yield from _too_much(shape, len(value), name, "length")
        for inner in value.values():
            yield from violations(shape.value, inner, name)
    elif isinstance(shape, StringShape):
        yield from _too_much(shape, len(value), name, "length")
        given = value.upper() if shape.name in CASE_INSENSITIVE else value
        if shape.enum and given not in shape.enum:
            yield f"{name} {value} must be one of {' | '.join(shape.enum)}"
    elif isinstance(value, int | float):
        yield from _too_much(shape, value, name, "value")


def _too_much(shape: Shape, amount: float, name: str, what: str) -> Iterator[str]:
    most = shape.metadata.get("max")
    if most is not None and amount > most:
        yield (
            f"1 validation error detected: Value at '{name}' failed to satisfy constraint: Member "
            f"must have {what} less than or equal to {most}"
        )
