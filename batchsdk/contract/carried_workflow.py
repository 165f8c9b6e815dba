"""A workflow file in a variable of the job that runs it: ``schedules.<key>.workflow`` of a stack.

AWS alone submits one job, so the text of the workflow goes along with it: compressed, since AWS
hands a job 8192 characters of command and variables at most.
"""

from __future__ import annotations

import base64
import json
import zlib

VARIABLE = "BATCHSDK_WORKFLOW"
"""Which has the file, in the job of a schedule."""

PREFIX = "env:"
"""What ``batchsdk run`` is given in place of a path: ``env:BATCHSDK_WORKFLOW``."""

_LARGEST = 2 * 2**20
"""Bytes once decompressed; twice what a workflow file may have."""


def pack(file_name: str, text: str) -> str:
    """Return a file as the value of a variable: ASCII, without spaces.

    Args:
        file_name: without its folders.
        text: of the file.
    """
    whole = json.dumps([file_name, text], ensure_ascii=False).encode()
    return base64.b64encode(zlib.compress(whole, 9)).decode("ascii")


def unpack(value: str) -> tuple[str, str]:
    """Return what :func:`pack` was given: the file's name and its text.

    Raises:
        ValueError: it is no such value, or a file far too large.
    """
    try:
        decompressor = zlib.decompressobj()
        whole = decompressor.decompress(base64.b64decode(value, validate=True), _LARGEST)
        found = json.loads(whole) if decompressor.eof else None
    except (ValueError, zlib.error, RecursionError):
        found = None
    match found:
        case [str(file_name), str(text)]:
            return file_name, text
    raise ValueError("is not a workflow file that a stack has packed")
