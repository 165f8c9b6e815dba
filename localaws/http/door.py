"""Who may speak to the local AWS: local programs that hold this start's access key.

Jobs run commands on this machine, so a request is refused unless its Host is loopback, it carries
no Origin (no page in a browser can send it) and it is signed with a key (Signature Version 4) a
short time ago. Without a signature come the health check, and jobs to the agent of their task by
an address that only the task knows.

A request is judged twice: by its head before its body is read, and by its body once that is there.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from localaws.control.requests import HEALTH_PATH
from localaws.http.signatures import TIMESTAMP, SignedHead
from localaws.system.loopback import is_loopback

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from localaws.credentials.access_keys import AccessKeys

ACCOUNT = "localaws.account"
"""Key of the WSGI environ under which the door leaves the caller's account."""
ADMISSION = "localaws.admission"
"""Key of the WSGI environ under which the HTTP server hands on what :meth:`Door.admit` said."""
SKEW = timedelta(minutes=5)
"""How far a request's date may be from now (AWS's own, for all services but S3)."""
MIB = 1024 * 1024
BODY_BYTES = 8 * MIB
"""More than any request but S3's may have on AWS (PutLogEvents, SendMessage: 1 MiB)."""
SMALL_BODY_BYTES = MIB
"""More than any request to AWS Batch (SubmitJob: 30 KiB), or of our own, may have."""
S3_BODY_BYTES = 1024 * MIB
UNSIGNED_BODY_BYTES = 4096
"""More than what a job may send to its ECS agent."""
LARGEST_BODIES = {"batch": SMALL_BODY_BYTES, "localaws": SMALL_BODY_BYTES, "s3": S3_BODY_BYTES}
"""Service -> bytes that a body may have; of others :data:`BODY_BYTES`."""
CHUNK_BYTES = MIB


class RefusedError(Exception):
    """The request may not come in.

    Attributes:
        code: AWS's error code for it.
        status: HTTP status.
    """

    def __init__(self, code: str, message: str, status: str = "403 Forbidden") -> None:
        self.code = code
        self.status = status
        super().__init__(message)


@dataclass
class Admission:
    """What the head of a request says, where the door lets its body be read.

    Attributes:
        account_id: the account whose key signed it; ``None`` where none must.
        largest_body: bytes that the body may have.
        is_proven: whether the signature has been checked.
    """

    account_id: str | None
    largest_body: int
    head: SignedHead | None = None
    secret: str = ""
    is_proven: bool = False

    def too_large(self) -> RefusedError:
        """Return the refusal of a body that is too large."""
        s3 = self.head is not None and self.head.service == "s3"
        return RefusedError(
            "EntityTooLarge" if s3 else "RequestEntityTooLargeException",
            f"the request's body is larger than {self.largest_body // MIB} MiB, the most that the "
            "local AWS takes",
            "400 Bad Request" if s3 else "413 Request Entity Too Large",
        )


class Door:
    """Judges requests, first by their heads."""

    largest_body = S3_BODY_BYTES
    """Bytes that the body of any request may have."""

    def __init__(self, keys: AccessKeys, *, unsigned: str) -> None:
        """Prepare to judge.

        Args:
            keys: whose signatures are good.
            unsigned: how the paths begin that need no signature, since who asks for one of them
                must know a secret in it.
        """
        self._keys = keys
        self._unsigned = unsigned

    def admit(self, environ: WSGIEnvironment, content_length: int) -> Admission:
        """Judge a request by its head.

        Args:
            environ: of WSGI, without a body; RAW_URI is the request's target.
            content_length: bytes of the body; 0 where they are not known yet.

        Raises:
            RefusedError: it may not come in.
        """
        _refuse_browsers(environ)
        path = environ["PATH_INFO"]
        if path == HEALTH_PATH:
            admission = Admission(account_id=None, largest_body=0, is_proven=False)
        elif path.startswith(self._unsigned):
            admission = Admission(account_id=None, largest_body=UNSIGNED_BODY_BYTES)
        else:
            admission = self._admit_signed(environ)
        if content_length > admission.largest_body:
            raise admission.too_large()
        return admission

    def guard(self, application: WSGIApplication) -> WSGIApplication:
        """Return ``application`` for admitted requests whose bodies are what was signed."""

        def guarded(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            admission: Admission = environ[ADMISSION]
            try:
                _check_body(admission, environ)
            except RefusedError as refusal:
                status, headers, body = refusal_answer(environ, refusal)
                start_response(status, headers)
                return [body]
            environ[ACCOUNT] = admission.account_id
            return application(environ, start_response)

        return guarded

    def _admit_signed(self, environ: WSGIEnvironment) -> Admission:
        head = SignedHead.of(environ)
        if head is None:
            raise RefusedError(
                "MissingAuthenticationToken",
                "the local AWS takes only signed requests; use the credentials that "
                "`python -m localaws env` prints",
            )
        key = self._keys.find(head.key_id)
        if key is None:
            raise RefusedError(
                "UnrecognizedClientException",
                f"access key {head.key_id} was not issued by the running local AWS; use the one "
                f"that `python -m localaws env` prints",
            )
        _check_date(head)
        if not head.is_declaration_valid:
            raise RefusedError(
                "InvalidRequest",
                f"x-amz-content-sha256 is {head.declared_payload!r}; it is the SHA-256 of the body",
                "400 Bad Request",
            )
        largest = LARGEST_BODIES.get(head.service, BODY_BYTES)
        admission = Admission(key.account_id, largest, head, key.secret)
        if head.declared_payload is not None:
            _prove(admission)
        return admission


def _prove(admission: Admission, body: bytes = b"") -> None:
    head = admission.head
    if head is None or not head.is_signed_with(admission.secret, body):
        raise RefusedError(
            "SignatureDoesNotMatch", "the request's signature does not match the secret key"
        )
    admission.is_proven = True


def _check_body(admission: Admission, environ: WSGIEnvironment) -> None:
    """Hold the body against what was signed, and leave it to be read again."""
    head = admission.head
    if head is None:
        return
    source = environ["wsgi.input"]
    if not admission.is_proven:
        _prove(admission, source.read())
    elif head.payload_hash is not None:
        found = hashlib.sha256()
        while chunk := source.read(CHUNK_BYTES):
            found.update(chunk)
        if not hmac.compare_digest(found.hexdigest(), head.payload_hash):
            raise RefusedError(
                "XAmzContentSHA256Mismatch",
                "the body is not the one whose SHA-256 was signed",
                "400 Bad Request",
            )
    source.seek(0)


def _check_date(head: SignedHead) -> None:
    try:
        signed_at = head.time()
    except ValueError:
        raise RefusedError(
            "IncompleteSignature",
            f"x-amz-date is {head.timestamp!r}; it is a time as 20260131T235959Z",
        ) from None
    now = datetime.now(UTC)
    if abs(now - signed_at) <= SKEW:
        return
    if head.service == "s3":
        raise RefusedError(
            "RequestTimeTooSkewed",
            "The difference between the request time and the current time is too large.",
        )
    was = "Signature expired" if signed_at < now else "Signature not yet current"
    raise RefusedError(
        "SignatureDoesNotMatch",
        f"{was}: {head.timestamp} is more than {SKEW.seconds // 60} minutes from "
        f"{now.strftime(TIMESTAMP)}, the time here",
    )


def refusal_answer(
    environ: WSGIEnvironment, refusal: RefusedError
) -> tuple[str, list[tuple[str, str]], bytes]:
    """Return status, headers and body of a refusal, in the protocol of the service."""
    content_type, body = _refusal_body(environ, refusal)
    headers = [
        ("Content-Type", content_type),
        ("Content-Length", str(len(body))),
        ("x-amzn-ErrorType", refusal.code),
    ]
    return refusal.status, headers, body


def _refusal_body(environ: WSGIEnvironment, refusal: RefusedError) -> tuple[str, bytes]:
    head = SignedHead.of(environ)
    service = head.service if head is not None else ""
    form = environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded")
    if service != "s3" and not form:
        body = json.dumps({"__type": refusal.code, "message": str(refusal)})
        return "application/json", body.encode()
    error = f"<Code>{refusal.code}</Code><Message>{escape(str(refusal))}</Message>"
    if service == "s3":
        document = f"<Error>{error}</Error>"
    elif service == "ec2":
        document = f"<Response><Errors><Error>{error}</Error></Errors></Response>"
    else:
        document = f"<ErrorResponse><Error>{error}</Error></ErrorResponse>"
    return "text/xml", document.encode()


def _refuse_browsers(environ: WSGIEnvironment) -> None:
    try:
        host = urlsplit(f"//{environ.get('HTTP_HOST', '')}").hostname or ""
    except ValueError:
        host = environ["HTTP_HOST"]
    if not is_loopback(host):
        raise RefusedError(
            "AccessDenied", f"Host {host!r} is not a loopback address: the local AWS is local"
        )
    if "HTTP_ORIGIN" in environ:
        raise RefusedError("AccessDenied", "requests of web pages (with an Origin) are refused")
