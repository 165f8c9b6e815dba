"""From a submission to a request that has passed every check."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import TypeVar

from batchsdk import names
from batchsdk.errors import InvalidSubmissionError, Problem
from batchsdk.session import Session
from batchsdk.submit import checks, placement, staging
from batchsdk.submit.field_types import type_problems
from batchsdk.submit.override_checks import override_problems
from batchsdk.submit.repetition import Repetition
from batchsdk.submit.submission import PreparedSubmission, Submission
from batchsdk.submit.targets import (
    Definition,
    Queue,
    find_definition,
    find_queue,
    read_definition,
    read_queue,
    with_instances,
)
from batchsdk.submit.tasks import request_of, tasks_of

_MOST_REFUSED = 20
"""Refused submissions after which the rest is not looked at: they tend to have one cause."""

K = TypeVar("K")
W = TypeVar("W")


def prepare_each(
    prepare: Callable[[W], PreparedSubmission], wanted: Iterable[tuple[K, W]]
) -> dict[K, PreparedSubmission]:
    """Prepare many, each under its key or index.

    Raises:
        InvalidSubmissionError: ``problems`` has those of the first 20 that are refused; their
            fields begin with ``submissions[<key>].``.
    """
    prepared: dict[K, PreparedSubmission] = {}
    problems: list[Problem] = []
    refused = 0
    for key, each in wanted:
        try:
            prepared[key] = prepare(each)
        except InvalidSubmissionError as error:
            problems += [problem.within(f"submissions[{key!r}]") for problem in error.problems]
            refused += 1
            if refused == _MOST_REFUSED:
                break
    if problems:
        raise InvalidSubmissionError(problems)
    return prepared


class Preparation:
    """Prepares any number of submissions; asks AWS about each job definition at most once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._is_anew = session.descriptions.is_empty
        """What AWS says of queues and definitions was asked for here, not by another."""
        self._before: Repetition | None = None
        # Thousands of submissions tend to name the same few.
        self._find_queue = functools.cache(functools.partial(find_queue, session))
        self._find_definition = functools.cache(functools.partial(find_definition, session))

    def targets(self, wanted: Submission) -> tuple[Queue, Definition]:
        """Find the queue and the definition, and what is known of the definition.

        Raises:
            InvalidSubmissionError: rules are broken that need no request to be seen.
            ServiceError: AWS refused to describe the definition.
        """
        return self._targets(wanted, lambda _rest, _definition: ())

    def definition_of(self, wanted: Submission) -> Definition | None:
        """Return what is known of a submission's definition; None if there is none such.

        Raises:
            ServiceError: AWS refused to describe the definition.
        """
        _, rest = type_problems(wanted)
        found = self._find_definition(rest.job_definition)
        if isinstance(found, Definition) and not found.is_known:
            found = read_definition(self._session, found)
        return None if isinstance(found, Problem) else found

    def _targets(
        self,
        wanted: Submission,
        more: Callable[[Submission, Definition], Iterable[Problem]],
    ) -> tuple[Queue, Definition]:
        """Find them; ``more`` adds problems to others, if the outputs have the definition."""
        given: object = wanted
        if not isinstance(given, Submission):
            rule = f"must be a batchsdk.Submission, not of type {type(given).__name__}"
            fix = "write batchsdk.Submission(job_definition=...)"
            raise InvalidSubmissionError([Problem("submission", given, rule, fix)])
        problems, rest = type_problems(wanted)
        queue = self._find_queue(rest.queue)
        definition = self._find_definition(rest.job_definition)
        named = {each.field for each in problems}
        problems += [
            each
            for each in (queue, definition)
            if isinstance(each, Problem) and each.field not in named
        ]
        problems += checks.own_problems(rest)
        problems += checks.queue_problems(rest, _if_known(queue), _if_known(definition))
        if isinstance(queue, Problem) or isinstance(definition, Problem) or problems:
            if (found := _if_known(definition)) is not None:
                problems += more(rest, found)
            raise InvalidSubmissionError(problems)
        return self._read_targets(rest, queue, definition)

    def _read_targets(
        self, wanted: Submission, queue: Queue, definition: Definition
    ) -> tuple[Queue, Definition]:
        """Ask AWS for what is not known of the two, and check again by that."""
        if queue.is_known and definition.is_known:
            return queue, definition
        found = queue if queue.is_known else read_queue(self._session, queue)
        known = definition if definition.is_known else read_definition(self._session, definition)
        problems = [each for each in (found, known) if isinstance(each, Problem)]
        if not problems:
            problems += checks.queue_problems(wanted, _if_known(found), _if_known(known))
        if isinstance(known, Definition):
            problems += override_problems(wanted, known)
        if isinstance(found, Problem) or isinstance(known, Problem) or problems:
            raise InvalidSubmissionError(problems)
        if not queue.is_known and placement.depends_on_instances(known, tasks_of(wanted, known)):
            found = with_instances(self._session, found)
        return found, known

    def prepare(self, wanted: Submission) -> PreparedSubmission:
        """Check a submission and build its request; see ``Batch.prepare``."""
        try:
            return self._prepared(wanted)
        except InvalidSubmissionError:
            # What AWS said before this began may have changed since; it is asked again, once.
            if self._is_anew:
                raise
        self._is_anew, self._before = True, None
        self._session.descriptions.forget()
        return self._prepared(wanted)

    def _prepared(self, wanted: Submission) -> PreparedSubmission:
        before = self._before
        if before is not None and before.is_repeated_by(wanted):
            name = wanted.name or self.unique_name(before.definition)
            return PreparedSubmission(request=before.request_of(wanted, name), wanted=wanted)
        queue, definition = self._targets(wanted, _definition_problems)
        problems = list(override_problems(wanted, definition))
        if problems:  # the other rules are about tasks that there are
            raise InvalidSubmissionError(problems)
        tasks = tasks_of(wanted, definition)
        problems += checks.reference_problems(wanted, definition, tasks)
        given, unstaged = wanted, list(staging.problems(wanted, definition, tasks))
        problems += unstaged
        if (wanted.inputs or wanted.outputs) and not unstaged:
            wanted = staging.staged(wanted, tasks, self._session.outputs.region)
            tasks = tasks_of(wanted, definition)
        problems += checks.pair_problems(wanted, queue, definition, tasks)
        problems += placement.place_problems(queue, definition, tasks)
        problems += checks.node_problems(wanted, definition)
        problems += checks.combined_tag_problems(wanted, definition)
        request = request_of(
            wanted,
            definition,
            tasks,
            name=wanted.name or self.unique_name(definition),
            queue=queue.identifier,
        )
        problems += checks.size_problems(wanted, definition, tasks, request)
        if problems:
            raise InvalidSubmissionError(problems)
        self._before = Repetition(given, definition, tasks, request)
        return PreparedSubmission(request=request, wanted=given)

    def prepare_all(self, submissions: Iterable[Submission]) -> list[PreparedSubmission]:
        """Prepare many.

        Raises:
            InvalidSubmissionError: ``problems`` has those of the first 20 submissions that are
                refused; their fields begin with ``submissions[i].``.
            ServiceError: AWS refused to describe a definition.
        """
        return list(prepare_each(self.prepare, enumerate(submissions)).values())

    def unique_name(self, definition: Definition) -> str:
        """Make up a name that no other job has."""
        return names.unique_job_name(
            definition.label, self._session.clock.now(), self._session.randomness
        )


def _definition_problems(wanted: Submission, definition: Definition) -> list[Problem]:
    """Return what a definition does not take of a submission, and what of its references."""
    found = list(override_problems(wanted, definition))
    return found or list(
        checks.reference_problems(wanted, definition, tasks_of(wanted, definition))
    )


T = TypeVar("T", Queue, Definition)


def _if_known(found: T | Problem) -> T | None:
    return found if not isinstance(found, Problem) and found.is_known else None
