"""What callers give, brought into plain Python where its meaning is plain, else refused.

Iterables are read once, before anything is checked: a generator that a check reads to its end would
be empty when the request is made.

The functions ``as_…`` leave what has another type as it is, for the checks of submissions to name
it. :func:`typed` refuses any other argument that is not of its annotation's type.
"""

from __future__ import annotations

import functools
import inspect
import itertools
import operator
import os
import re
import sys
import types
import typing
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import timedelta
from fractions import Fraction
from typing import Any, Literal, TypeGuard, TypeVar, Union

from batchsdk.errors import InvalidArgumentError, Problem

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")


def is_whole(given: object) -> TypeGuard[int]:
    """Tell whether a value is an int; True and False are not."""
    return isinstance(given, int) and not isinstance(given, bool)


def is_number(given: object) -> TypeGuard[float]:
    """Tell whether a value is an int or a float; True and False are not."""
    return isinstance(given, int | float) and not isinstance(given, bool)


def as_whole(given: Any) -> Any:
    """Return an int for a whole number of any type (of numpy, pandas, or a float such as 128.0)."""
    if isinstance(given, bool | str | bytes | bytearray):
        return given
    try:
        return operator.index(given)
    except TypeError:
        pass
    if not hasattr(given, "__float__") or hasattr(given, "__len__"):
        return given
    try:
        whole = int(given)  # of a float, a Decimal, a Fraction, numpy's float32
    except (TypeError, ValueError, OverflowError):
        return given
    return whole if whole == given else given


def as_number(given: Any) -> Any:
    """Return an int or a float for a number of any type: of numpy, a Decimal, a Fraction."""
    whole = as_whole(given)
    if isinstance(whole, bool | int | str | bytes | bytearray):
        return whole
    try:
        return float(given)
    except (TypeError, ValueError, OverflowError):
        return given


def as_flag(given: Any) -> Any:
    """Return a bool for a truth value of any type: numpy's is none of Python's."""
    item = getattr(given, "item", None)
    if isinstance(given, bool) or not callable(item) or hasattr(given, "__len__"):
        return given
    try:
        value = item()
    except (TypeError, ValueError):
        return given
    return value if isinstance(value, bool) else given


_MEBIBYTES = {"MiB": 1, "GiB": 2**10, "TiB": 2**20}
_SECONDS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_NUMBER = r"([0-9]{1,9}(?:\.[0-9]{1,9})?)"
_SIZE = re.compile(rf"{_NUMBER} ?({'|'.join(_MEBIBYTES)})")
_DURATION = re.compile("".join(rf"(?:{_NUMBER}{unit})?" for unit in _SECONDS))


def as_mebibytes(given: Any) -> Any:
    """Return whole MiB for a text such as ``2GiB``, ``1.5 GiB`` or ``512MiB``, or for a number.

    Units of a thousand (``GB``) and letters without ``iB`` are left as they are: AWS Batch counts
    in MiB, and a guess would be wrong by 7 %.
    """
    match = _SIZE.fullmatch(given) if isinstance(given, str) else None
    if match is None:
        return as_whole(given)
    size = Fraction(match[1]) * _MEBIBYTES[match[2]]
    return size.numerator if size.denominator == 1 else given


def as_seconds(given: Any) -> Any:
    """Return seconds for a text such as ``90s``, ``1h`` or ``1h30m``, a timedelta or a number.

    They are an int where they are whole, else a float.
    """
    if isinstance(given, timedelta):
        return as_whole(given.total_seconds())
    match = _DURATION.fullmatch(given) if isinstance(given, str) and given else None
    if match is None:
        return as_number(given)
    parts = zip(match.groups(), _SECONDS.values(), strict=True)
    seconds = sum(Fraction(number) * each for number, each in parts if number)
    return seconds.numerator if seconds.denominator == 1 else float(seconds)


_DIGITS = r"[-+]?[0-9]{1,300}"
_FRACTION = r"[-+]?(?:[0-9]{1,300}(?:\.[0-9]{0,300})?|\.[0-9]{1,300})(?:[eE][-+]?[0-9]{1,3})?"
_SPELLED = {int: re.compile(_DIGITS), float: re.compile(_FRACTION)}


def as_spelled(given: Any, kind: type) -> Any:
    """Return the number that a text of digits spells, as files and the command line have it.

    Python's own reading would also take spaces, underscores, ``nan`` and digits of other scripts.

    Args:
        given: the text; what has another type stays as it is.
        kind: ``int``, or ``float`` for numbers with a fraction.
    """
    if not isinstance(given, str) or not _SPELLED[kind].fullmatch(given):
        return given
    return int(given) if _SPELLED[int].fullmatch(given) else float(given)


def as_text(given: Any) -> Any:
    """Return a str for a text of any type, a path, or a whole number, which has one spelling."""
    if isinstance(given, str):
        return str.__str__(given)
    if isinstance(given, os.PathLike):
        path = os.fspath(given)
        return path if isinstance(path, str) else given
    whole = as_whole(given)
    return str(whole) if is_whole(whole) and not isinstance(given, float) else given


def as_name(given: Any) -> Any:
    """Return a str for a text of any type, such as a member of a ``StrEnum``."""
    return str.__str__(given) if isinstance(given, str) else given


MOST_ITEMS = 100_000
"""More than any field takes. An iterable may be endless: the rest of it is not read."""


def as_items(given: Any, most: int = MOST_ITEMS) -> Any:
    """Return a list of the first ``most`` items of an iterable that has an order."""
    is_other = isinstance(given, str | bytes | bytearray | Mapping | set | frozenset)
    if is_other or not isinstance(given, Iterable):
        return given
    return list(itertools.islice(given, most))


def as_texts(given: Any, most: int = MOST_ITEMS) -> Any:
    """Return a list of texts; see :func:`as_items` and :func:`as_text`."""
    if type(given) is list and len(given) <= most and all(type(each) is str for each in given):
        return given  # a million values need no second list
    items = as_items(given, most)
    return [as_text(each) for each in items] if isinstance(items, list) else items


def as_text_mapping(given: Any) -> Any:
    """Return a dict of texts for a mapping or an iterable of pairs; see :func:`as_text`."""
    if type(given) is dict and all(map(_are_texts, given.items())):
        return given
    return as_mapping(given, as_text)


def as_whole_mapping(given: Any) -> Any:
    """Return a dict of ints for a mapping or an iterable of pairs; see :func:`as_whole`."""
    return as_mapping(given, as_whole)


def as_mapping(
    given: Any, take: Callable[[Any], Any], take_name: Callable[[Any], Any] = as_name
) -> Any:
    """Return a dict for a mapping or an iterable of pairs, each value and name as it is taken.

    Pairs of which two have one name stay pairs: see :func:`given_twice`.
    """
    pairs = list(given.items()) if isinstance(given, Mapping) else as_items(given)
    if not isinstance(pairs, list) or not all(map(_is_pair, pairs)):
        return pairs
    found = {take_name(name): take(value) for name, value in pairs}
    return found if len(found) == len(pairs) else pairs


def given_twice(given: object) -> object:
    """Return the first name that pairs have twice; ``None``: these are no pairs, or have not."""
    if not isinstance(given, list) or not all(map(_is_pair, given)):
        return None
    counts = Counter(as_name(name) for name, _ in given)
    return next((name for name, count in counts.items() if count > 1), None)


def _is_pair(given: object) -> bool:
    match given:
        case [name, _]:
            return _is_hashable(name)
    return False


def _are_texts(pair: tuple[object, object]) -> bool:
    return type(pair[0]) is str and type(pair[1]) is str


def _is_hashable(given: object) -> bool:
    try:
        hash(given)
    except TypeError:
        return False
    return True


def typed_methods(kind: type[T]) -> type[T]:
    """Have every public method of a class refuse wrong arguments, as :func:`typed` does."""
    for name, each in list(vars(kind).items()):
        is_done = hasattr(each, "__signature__")
        if inspect.isfunction(each) and not name.startswith("_") and not is_done:
            setattr(kind, name, typed(each))
    return kind


def typed(function: F, without: Collection[str] = ()) -> F:
    """Have a public function refuse arguments that are not of the types of their annotations.

    Numbers and texts of other libraries are taken as Python's own. A parameter whose annotation
    names a class that is imported for type checkers alone, and the items of what is iterable, are
    for the function itself to check.

    The decorated function raises InvalidArgumentError: an argument is not of its type.

    Args:
        function: the function.
        without: parameters that the function checks itself.
    """
    signature = inspect.signature(function)
    names = [
        each.name
        for each in signature.parameters.values()
        if each.kind is not each.VAR_KEYWORD
        and each.annotation is not each.empty
        and each.name not in without
    ]
    if not names:
        return function

    @functools.cache
    def expected() -> dict[str, Any]:
        known = {name: _evaluated(function, signature.parameters[name]) for name in names}
        return {name: kind for name, kind in known.items() if kind is not None}

    @functools.wraps(function)
    def checked(*positional: Any, **given: Any) -> Any:
        try:
            bound = signature.bind(*positional, **given)
        except TypeError:
            return function(*positional, **given)  # Python says what is missing or too much
        for name, kind in expected().items():
            if name in bound.arguments:
                is_several = signature.parameters[name].kind is inspect.Parameter.VAR_POSITIONAL
                value = bound.arguments[name]
                bound.arguments[name] = (
                    tuple(_taken(name, each, kind) for each in value)
                    if is_several
                    else _taken(name, value, kind)
                )
        return function(*bound.args, **bound.kwargs)

    return checked  # type: ignore[return-value]


def _evaluated(function: Callable[..., Any], parameter: inspect.Parameter) -> Any:
    """Return the type that an annotation names; None where it has names for type checkers alone."""
    if not isinstance(parameter.annotation, str):
        return parameter.annotation
    known = vars(sys.modules[function.__module__])
    try:
        return eval(parameter.annotation, known)  # noqa: S307  # ours
    except NameError:
        return None


_IN_SECONDS = ("timeout", "runnable_timeout", "grace")


def _taken(name: str, given: Any, kind: Any) -> Any:
    """Return an argument, in Python's own type.

    Raises:
        InvalidArgumentError: it is not of the type.
    """
    allowed = _alternatives(kind)
    for each in allowed:
        value, is_of_type = _of_type(given, each)
        if is_of_type:
            return value
    words = " or ".join(dict.fromkeys(filter(None, map(_in_words, allowed))))
    is_optional = type(None) in allowed
    fix = "leave it out, or correct it" if is_optional else f"give {words}"
    if name in _IN_SECONDS and is_number(seconds := as_seconds(given)):
        fix = f"give seconds: {seconds:g}"
    mappings = [each for each in allowed if typing.get_origin(each) is Mapping]
    is_choice = any(typing.get_origin(each) is Literal for each in allowed)
    rule = f"must be {words}" if is_choice else f"must be {words}, not {_kind_of(given)}"
    if not mappings:
        raise InvalidArgumentError(Problem(name, given, rule, fix))
    if (twice := given_twice(given)) is not None:
        raise InvalidArgumentError(
            Problem(name, None, f"{twice!r} is given twice", "give each name once")
        )
    if isinstance(given, Mapping):
        rule = f"must be {words}, and {_first_other(given, mappings)!r} is not"
    # The values of a mapping, such as parameters of jobs, may be secrets.
    raise InvalidArgumentError(Problem(name, None, rule, fix))


def _first_other(given: Mapping[Any, Any], mappings: Iterable[Any]) -> Any:
    """Return the key of the first item that is in none of some types of mappings."""
    return next(
        key
        for key, each in given.items()
        if not any(_are_of_types({key: each}, *typing.get_args(kind)) for kind in mappings)
    )


def _alternatives(kind: Any) -> tuple[Any, ...]:
    if typing.get_origin(kind) in (Union, types.UnionType):
        return tuple(each for part in typing.get_args(kind) for each in _alternatives(part))
    return (kind,)


def _of_type(given: Any, kind: Any) -> tuple[Any, bool]:
    """Return an argument in Python's own type, and whether it is of the type."""
    origin = typing.get_origin(kind) or kind
    if kind is Any:
        return given, True
    if kind is None or kind is type(None):
        return given, given is None
    if origin is Literal:
        return given, given in typing.get_args(kind)
    if kind is str:
        return as_name(given), isinstance(given, str)
    if kind is bool:
        flag = as_flag(given)
        return flag, isinstance(flag, bool)
    if kind is int or kind is float:
        value = (as_whole if kind is int else as_number)(given)
        return value, is_whole(value) if kind is int else is_number(value)
    if not isinstance(origin, type) or getattr(origin, "_is_protocol", False):
        return given, True
    is_several = issubclass(origin, Iterable) and not issubclass(origin, str | bytes)
    if is_several and isinstance(given, str | bytes):
        return given, False
    if origin is Mapping and typing.get_args(kind):
        known = as_mapping(given, lambda each: each)
        is_of_type = isinstance(known, Mapping) and _are_of_types(known, *typing.get_args(kind))
        return known, is_of_type
    return given, isinstance(given, origin)


def _are_of_types(given: Mapping[Any, Any], name: Any, value: Any) -> bool:
    return all(
        _of_type(key, name)[1] and any(_of_type(each, part)[1] for part in _alternatives(value))
        for key, each in given.items()
    )


_WORDS = {
    str: "a string",
    bool: "True or False",
    int: "a whole number",
    float: "a number",
}


def _in_words(kind: Any) -> str:
    origin = typing.get_origin(kind) or kind
    if kind is None or kind is type(None):
        return ""
    if origin is Literal:
        *others, last = map(str, typing.get_args(kind))
        return f"{', '.join(others)} or {last}" if others else last
    if origin is Callable:
        return "a function"
    if origin is Mapping and typing.get_args(kind):
        name, value = typing.get_args(kind)
        values = " or ".join(filter(None, map(_in_words, _alternatives(value))))
        return f"a mapping of {_in_words(name)} to {values}"
    name = str(getattr(origin, "__name__", kind))
    return _WORDS.get(kind) or f"a{'n' * (name[0] in 'AEIOUaeiou')} {name}"


def _kind_of(given: object) -> str:
    return "None" if given is None else f"of type {type(given).__name__}"
