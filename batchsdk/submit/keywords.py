"""Functions that take fields of a submission as keywords.

A type checker knows the keywords by a ``TypedDict`` of :mod:`batchsdk.submit.submission`
(PEP 692). At run time ``help`` and ``inspect.signature`` show them one by one, with what their
declaration says of each.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterable
from typing import Any, TypeVar

from batchsdk.arguments import typed
from batchsdk.submit.fields import JobField, checking_keywords
from batchsdk.submit.submission import JOB_FIELDS

_CHECKED_WITH_THE_SUBMISSION = ("job_definition", "over", "through", "after", "after_any", "when")
"""Parameters whose faults are told together with those of the fields."""

F = TypeVar("F", bound=Callable[..., Any])

_ENTRY = "    **fields:"


def takes(keywords: type, *, explains: Collection[str] = ()) -> Callable[[F], F]:
    """Have a function with ``**fields`` show them, and refuse every other keyword.

    Args:
        keywords: the ``TypedDict`` of the function's ``**fields``.
        explains: further fields, which the function itself refuses with an error that says why.
    """
    names: frozenset[str] = keywords.__optional_keys__  # type: ignore[attr-defined]

    def decorate(function: F) -> F:
        fields = [each for name, each in JOB_FIELDS.items() if name in names]
        signature = inspect.signature(function)
        own = [each for each in signature.parameters.values() if each.kind is not each.VAR_KEYWORD]
        known = {each.name for each in own if each.kind is not each.POSITIONAL_ONLY}
        checked = typed(function, without=_CHECKED_WITH_THE_SUBMISSION)
        made = checking_keywords(checked, known - {"self"} | names, explains)
        shown = [*own, *map(_parameter, fields)]
        made.__signature__ = signature.replace(parameters=shown)  # type: ignore[attr-defined]
        if function.__doc__:  # there is none with python -OO
            made.__doc__ = _with_fields(function.__doc__, fields)
        return made

    return decorate


def _parameter(field: JobField) -> inspect.Parameter:
    return inspect.Parameter(
        field.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=field.default,
        annotation=f"{field.annotation} | None" if field.is_mapping else field.annotation,
    )


def _with_fields(docstring: str, fields: Iterable[JobField]) -> str:
    """Return a docstring with an entry for each field after that of ``**fields``, if it has one."""
    lines = inspect.cleandoc(docstring).splitlines()
    place = next((n for n, line in enumerate(lines) if line.startswith(_ENTRY)), None)
    if place is None:
        return docstring
    while lines[place + 1 : place + 2] and lines[place + 1].startswith(" " * 8):
        place += 1
    entries = [each.entry for each in fields]
    return "\n".join([*lines[: place + 1], *entries, *lines[place + 1 :]])
