"""Who may speak to the local AWS: local programs that hold this start's access key.

Jobs run commands on this machine, so a request is refused unless its Host is loopback, it carries
no Origin (no page in a browser can send it) and it is signed with a key (Signature Version 4) a
short time ago, or by a presigned URL or post that has not ended. Without a signature come the
health check, jobs to the agent of their task by an address that only the task knows, and those who
read what S3 lets everybody read.

A request is judged twice: by its head before its body is read, and by its body once that is there.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol
from urllib.parse import unquote, urlsplit

from localaws.credentials.connection import PREFIX
from localaws.http import bodies, protocols
from localaws.http.addresses import bucket_of_host, move_bucket_to_path, resource_of
from localaws.http.checksums import pieces
from localaws.http.posts import Post
from localaws.http.presigned import become_plain
from localaws.http.presigned_v2 import QUERY_PARAMETERS, PresignedHead, check_region
from localaws.http.refusals import (
    EXPIRED_TOKEN,
    EXPIRED_URL,
    FORBIDDEN,
    INCOMPLETE,
    INVALID,
    NOT_SIGNED,
    OTHER_BODY,
    OTHER_TIME,
    TOO_LARGE,
    UNKNOWN_KEY,
    WRONG_SIGNATURE,
    WRONG_TOKEN,
    RefusedError,
)
from localaws.http.signatures import TIMESTAMP, SignedHead, query_pairs
from localaws.system.loopback import is_loopback

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from localaws.credentials.access_keys import AccessKey, AccessKeys

CALLER = "localaws.caller"
"""Key of the WSGI environ under which the door leaves the :class:`Caller`."""
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
POST_BODY_BYTES = 64 * MIB
"""That a presigned post may have: it is read before it is judged, as its signature is in it."""
LARGEST_BODIES = {"batch": SMALL_BODY_BYTES, "localaws": SMALL_BODY_BYTES, "s3": S3_BODY_BYTES}
"""Service -> bytes that a body may have; of others :data:`BODY_BYTES`."""
_SERVICE = 3
"""The place of the signing name in a credential scope."""


class Buckets(Protocol):
    """What the door asks about S3's buckets."""

    def public_owner(self, path: str, query: Mapping[str, str]) -> str | None:
        """Return the account of a bucket whose resource everybody may read, if they may."""

    def region(self, path: str) -> str:
        """Return where the bucket of a path is."""


@dataclass(frozen=True)
class Caller:
    """Who makes a request that has come in, and of which service.

    Attributes:
        account_id: whose key signed it; of an anonymous request, whose resource is read.
        access_key_id: empty if the request is anonymous.
        session_token: of a temporary key; the door has compared it.
        service: signing name, e.g. ``batch``; empty for the health check.
        region: that was signed.
    """

    account_id: str = ""
    access_key_id: str = ""
    session_token: str | None = None
    service: str = ""
    region: str = ""


@dataclass
class Admission:
    """What the head of a request says, where the door lets its body be read.

    Attributes:
        caller: who makes it; nobody, where nothing must be signed.
        largest_body: bytes that the body may have.
        head: with the signature, if it has one of Version 4.
        is_form: whether the body says whose it is: a presigned post.
        is_proven: whether the signature has been checked.
    """

    caller: Caller
    largest_body: int
    head: SignedHead | None = None
    secret: str = ""
    is_form: bool = False
    is_proven: bool = False

    def too_large(self) -> RefusedError:
        """Return the refusal of a body that is too large."""
        return RefusedError(
            TOO_LARGE,
            f"the request's body is larger than {self.largest_body // MIB} MiB, the most that the "
            "local AWS takes",
        )


class Door:
    """Judges requests, first by their heads."""

    largest_body = S3_BODY_BYTES
    """Bytes that the body of any request may have."""

    def __init__(self, keys: AccessKeys, buckets: Buckets, *, unsigned: Mapping[str, int]) -> None:
        """Stand at the door.

        Args:
            keys: of those who may come in.
            buckets: of S3, some of which everybody may read.
            unsigned: how the paths begin that need no signature, and the bytes that a body may
                have there. They tell nothing, or who asks for one must know a secret in it.
        """
        self._keys = keys
        self._buckets = buckets
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
        free = next(
            (most for begin, most in self._unsigned.items() if path.startswith(begin)), None
        )
        if free is not None:
            admission = Admission(Caller(), largest_body=free)
        elif (head := SignedHead.of(environ)) is not None:
            admission = self._admit_signed(environ, head)
        elif (old := PresignedHead.of(environ, resource_of(environ))) is not None:
            admission = self._admit_presigned(environ, old)
        elif _is_form(environ):
            caller = Caller(service="s3")
            admission = Admission(caller, POST_BODY_BYTES, is_form=True)
        else:
            admission = self._admit_anonymous(environ)
        if content_length > admission.largest_body:
            raise admission.too_large()
        return admission

    def guard(self, application: WSGIApplication) -> WSGIApplication:
        """Return ``application`` for admitted requests whose bodies are what was signed."""

        def guarded(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            admission: Admission = environ[ADMISSION]
            answering = application
            with contextlib.ExitStack() as opened:
                try:
                    if admission.is_form:
                        post = self._read_post(environ, admission, opened)
                        answering = post.answered(application)
                    else:
                        _read_body(environ, admission, opened)
                except RefusedError as refusal:
                    return refusal_answer(environ, refusal).send(start_response)
                environ[CALLER] = admission.caller
                return answering(environ, start_response)

        return guarded

    def _admit_signed(self, environ: WSGIEnvironment, head: SignedHead) -> Admission:
        scope = head.scope
        key = self._key(scope.key_id, head.session_token)
        _check_date(head)
        _check_names(environ, head)
        if not head.is_declaration_valid:
            told = head.declared_payload
            raise RefusedError(
                INVALID,
                "Missing required header for this request: x-amz-content-sha256"
                if told is None
                else f"x-amz-content-sha256 is {told!r}; it is the SHA-256 of the body",
            )
        largest = S3_BODY_BYTES if head.is_s3 else LARGEST_BODIES.get(scope.service, BODY_BYTES)
        caller = Caller(key.account_id, key.id, key.session_token, scope.service, scope.region)
        admission = Admission(caller, largest, head, key.secret)
        if head.declared_payload is not None:
            _prove(admission)
        return admission

    def _admit_presigned(self, environ: WSGIEnvironment, head: PresignedHead) -> Admission:
        """Judge a URL that is presigned in Signature Version 2."""
        key = self._key(head.key_id, head.session_token)
        region = self._buckets.region(unquote(resource_of(environ)))
        check_region(region)
        if not head.is_signed_with(key.secret):
            raise _wrong_signature()
        if not head.expires.isdecimal() or int(head.expires) < datetime.now(UTC).timestamp():
            raise _expired(head.expires)
        caller = Caller(key.account_id, key.id, key.session_token, "s3", region)
        return Admission(caller, S3_BODY_BYTES, is_proven=True)

    def _admit_anonymous(self, environ: WSGIEnvironment) -> Admission:
        if protocols.protocol_of(environ, "") is not protocols.Protocol.S3:
            raise RefusedError(
                NOT_SIGNED,
                "Request is missing Authentication Token: the local AWS takes only signed "
                "requests; use the credentials that `python -m localaws env` prints",
            )
        path = unquote(resource_of(environ))
        account_id = None
        if environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            account_id = self._buckets.public_owner(path, dict(query_pairs(environ)))
        if account_id is None:
            raise RefusedError(
                FORBIDDEN,
                "Access Denied: the request is not signed, and what it asks for is not public "
                "(`python -m localaws env` prints credentials)",
            )
        region = self._buckets.region(path)
        return Admission(Caller(account_id, service="s3", region=region), largest_body=0)

    def _read_post(
        self, environ: WSGIEnvironment, admission: Admission, opened: contextlib.ExitStack
    ) -> Post:
        """Judge a presigned post, and make an upload of it."""
        path = unquote(resource_of(environ)).strip("/")
        post = Post.read(environ, path, opened)
        key = self._key(post.key_id, post.session_token)
        region = self._buckets.region(f"/{path}")
        if post.scope is None:
            check_region(region)
        if not post.is_signed_with(key.secret):
            raise _wrong_signature()
        admission.is_proven = True
        post.check_policy()
        admission.caller = Caller(key.account_id, key.id, key.session_token, "s3", region)
        move_bucket_to_path(environ)
        post.become_upload(environ)
        become_plain(environ, key.id, region, "s3")
        bodies.check_checksums(environ)
        return post

    def _key(self, key_id: str, session_token: str | None) -> AccessKey:
        """Return the key of a request.

        Raises:
            RefusedError: it is none of ours, or its session's token is another's or has ended.
        """
        key = self._keys.find(key_id)
        if key is None:
            raise RefusedError(
                UNKNOWN_KEY,
                f"The access key {key_id} was not issued by the running local AWS; use the one "
                "that `python -m localaws env` prints",
                AWSAccessKeyId=key_id,
            )
        if not hmac.compare_digest((key.session_token or "").encode(), _bytes(session_token)):
            raise RefusedError(
                WRONG_TOKEN,
                "The security token included in the request is invalid: "
                + ("a temporary key" if key.session_token else "a key that is not temporary")
                + (" needs its own" if key.session_token else " has none"),
            )
        if key.expires_at is not None and key.expires_at.replace(tzinfo=UTC) < datetime.now(UTC):
            raise RefusedError(
                EXPIRED_TOKEN, "The security token included in the request is expired"
            )
        return key


def refusal_answer(environ: WSGIEnvironment, refusal: RefusedError) -> protocols.Answer:
    """Return the answer to a request that may not come in."""
    return protocols.refusal_answer(environ, claimed_service(environ), refusal)


def claimed_service(environ: WSGIEnvironment) -> str:
    """Return the signing name that a request says; empty where it says none."""
    admission: Admission | None = environ.get(ADMISSION)
    if admission is not None and admission.caller.service:
        return admission.caller.service
    if environ["PATH_INFO"].startswith(PREFIX):
        return "localaws"
    authorization: str = environ.get("HTTP_AUTHORIZATION", "")
    query = dict(query_pairs(environ))
    credential = authorization.partition("Credential=")[2].partition(",")[0]
    credential = credential or query.get("X-Amz-Credential", "")
    if credential.count("/") >= _SERVICE:
        return credential.split("/")[_SERVICE]
    is_old = authorization.startswith("AWS ") or not QUERY_PARAMETERS.isdisjoint(query)
    return "s3" if is_old or bucket_of_host(environ.get("HTTP_HOST", "")) is not None else ""


def _is_form(environ: WSGIEnvironment) -> bool:
    content_type: str = environ.get("CONTENT_TYPE", "")
    return environ["REQUEST_METHOD"] == "POST" and content_type.startswith("multipart/form-data")


def _bytes(text: str | None) -> bytes:
    return (text or "").encode(errors="replace")


def _wrong_signature() -> RefusedError:
    return RefusedError(
        WRONG_SIGNATURE,
        "The request signature we calculated does not match the signature you provided. Check "
        "your key and signing method.",
    )


def _prove(admission: Admission, body: bytes = b"") -> None:
    head = admission.head
    if head is None or not head.is_signed_with(admission.secret, body):
        raise _wrong_signature()
    admission.is_proven = True


def _read_body(
    environ: WSGIEnvironment, admission: Admission, opened: contextlib.ExitStack
) -> None:
    """Hold the body against what was signed, and leave the request as moto understands it."""
    head, caller = admission.head, admission.caller
    if head is not None:
        source = environ["wsgi.input"]
        if not admission.is_proven:
            _prove(admission, source.read())
            source.seek(0)
        elif head.payload_hash is not None:
            found = hashlib.sha256()
            for piece in pieces(source):
                found.update(piece)
            if not hmac.compare_digest(found.hexdigest(), head.payload_hash):
                raise RefusedError(
                    OTHER_BODY,
                    "The provided 'x-amz-content-sha256' header does not match what was computed.",
                )
    if head is None or head.expires is not None:
        become_plain(environ, caller.access_key_id, caller.region, caller.service)
    if caller.service in protocols.S3_SIGNING_NAMES:
        if head is not None:
            bodies.unpack(environ, head, admission.secret, opened)
        bodies.check_checksums(environ)
        move_bucket_to_path(environ)


def _check_names(environ: WSGIEnvironment, head: SignedHead) -> None:
    """Check that what must be signed is."""
    if "host" not in head.signed:
        raise RefusedError(
            WRONG_SIGNATURE,
            "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
        )
    if not head.is_s3:
        return
    sent = (
        each[5:].lower().replace("_", "-") for each in environ if each.startswith("HTTP_X_AMZ_")
    )
    signed = {name.replace("_", "-") for name in head.signed}
    if left := sorted(set(sent) - signed - {"x-amz-content-sha256"}):
        raise RefusedError(
            FORBIDDEN,
            "There were headers present in the request which were not signed",
            HeadersNotSigned=", ".join(left),
        )


def _check_date(head: SignedHead) -> None:
    try:
        signed_at = head.time()
    except ValueError:
        raise RefusedError(
            INCOMPLETE,
            f"x-amz-date is {head.timestamp!r}; it is a time as 20260131T235959Z",
        ) from None
    now = datetime.now(UTC)
    lasts = SKEW if head.expires is None else timedelta(seconds=head.expires)
    if -SKEW <= now - signed_at <= lasts:
        return
    if head.expires is not None and head.is_s3:
        if signed_at > now:
            raise RefusedError(EXPIRED_URL, "Request is not valid yet")
        raise _expired(f"{signed_at + lasts:%Y-%m-%dT%H:%M:%SZ}", str(head.expires))
    if head.is_s3:
        raise RefusedError(
            OTHER_TIME,
            "The difference between the request time and the current time is too large.",
        )
    was = "Signature expired" if signed_at < now else "Signature not yet current"
    raise RefusedError(
        OTHER_TIME,
        f"{was}: {head.timestamp} is more than {lasts.seconds // 60} minutes from "
        f"{now.strftime(TIMESTAMP)}, the time here",
    )


def _expired(at: str, seconds: str | None = None) -> RefusedError:
    details = {"Expires": at, "ServerTime": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"}
    if seconds is not None:
        details = {"X-Amz-Expires": seconds, **details}
    return RefusedError(EXPIRED_URL, "Request has expired", **details)


def _refuse_browsers(environ: WSGIEnvironment) -> None:
    try:
        host = urlsplit(f"//{environ.get('HTTP_HOST', '')}").hostname or ""
    except ValueError:
        host = environ["HTTP_HOST"]
    if not is_loopback(host):
        raise RefusedError(
            FORBIDDEN, f"Host {host!r} is not a loopback address: the local AWS is local"
        )
    if "HTTP_ORIGIN" in environ:
        raise RefusedError(FORBIDDEN, "requests of web pages (with an Origin) are refused")
