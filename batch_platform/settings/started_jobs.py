"""Jobs that AWS submits by itself: what ``schedules`` and ``triggers`` have in common."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from batch_platform.settings.block import NAME, Block, Text, of_form, pattern
from batch_platform.settings.container_options import ParameterName

LONGEST_JOB_NAME = 128
"""Characters (SubmitJob jobName)."""

LEAST_JOBS, MOST_JOBS = 2, 10_000
"""Of an array job (ArrayProperties.size)."""

MOST_ATTEMPTS, LEAST_AGE, MOST_AGE = 185, 60, 86_400
"""Of a retry policy of EventBridge: attempts, and seconds (RetryPolicy)."""

_JOB_NAME = rf"(?=.{{1,{LONGEST_JOB_NAME}}}$){NAME.pattern}"
JobName = Annotated[
    str,
    of_form(
        _JOB_NAME,
        "is not the name of a job: a letter or digit, then letters, digits, '-' and '_', at most "
        f"{LONGEST_JOB_NAME}",
        "write e.g. nightly-report",
    ),
    pattern(_JOB_NAME),
]


class RetryPolicy(Block):
    """How long EventBridge goes on trying to submit a job (RetryPolicy).

    Attributes:
        maximum_retry_attempts: attempts after the first, 0 to 185.
        maximum_event_age_in_seconds: seconds, 60 to 86400, after which it gives up.
    """

    maximum_retry_attempts: int = Field(default=MOST_ATTEMPTS, ge=0, le=MOST_ATTEMPTS)
    maximum_event_age_in_seconds: int = Field(default=3600, ge=LEAST_AGE, le=MOST_AGE)


class StartedJob(Block):
    """A job that is submitted to a queue of the stack.

    Attributes:
        job_definition: key of ``jobDefinitions``; its newest revision runs.
        job_queue: key of ``jobQueues``.
        job_name: name of the jobs; without it the key of the entry.
        parameters: values of the parameters of the definition's command.
        array_size: makes it an array job of so many, 2 to 10000.
        retry_policy: how long EventBridge tries to submit the job; what it gives up is in the
            dead-letter queue.
    """

    job_definition: Text
    job_queue: Text
    job_name: JobName | None = None
    parameters: dict[ParameterName, str] = Field(default_factory=dict)
    array_size: int | None = Field(None, ge=LEAST_JOBS, le=MOST_JOBS)
    retry_policy: RetryPolicy = Field(default_factory=RetryPolicy)
