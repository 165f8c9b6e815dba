"""Who may speak to the local AWS: local programs that hold this start's access key.

Jobs run commands on this machine, so a request is refused unless its Host is loopback, it carries
no Origin (no page in a browser can send it) and it is signed with a key (Signature Version 4).
Only the health check needs no signature.
"""

from __future__ import annotations

import hmac
import io
import json
import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit
from xml.sax.saxutils import escape

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from localaws.control import HEALTH_PATH
from localaws.loopback import is_loopback

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from localaws.access_keys import AccessKeys

ACCOUNT = "localaws.account"
"""Key of the WSGI environ under which the door leaves the caller's account."""
AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]+)/(?P<date>\d{8})/(?P<region>[^/]+)/"
    r"(?P<service>[^/]+)/aws4_request, ?SignedHeaders=(?P<headers>[^,]+), ?"
    r"Signature=(?P<signature>[0-9a-f]{64})"
)


class RefusedError(Exception):
    """The request may not come in.

    Attributes:
        code: AWS's error code for it.
    """

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


class Door:
    """WSGI middleware in front of the local AWS."""

    def __init__(self, application: WSGIApplication, keys: AccessKeys) -> None:
        self._application = application
        self._keys = keys

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Let the request in, or answer 403 with the reason."""
        try:
            _refuse_browsers(environ)
            if environ["PATH_INFO"] != HEALTH_PATH:
                environ[ACCOUNT] = self._check_signature(environ)
        except RefusedError as refusal:
            content_type, body = _refusal_body(environ, refusal)
            start_response(
                "403 Forbidden",
                [
                    ("Content-Type", content_type),
                    ("Content-Length", str(len(body))),
                    ("x-amzn-ErrorType", refusal.code),
                ],
            )
            return [body]
        return self._application(environ, start_response)

    def _check_signature(self, environ: WSGIEnvironment) -> str:
        """Return the account whose key signed the request."""
        found = AUTHORIZATION.fullmatch(environ.get("HTTP_AUTHORIZATION", ""))
        if found is None:
            raise RefusedError(
                "MissingAuthenticationToken",
                "the local AWS takes only signed requests; use the credentials that "
                "`python -m localaws env` prints",
            )
        key = self._keys.find(found["key"])
        if key is None:
            raise RefusedError(
                "UnrecognizedClientException",
                f"access key {found['key']} is not of this start of the local AWS; take the one "
                "that `python -m localaws env` prints",
            )
        expected = _signature(environ, found, Credentials(key.id, key.secret))
        if not hmac.compare_digest(expected, found["signature"]):
            raise RefusedError(
                "SignatureDoesNotMatch", "the request's signature is not made with the secret key"
            )
        return key.account_id


def _refusal_body(environ: WSGIEnvironment, refusal: RefusedError) -> tuple[str, bytes]:
    """Write the error as the protocol of the service wants it."""
    found = AUTHORIZATION.fullmatch(environ.get("HTTP_AUTHORIZATION", ""))
    service = found["service"] if found else ""
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


def _signature(environ: WSGIEnvironment, found: re.Match[str], credentials: Credentials) -> str:
    """Sign the request as botocore would have, and return the signature."""
    kind: Callable[..., SigV4Auth] = S3SigV4Auth if found["service"] == "s3" else SigV4Auth
    signer = kind(credentials, found["service"], found["region"])
    request = AWSRequest(
        method=environ["REQUEST_METHOD"],
        url=f"http://{environ['HTTP_HOST']}{_raw_path(environ)}",
        data=_read_body(environ),
    )
    for name in found["headers"].split(";"):
        key = name.upper().replace("-", "_")
        unprefixed = key in ("CONTENT_TYPE", "CONTENT_LENGTH")
        request.headers[name] = environ.get(key if unprefixed else f"HTTP_{key}", "")
    request.context["timestamp"] = environ.get("HTTP_X_AMZ_DATE", "")
    canonical = signer.canonical_request(request)
    return str(signer.signature(signer.string_to_sign(request, canonical), request))


def _raw_path(environ: WSGIEnvironment) -> str:
    """Return path and query as they came over the wire."""
    return str(environ.get("RAW_URI") or unquote(environ["PATH_INFO"]))


def _read_body(environ: WSGIEnvironment) -> bytes:
    """Read the body and leave it to be read again."""
    try:
        length = int(environ.get("CONTENT_LENGTH") or 0)
    except ValueError:
        raise RefusedError("InvalidRequest", "Content-Length is not a number") from None
    body: bytes = environ["wsgi.input"].read(length) if length else b""
    environ["wsgi.input"] = io.BytesIO(body)
    return body
