"""Addresses of S3's buckets: those with the bucket in the host become those with it in the path.

Source: "Virtual hosting of general purpose buckets" in the Amazon S3 user guide. ``localhost`` has
the place of ``amazonaws.com``: ``bucket.localhost:4566``, ``bucket.s3.us-east-1.localhost:4566``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from localaws.http.signatures import target_path

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_S3 = r"s3(?:[.-](?:dualstack|fips|accelerate|website))*(?:[.-][a-z]{2}(?:-[a-z]+)+-\d)?"
_WITHOUT_BUCKET = re.compile(_S3)
_WITH_BUCKET = re.compile(rf"(?P<bucket>.+?)(?:\.{_S3})?")


def bucket_of_host(host: str) -> str | None:
    """Return the bucket that a Host header names; ``None`` if it names none."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return None
    labels = name.removesuffix(".localhost")
    if labels == name or _WITHOUT_BUCKET.fullmatch(labels):
        return None
    found = _WITH_BUCKET.fullmatch(labels)
    return found["bucket"] if found else None


def resource_of(environ: WSGIEnvironment) -> str:
    """Return the path with the bucket of a request to S3, quoted as it was sent."""
    bucket = bucket_of_host(environ.get("HTTP_HOST", ""))
    path = target_path(environ)
    return path if bucket is None else f"/{quote(bucket)}{path}"


def move_bucket_to_path(environ: WSGIEnvironment) -> None:
    """Give a request to S3 the address that moto reads alike on every host."""
    host = environ.get("HTTP_HOST", "")
    bucket = bucket_of_host(host)
    resource = resource_of(environ)
    query = environ.get("QUERY_STRING", "")
    environ["RAW_URI"] = f"{resource}?{query}" if query else resource
    if bucket is not None:
        environ["PATH_INFO"] = f"/{bucket}{environ['PATH_INFO']}"
    port = urlsplit(f"//{host}").port
    environ["HTTP_HOST"] = f"localhost:{port}" if port else "localhost"
