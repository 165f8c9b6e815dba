"""What was signed in a query becomes what it is in a head, so that one form of it is served."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from moto.core.request import environ_key_for_header

from localaws.http import presigned_v2, signatures
from localaws.http.protocols import S3_SIGNING_NAMES
from localaws.http.signatures import query_pairs, target_path

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_AUTHORIZING = signatures.QUERY_PARAMETERS | presigned_v2.QUERY_PARAMETERS


def become_plain(environ: WSGIEnvironment, key_id: str, region: str, service: str) -> None:
    """Take the signature out of the query, and name key, region and service in the head.

    S3 reads what a presigned URL has in the place of headers (``x-amz-acl``, ``x-amz-meta-…``) as
    headers, but for checksums, which it does not look at there: SDKs put that of an empty body into
    URLs (aws/aws-sdk-go-v2#2610).

    Args:
        environ: of a request that has come in.
        key_id: of who signed; empty for nobody.
        region: of the service.
        service: signing name.
    """
    kept = []
    for name, value in query_pairs(environ):
        if name in _AUTHORIZING:
            continue
        if not (name.lower().startswith("x-amz-") and service in S3_SIGNING_NAMES):
            kept.append((name, value))
        elif "-checksum-" not in name.lower():
            environ.setdefault(environ_key_for_header(name), value)
    environ["QUERY_STRING"] = query = urlencode(kept, quote_via=quote)
    path = target_path(environ)
    environ["RAW_URI"] = f"{path}?{query}" if query else path
    if not service:
        return
    scope = f"{datetime.now(UTC):%Y%m%d}/{region}/{service}/aws4_request"
    environ["HTTP_AUTHORIZATION"] = (
        f"{signatures.ALGORITHM} Credential={key_id or 'anonymous'}/{scope}, SignedHeaders=host, "
        f"Signature={'0' * 64}"
    )
