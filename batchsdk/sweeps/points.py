"""The points of a sweep: which parameters each of its jobs gets. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from batchsdk import limits
from batchsdk.arguments import as_items, as_name, as_text_mapping, as_texts
from batchsdk.errors import InvalidSubmissionError, Problem, write_as_text

Over = Mapping[str, Iterable[str | int]] | Iterable[Mapping[str, str | int]]
"""What a sweep goes over: values by name (every combination), or one mapping for each job.

Iterables are read once, and whole numbers stand for their digits.
"""

TakenOver = Mapping[str, Sequence[str]] | Sequence[Mapping[str, str]]
"""The same once it was read; what has another type stays as it is, for the checks to name it."""

MOST_READ = limits.SWEEP_POINTS + 1
"""Values that are read: an iterable may be endless."""


def take_over(given: Over) -> TakenOver:
    """Read what a sweep goes over, once."""
    if isinstance(given, Mapping):
        return {as_name(name): as_texts(values, MOST_READ) for name, values in given.items()}
    rows: Any = as_items(given, MOST_READ)
    if not isinstance(rows, list):
        return rows  # type: ignore[no-any-return]  # the checks refuse it
    return [as_text_mapping(row) if isinstance(row, Mapping) else row for row in rows]


_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_RESERVED = (limits.RESERVED_ENVIRONMENT_PREFIX, "BATCHSDK", "__")
_UNPRINTABLE = re.compile(r"[\n\r\0]")


@dataclass(frozen=True)
class Axis:
    """Names that change together, and their values."""

    names: tuple[str, ...]
    values: tuple[tuple[str, ...], ...]
    """For each step, a value for each name."""


@dataclass(frozen=True)
class Points:
    """Every combination of the steps of some axes; the last axis changes fastest."""

    axes: tuple[Axis, ...]

    @classmethod
    def over(cls, over: Over) -> Self:
        """Read what the caller gave.

        Raises:
            InvalidSubmissionError: no points, or a name or value that cannot reach a job.
        """
        given = take_over(over)
        problems = list(shape_problems(given)) or list(_problems(given))
        if problems:
            raise InvalidSubmissionError(problems)
        if isinstance(given, Mapping):
            return cls(
                tuple(Axis((name,), tuple((each,) for each in given[name])) for name in given)
            )
        names = tuple(given[0])
        return cls((Axis(names, tuple(tuple(row[name] for name in names) for row in given)),))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the parameters."""
        return tuple(name for axis in self.axes for name in axis.names)

    def __len__(self) -> int:
        return math.prod(len(axis.values) for axis in self.axes)

    def __getitem__(self, index: int) -> dict[str, str]:
        """Return the parameters of one point, from 0."""
        if not 0 <= index < len(self):
            raise IndexError(index)
        found: dict[str, str] = {}
        for axis in reversed(self.axes):
            index, step = divmod(index, len(axis.values))
            found |= zip(axis.names, axis.values[step], strict=True)
        return {name: found[name] for name in self.names}

    def only(self, indices: Sequence[int]) -> Points:
        """Return some of the points, in the order of ``indices``, as one axis."""
        if len(self.axes) == 1:
            values = self.axes[0].values
            return Points((Axis(self.names, tuple(values[index] for index in indices)),))
        rows = tuple(tuple(self[index].values()) for index in indices)
        return Points((Axis(self.names, rows),))


def shape_problems(given: object) -> Iterator[Problem]:
    """Yield what is neither values by name nor a list of mappings."""
    if isinstance(given, Mapping):
        for name, values in given.items():
            if not isinstance(values, list):
                is_set = isinstance(values, set | frozenset)
                fix = "sort them: sorted(...)" if is_set else "write [...] around the values"
                rule = "must be a list of strings, whose order says which job has which value"
                yield Problem(f"over[{name!r}]", values, rule, fix)
    elif isinstance(given, list):
        for index, row in enumerate(given):
            if not isinstance(row, Mapping):
                rule = "every point must be a mapping of names to values"
                fix = f"write {{'name': 'value'}}, not a {type(row).__name__}"
                yield Problem(f"over[{index}]", None, rule, fix)
    else:
        rule = f"must be values by name, or a list of mappings, not a {type(given).__name__}"
        yield Problem("over", None, rule, "give {name: [values]}")


def _problems(given: TakenOver) -> Iterator[Problem]:
    if not given or (not isinstance(given, Mapping) and not given[0]):
        yield Problem("over", given, "has no points", "give {name: [values]}")
    elif isinstance(given, Mapping):
        for name, values in given.items():
            yield from _axis_problems(name, values)
        yield from _size_problems(given)
    elif len(given) > limits.SWEEP_POINTS:
        rule = f"has more than {limits.SWEEP_POINTS:,} points"
        yield Problem("over", None, rule, "split it into several sweeps")
    else:
        for name in given[0]:
            yield from _name_problems("over[0]", name)
        for index, row in enumerate(given):
            yield from _row_problems(index, row, given[0])


def _size_problems(given: Mapping[str, Sequence[str]]) -> Iterator[Problem]:
    sizes = [len(values) for values in given.values()]
    if math.prod(sizes) > limits.SWEEP_POINTS:
        more = " or more" if MOST_READ in sizes else ""  # the rest is not read
        product = " x ".join(f"{size:,}" for size in sizes)
        yield Problem(
            "over",
            None,
            f"{product} = {math.prod(sizes):,} points{more}, and a sweep has at most "
            f"{limits.SWEEP_POINTS:,}",
            "leave out combinations, or split it into several sweeps",
        )


def _axis_problems(name: str, values: Sequence[str]) -> Iterator[Problem]:
    field = f"over[{name!r}]"
    yield from _name_problems(field, name)
    if not values:
        yield Problem(field, [], "must not be empty", "give a value, or drop the name")
    else:
        for index, value in enumerate(values):
            yield from _value_problems(f"{field}[{index}]", value)


def _row_problems(
    index: int, row: Mapping[str, str], first: Mapping[str, str]
) -> Iterator[Problem]:
    if row.keys() != first.keys():
        yield Problem(
            f"over[{index}]",
            sorted(map(str, row)),
            f"every point must have the names of the first: {', '.join(first)}",
            "add what is missing, drop what is not in the others",
        )
    for name, value in row.items():
        yield from _value_problems(f"over[{index}][{name!r}]", value)


def _name_problems(field: str, name: object) -> Iterator[Problem]:
    if not isinstance(name, str) or _NAME.fullmatch(name) is None or name.startswith(_RESERVED):
        yield Problem(
            field,
            name,
            "a name must be letters, digits and '_', and not begin with a digit, AWS_BATCH, "
            "BATCHSDK or __",
            "rename it: it becomes a variable of the shell",
        )


def _value_problems(field: str, value: object) -> Iterator[Problem]:
    if not isinstance(value, str):
        yield Problem(field, value, "must be a string", write_as_text(value))
    elif _UNPRINTABLE.search(value):
        yield Problem(
            field, value, "must not contain a line break or NUL", "encode it, e.g. as JSON"
        )
