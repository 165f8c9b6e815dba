"""Signature Version 4, seen from the server: whose a request is, when it was made, and of what.

It is in the header Authorization or, of a presigned URL, in the query. Nothing here reads a body:
its SHA-256 comes in, where the head does not declare it.

Source: "AWS Signature Version 4 for API requests" in the IAM user guide, "Authenticating Requests
(AWS Signature Version 4)" in the API reference of Amazon S3.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Self
from urllib.parse import quote, unquote, urlsplit

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from moto.core.request import environ_key_for_header

from localaws.http.protocols import S3_SIGNING_NAMES
from localaws.http.refusals import (
    INCOMPLETE,
    INCOMPLETE_QUERY,
    INVALID_ARGUMENT,
    OTHER_SIGNATURE,
    Codes,
    RefusedError,
)

if TYPE_CHECKING:
    from http.client import HTTPMessage

    from _typeshed.wsgi import WSGIEnvironment

ALGORITHM = "AWS4-HMAC-SHA256"
TIMESTAMP = "%Y%m%dT%H%M%SZ"
PAYLOAD_HASH = "x-amz-content-sha256"
UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"
QUERY_PARAMETERS = frozenset(
    {
        "X-Amz-Algorithm",
        "X-Amz-Credential",
        "X-Amz-Date",
        "X-Amz-Expires",
        "X-Amz-SignedHeaders",
        "X-Amz-Signature",
        "X-Amz-Security-Token",
    }
)
"""What a presigned URL says of its signature."""
LONGEST_EXPIRES = 7 * 24 * 60 * 60
"""Seconds that a presigned URL may be good for."""
DEFAULT_EXPIRES = 15 * 60
"""Seconds that a presigned URL is good for that does not say it, of services but S3."""
_HASH = re.compile(r"[0-9a-f]{64}")
_NOT_HASHED = re.compile(r"UNSIGNED-PAYLOAD|STREAMING-[A-Z0-9-]+")
"""What S3 takes in the place of a hash."""
_SCOPE_PARTS = 5


@dataclass(frozen=True)
class Scope:
    """What a key signs for: ``AKIA…/20260131/us-east-1/s3/aws4_request``."""

    key_id: str
    date: str
    region: str
    service: str

    @classmethod
    def of(cls, credential: str) -> Self:
        """Read a credential scope.

        Raises:
            ValueError: it is none.
        """
        parts = credential.split("/")
        if len(parts) != _SCOPE_PARTS or parts[-1] != "aws4_request" or not all(parts):
            raise ValueError(f"{credential!r} is no credential")
        return cls(*parts[:-1])

    @property
    def text(self) -> str:
        """Without the key, as it is signed."""
        return f"{self.date}/{self.region}/{self.service}/aws4_request"

    def sign(self, secret: str, text: str) -> str:
        """Return the signature of a text, in hexadecimal."""
        signer = SigV4Auth(Credentials(self.key_id, secret), self.service, self.region)
        request = AWSRequest()
        request.context["timestamp"] = self.date
        return str(signer.signature(text, request))


@dataclass(frozen=True)
class SignedHead:
    """The head of a signed request.

    Attributes:
        signed: names of the headers that are signed, in lower case.
        signature: in hexadecimal.
        timestamp: when it was signed, as :data:`TIMESTAMP`; empty if it does not say so.
        session_token: that it carries.
        expires: seconds that a presigned URL is good for; ``None`` of other requests.
        request: method, URL and the headers that are signed.
        declared_payload: what the head says of the body: its SHA-256 (hexadecimal), or what S3
            takes for it. ``None`` if it says nothing: then the signature cannot be checked without
            the body.
    """

    scope: Scope
    signed: tuple[str, ...]
    signature: str
    timestamp: str
    session_token: str | None
    expires: int | None
    request: AWSRequest
    declared_payload: str | None

    @classmethod
    def of(cls, environ: WSGIEnvironment) -> Self | None:
        """Read the head of a WSGI request; ``None`` if it is not signed.

        Raises:
            RefusedError: half of a signature, two of them, or one of another kind.
        """
        authorization = environ.get("HTTP_AUTHORIZATION", "")
        query = dict(query_pairs(environ))
        if authorization and ("X-Amz-Algorithm" in query or "Signature" in query):
            raise RefusedError(
                INVALID_ARGUMENT,
                "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, "
                "Signature query string parameter or the Authorization header should be specified",
            )
        if authorization:
            return cls._of_header(environ, authorization)
        return cls._of_query(environ, query) if "X-Amz-Algorithm" in query else None

    @property
    def is_s3(self) -> bool:
        """Whether the rules of Amazon S3 are its."""
        return self.scope.service in S3_SIGNING_NAMES

    @property
    def payload_hash(self) -> str | None:
        """The SHA-256 of the body that the head declares, if it declares one."""
        declared = self.declared_payload or ""
        return declared if _HASH.fullmatch(declared) else None

    @property
    def is_declaration_valid(self) -> bool:
        """Whether the service takes what the head says of the body: S3 needs it, and takes more."""
        if self.is_s3:
            return self.payload_hash is not None or bool(
                _NOT_HASHED.fullmatch(self.declared_payload or "")
            )
        return (
            self.payload_hash is not None
            or self.declared_payload is None
            or self.declared_payload == UNSIGNED_PAYLOAD
        )

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
        signer = (_S3Signer if self.is_s3 else _Signer)(self, secret)
        self.request.data = body
        self.request.context["timestamp"] = self.timestamp
        canonical = signer.canonical_request(self.request)
        to_sign = signer.string_to_sign(self.request, canonical)
        return hmac.compare_digest(str(signer.signature(to_sign, self.request)), self.signature)

    @classmethod
    def _of_header(cls, environ: WSGIEnvironment, authorization: str) -> Self:
        algorithm, _, rest = authorization.partition(" ")
        if algorithm != ALGORITHM:
            raise _of_another_kind(algorithm)
        parts = {
            name.strip(): value.strip()
            for name, _, value in (part.partition("=") for part in rest.split(","))
        }
        if {"Credential", "SignedHeaders", "Signature"} - parts.keys():
            raise RefusedError(
                INCOMPLETE,
                "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' "
                "parameters.",
            )
        signed = _names(parts["SignedHeaders"])
        declared = environ.get("HTTP_X_AMZ_CONTENT_SHA256")
        scope = _scope(parts["Credential"], INCOMPLETE)
        return cls(
            scope=scope,
            signed=signed,
            signature=parts["Signature"],
            timestamp=_timestamp(environ),
            session_token=environ.get("HTTP_X_AMZ_SECURITY_TOKEN"),
            expires=None,
            request=_request(environ, scope, signed),
            declared_payload=(
                declared if PAYLOAD_HASH in signed or scope.service in S3_SIGNING_NAMES else None
            ),
        )

    @classmethod
    def _of_query(cls, environ: WSGIEnvironment, query: Mapping[str, str]) -> Self:
        if query["X-Amz-Algorithm"] != ALGORITHM:
            raise _of_another_kind(query["X-Amz-Algorithm"])
        if missing := QUERY_PARAMETERS - {"X-Amz-Security-Token", "X-Amz-Expires"} - query.keys():
            raise RefusedError(
                INCOMPLETE_QUERY,
                "Query-string authentication version 4 requires the X-Amz-Algorithm, "
                "X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and "
                f"X-Amz-Expires parameters; there is no {', '.join(sorted(missing))}.",
            )
        scope = _scope(query["X-Amz-Credential"], INCOMPLETE_QUERY)
        signed = _names(query["X-Amz-SignedHeaders"])
        is_s3 = scope.service in S3_SIGNING_NAMES
        declared = query.get("X-Amz-Content-Sha256", environ.get("HTTP_X_AMZ_CONTENT_SHA256"))
        return cls(
            scope=scope,
            signed=signed,
            signature=query["X-Amz-Signature"],
            timestamp=query["X-Amz-Date"],
            session_token=query.get("X-Amz-Security-Token"),
            expires=_expires(query.get("X-Amz-Expires"), is_s3=is_s3),
            request=_request(environ, scope, signed),
            declared_payload=declared or (UNSIGNED_PAYLOAD if is_s3 else None),
        )


class _Signer(SigV4Auth):
    """Signs exactly the headers that the request lists."""

    def __init__(self, head: SignedHead, secret: str) -> None:
        scope = head.scope
        super().__init__(Credentials(scope.key_id, secret), scope.service, scope.region)
        self._head = head

    def headers_to_sign(self, request: AWSRequest) -> HTTPMessage:
        return request.headers

    def payload(self, request: AWSRequest) -> str:
        return self._head.declared_payload or super().payload(request)


class _S3Signer(_Signer, S3SigV4Auth):
    """Takes the path as it is."""


def query_pairs(environ: WSGIEnvironment) -> Iterator[tuple[str, str]]:
    """Yield the parameters of the query; a plus sign is none but itself."""
    for part in environ.get("QUERY_STRING", "").split("&"):
        if part:
            name, _, value = part.partition("=")
            yield unquote(name), unquote(value)


def target_path(environ: WSGIEnvironment) -> str:
    """Return the path as it was sent, without the query."""
    target: str = environ["RAW_URI"]
    return urlsplit(target).path if "://" in target.partition("?")[0] else target.partition("?")[0]


def header_of(environ: WSGIEnvironment, name: str) -> str | None:
    """Return the value of a header; of non-ASCII ones, the text that its bytes are in UTF-8."""
    value: str | None = environ.get(environ_key_for_header(name))
    if value is None or value.isascii():
        return value
    return value.encode("latin-1").decode(errors="replace")


def _request(environ: WSGIEnvironment, scope: Scope, signed: tuple[str, ...]) -> AWSRequest:
    """Return what is signed, with path and query quoted as AWS quotes them."""
    path = target_path(environ)
    if scope.service in S3_SIGNING_NAMES:
        path = quote(unquote(path), safe="/-_.~")
    query = "&".join(
        f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}"
        for name, value in query_pairs(environ)
        if name != "X-Amz-Signature"
    )
    url = f"http://{environ.get('HTTP_HOST', '')}{path}?{query}"
    request = AWSRequest(method=environ["REQUEST_METHOD"], url=url)
    for name in signed:
        request.headers[name] = header_of(environ, name) or ""
    return request


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip().lower() for name in text.split(";"))


def _scope(credential: str, codes: Codes) -> Scope:
    try:
        return Scope.of(credential)
    except ValueError:
        raise RefusedError(
            codes,
            f"the credential {credential!r} is malformed; it is "
            '"<key id>/YYYYMMDD/REGION/SERVICE/aws4_request"',
        ) from None


def _timestamp(environ: WSGIEnvironment) -> str:
    told: str = environ.get("HTTP_X_AMZ_DATE", "")
    if told or "HTTP_DATE" not in environ:
        return told
    try:
        return parsedate_to_datetime(environ["HTTP_DATE"]).astimezone(UTC).strftime(TIMESTAMP)
    except ValueError:
        return str(environ["HTTP_DATE"])


def _expires(text: str | None, *, is_s3: bool) -> int | None:
    if text is None and not is_s3:
        return DEFAULT_EXPIRES
    if text is None or not text.isascii() or not text.isdigit():
        raise RefusedError(INCOMPLETE_QUERY, "X-Amz-Expires should be a number")
    if len(text) > len(str(LONGEST_EXPIRES)) or int(text) > LONGEST_EXPIRES:
        raise RefusedError(
            INCOMPLETE_QUERY,
            f"X-Amz-Expires must be less than a week (in seconds); that is {LONGEST_EXPIRES}",
        )
    return int(text)


def _of_another_kind(algorithm: str) -> RefusedError:
    kinds = {
        "AWS": "Signature Version 2",
        "AWS4-ECDSA-P256-SHA256": "Signature Version 4A",
        "Bearer": "a bearer token",
    }
    kind = kinds.get(algorithm, f"{algorithm!r}")
    return RefusedError(
        OTHER_SIGNATURE,
        "The authorization mechanism you have provided is not supported. Please use "
        f"{ALGORITHM}. (The local AWS does not take {kind}.)",
    )
