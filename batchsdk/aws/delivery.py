"""Sending a submission so that one intended job becomes one job.

SubmitJob has no client token, so only what was certainly not carried out is sent again: explicit
throttles, connections that were refused, and requests that could not be signed. After anything else
the job may exist: :mod:`batchsdk.submit.sending` looks for it by its name.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from batchsdk.aws.backoff import ATTEMPTS, Waits
from batchsdk.aws.transport import Transport
from batchsdk.clock import Clock
from batchsdk.errors import (
    CredentialsRefreshError,
    EndpointUnreachableError,
    ServiceFailureError,
    SubmissionUnknownError,
    ThrottledError,
)

_UNREACHABLE_ATTEMPTS = 3
"""An endpoint that does not answer is more likely a wrong setting than a passing fault."""


def deliver(
    transport: Transport,
    request: Mapping[str, Any],
    *,
    clock: Clock,
    randomness: random.Random,
    command: str = "batchsdk",
) -> str:
    """Send one SubmitJob request.

    Args:
        transport: the way to AWS.
        request: as the API takes it.
        clock: waits before sending again.
        randomness: spreads the waits.
        command: the command line that reaches the same stack, for the hint.

    Returns:
        The new job's id.

    Raises:
        SubmissionUnknownError: the answer was lost or is unusable; the job may exist.
        ServiceError: AWS refused the request, or could not be reached; there is no job.
    """
    waits = Waits(clock, randomness)
    while True:
        try:
            answer = transport.submit_job(request)
        except (ThrottledError, CredentialsRefreshError, EndpointUnreachableError) as error:
            nowhere = isinstance(error, EndpointUnreachableError)
            waits.retry(error, attempts=_UNREACHABLE_ATTEMPTS if nowhere else ATTEMPTS)
        except ServiceFailureError as fault:
            raise _unknown(request, fault.message, command) from fault
        else:
            job_id = answer.get("jobId")
            if not isinstance(job_id, str) or not job_id:
                raise _unknown(request, "the answer has no jobId", command)
            return job_id


def _unknown(request: Mapping[str, Any], cause: str, command: str) -> SubmissionUnknownError:
    name, queue = str(request["jobName"]), str(request["jobQueue"])
    return SubmissionUnknownError(
        name,
        queue,
        cause,
        hint=f"Check whether the job exists before sending it again: {command} list --queue "
        f"{queue} --name {name}",
    )
