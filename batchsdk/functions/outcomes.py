"""What an attempt at a call came to: a value, or the exception that stands for it."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from batchsdk.errors import FunctionError, FunctionVersionError
from batchsdk.functions import task
from batchsdk.sweep_task import TaskError


class RemoteTraceback(Exception):  # noqa: N818  # as concurrent.futures.process calls it
    """The traceback of an exception in a job, as text; the ``__cause__`` of that exception.

    Attributes:
        text: as Python prints it.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(text)

    def __str__(self) -> str:
        return f'\n"""\n{self.text}"""'


@dataclass(frozen=True)
class Outcome:
    """What one attempt at a call came to."""

    attempt: int
    ended: float
    """Seconds since 1970, by the clock of the container."""
    value: Any = None
    """What the function returned."""
    error: BaseException | None = None
    """What it raised, or why there is nothing."""
    is_raised: bool = False
    """The function raised: another attempt may go otherwise."""


def outcome_of(
    key: bytes, name: str, sealed: bytes, *, attempt: int, call: str, job_id: str
) -> Outcome:
    """Read what a job has stored.

    Args:
        key: of the seals.
        name: of the object, below the executor's own prefix.
        sealed: the object.
        attempt: which, from 1.
        call: the function's name, for errors.
        job_id: of the job, for errors.
    """
    try:
        head, body = task.unseal(key, name, sealed)
    except TaskError as fault:
        changed = FunctionError(
            job_id, f"{call}: {fault}", hint="Find out who else may write below the storage."
        )
        return Outcome(attempt, 0, error=changed)
    kind, ended = head["outcome"], float(head["ended"])
    if kind == task.RETURNED:
        try:
            value = pickle.loads(body)  # noqa: S301  # the job has sealed it
        except Exception as fault:  # whatever the classes of the value raise
            return Outcome(attempt, ended, error=_unreadable(fault, call, job_id))
        return Outcome(attempt, ended, value=value)
    if kind == task.RAISED:
        error = _raised(head, body, call, job_id)
        return Outcome(attempt, ended, error=error, is_raised=True)
    return Outcome(attempt, ended, error=_not_done(head, call, job_id))


def _raised(head: Mapping[str, Any], body: bytes, call: str, job_id: str) -> BaseException:
    error: BaseException | None = None
    try:
        loaded = pickle.loads(body) if body else None  # noqa: S301  # the job has sealed it
        error = loaded if isinstance(loaded, BaseException) else None
    except Exception:  # noqa: S110  # its class is not here: the text tells of it
        pass
    if error is None:
        said = head["said"].strip()
        error = FunctionError(job_id, f"{call} raised what cannot be pickled, or read here: {said}")
    if isinstance(error, ModuleNotFoundError):
        error.add_note(
            f"In job {job_id}, whose image has no module {error.name!r}: install it there, or give "
            "the executor ship=[…] for a module of your own."
        )
    error.__cause__ = RemoteTraceback(head["traceback"])
    return error


def _unreadable(fault: Exception, call: str, job_id: str) -> FunctionError:
    return FunctionError(
        job_id,
        f"the result of {call} cannot be unpickled here: {type(fault).__name__}: {fault}",
        hint="Install here what its class needs, or return plain values.",
    )


def _not_done(head: Mapping[str, Any], call: str, job_id: str) -> FunctionError:
    said = str(head.get("said", "")).strip()
    if head["outcome"] == task.OTHER_VERSIONS:
        return FunctionVersionError(job_id, call, head["different"])
    if head["outcome"] == task.UNPICKLABLE:
        return FunctionError(
            job_id,
            f"{call} returned a {head['type']}, which cannot be pickled: {said}",
            hint="Return plain values, or store the result and return its address.",
        )
    module = head.get("module")
    if module is not None:
        top = str(module).partition(".")[0]
        return FunctionError(
            job_id,
            f"{call} was not called: the job's image has no module {module!r}",
            hint=f"Send its code along, if it is yours: ship=[{top!r}]. Else install it in the "
            "image.",
        )
    return FunctionError(
        job_id,
        f"{call} was not called: function or arguments cannot be unpickled in the job: {said}",
        hint="Compare the packages of the image with those here.",
    )
