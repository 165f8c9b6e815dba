"""Checksums that a client of S3 sends with a body.

Source: "Checking object integrity for data uploads in Amazon S3" in the Amazon S3 user guide.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import BinaryIO, Protocol

import anycrc

from localaws.http.refusals import BAD_DIGEST, INVALID, INVALID_DIGEST, RefusedError

PREFIX = "x-amz-checksum-"
PIECE_BYTES = 1024 * 1024


class _Sum(Protocol):
    def update(self, data: bytes, /) -> None: ...

    def digest(self) -> bytes: ...


class _Crc:
    def __init__(self, advance: Callable[[bytes, int], int], size: int) -> None:
        self._advance = advance
        self._size = size
        self._value = 0

    def update(self, data: bytes) -> None:
        self._value = self._advance(data, self._value)

    def digest(self) -> bytes:
        return self._value.to_bytes(self._size, "big")


def _modelled(name: str, size: int) -> Callable[[], _Sum]:
    model = anycrc.Model(name)
    return lambda: _Crc(model.calc, size)


ALGORITHMS: Mapping[str, Callable[[], _Sum]] = {
    "crc32": lambda: _Crc(zlib.crc32, 4),
    "crc32c": _modelled("CRC32C", 4),
    "crc64nvme": _modelled("CRC64-NVME", 8),
    "sha1": lambda: hashlib.sha1(usedforsecurity=False),
    "sha256": hashlib.sha256,
    "sha512": hashlib.sha512,
    "md5": lambda: hashlib.md5(usedforsecurity=False),
}
"""The end of a header's name -> what computes the checksum."""


def pieces(body: BinaryIO) -> Iterator[bytes]:
    """Yield a body from its beginning, and leave it to be read again."""
    body.seek(0)
    while piece := body.read(PIECE_BYTES):
        yield piece
    body.seek(0)


def check(headers: Iterable[tuple[str, str]], body: BinaryIO) -> None:
    """Hold a body against its checksums.

    Args:
        headers: names in lower case, with values: those of the head and of the trailer.
        body: can be read from its beginning.

    Raises:
        RefusedError: a checksum is another, or is none.
    """
    told = [
        (name, ALGORITHMS[algorithm](), value)
        for name, value in headers
        if (algorithm := _algorithm(name)) is not None
    ]
    expected = [(name, found, _decoded(name, value, found)) for name, found, value in told]
    if expected:
        for piece in pieces(body):
            for _, found, _ in expected:
                found.update(piece)
    for name, found, value in expected:
        if not hmac.compare_digest(found.digest(), value):
            what = "Content-MD5" if name == "content-md5" else name.removeprefix(PREFIX).upper()
            raise RefusedError(
                BAD_DIGEST, f"The {what} you specified did not match the calculated checksum."
            )


def _algorithm(name: str) -> str | None:
    if name == "content-md5":
        return "md5"
    algorithm = name.removeprefix(PREFIX)
    return algorithm if name.startswith(PREFIX) and algorithm in ALGORITHMS else None


def _decoded(name: str, value: str, found: _Sum) -> bytes:
    try:
        decoded = base64.b64decode(value.strip(), validate=True)
    except (binascii.Error, ValueError):
        decoded = b""
    if len(decoded) == len(found.digest()):
        return decoded
    if name == "content-md5":
        raise RefusedError(INVALID_DIGEST, "The Content-MD5 you specified was invalid.")
    raise RefusedError(INVALID, f"Value for {name} header is invalid.")
