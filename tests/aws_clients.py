"""boto3 clients of a local AWS, made once: a client of EC2 takes longer to make than to ask."""

from __future__ import annotations

import functools
from typing import Any

import boto3

from localaws import LocalAws


def client_of(local: LocalAws, service: str) -> Any:
    """Return the client of a service, e.g. ``ec2``: any test and any thread may use it."""
    return _client(service, **local.client_arguments)


@functools.cache
def _client(service: str, **arguments: str) -> Any:
    return boto3.client(service, **arguments)
