"""boto3 clients for the few things that Pulumi has no resource for.

They use the region and the profile of the Pulumi config, as the default ``aws`` provider does;
all else (credentials, endpoints) comes from the environment.
"""

from __future__ import annotations

from typing import Any

import boto3
import pulumi


def client(service: str, region: str) -> Any:
    """Return a client of ``service``, e.g. ``batch``."""
    session: Any = boto3.Session(
        profile_name=pulumi.Config("aws").get("profile"), region_name=region
    )
    return session.client(service)
