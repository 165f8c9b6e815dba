"""What an operation works with, and the page tokens that several of them give."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from localaws.batch.errors import ClientException
from localaws.batch.scheduler import Scheduler
from localaws.batch.state import BatchState

NAME_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}")
"""Names of environments, queues, definitions and jobs (API: e.g. SubmitJob.jobName)."""
DEFAULT_PAGE = 100


@dataclass(frozen=True)
class Context:
    """Batch of the caller's account and region, at the time of the request."""

    state: BatchState
    scheduler: Scheduler
    now: int
    """Epoch milliseconds."""


def size_in_bytes(request: Mapping[str, Any]) -> int:
    """Return how long a request, or a part of it, is as JSON without blanks."""
    return len(json.dumps(request, separators=(",", ":")).encode())


def require_name(kind: str, name: str) -> str:
    """Return ``name`` if it is one that Batch takes.

    Raises:
        ClientException: it is not; the message is AWS's.
    """
    if not NAME_PATTERN.fullmatch(name):
        raise ClientException(
            f"{kind} name should match valid pattern: up to 128 letters (uppercase and lowercase), "
            f"numbers, hyphens, and underscores are allowed; got {name!r}"
        )
    return name


def described(request: Mapping[str, Any], member: str) -> list[str]:
    """Return the names, with a revision if given, of what a request asks for by name or ARN.

    Raises:
        ClientException: there are more than 100.
    """
    wanted = request.get(member, ())
    if len(wanted) > DEFAULT_PAGE:
        raise ClientException(f"{member} must have at most {DEFAULT_PAGE} items")
    return [each.rsplit("/", 1)[-1] for each in wanted]


def page(
    items: Sequence[Any], request: Mapping[str, Any], *, limit: int = DEFAULT_PAGE
) -> tuple[Sequence[Any], dict[str, str]]:
    """Cut one page out of ``items``.

    Returns:
        The page, and the ``nextToken`` member if there is more.

    Raises:
        ClientException: the token is not one of ours, or ``maxResults`` is out of range.
    """
    start = position(request) or 0
    end = start + page_size(request, limit)
    following = {"nextToken": token(end)} if end < len(items) else {}
    return items[start:end], following


def page_size(request: Mapping[str, Any], limit: int) -> int:
    """Return how many items the caller wants at most.

    Raises:
        ClientException: ``maxResults`` is not between 1 and ``limit``.
    """
    size: int = request.get("maxResults", limit)
    if not 1 <= size <= limit:
        raise ClientException(f"maxResults must be between 1 and {limit}, got {size}")
    return size


def token(where: int) -> str:
    """Write a position as the opaque ``nextToken``."""
    return base64.urlsafe_b64encode(str(where).encode()).decode()


def position(request: Mapping[str, Any]) -> int | None:
    """Return the position that the request's ``nextToken`` stands for, if it has one.

    Raises:
        ClientException: the token is not one of ours.
    """
    given = request.get("nextToken")
    if not given:
        return None
    try:
        where = base64.urlsafe_b64decode(given.encode()).decode()
    except ValueError:
        where = ""
    if not where.isdecimal():
        raise ClientException(f"Invalid nextToken: {given}")
    return int(where)
