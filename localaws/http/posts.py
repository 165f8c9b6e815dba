"""Presigned posts of Amazon S3: a form with a file, and a signed policy of what may be in it.

Such a post becomes a PutObject of its file, so that moto stores it as any other upload.

Source: "Browser-Based Uploads Using POST" in the API reference of Amazon S3.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, BinaryIO, Self, cast
from urllib.parse import quote, urlencode, urlsplit, urlunsplit
from xml.sax.saxutils import escape

from moto.core.request import environ_key_for_header
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import parse_form_data

from localaws.http.presigned_v2 import fields_of, is_text_signed_with
from localaws.http.refusals import (
    FORBIDDEN,
    INVALID,
    INVALID_POLICY,
    MALFORMED_POST,
    TOO_LARGE,
    TOO_SMALL,
    RefusedError,
)
from localaws.http.signatures import ALGORITHM, Scope

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

FIELDS_BYTES = 64 * 1024
"""That the fields before the file may have; AWS lets them have 20 KB."""
_UNCONDITIONAL = frozenset({"awsaccesskeyid", "file", "policy", "signature", "x-amz-signature"})
"""Fields that no condition needs to name."""
_HEADERS = frozenset(
    {"cache-control", "content-disposition", "content-encoding", "content-type", "expires"}
)
"""Fields that are headers of the upload, beside ``x-amz-…``."""
_AUTHORIZING = frozenset(
    {"x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-security-token", "x-amz-signature"}
)
_OPERATORS = frozenset({"eq", "starts-with"})
_TRIPLE = 3


@dataclass(frozen=True)
class Post:
    """A post to a bucket.

    Attributes:
        bucket: of the address.
        fields: names in lower case.
        file: what is uploaded.
        size: of the file, in bytes.
        scope: whose key signed the policy and for what, in Signature Version 4.
        key_id: whose key signed the policy.
    """

    bucket: str
    fields: Mapping[str, str]
    file: BinaryIO
    size: int
    scope: Scope | None
    key_id: str
    signature: str

    @classmethod
    def read(cls, environ: WSGIEnvironment, bucket: str, opened: ExitStack) -> Self:
        """Read the form of a request.

        Args:
            environ: of WSGI.
            bucket: of the address.
            opened: closes the file.

        Raises:
            RefusedError: it is none, or is not signed.
        """
        form, file, filename = _form(environ)
        opened.callback(file.close)
        old = fields_of(form)
        fields = {name.lower(): value for name, value in form.items()}
        if "key" not in fields:
            raise _malformed("key")
        fields["key"] = fields["key"].replace("${filename}", filename)
        if "tagging" in fields:
            raise RefusedError(INVALID, "the local AWS does not take the field tagging of a post")
        scope = None
        if old is not None:
            key_id, signature = old
        elif fields.get("x-amz-algorithm") == ALGORITHM:
            try:
                scope = Scope.of(fields.get("x-amz-credential", ""))
            except ValueError as error:
                raise RefusedError(INVALID, str(error)) from None
            key_id, signature = scope.key_id, fields.get("x-amz-signature", "")
        else:
            raise RefusedError(FORBIDDEN, "Access Denied: the post has no signature")
        size = file.seek(0, 2)
        file.seek(0)
        return cls(bucket, fields, file, size, scope, key_id, signature)

    @property
    def session_token(self) -> str | None:
        """That it carries."""
        return self.fields.get("x-amz-security-token")

    def is_signed_with(self, secret: str) -> bool:
        """Whether the policy is signed with that secret key."""
        policy = self.fields.get("policy", "")
        if self.scope is None:
            return is_text_signed_with(secret, policy, self.signature)
        return hmac.compare_digest(self.scope.sign(secret, policy), self.signature)

    def check_policy(self) -> None:
        """Hold the form against its policy.

        Raises:
            RefusedError: the policy does not allow it, has ended, or is none.
        """
        policy = _policy(self.fields.get("policy", ""))
        if datetime.now(UTC) > _expiration(policy):
            raise RefusedError(FORBIDDEN, "Invalid according to Policy: Policy expired.")
        fields = {**self.fields, "bucket": self.bucket}
        named = set()
        for condition in policy["conditions"]:
            for operator, name, value in _read(condition):
                if operator == "content-length-range":
                    self._check_size(int(name), int(value))
                    continue
                named.add(name)
                found = fields.get(name, "")
                holds = found == value if operator == "eq" else found.startswith(value)
                if not holds:
                    shown = json.dumps([operator, f"${name}", value])
                    raise RefusedError(
                        FORBIDDEN,
                        f"Invalid according to Policy: Policy Condition failed: {shown}",
                    )
        extra = fields.keys() - named - _UNCONDITIONAL
        if extra := {each for each in extra if not each.startswith("x-ignore-")}:
            raise RefusedError(
                FORBIDDEN,
                f"Invalid according to Policy: Extra input fields: {', '.join(sorted(extra))}",
            )

    def become_upload(self, environ: WSGIEnvironment) -> None:
        """Make PutObject of the request."""
        path = f"/{quote(self.bucket)}/{quote(self.fields['key'], safe='/-_.~')}"
        environ.update(
            {
                "REQUEST_METHOD": "PUT",
                "RAW_URI": path,
                "PATH_INFO": f"/{self.bucket}/{self.fields['key']}".encode().decode("latin-1"),
                "QUERY_STRING": "",
                "wsgi.input": self.file,
                "CONTENT_LENGTH": str(self.size),
            }
        )
        environ.pop("CONTENT_TYPE", None)
        for name, value in self.fields.items():
            is_header = name in _HEADERS or name == "content-md5" or name.startswith("x-amz-")
            if is_header and name not in _AUTHORIZING:
                environ[environ_key_for_header(name)] = value
        if "acl" in self.fields:
            environ["HTTP_X_AMZ_ACL"] = self.fields["acl"]

    def answered(self, application: WSGIApplication) -> WSGIApplication:
        """Return ``application`` with the answer that a post gets for the upload."""

        def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            host = environ.get("HTTP_HOST", "")

            def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
                if not status.startswith("200"):
                    return start_response(status, headers, *rest)
                kept = [pair for pair in headers if pair[0].lower() not in _OF_CONTENT]
                etag = dict(headers).get("ETag", dict(headers).get("etag", ""))
                ours, body = self._success(host, etag)
                written.append(body)
                return start_response(ours[0], [*kept, *ours[1]], *rest)

            written: list[bytes] = []
            found = b"".join(application(environ, start))
            return written or [found]

        return answer

    def _success(self, host: str, etag: str) -> tuple[tuple[str, list[tuple[str, str]]], bytes]:
        key = self.fields["key"]
        address = f"http://{host}/{quote(self.bucket)}/{quote(key)}"
        redirect = urlsplit(self.fields.get("success_action_redirect", ""))
        if redirect.scheme:
            told = urlencode({"bucket": self.bucket, "key": key, "etag": etag})
            query = f"{redirect.query}&{told}" if redirect.query else told
            address = urlunsplit(redirect._replace(query=query))
        status = 303 if redirect.scheme else int(self.fields.get("success_action_status", "0")[:3])
        status = status if status in (200, 201, 303) else 204
        body = b""
        if status == HTTPStatus.CREATED:
            pairs = {"Location": address, "Bucket": self.bucket, "Key": key, "ETag": etag}
            told = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in pairs.items())
            body = f"<PostResponse>{told}</PostResponse>".encode()
        headers = [("Location", address), ("Content-Length", str(len(body)))]
        if body:
            headers.append(("Content-Type", "application/xml"))
        return (f"{status} {HTTPStatus(status).phrase}", headers), body

    def _check_size(self, least: int, most: int) -> None:
        if self.size > most:
            raise RefusedError(
                TOO_LARGE,
                "Your proposed upload exceeds the maximum allowed size",
                ProposedSize=str(self.size),
                MaxSizeAllowed=str(most),
            )
        if self.size < least:
            raise RefusedError(
                TOO_SMALL,
                "Your proposed upload is smaller than the minimum allowed size",
                ProposedSize=str(self.size),
                MinSizeAllowed=str(least),
            )


_OF_CONTENT = frozenset({"content-length", "content-type"})


def _form(environ: WSGIEnvironment) -> tuple[dict[str, str], BinaryIO, str]:
    """Return fields, file and the file's name."""
    try:
        _, form, files = parse_form_data(environ, max_form_memory_size=FIELDS_BYTES)
    except RequestEntityTooLarge:
        raise RefusedError(
            MALFORMED_POST, f"the fields of the post are larger than {FIELDS_BYTES} bytes"
        ) from None
    uploaded = files.get("file")
    if uploaded is None:
        raise _malformed("file")
    return form.to_dict(), cast("BinaryIO", uploaded.stream), uploaded.filename or ""


def _policy(text: str) -> dict[str, Any]:
    try:
        policy = json.loads(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError, RecursionError):
        policy = None
    if not isinstance(policy, dict) or not isinstance(policy.get("conditions"), list):
        raise RefusedError(INVALID_POLICY, "Invalid Policy: Invalid JSON.")
    return policy


def _expiration(policy: Mapping[str, Any]) -> datetime:
    try:
        found = datetime.fromisoformat(policy["expiration"])
    except (KeyError, TypeError, ValueError):
        raise RefusedError(
            INVALID_POLICY,
            f"Invalid Policy: Invalid 'expiration' value: {policy.get('expiration')}",
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _read(condition: Any) -> Iterator[tuple[str, str, str]]:
    """Yield operator, field and value; of a range of sizes both numbers."""
    if isinstance(condition, dict) and condition:
        for name, value in condition.items():
            yield "eq", str(name).lower(), str(value)
        return
    if isinstance(condition, list) and len(condition) == _TRIPLE:
        operator, name, value = condition
        numbers = f"{name}{value}"
        if str(operator).lower() == "content-length-range" and numbers.isascii():
            if numbers.isdigit():
                yield "content-length-range", str(name), str(value)
                return
        elif str(operator).lower() in _OPERATORS and str(name).startswith("$"):
            yield str(operator).lower(), str(name)[1:].lower(), str(value)
            return
    raise RefusedError(INVALID_POLICY, f"Invalid Policy: Invalid Condition: {condition!r:.100}")


def _malformed(field: str) -> RefusedError:
    return RefusedError(
        MALFORMED_POST,
        f"Bucket POST must contain a field named '{field}'. If it is specified, please check the "
        "order of the fields.",
    )
