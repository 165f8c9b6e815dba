"""The names of the job queues and job definitions of an account, for a shell that completes them.

Nobody reads an error while typing, and nobody waits: without credentials, without permission or
without an answer in a moment there are no names.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from batchsdk.aws.access import Access

SECONDS = 2.0
"""For everything: finding credentials may ask the metadata service of an instance."""
_MOST = 100
"""Of one answer (API: DescribeJobQueues); no shell shows more."""


def queue_names(access: Access, region: str | None) -> list[str]:
    """Return names of job queues (API: DescribeJobQueues).

    Args:
        access: whose credentials are used.
        region: AWS region; ``None``: the caller's default.
    """

    def names(client: Any) -> list[str]:
        answer = client.describe_job_queues(maxResults=_MOST)
        return [each["jobQueueName"] for each in answer["jobQueues"]]

    return _in_time(access, region, names)


def definition_names(access: Access, region: str | None) -> list[str]:
    """Return names of ACTIVE job definitions (API: DescribeJobDefinitions).

    Args:
        access: as for :func:`queue_names`.
        region: likewise.
    """

    def names(client: Any) -> list[str]:
        answer = client.describe_job_definitions(status="ACTIVE", maxResults=_MOST)
        return list(dict.fromkeys(each["jobDefinitionName"] for each in answer["jobDefinitions"]))

    return _in_time(access, region, names)


def _in_time(access: Access, region: str | None, names: Callable[[Any], list[str]]) -> list[str]:
    """Return what is there in time. The thread is a daemon: the process does not wait for it."""
    found: list[str] = []

    def ask(client: Any) -> None:
        try:
            found.extend(names(client))
        except Exception:
            return  # nobody reads an error while typing

    try:
        client = _client(access, region)
    except Exception:  # no such profile, no region
        return []
    asking = threading.Thread(target=ask, args=(client,), name="batchsdk-completion", daemon=True)
    asking.start()
    asking.join(SECONDS)
    return sorted(found)


def _client(access: Access, region: str | None) -> Any:
    from botocore.config import Config  # noqa: PLC0415  # boto3 only where AWS is asked

    from batchsdk.aws.sessions import Sessions  # noqa: PLC0415

    config = Config(
        retries={"mode": "standard", "total_max_attempts": 1},
        connect_timeout=SECONDS,
        read_timeout=SECONDS,
        user_agent_extra="batchsdk",
    )
    return Sessions.of(access, region).client("batch", config=config)
