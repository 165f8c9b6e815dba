"""Submissions that differ from the one before in their name and parameters alone.

Thousands of jobs in a row tend to. What the first of them was found to be holds for the rest, so
that only what differs is checked again.
"""

from __future__ import annotations

import copy
import functools
import json
import operator
from collections.abc import Mapping, Sequence
from typing import Any

from batchsdk import limits, names
from batchsdk.submit import references
from batchsdk.submit.submission import JOB_FIELDS, Submission
from batchsdk.submit.targets import Definition
from batchsdk.submit.tasks import Task

_PLAIN_KINDS = frozenset({str, int, float, bool, type(None)})
_VARYING = ("name", "parameters")
_PLAIN = [name for name, each in JOB_FIELDS.items() if each.kind in _PLAIN_KINDS]
_plain_values = operator.attrgetter(*(name for name in _PLAIN if name not in _VARYING))
_other_values = operator.attrgetter(*(JOB_FIELDS.keys() - {*_PLAIN, *_VARYING}))
_LONGEST_ESCAPE = len(json.dumps("\U0001f600")) - 2
"""Most characters of JSON that stand for one character of a text."""


class Repetition:
    """A submission that passed every check, and what is known of those that repeat it."""

    def __init__(
        self,
        wanted: Submission,
        definition: Definition,
        tasks: Sequence[Task],
        request: Mapping[str, Any],
    ) -> None:
        """Remember a submission.

        Args:
            wanted: the submission.
            definition: what is known of its job definition.
            tasks: what the job runs.
            request: the SubmitJob request of the submission.
        """
        self.definition = definition
        self._tasks = tasks
        self._request = request
        self._others = _alike(wanted)
        self._names = frozenset(wanted.parameters)

    @functools.cached_property
    def _most(self) -> int:
        """Characters that the values may have together, whichever they are.

        An upper bound is found faster than the length, and few submissions come near the limits.
        """
        commands = [command for task in self._tasks for command in task.commands]
        uses = sum(item.startswith(references.PREFIX) for command in commands for item in command)
        without = dict.fromkeys(self._names, "")
        values = {**self.definition.parameters, **without}
        rendered = max((len(each.rendered(values)) for each in self._tasks), default=0)
        payload = len(json.dumps({**self._request, "parameters": without}))
        return min(
            (limits.OVERRIDES_LENGTH - rendered) // (_LONGEST_ESCAPE * max(1, uses)),
            (limits.PAYLOAD_BYTES - payload - limits.JOB_NAME_LENGTH) // _LONGEST_ESCAPE,
        )

    @functools.cached_property
    def _is_flat(self) -> bool:
        return all(
            isinstance(each, str) for key, each in self._request.items() if key != "parameters"
        )

    def is_repeated_by(self, wanted: Submission) -> bool:
        """Tell whether a submission differs in its name and its parameters' values alone.

        False also where these may break a rule: then every check has to be made.
        """
        given = wanted.parameters
        if type(given) is not dict or given.keys() != self._names:
            return False
        values = given.values()
        if not all(type(each) is str for each in values) or sum(map(len, values)) > self._most:
            return False
        name = wanted.name
        is_named = name is None or (type(name) is str and names.is_job_name(name))
        return is_named and _alike(wanted) == self._others

    def request_of(self, wanted: Submission, name: str) -> dict[str, Any]:
        """Return the SubmitJob request of a submission that repeats this one.

        Args:
            wanted: the submission; see :meth:`is_repeated_by`.
            name: of the job.
        """
        request = dict(self._request if self._is_flat else copy.deepcopy(self._request))
        request["jobName"] = name
        if wanted.parameters:
            request["parameters"] = dict(wanted.parameters)
        return request


def _alike(wanted: Submission) -> tuple[object, ...]:
    """Return what is equal for submissions whose other fields are the same.

    The values have their types with them, since True equals 1. Only values that are copies, or that
    cannot change, are ever equal.
    """
    plain = _plain_values(wanted)
    kinds = tuple(map(type, plain))
    if not _PLAIN_KINDS.issuperset(kinds):
        return (object(),)
    return plain, kinds, *map(_copied, _other_values(wanted))


def _copied(given: Any) -> object:
    """Return a copy of a list of texts or a mapping of plain values; else what equals nothing."""
    if given is None:
        return None
    kind = type(given)
    if kind not in (dict, list, tuple):
        return object()
    if not given:
        return kind
    if kind is not dict:
        return tuple(given) if all(type(each) is str for each in given) else object()
    items = given.items()
    is_plain = all(type(name) is str and type(each) in (str, int) for name, each in items)
    return tuple(items) if is_plain else object()
