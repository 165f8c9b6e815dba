"""A workflow as plain data: what a YAML file holds, and what a ledger keeps. Pure.

Keys are camelCase, as in the AWS Batch API and in the stack's config. A reader notes every fault
with its path and goes on, so that one error can name them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from batchsdk.errors import Problem
from batchsdk.names import suggestion
from batchsdk.submit.fields import JobField
from batchsdk.submit.overrides import OVERRIDE_FIELDS, Override
from batchsdk.submit.retry import Retry
from batchsdk.submit.submission import JOB_FIELDS, Submission
from batchsdk.sweeps.points import TakenOver
from batchsdk.workflow import escalations, plain
from batchsdk.workflow.plain import Faults, at
from batchsdk.workflow.retries import read_retry, write_retry
from batchsdk.workflow.steps import Condition, Step, StepStatus, WorkflowDefinition

_Read = Callable[[Any, str, Faults], Any]


def to_mapping(definition: WorkflowDefinition) -> dict[str, Any]:
    """Return JSON-ready data, with only what is given."""
    whole: dict[str, Any] = {
        "workflow": definition.name,
        "parameters": dict(definition.parameters),
        "barrier": definition.barrier,
        "storage": definition.storage,
        "onFailure": escalations.write_rules(definition.on_failure),
        "onEnd": definition.on_end,
        "cache": definition.cache or None,
        "steps": {step.name: step_to_mapping(step) for step in definition.steps},
    }
    return _given(whole)


def step_to_mapping(step: Step) -> dict[str, Any]:
    """Return one step as JSON-ready data, with only what is given."""
    submission = _written(_SUBMISSION, step.submission)
    whole: dict[str, Any] = {
        **submission,
        "retry": write_retry(step.submission.retry) if step.submission.retry else None,
        "over": None if step.over is None else _write_over(step.over),
        "asSeparateJobs": step.as_separate_jobs or None,
        "through": step.through if step.through != "auto" else None,
        "after": step.after,
        "nToN": step.n_to_n,
        "sequential": step.sequential or None,
        "afterAny": step.after_any,
        "when": {each.step: _write_condition(each) for each in step.when},
        "cache": step.cache,
        "cacheInputs": step.cache_inputs,
        "cacheOutputs": step.cache_outputs,
    }
    written = _given(whole)
    if step.on_failure is not None:  # where it is empty the workflow's rules do not apply
        written["onFailure"] = escalations.write_rules(step.on_failure)
    return written


def _written(fields: Iterable[JobField], owner: object) -> dict[str, Any]:
    """Return fields under their names in a file; of an override only what is given."""
    written = {}
    for each in fields:
        value = getattr(owner, each.name)
        if each.kind == Mapping[str, Override]:
            value = {
                name: _given(_written(OVERRIDE_FIELDS.values(), override))
                for name, override in value.items()
            }
        written[each.camel_case] = value
    return written


def from_mapping(value: Any, *, name: str = "") -> tuple[WorkflowDefinition, list[Problem]]:
    """Read a workflow.

    Args:
        value: plain data; numbers and booleans may also be text, as a YAML file has them.
        name: of the workflow, if the data does not say.

    Returns:
        What could be read, and every fault. Fields are paths such as ``steps.load.timeout``.
    """
    faults = Faults()
    top = plain.fields(value, "", _TOP, faults)
    steps = []
    for step_name, body in plain.mapping(top.pop("steps", {}), "steps", faults).items():
        steps.append(_read_step(step_name, body, at("steps", step_name), faults))
    definition = WorkflowDefinition(
        name=top.get("workflow") or name,
        steps=tuple(steps),
        parameters=top.get("parameters") or {},
        barrier=top.get("barrier"),
        storage=top.get("storage"),
        on_failure=top.get("on_failure") or {},
        on_end=tuple(top.get("on_end") or ()),
        cache=top.get("cache") or False,
    )
    return definition, faults.found


def _read_step(name: str, body: Any, path: str, faults: Faults) -> Step:
    read = plain.fields({} if body is None else body, path, _STEP, faults)
    submission = {each.name: read.pop(each.name) for each in _SUBMISSION if each.name in read}
    submission.setdefault("job_definition", name)
    return Step(name=name, submission=Submission(**submission), **read)


def _read_overrides(value: Any, path: str, faults: Faults) -> dict[str, Override]:
    return {
        name: Override(**plain.fields(each, at(path, name), _OVERRIDE, faults))
        for name, each in plain.mapping(value, path, faults).items()
    }


def _read_defaults(value: Any, path: str, faults: Faults) -> dict[str, str | None]:
    return {
        name: None if each is None else plain.text(each, at(path, name), faults)
        for name, each in plain.mapping(value, path, faults).items()
    }


def _any(value: Any, _path: str, _faults: Faults) -> Any:
    return value


def _read_over(value: Any, path: str, faults: Faults) -> TakenOver | None:
    if isinstance(value, Mapping):
        return {
            str(name): plain.texts(many, at(path, name), faults) for name, many in value.items()
        }
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(
            plain.text_mapping(each, at(path, index), faults) for index, each in enumerate(value)
        )
    faults.note(
        path,
        value,
        "must be values by name, or a list of the children's parameters",
        'write over: {day: ["1", "2"]}',
    )
    return None


def _read_when(value: Any, path: str, faults: Faults) -> tuple[Condition, ...]:
    conditions = []
    for step, wanted in plain.mapping(value, path, faults).items():
        here = at(path, step)
        if isinstance(wanted, Mapping):
            before = len(faults.found)
            codes = plain.fields(wanted, here, {"exitCode": _read_codes}, faults)
            if len(faults.found) == before:  # else it would only seem to lack a code
                conditions.append(Condition(step=step, exit_codes=codes.get("exit_code", ())))
        elif wanted in _STATUSES:
            conditions.append(Condition(step=step, status=StepStatus(wanted)))
        else:
            fix = suggestion(str(wanted), [*_STATUSES, "{exitCode: 3}"])
            faults.note(here, wanted, "must be SUCCEEDED, FAILED or {exitCode: …}", fix)
    return tuple(conditions)


def _read_codes(value: Any, path: str, faults: Faults) -> tuple[int, ...]:
    many = value if isinstance(value, list | tuple) else [value]
    read = (plain.whole(each, path, faults) for each in many)
    return tuple(each for each in read if each is not None)


def _write_over(over: TakenOver) -> Any:
    if isinstance(over, Mapping):
        return {name: list(many) for name, many in over.items()}
    return [dict(each) for each in over]


def _write_condition(condition: Condition) -> Any:
    if condition.status is not None:
        return str(condition.status)
    return {"exitCode": list(condition.exit_codes)}


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in values.items()
        if value is not None and value not in ({}, (), [])
    }


def _reader(field: JobField) -> _Read:
    if field.kind in (int, float):
        return plain.of_field(field)
    return _READERS[field.kind]


_STATUSES = (str(StepStatus.SUCCEEDED), str(StepStatus.FAILED))
_SUBMISSION = [each for each in JOB_FIELDS.values() if each.name not in ("name", "depends_on")]
"""The fields that a step may give: it has a name and dependencies of its own."""
_READERS: Mapping[Any, _Read] = {
    str: plain.text,
    bool: plain.boolean,
    Mapping[str, str]: plain.text_mapping,
    Mapping[str, int]: plain.whole_mapping,
    Sequence[str]: plain.texts,
    Mapping[str, Override]: _read_overrides,
    Retry: read_retry,
}
"""By the type of a field that is no number."""
_OVERRIDE: Mapping[str, _Read] = {
    each.camel_case: _reader(each) for each in OVERRIDE_FIELDS.values()
}
_TOP: Mapping[str, _Read] = {
    "workflow": plain.text,
    "parameters": _read_defaults,
    "barrier": plain.text,
    "storage": plain.text,
    "onFailure": escalations.read,
    "onEnd": plain.one_or_more,
    "cache": plain.boolean,
    "steps": _any,
}
_STEP: Mapping[str, _Read] = {
    **{each.camel_case: _reader(each) for each in _SUBMISSION},
    "over": _read_over,
    "asSeparateJobs": plain.boolean,
    "through": plain.text,
    "after": plain.one_or_more,
    "nToN": plain.one_or_more,
    "sequential": plain.boolean,
    "afterAny": plain.one_or_more,
    "when": _read_when,
    "onFailure": escalations.read,
    "cache": plain.boolean,
    "cacheInputs": plain.one_or_more,
    "cacheOutputs": plain.one_or_more,
}
