"""What a run is asked to submit under its keys, checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from batchsdk.errors import InvalidSubmissionError, Problem
from batchsdk.preparation import prepare_each
from batchsdk.submission import PreparedSubmission, Submission

Prepare = Callable[[Submission], PreparedSubmission]


def prepare_one(
    prepare: Prepare, what: Submission | str, fields: Mapping[str, Any]
) -> PreparedSubmission:
    """Prepare a submission, or the one that ``what``, a job definition, and ``fields`` describe.

    Raises:
        InvalidSubmissionError: rules are broken; nothing was sent.
    """
    if isinstance(what, str):
        wanted = Submission(job_definition=what, **fields)
    elif fields:
        raise TypeError(f"give a Submission or its fields, not both: {', '.join(fields)}")
    else:
        wanted = what
    if wanted.name is not None:
        raise InvalidSubmissionError(
            [Problem("name", wanted.name, "a run makes the names of its jobs", "leave it out")]
        )
    return prepare(wanted)


def prepare_by_key(
    prepare: Prepare, submissions: Mapping[str, Submission]
) -> dict[str, PreparedSubmission]:
    """Prepare many.

    Raises:
        InvalidSubmissionError: ``problems`` has those of the first 20 submissions that are
            refused; their fields begin with ``submissions['key'].``.
    """
    return prepare_each(lambda wanted: prepare_one(prepare, wanted, {}), submissions.items())
