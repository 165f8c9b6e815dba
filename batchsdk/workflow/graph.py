"""Directed graphs of names: what comes after what. Pure.

A graph is a mapping of each name to the names that it comes after. It keeps the order in which
names were given wherever an order is free, so that the same workflow is always sent the same way.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from batchsdk.errors import Problem
from batchsdk.names import suggestion

Graph = Mapping[str, Collection[str]]
"""Each name, and the names that it comes after."""


def duplicates(names: Iterable[str]) -> list[str]:
    """Return the names that come more than once, each once."""
    seen: set[str] = set()
    twice: dict[str, None] = {}
    for name in names:
        if name in seen:
            twice[name] = None
        seen.add(name)
    return list(twice)


def unknown_problems(
    graph: Mapping[str, Iterable[tuple[str, str]]], *, what: str = "step"
) -> Iterator[Problem]:
    """Yield a problem for each name that is referred to and does not exist.

    Args:
        graph: each name, and ``(field, name)`` of everything that it refers to.
        what: what the names are, for the message.
    """
    for name, references in graph.items():
        for field, other in references:
            if other not in graph:
                fix = suggestion(other, (known for known in graph if known != name))
                yield Problem(field, other, f"there is no such {what}", fix)


def cycles(graph: Graph) -> list[tuple[str, ...]]:
    """Return one cycle of each knot, as a path in running order whose ends are the same name.

    ``("a", "b", "a")`` says that b comes after a, and a after b. Names that the graph does not
    have are ignored.
    """
    order = set(_sorted(graph))
    left = {name: [each for each in graph[name] if each in graph] for name in graph}
    found: list[tuple[str, ...]] = []
    done = order
    for start in graph:
        if start in done:
            continue
        trail: dict[str, None] = {}
        name: str | None = start
        # What is not sorted has an unsorted name before it: going back must end in a cycle, or in
        # one that was found already.
        while name is not None and name not in trail:
            trail[name] = None
            name = next((each for each in left[name] if each not in done), None)
        done = done | set(trail)
        if name is not None:
            path = list(trail)
            knot = path[path.index(name) :]
            found.append((name, *reversed(knot)))
    return found


def cycle_problems(graph: Graph, *, field: str = "steps") -> Iterator[Problem]:
    """Yield a problem for each knot, with its path."""
    for path in cycles(graph):
        shown = " -> ".join(path)
        rule = "comes after itself" if path[0] == path[1] else "come after one another in a circle"
        yield Problem(f"{field}.{path[-1]}", shown, rule, "take one of these edges out")


def topological_order(graph: Graph) -> list[str]:
    """Return every name after all that it comes after, else in the order given.

    Raises:
        ValueError: there is a cycle, or a name that the graph does not have.
    """
    missing = {each for after in graph.values() for each in after if each not in graph}
    if missing:
        raise ValueError(f"not in the graph: {', '.join(sorted(missing))}")
    order = _sorted(graph)
    if len(order) < len(graph):
        raise ValueError(f"cycle: {' -> '.join(cycles(graph)[0])}")
    return order


def ancestors(graph: Graph) -> dict[str, frozenset[str]]:
    """Return for each name everything that it comes after, directly or not.

    Raises:
        ValueError: as for :func:`topological_order`.
    """
    found: dict[str, frozenset[str]] = {}
    for name in topological_order(graph):
        direct = graph[name]
        found[name] = frozenset(direct).union(*(found[each] for each in direct))
    return found


def without_implied(before: Sequence[str], all_before: Mapping[str, Collection[str]]) -> list[str]:
    """Drop the names that another of them already comes after.

    Args:
        before: what one name comes after.
        all_before: what :func:`ancestors` gave.
    """
    implied = {each for name in before for each in all_before[name]}
    return [name for name in before if name not in implied]


def _sorted(graph: Graph) -> list[str]:
    """Return the names that can be ordered: all of them if there is no cycle."""
    position = {name: number for number, name in enumerate(graph)}
    waits = {name: len({each for each in graph[name] if each in graph}) for name in graph}
    dependents: dict[str, list[str]] = {name: [] for name in graph}
    for name, before in graph.items():
        for each in dict.fromkeys(before):
            if each in graph:
                dependents[each].append(name)
    ready = deque(name for name in graph if not waits[name])
    order: list[str] = []
    while ready:
        name = ready.popleft()
        order.append(name)
        released = []
        for each in dependents[name]:
            waits[each] -= 1
            if not waits[each]:
                released.append(each)
        ready.extend(sorted(released, key=position.__getitem__))
    return order
