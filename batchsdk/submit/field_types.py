"""The fields of a submission that are not of their declared type, found before other checks.

The other checks see the rest of the submission, so that one error names what is wrong with both.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from batchsdk.arguments import given_twice, is_whole
from batchsdk.errors import Problem, write_as_text
from batchsdk.names import suggestion
from batchsdk.submit.fields import JobField
from batchsdk.submit.overrides import OVERRIDE_FIELDS, Override
from batchsdk.submit.retry import Retry
from batchsdk.submit.submission import JOB_FIELDS, Submission

_WHOLE = "give a whole number"


def type_problems(wanted: Submission) -> tuple[list[Problem], Submission]:
    """Return the faults of type, and the submission without what they are about."""
    problems, changes = _of_fields(JOB_FIELDS, wanted)
    return problems, dataclasses.replace(wanted, **changes) if changes else wanted


def _of_fields(
    fields: Mapping[str, JobField], owner: object
) -> tuple[list[Problem], dict[str, Any]]:
    """Return the faults, and what to put in the place of the fields that have some."""
    problems: list[Problem] = []
    changes: dict[str, Any] = {}
    for name, each in fields.items():
        value = getattr(owner, name)
        if value is None and each.default is None and name != "job_definition":
            continue
        if each.is_mapping and value == {}:
            continue
        found = list(_of_field(each, value))
        if found:
            problems += found
            changes[name] = _rest(each, value)
    return problems, changes


def _of_field(field: JobField, value: Any) -> Iterator[Problem]:
    """Yield the faults of one field; whole numbers and flags have their bounds checked beside."""
    name = field.name
    if value is None and field.default is None and name != "job_definition":
        return
    if field.kind is str and not isinstance(value, str):
        yield Problem(name, value, "must be a string", write_as_text(value))
    elif field.kind is bool and not isinstance(value, bool):
        yield Problem(name, value, "must be True or False", "give one of the two")
    elif field.kind in (int, float) and not field.is_number(value):
        rule, fix = field.fault
        yield Problem(name, value, rule, _as_a_number(value, fix))
    elif field.kind is Retry and not isinstance(value, Retry):
        rule = "must be a batchsdk.Retry, or a number of attempts"
        yield Problem(name, value, rule, "give e.g. batchsdk.Retry(3)")
    elif field.is_mapping:
        yield from _of_mapping(field, value)
    elif field.kind == Sequence[str]:
        yield from _of_texts(name, value)


def _as_a_number(value: object, otherwise: str) -> str:
    """Return the fix for what should be a number: the number itself, where a text spells one."""
    is_spelled = isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,20}(\.[0-9]{1,20})?", value)
    return f"write {value} without quotes" if is_spelled else otherwise


def _of_mapping(field: JobField, value: Any) -> Iterator[Problem]:
    name = field.name
    twice = given_twice(value)
    if twice is not None:
        yield Problem(name, None, f"{twice!r} is given twice", "give each name once")
        return
    if not isinstance(value, Mapping):
        rule = f"must be a mapping or pairs of a name and a value, not a {type(value).__name__}"
        yield Problem(name, None, rule, "write {'name': 'value'}")
        return
    for key, each in value.items():
        place = f"{name}[{key!r}]"
        if not isinstance(key, str):
            yield Problem(place, each, "a name must be a string", write_as_text(key))
        elif field.kind == Mapping[str, int] and not is_whole(each):
            fix = _as_a_number(each, _WHOLE)
            yield Problem(place, each, "must be a whole number", fix)
        elif field.kind == Mapping[str, Override]:
            yield from _of_override(place, each)
        elif field.kind == Mapping[str, str] and not isinstance(each, str):
            rule = "must be a string"
            yield Problem(place, each, rule, write_as_text(each))


def _of_override(place: str, value: Any) -> Iterator[Problem]:
    if isinstance(value, Override):
        problems, _ = _of_fields(OVERRIDE_FIELDS, value)
        yield from (each.within(place) for each in problems)
    elif isinstance(value, Mapping):
        for key in value.keys() - OVERRIDE_FIELDS.keys():
            fix = suggestion(str(key), OVERRIDE_FIELDS)
            yield Problem(f"{place}.{key}", None, "there is no such field", fix)
    else:
        rule = f"must be a batchsdk.Override, not of type {type(value).__name__}"
        yield Problem(place, None, rule, "write batchsdk.Override(memory=…)")


def _of_texts(name: str, value: Any) -> Iterator[Problem]:
    if not isinstance(value, list | tuple):
        kind = "one string" if isinstance(value, str) else f"a {type(value).__name__}"
        fix = "write ['sh', '-c', '…'] to run it in a shell"
        yield Problem(name, value, f"must be a list of strings, not {kind}", fix)
        return
    for index, item in enumerate(value):
        if not isinstance(item, str):
            rule = "must be a string, not empty"
            yield Problem(f"{name}[{index}]", item, rule, write_as_text(item))


def _rest(field: JobField, value: Any) -> Any:
    """Return what of a value is of its type; None for the default."""
    if field.kind == Mapping[str, Override]:
        return _rest_of_overrides(value) if isinstance(value, Mapping) else None
    if field.is_mapping and isinstance(value, Mapping):
        kind = int if field.kind == Mapping[str, int] else str
        return {
            key: each
            for key, each in value.items()
            if isinstance(key, str) and isinstance(each, kind) and not isinstance(each, bool)
        }
    if field.kind == Sequence[str] and isinstance(value, list | tuple):
        return [item for item in value if isinstance(item, str)] or None
    return "" if field.name == "job_definition" else None


def _rest_of_overrides(given: Mapping[Any, Any]) -> dict[str, Override]:
    rest = {}
    for key, each in given.items():
        if isinstance(key, str) and isinstance(each, Override):
            _, changes = _of_fields(OVERRIDE_FIELDS, each)
            rest[key] = dataclasses.replace(each, **changes)
    return rest
