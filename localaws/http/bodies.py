"""Bodies of requests to S3, out of their chunks and held against their checksums."""

from __future__ import annotations

import contextlib
import functools
import tempfile
from typing import TYPE_CHECKING, BinaryIO, cast

from moto.core.request import environ_key_for_header

from localaws.http import aws_chunked, checksums
from localaws.http.refusals import INCOMPLETE_BODY, INVALID, RefusedError

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

    from localaws.http.signatures import SignedHead


def unpack(
    environ: WSGIEnvironment, head: SignedHead, secret: str, opened: contextlib.ExitStack
) -> None:
    """Take the body out of chunks of AWS's own, and its trailer to the head.

    Args:
        environ: of WSGI.
        head: of the request.
        secret: with which it is signed.
        opened: closes the file of the body.

    Raises:
        RefusedError: the chunks are malformed or signed by another.
    """
    kind = head.declared_payload or ""
    if not kind.startswith("STREAMING-"):
        return
    signatures = None
    if kind in aws_chunked.SIGNED:
        sign = functools.partial(head.scope.sign, secret)
        signatures = aws_chunked.Signatures(sign, head.timestamp, head.scope.text, head.signature)
    elif kind != aws_chunked.UNSIGNED:
        raise RefusedError(INVALID, f"the local AWS does not take bodies of the kind {kind}")
    has_trailer = kind.endswith("-TRAILER")
    kept = tempfile.SpooledTemporaryFile(checksums.PIECE_BYTES)  # noqa: SIM115 - outlives this
    body = opened.enter_context(kept)
    decoded = aws_chunked.decode(
        environ["wsgi.input"], cast("BinaryIO", body), signatures, has_trailer=has_trailer
    )
    told = environ.get("HTTP_X_AMZ_DECODED_CONTENT_LENGTH", str(decoded.length))
    if told != str(decoded.length):
        raise RefusedError(
            INCOMPLETE_BODY,
            f"x-amz-decoded-content-length is {told}, and the body has {decoded.length} bytes",
        )
    aws_chunked.check_names(environ.pop("HTTP_X_AMZ_TRAILER", ""), decoded.trailer)
    environ["wsgi.input"] = decoded.body
    environ["CONTENT_LENGTH"] = str(decoded.length)
    environ["HTTP_X_AMZ_CONTENT_SHA256"] = "UNSIGNED-PAYLOAD"
    encodings = [each.strip() for each in environ.pop("HTTP_CONTENT_ENCODING", "").split(",")]
    if others := [each for each in encodings if each not in ("", "aws-chunked")]:
        environ["HTTP_CONTENT_ENCODING"] = ",".join(others)
    for name, value in decoded.trailer.items():
        environ[environ_key_for_header(name)] = value


def check_checksums(environ: WSGIEnvironment) -> None:
    """Hold the body of a request to S3 against its checksums, and have moto keep them.

    Raises:
        RefusedError: a checksum is another's.
    """
    if environ["REQUEST_METHOD"] == "POST" and "uploadId" in environ.get("QUERY_STRING", ""):
        return  # CompleteMultipartUpload has the checksum of the object
    names = ["content-md5", *(f"{checksums.PREFIX}{each}" for each in checksums.ALGORITHMS)]
    told = [(name, environ.get(environ_key_for_header(name))) for name in names]
    found = [(name, value) for name, value in told if value is not None]
    checksums.check(found, environ["wsgi.input"])
    for name, _ in found:
        if name.startswith(checksums.PREFIX):
            algorithm = name.removeprefix(checksums.PREFIX).upper()
            environ.setdefault("HTTP_X_AMZ_SDK_CHECKSUM_ALGORITHM", algorithm)
