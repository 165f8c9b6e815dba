"""AWS Signature Version 4 of one request to the local AWS, by the standard library alone.

botocore has it too, but takes longer to import than most commands take; the server checks each
signature with botocore's.

Source: "Create a signed AWS API request" in the AWS IAM User Guide.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime
from urllib.parse import urlsplit

from localaws.credentials.connection import Connection

ALGORITHM = "AWS4-HMAC-SHA256"


def signed_headers(
    connection: Connection, method: str, path: str, body: bytes, *, service: str
) -> dict[str, str]:
    """Return the headers that sign a request made now.

    Args:
        connection: whose key signs, and whose server gets the request.
        method: of HTTP, e.g. ``GET``.
        path: of the URL, without a query; letters, digits and ``/-_.~`` alone.
        body: of the request.
        service: that the signature is for, e.g. ``batch``.
    """
    host = urlsplit(connection.endpoint_url).netloc
    time = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    names = "host;x-amz-date"
    canonical = "\n".join(
        (method, path, "", f"host:{host}", f"x-amz-date:{time}", "", names, _sha256(body))
    )
    scope = (time[:8], connection.region, service, "aws4_request")
    text = "\n".join((ALGORITHM, time, "/".join(scope), _sha256(canonical.encode())))
    key = f"AWS4{connection.secret_access_key}".encode()
    for part in (*scope, text):
        key = hmac.digest(key, part.encode(), "sha256")
    credential = "/".join((connection.access_key_id, *scope))
    return {
        "Host": host,
        "X-Amz-Date": time,
        "Authorization": (
            f"{ALGORITHM} Credential={credential}, SignedHeaders={names}, Signature={key.hex()}"
        ),
    }


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
