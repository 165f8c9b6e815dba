"""Bodies in chunks of AWS's own, each of which may be signed, with checksums behind them.

Source: "Signature Calculations for the Authorization Header: Transferring Payload in Multiple
Chunks" and "… (including trailing headers)" in the API reference of Amazon S3.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO

from localaws.http.checksums import PIECE_BYTES
from localaws.http.refusals import (
    INCOMPLETE_BODY,
    INVALID,
    MALFORMED_TRAILER,
    WRONG_SIGNATURE,
    RefusedError,
)

SIGNED = frozenset(
    {"STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"}
)
"""What ``x-amz-content-sha256`` is where each chunk is signed."""
UNSIGNED = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
_EMPTY = hashlib.sha256().hexdigest()
_LINE_BYTES = 8192
_TRAILER_LINES = 16
_SIZE = re.compile(rb"(?P<size>[0-9a-fA-F]{1,16})(?:;chunk-signature=(?P<signature>[0-9a-f]{64}))?")
_TRAILER_SIGNATURE = "x-amz-trailer-signature"


class Signatures:
    """The chain of signatures: each is of a chunk and of the signature before it."""

    def __init__(self, sign: Callable[[str], str], timestamp: str, scope: str, first: str) -> None:
        """Begin the chain.

        Args:
            sign: returns the signature of a text.
            timestamp: of the request.
            scope: that is signed, without the key.
            first: the signature of the head.
        """
        self._sign = sign
        self._head = (timestamp, scope)
        self._last = first

    def check_chunk(self, told: str, content_hash: str) -> None:
        """Check the signature of the next chunk.

        Raises:
            RefusedError: it is another.
        """
        self._check("AWS4-HMAC-SHA256-PAYLOAD", told, _EMPTY, content_hash)

    def check_trailer(self, told: str, content_hash: str) -> None:
        """Check the signature of the trailer.

        Raises:
            RefusedError: it is another.
        """
        self._check("AWS4-HMAC-SHA256-TRAILER", told, content_hash)

    def _check(self, kind: str, told: str, *hashes: str) -> None:
        expected = self._sign("\n".join((kind, *self._head, self._last, *hashes)))
        if not hmac.compare_digest(expected, told):
            raise RefusedError(
                WRONG_SIGNATURE, "the signature of a chunk does not match the secret key"
            )
        self._last = told


@dataclass
class Decoded:
    """What was in the chunks.

    Attributes:
        body: can be read from its beginning.
        length: of the body, in bytes.
        trailer: names in lower case, with values.
    """

    body: BinaryIO
    length: int = 0
    trailer: dict[str, str] = field(default_factory=dict)


def decode(
    source: BinaryIO, body: BinaryIO, signatures: Signatures | None, *, has_trailer: bool
) -> Decoded:
    """Return what is in the chunks.

    Args:
        source: the chunks.
        body: where to write what is in them.
        signatures: of the chunks; ``None`` if they are not signed.
        has_trailer: whether a trailer may follow.

    Raises:
        RefusedError: they are malformed, incomplete, or signed by another.
    """
    decoded = Decoded(body)
    while _read_chunk(source, decoded, signatures):
        pass
    if has_trailer:
        _read_trailer(source, decoded, signatures)
    elif source.read(len(b"\r\n") + 1) not in (b"\r\n", b""):
        raise RefusedError(INVALID, "there is more behind the last chunk of the body")
    decoded.body.seek(0)
    return decoded


def _read_chunk(source: BinaryIO, decoded: Decoded, signatures: Signatures | None) -> bool:
    """Read a chunk; return whether it was none of the end."""
    line = _line(source)
    found = _SIZE.fullmatch(line)
    if found is None or (signatures is not None and found["signature"] is None):
        raise RefusedError(INVALID, f"{line[:100].decode('latin-1')!a} is no head of a chunk")
    size = left = int(found["size"], 16)
    content = hashlib.sha256()
    while left:
        piece = source.read(min(left, PIECE_BYTES))
        if not piece:
            raise _incomplete()
        content.update(piece)
        decoded.body.write(piece)
        left -= len(piece)
    decoded.length += size
    if size and source.read(2) != b"\r\n":
        raise RefusedError(INVALID, "a chunk of the body does not end where it should")
    if signatures is not None:
        signatures.check_chunk(found["signature"].decode(), content.hexdigest())
    return size > 0


def _read_trailer(source: BinaryIO, decoded: Decoded, signatures: Signatures | None) -> None:
    signature = None
    for _ in range(_TRAILER_LINES):
        line = source.readline(_LINE_BYTES).strip(b"\r\n")
        if not line:
            break
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon:
            raise _malformed_trailer()
        if name.lower() == _TRAILER_SIGNATURE:
            signature = value.strip()
        else:
            decoded.trailer[name.strip().lower()] = value.strip()
    if signatures is not None:
        canonical = "".join(f"{name}:{value}\n" for name, value in sorted(decoded.trailer.items()))
        content_hash = hashlib.sha256(canonical.encode("latin-1")).hexdigest()
        signatures.check_trailer(signature or "", content_hash)


def check_names(told: str, trailer: dict[str, str]) -> None:
    """Check that the trailer has what the head says of it.

    Args:
        told: of ``x-amz-trailer``: names with commas between them.
        trailer: what there was.

    Raises:
        RefusedError: there is more or less.
    """
    expected = {name.strip().lower() for name in told.split(",") if name.strip()}
    if expected != trailer.keys():
        raise _malformed_trailer()


def _line(source: BinaryIO) -> bytes:
    line = source.readline(_LINE_BYTES)
    if not line:
        raise _incomplete()
    return line.removesuffix(b"\n").removesuffix(b"\r")


def _incomplete() -> RefusedError:
    return RefusedError(
        INCOMPLETE_BODY,
        "You did not provide the number of bytes specified by the Content-Length HTTP header.",
    )


def _malformed_trailer() -> RefusedError:
    return RefusedError(
        MALFORMED_TRAILER,
        "The request contained trailing data that was not well-formed or did not conform to our "
        "published schema.",
    )
