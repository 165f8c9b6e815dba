"""The table that tells each child of an array its parameters. Pure; ``sweep_task`` reads it."""

from __future__ import annotations

import base64
import shlex
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence

from batchsdk import sweep_task
from batchsdk.sweeps.points import Axis, Points


def encode(points: Points, indices: Sequence[int]) -> str:
    """Return the table of an array whose children have these indices, ascending.

    Either all axes, from which a child finds its own combination, or a row for each child,
    whichever is shorter; :func:`batchsdk.sweep_task.decode` says how it reads.
    """
    if len(indices) == len(points):  # used as a whole, a grid is never the longer one
        return _written("grid", indices, points)
    if len(points.axes) == 1:  # a part of its values is shorter than all
        return rows(points, indices)
    grid = _written("grid", indices, points)
    return min(grid, rows(points, indices), key=len)


def rows(points: Points, indices: Sequence[int]) -> str:
    """Return the table with a row for each child, whatever its length."""
    return _written("rows", indices, points.only(indices))


def compressed(table: str) -> str:
    """Return a table as ``gzip`` and ``base64`` of an image can read it.

    The header (RFC 1952) has neither time nor operating system: the same table is the same text.
    """
    data = table.encode()
    packer = zlib.compressobj(zlib.Z_BEST_COMPRESSION, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = packer.compress(data) + packer.flush()
    packed = _GZIP_HEADER + body + struct.pack("<LL", zlib.crc32(data), len(data))
    return sweep_task.COMPRESSED + base64.b64encode(packed).decode()


_GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"


def _written(kind: str, indices: Sequence[int], points: Points) -> str:
    # The fastest axis first: a reader takes the remainder by each line in turn.
    return "\n".join([" ".join([kind, *_ranges(indices)]), *map(_line, reversed(points.axes))])


def _line(axis: Axis) -> str:
    words = [" ".join(axis.names), *(value for step in axis.values for value in step)]
    return " ".join(map(shlex.quote, words))


def _ranges(indices: Iterable[int]) -> Iterator[str]:
    first: int | None = None
    last = -1
    for index in indices:
        if first is not None and index == last + 1:
            last = index
            continue
        if first is not None:
            yield _range(first, last)
        first = last = index
    if first is not None:
        yield _range(first, last)


def _range(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"
