"""Signature Version 4, seen from the server: whose a request is, when it was made, and of what.

Nothing here reads a body: its SHA-256 comes in, where the head does not declare it.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]+)/(?P<date>\d{8})/(?P<region>[^/]+)/"
    r"(?P<service>[^/]+)/aws4_request, ?SignedHeaders=(?P<headers>[^,]+), ?"
    r"Signature=(?P<signature>[0-9a-f]{64})"
)
TIMESTAMP = "%Y%m%dT%H%M%SZ"
PAYLOAD_HASH = "X-Amz-Content-SHA256"
_HASH = re.compile(r"[0-9a-f]{64}")
_NOT_HASHED = re.compile(r"UNSIGNED-PAYLOAD|STREAMING-[A-Z0-9-]+")
"""What S3 takes in the place of a hash."""


@dataclass(frozen=True)
class SignedHead:
    """The head of a signed request."""

    key_id: str
    region: str
    service: str
    signature: str
    request: AWSRequest
    """Method, URL and the headers that were signed."""
    timestamp: str
    """When it was signed, as :data:`TIMESTAMP`; empty if it does not say so."""

    @classmethod
    def of(cls, environ: WSGIEnvironment) -> Self | None:
        """Read the head of a WSGI request; ``None`` if it is not signed."""
        found = AUTHORIZATION.fullmatch(environ.get("HTTP_AUTHORIZATION", ""))
        if found is None:
            return None
        request = AWSRequest(
            method=environ["REQUEST_METHOD"],
            url=f"http://{environ.get('HTTP_HOST', '')}{environ['RAW_URI']}",
        )
        for name in found["headers"].split(";"):
            key = name.upper().replace("-", "_")
            unprefixed = key in ("CONTENT_TYPE", "CONTENT_LENGTH")
            request.headers[name] = environ.get(key if unprefixed else f"HTTP_{key}", "")
        return cls(
            key_id=found["key"],
            region=found["region"],
            service=found["service"],
            signature=found["signature"],
            request=request,
            timestamp=environ.get("HTTP_X_AMZ_DATE", ""),
        )

    @property
    def declared_payload(self) -> str | None:
        """What the head says of the body: its SHA-256 (hexadecimal), or what S3 takes for it.

        ``None`` if it says nothing: then the signature cannot be checked without the body.
        """
        declared: str | None = self.request.headers.get(PAYLOAD_HASH)
        return declared

    @property
    def payload_hash(self) -> str | None:
        """The SHA-256 of the body that the head declares, if it declares one."""
        declared = self.declared_payload or ""
        return declared if _HASH.fullmatch(declared) else None

    @property
    def is_declaration_valid(self) -> bool:
        """Whether the service takes what the head says of the body: S3 needs it, and takes more."""
        if self.service == "s3":
            return self.payload_hash is not None or bool(
                _NOT_HASHED.fullmatch(self.declared_payload or "")
            )
        return self.payload_hash is not None or self.declared_payload is None

    def time(self) -> datetime:
        """Return when it was signed.

        Raises:
            ValueError: it does not say so, or not in AWS's form.
        """
        return datetime.strptime(self.timestamp, TIMESTAMP).replace(tzinfo=UTC)

    def is_signed_with(self, secret: str, body: bytes = b"") -> bool:
        """Whether the signature is made with that secret key.

        Args:
            secret: the secret access key.
            body: of the request; not looked at where the head declares what it is.
        """
        kind: Callable[..., SigV4Auth] = S3SigV4Auth if self.service == "s3" else SigV4Auth
        signer = kind(Credentials(self.key_id, secret), self.service, self.region)
        self.request.data = body
        self.request.context["timestamp"] = self.timestamp
        canonical = signer.canonical_request(self.request)
        to_sign = signer.string_to_sign(self.request, canonical)
        return hmac.compare_digest(str(signer.signature(to_sign, self.request)), self.signature)
