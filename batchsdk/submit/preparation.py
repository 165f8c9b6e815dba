"""From a submission to a request that has passed every check."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from batchsdk import names
from batchsdk.errors import InvalidSubmissionError, Problem
from batchsdk.session import Session
from batchsdk.submit import checks
from batchsdk.submit.field_types import type_problems
from batchsdk.submit.submission import PreparedSubmission, Submission
from batchsdk.submit.targets import Definition, Queue, find_definition, find_queue, read_definition

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
        self._read: dict[str, Definition] = {}

    def targets(self, wanted: Submission) -> tuple[Queue, Definition]:
        """Find the queue and the definition, and what is known of the definition.

        Raises:
            InvalidSubmissionError: rules are broken that need no request to be seen.
            ServiceError: AWS refused to describe the definition.
        """
        return self._targets(wanted, lambda _rest, _definition: ())

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
        outputs = self._session.outputs
        problems, rest = type_problems(wanted)
        queue = find_queue(outputs, rest.queue)
        definition = find_definition(outputs, rest.job_definition)
        named = {each.field for each in problems}
        problems += [
            each
            for each in (queue, definition)
            if isinstance(each, Problem) and each.field not in named
        ]
        problems += checks.own_problems(rest, queue if isinstance(queue, Queue) else None)
        if isinstance(queue, Problem) or isinstance(definition, Problem) or problems:
            if isinstance(definition, Definition) and definition.is_known:
                problems += more(rest, definition)
            raise InvalidSubmissionError(problems)
        return queue, definition if definition.is_known else self._known(definition)

    def prepare(self, wanted: Submission) -> PreparedSubmission:
        """Check a submission and build its request; see ``Batch.prepare``."""
        queue, definition = self._targets(wanted, checks.reference_problems)
        problems = list(checks.reference_problems(wanted, definition))
        problems += checks.pair_problems(wanted, queue, definition)
        problems += checks.place_problems(wanted, queue, definition)
        problems += checks.node_problems(wanted, definition)
        request = wanted.to_request(
            name=wanted.name or self.unique_name(definition),
            queue=queue.identifier,
            job_definition=definition.identifier,
        )
        problems += checks.size_problems(wanted, definition, request)
        if problems:
            raise InvalidSubmissionError(problems)
        return PreparedSubmission(request=request, wanted=wanted)

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

    def _known(self, definition: Definition) -> Definition:
        found = self._read.get(definition.identifier)
        if found is None:
            read = read_definition(self._session.transport, definition)
            if isinstance(read, Problem):
                raise InvalidSubmissionError([read])
            found = self._read[definition.identifier] = read
        return found
