"""boto3 clients for the few things that Pulumi has no resource for.

They use the region and the profile of the Pulumi config, as the default ``aws`` provider does;
all else (credentials, endpoints) comes from the environment.
"""

from __future__ import annotations

from typing import Any

import boto3
import pulumi


def client(service: str, region: str, *, profile: str | None = None) -> Any:
    """Return a client of ``service``, e.g. ``batch``.

    ``profile`` is one of the AWS config files; None takes that of the Pulumi config, if any.
    """
    session: Any = boto3.Session(
        profile_name=profile or pulumi.Config("aws").get("profile"), region_name=region
    )
    return session.client(service)
