"""Which nodes of a multi-node parallel job ``targetNodes`` means (API: NodeRangeProperty)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

Ranged = TypeVar("Ranged", bound=Mapping[str, Any])


def node_range(target_nodes: str, node_count: int) -> range:
    """Return the indexes of nodes that a valid ``targetNodes`` means.

    Args:
        target_nodes: ``0:3``, ``:3``, ``2:`` or ``1``.
        node_count: nodes of the job; an open end stands for the last one.

    Raises:
        ValueError: it is not written like that.
    """
    first, colon, last = target_nodes.partition(":")
    if not colon:
        return range(int(first), int(first) + 1)
    return range(int(first or 0), int(last) + 1 if last else node_count)


def for_node(ranged: Iterable[Ranged], index: int, node_count: int) -> Ranged | None:
    """Return the narrowest of several ``targetNodes`` that has this node.

    Of nested ranges the inner one holds (API: NodeRangeProperty.targetNodes).
    """
    having = [each for each in ranged if index in node_range(each["targetNodes"], node_count)]
    return min(
        having, key=lambda each: len(node_range(each["targetNodes"], node_count)), default=None
    )
