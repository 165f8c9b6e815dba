"""How a field of a submission is declared: once, for everything that takes it.

:class:`batchsdk.Submission` declares the fields. The metadata of each is an :class:`About`, and
:func:`declared_by` reads them all. The request, the checks of numbers, the docstrings and
signatures of ``Batch.submit`` and its like, the options of the command line and the keys of a
workflow file are made from that.
"""

from __future__ import annotations

import dataclasses
import functools
import sys
import textwrap
import typing
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from batchsdk import arguments
from batchsdk.names import camel_case, suggestion

ABOUT = "about"
"""Key of an :class:`About` in the metadata of a dataclass's field."""

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])


def at_least(least: int) -> range:
    """Return the whole numbers from ``least``."""
    return range(least, sys.maxsize)


def whole_fault(unit: str = "", bounds: str = "", with_unit: str = "") -> tuple[str, str]:
    """Return the rule and the fix for what is no whole number.

    Args:
        unit: what is counted, such as ``MiB``.
        bounds: the numbers that are allowed, in words.
        with_unit: example of a text with a unit that is taken too.
    """
    of_unit = f" of {unit}" if unit else ""
    rule = ", ".join(filter(None, [f"must be a whole number{of_unit}", bounds]))
    other = f", or a text such as {with_unit}" if with_unit else ""
    return rule, f"give a whole number{other}"


@dataclass(frozen=True, kw_only=True)
class About:
    """What is said of a field beside its name, type and default value."""

    text: str
    """What the field is: a phrase for ``help`` and ``--help``, without a full stop."""
    unit: str = ""
    with_unit: str = ""
    """Example of a text with a unit, such as ``2GiB``, that ``take`` reads as a number."""
    bounds: range | None = None
    """The whole numbers that are allowed."""
    limits: str = ""
    """Other limits, in words; a check of its own keeps them (``batchsdk.submit.checks``)."""
    otherwise: str = ""
    """What holds where the field is not given."""
    fix: str = ""
    """What to do about a number that is out of bounds."""
    options: Sequence[str] | None = None
    """Options of the command line; ``None`` is one with the field's name. With none, ``()``,
    ``batchsdk.cli.job_options`` has to make them."""
    metavar: str = ""
    """What stands for the value in ``--help``."""
    api: str = ""
    """Where SubmitJob takes it, such as ``timeout.attemptDurationSeconds``; ``""`` is the field's
    name in camelCase."""
    to_api: Callable[[Any], Any] | None = None
    """Makes the API's form of a value that is not in that form by itself."""
    take: Callable[[Any], Any] | None = None
    """Brings what a caller gives into the field's type; ``None`` is by the type, see
    :mod:`batchsdk.arguments`."""
    decides_result: bool = False
    """A step of a workflow with another value has another result: resumed, it is done again."""


@dataclass(frozen=True, kw_only=True)
class JobField:
    """A declared field: what all its users make their own forms of."""

    name: str
    annotation: str
    """Its type, as it is written."""
    kind: Any
    """Its type, without None: ``int``, ``Mapping[str, str]``."""
    default: Any
    """``None`` also where the default is an empty mapping."""
    about: About

    @functools.cached_property
    def is_mapping(self) -> bool:
        """The field takes values by name."""
        return typing.get_origin(self.kind) is Mapping

    def taken(self, given: Any) -> Any:
        """Return what a caller gave in the field's type where the meaning is plain; else as it is.

        Iterables are read, once. ``None`` stands for the default.
        """
        if given is None:
            return {} if self.is_mapping else self.default
        if given is self.default or (self.is_mapping and given == {}):
            return given
        return given if self._take is None else self._take(given)

    def read(self, given: Any) -> Any:
        """Return the number that a text of a file or of the command line stands for.

        Text that spells none stays as it is, for :attr:`fault` to be told.
        """
        return arguments.as_spelled(self.taken(given), self.kind)

    def is_number(self, given: Any) -> bool:
        """Tell whether a value is a number of the field's type."""
        is_right = arguments.is_whole if self.kind is int else arguments.is_number
        return is_right(given)

    @property
    def fault(self) -> tuple[str, str]:
        """The rule and the fix for what is no number: in Python, files and the shell alike."""
        if self.kind is float:
            return "must be a number", "give a number"
        about = self.about
        return whole_fault(about.unit, self.bounds_in_words, about.with_unit)

    @functools.cached_property
    def _take(self) -> Callable[[Any], Any] | None:
        return self.about.take or _TAKE.get(self.kind)

    @functools.cached_property
    def _path(self) -> Sequence[str]:
        """The names of :attr:`api`."""
        return self.api.split(".")

    @property
    def camel_case(self) -> str:
        """The field's name in a workflow file."""
        return camel_case(self.name)

    @property
    def api(self) -> str:
        """Where SubmitJob takes the field: a path of names."""
        return self.about.api or self.camel_case

    @property
    def options(self) -> Sequence[str]:
        """The options of the command line."""
        if self.about.options is not None:
            return self.about.options
        return (f"--{self.name.replace('_', '-')}",)

    @property
    def limits(self) -> str:
        """The limits in words; empty if there are none."""
        return "; ".join(filter(None, [self.bounds_in_words, self.about.limits]))

    @property
    def bounds_in_words(self) -> str:
        """The whole numbers that are allowed, such as ``at least 60``."""
        bounds = self.about.bounds
        if bounds is None:
            return ""
        if bounds.stop == sys.maxsize:
            return f"at least {bounds.start}"
        return f"{bounds.start} to {bounds.stop - 1}"

    @property
    def explanation(self) -> str:
        """What it is, its unit and its limits: whole sentences."""
        about = self.about
        unit = f", in {about.unit}" if about.unit else ""
        if about.with_unit:
            unit += f", or with a unit: {about.with_unit}"
        sentences = [about.text + unit, self.limits[:1].upper() + self.limits[1:]]
        return " ".join(f"{each}." for each in sentences if each)

    @property
    def description(self) -> str:
        """What it is, with unit, limits, default and name in the API: whole sentences."""
        default = f" Default: {self.about.otherwise}." if self.about.otherwise else ""
        return f"{self.explanation}{default} API: ``{self.api}``."

    @functools.cached_property
    def entry(self) -> str:
        """The field's entry under ``Args:`` of a docstring: its type and description, wrapped."""
        text = f"{self.name} ({self.annotation.removesuffix(' | None')}): {self.description}"
        return textwrap.fill(text, 92, initial_indent=" " * 4, subsequent_indent=" " * 8)

    def put(self, request: dict[str, Any], value: Any) -> None:
        """Write a value into a SubmitJob request, unless there is none."""
        if value in _NOTHING:
            return
        written = value
        if self.about.to_api is not None:
            written = self.about.to_api(value)
        elif isinstance(value, Mapping):
            written = dict(value)
        elif isinstance(value, Sequence) and not isinstance(value, str):
            written = list(value)
        if written is None or written in ({}, []):
            return
        *outer, last = self._path
        for part in outer:
            request = request.setdefault(part, {})
        # Several fields share one list: the vCPUs, memory and GPUs are resource requirements.
        request[last] = request.get(last, []) + written if isinstance(written, list) else written


_NOTHING: tuple[object, ...] = (None, {}, [], ())
"""Values of fields that are not given."""
_TAKE: Mapping[Any, Callable[[Any], Any]] = {
    int: arguments.as_whole,
    float: arguments.as_number,
    str: arguments.as_name,
    bool: arguments.as_flag,
    Sequence[str]: arguments.as_texts,
    Mapping[str, str]: arguments.as_text_mapping,
    Mapping[str, int]: arguments.as_whole_mapping,
}


def declared_by(kind: type) -> dict[str, JobField]:
    """Return the fields that a dataclass declares, by name, in their order."""
    types = typing.get_type_hints(kind)
    found = {}
    for each in dataclasses.fields(kind):
        has_factory = each.default_factory is not dataclasses.MISSING
        found[each.name] = JobField(
            name=each.name,
            annotation=str(each.type),
            kind=int if each.metadata[ABOUT].with_unit else _without_none(types[each.name]),
            default=None if has_factory else each.default,
            about=each.metadata[ABOUT],
        )
    return found


def _without_none(kind: Any) -> Any:
    rest = [each for each in typing.get_args(kind) if each is not type(None)]
    is_optional = type(None) in typing.get_args(kind)
    return rest[0] if is_optional and len(rest) == 1 else kind


def explained(kind: type[T]) -> type[T]:
    """Make ``help`` of a dataclass explain its fields, and a wrong keyword name the nearest one."""
    fields = declared_by(kind)
    checked = checking_keywords(kind.__init__, fields)
    entries = "\n".join(each.entry for each in fields.values())
    checked.__doc__ = f"Take the fields, by keyword.\n\nArgs:\n{entries}"
    kind.__init__ = checked  # type: ignore[method-assign]  # the same, for every legal call
    return kind


def checking_keywords(function: F, known: Collection[str], others: Collection[str] = ()) -> F:
    """Return a function that refuses wrong keywords by an error (TypeError) with the nearest one.

    Args:
        function: the function.
        known: the keywords that it takes.
        others: keywords that the function refuses itself.
    """

    @functools.wraps(function)
    def checked(*positional: Any, **given: Any) -> Any:
        for name in given:
            if name not in known and name not in others:
                raise TypeError(
                    f"{function.__qualname__}() got an unexpected keyword argument {name!r}: "
                    f"{suggestion(name, known)}"
                )
        return function(*positional, **given)

    return checked  # type: ignore[return-value]
