"""``${…}`` in the texts of a workflow: parameters that flow in, and where values flow through S3.

=============================  =========================================================
``${parameters.NAME}``         a parameter of the workflow
``${steps.NAME.prefix}``       where a step writes its values: this step, or one before it
``${run.name}``                the name of the run
=============================  =========================================================

The dot makes them unlike anything else that such texts hold: ``Ref::day`` is replaced by Batch, as
a whole element of a command; ``$day`` and ``${day}`` are left to the shell, in which a name has no
dot. ``$${`` stands for ``${``.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from batchsdk.errors import Problem
from batchsdk.names import suggestion
from batchsdk.submit.fields import JobField
from batchsdk.submit.overrides import OVERRIDE_FIELDS, Override
from batchsdk.submit.submission import JOB_FIELDS, Submission
from batchsdk.sweeps.points import TakenOver
from batchsdk.workflow.steps import Step

_PLACEHOLDER = re.compile(r"(?P<escape>\$\$\{)|\$\{(?P<name>(?:parameters|steps|run)\b[^}]*)\}")

RUN_NAME = "run.name"


def parameter(name: str) -> str:
    """Return what stands between the braces for a parameter."""
    return f"parameters.{name}"


def prefix(step: str) -> str:
    """Return what stands between the braces for a step's prefix."""
    return f"steps.{step}.prefix"


def referenced(text: str) -> list[str]:
    """Return what stands between the braces of every placeholder, each once."""
    found = (each["name"] for each in _PLACEHOLDER.finditer(text) if not each["escape"])
    return list(dict.fromkeys(found))


def render(text: str, values: Mapping[str, str]) -> str:
    """Replace every placeholder.

    Args:
        text: with placeholders; what is no text stays as it is, for the checks to show it.
        values: by what stands between the braces; what has none stays as it is.
    """

    def value(match: re.Match[str]) -> str:
        if match["escape"]:
            return "${"
        return values.get(match["name"], match[0])

    return _PLACEHOLDER.sub(value, text) if isinstance(text, str) else text


def texts(step: Step) -> Iterator[tuple[str, str]]:
    """Yield ``(field, text)`` for every text of a step that may hold placeholders."""
    yield from _texts_of_fields(JOB_FIELDS, step.submission)
    yield from _texts_of_over(step.over)
    for name in ("cache_inputs", "cache_outputs"):
        yield from ((f"{name}{place}", text) for place, text in _texts_of(getattr(step, name)))


def problems(
    step: Step, known: Collection[str], without_storage: Collection[str] = ()
) -> Iterator[Problem]:
    """Yield the placeholders of a step that are not defined.

    Each is named in the rule: the text around it may be a secret, and is not shown.

    Args:
        step: whose texts.
        known: what may stand between the braces here.
        without_storage: what might stand there as well, if the workflow had a storage.
    """
    for field, text in texts(step):
        for name in referenced(text):
            if name in without_storage:
                rule = f"${{{name}}}: there is no storage for values"
                fix = "give the workflow storage='s3://bucket/prefix'"
            elif name not in known:
                rule = f"${{{name}}} is not defined here"
                fix = f"{suggestion(name, known)} ($${{ is a plain ${{)"
            else:
                continue
            yield Problem(f"steps.{step.name}.{field}", None, rule, fix)


def render_step(step: Step, values: Mapping[str, str]) -> Step:
    """Return the step with every placeholder replaced."""
    changes = _rendered_fields(JOB_FIELDS, step.submission, values)
    submission: Submission = dataclasses.replace(step.submission, **changes)
    return dataclasses.replace(
        step,
        submission=submission,
        over=_rendered_over(step.over, values),
        cache_inputs=tuple(render(each, values) for each in step.cache_inputs),
        cache_outputs=tuple(render(each, values) for each in step.cache_outputs),
    )


_ITS_OWN = "name"
"""The field of a job that a step makes itself."""


def _texts_of_fields(fields: Mapping[str, JobField], owner: object) -> Iterator[tuple[str, str]]:
    for name, each in fields.items():
        value = getattr(owner, name)
        if each.kind == Mapping[str, Override] and isinstance(value, Mapping):
            for key, override in value.items():
                if isinstance(override, Override):
                    found = _texts_of_fields(OVERRIDE_FIELDS, override)
                    yield from ((f"{name}[{key!r}].{field}", text) for field, text in found)
        elif name != _ITS_OWN and each.kind in _OF_TEXTS:
            yield from ((f"{name}{place}", text) for place, text in _texts_of(value))


_OF_TEXTS = (str, Mapping[str, str], Sequence[str])


def _texts_of(value: Any) -> Iterator[tuple[str, str]]:
    """Yield the texts of one field, each with its place in it."""
    if isinstance(value, str):
        yield "", value
    elif isinstance(value, Mapping):
        yield from ((f"[{key!r}]", each) for key, each in value.items() if isinstance(each, str))
    elif isinstance(value, Sequence):
        yield from (
            (f"[{place}]", each) for place, each in enumerate(value) if isinstance(each, str)
        )


def _rendered_fields(
    fields: Mapping[str, JobField], owner: object, values: Mapping[str, str]
) -> dict[str, Any]:
    """Return the fields that hold texts, with their placeholders replaced."""
    changes: dict[str, Any] = {}
    for name, each in fields.items():
        value = getattr(owner, name)
        if each.kind == Mapping[str, Override] and isinstance(value, Mapping):
            changes[name] = {key: _rendered_override(one, values) for key, one in value.items()}
        elif name == _ITS_OWN or each.kind not in _OF_TEXTS:
            continue
        elif isinstance(value, str):
            changes[name] = render(value, values)
        elif isinstance(value, Mapping):
            changes[name] = _rendered(value, values)
        elif isinstance(value, Sequence):
            changes[name] = tuple(render(item, values) for item in value)
    return changes


def _rendered_override(given: Any, values: Mapping[str, str]) -> Any:
    if not isinstance(given, Override):
        return given
    return dataclasses.replace(given, **_rendered_fields(OVERRIDE_FIELDS, given, values))


def _rendered(mapping: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    return {key: render(value, values) for key, value in mapping.items()}


def _rendered_over(over: TakenOver | None, values: Mapping[str, str]) -> TakenOver | None:
    if over is None:
        return None
    if isinstance(over, Mapping):
        return {
            key: many if isinstance(many, str) else tuple(render(each, values) for each in many)
            for key, many in over.items()
        }
    return tuple(_rendered(each, values) for each in over)


def _texts_of_over(over: TakenOver | None) -> Iterator[tuple[str, str]]:
    if isinstance(over, Mapping):
        for key, many in over.items():
            for index, value in enumerate(many):
                if isinstance(value, str):
                    yield f"over[{key!r}][{index}]", value
    elif over is not None:
        for index, child in enumerate(over):
            for key, value in child.items():
                if isinstance(value, str):
                    yield f"over[{index}][{key!r}]", value
