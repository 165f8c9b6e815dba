"""The side of a function call that runs in the container: ``python -m batchsdk.functions.task``.

It needs Python's standard library and cloudpickle: ``pip install --no-deps batchsdk cloudpickle``
is enough for an image. Python 3.9 can read this file, so that an image with another version than
the caller's is told so.

The client stores two kinds of objects in S3, and each job one:

* ``functions/<digest>``: a pickled function;
* ``calls/<array>``: the pickled arguments of every call of an array, each a span of the object;
* ``results/<array>/<index>.<attempt>``: what one attempt at one call came to.

A function, the arguments of a call and a result are each sealed: an HMAC of the name and the
content, a line of JSON, and a pickle. The key is in the environment of the job, where whoever may
write to the bucket but not describe jobs does not see it. Nothing is unpickled whose seal does not
hold, or that another version of Python, or of a package, has made.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import pickle
import struct
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from importlib import metadata
from typing import Any

from batchsdk.sweep_task import TaskError, read_object, write_object
from batchsdk.sweep_task import task as task_of

STORE = "BATCHSDK_FUNCTION_STORE"
"""Variable of the job: ``s3://bucket/prefix`` of all objects of the executor."""
ARRAY = "BATCHSDK_FUNCTION_ARRAY"
"""Variable of the job: the name of its results below ``results/``."""
CALLS = "BATCHSDK_FUNCTION_CALLS"
"""Variable of the job: the name of its calls below ``calls/``."""
KEY = "BATCHSDK_FUNCTION_KEY"
"""Variable of the job: the key of the seals, hexadecimal."""
ATTEMPT = "AWS_BATCH_JOB_ATTEMPT"
"""Variable of Batch: which attempt this is, from 1."""

RETURNED, RAISED = "returned", "raised"
OTHER_VERSIONS, UNLOADABLE, UNPICKLABLE = "otherVersions", "unloadable", "unpicklable"
"""Outcomes of an attempt."""

_DIGEST = hashlib.sha256().digest_size
_OFFSET = struct.Struct(">Q")


def seal(key: bytes, name: str, head: Mapping[str, Any], body: bytes) -> bytes:
    """Return a content that :func:`unseal` takes under the same key and name.

    Args:
        key: of the seal.
        name: where the content is to be; under another one the seal does not hold.
        head: what is to be known before the body is unpickled, JSON-ready.
        body: a pickle, or nothing.
    """
    content = json.dumps(head).encode() + b"\n" + body
    return _mac(key, name, content) + content


def unseal(key: bytes, name: str, sealed: bytes) -> tuple[dict[str, Any], bytes]:
    """Return the head and the body.

    Raises:
        TaskError: the seal does not hold: this is not what was stored under that name.
    """
    mac, content = sealed[:_DIGEST], sealed[_DIGEST:]
    if not hmac.compare_digest(mac, _mac(key, name, content)):
        raise TaskError(f"{name} was changed, or was written with another key: it is not unpickled")
    head, _, body = content.partition(b"\n")
    return json.loads(head), body


def _mac(key: bytes, name: str, content: bytes) -> bytes:
    return hmac.new(key, name.encode() + b"\0" + content, hashlib.sha256).digest()


def packed(parts: list[bytes]) -> bytes:
    """Return parts as one object: their offsets, then they."""
    offset = _OFFSET.size * (len(parts) + 1)
    offsets = [offset]
    for each in parts:
        offset += len(each)
        offsets.append(offset)
    return b"".join([*map(_OFFSET.pack, offsets), *parts])


def read_part(read: Callable[[tuple[int, int]], bytes], number: int) -> bytes:
    """Return one part of an object that :func:`packed` made, in two reads.

    Args:
        read: returns a span of the object.
        number: of the part, from 0.
    """
    at = _OFFSET.size * number
    start, end = struct.unpack(">QQ", read((at, at + 2 * _OFFSET.size)))
    return read((start, end))


def python_version() -> str:
    """Return the version of Python whose pickles this process can read: ``3.11``."""
    return f"{sys.version_info[0]}.{sys.version_info[1]}"


def short_version(version: str) -> str:
    """Return the first two numbers of a version: ``1.26`` of ``1.26.4``."""
    return ".".join(version.split(".")[:2])


def other_versions(head: Mapping[str, Any]) -> list[dict[str, str | None]]:
    """Return what is of another version here than where a pickle was made.

    Args:
        head: of the pickle: ``python``, and ``packages`` with their versions.

    Returns:
        For each its ``name``, the version that ``pickled``, and that of this ``job``, ``None`` if
        it is not installed. Packages differ in the first two numbers; the third is for corrections.
    """
    found: list[dict[str, str | None]] = []
    if head["python"] != python_version():
        found.append({"name": "Python", "pickled": head["python"], "job": python_version()})
    for name, pickled in head["packages"].items():
        try:
            here = metadata.version(name)
        except metadata.PackageNotFoundError:
            here = None
        if here is None or short_version(here) != short_version(pickled):
            found.append({"name": name, "pickled": pickled, "job": here})
    return found


class Chunked:
    """A function that is called for several items, one after the other."""

    def __init__(self, function: Callable[..., Any]) -> None:
        """Take the function of one item."""
        self._function = function

    def __call__(self, chunk: list[tuple[Any, ...]]) -> list[Any]:
        """Return what the function returns for each."""
        return [self._function(*arguments) for arguments in chunk]


def plain(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function itself: what a decorated one is in a job, without a connection."""
    return function


class Call:
    """The call that this job is to make."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Find out which; raises TaskError where this is not a job of an executor."""
        missing = [each for each in (STORE, ARRAY, CALLS, KEY) if each not in environ]
        if missing:
            raise TaskError(f"{missing[0]} is not set: this is not a job of batch.executor()")
        self._environ = environ
        self._store = environ[STORE]
        self._key = bytes.fromhex(environ[KEY])
        self._index = task_of(environ).index
        self._name = f"results/{environ[ARRAY]}/{self._index}.{environ.get(ATTEMPT, '1')}"

    def run(self) -> bool:
        """Make the call and store what it came to; return whether the function returned."""
        head, body = self._outcome()
        head["ended"] = time.time()
        sealed = seal(self._key, self._name, head, body)
        write_object(f"{self._store}/{self._name}", sealed, self._environ)
        if head["outcome"] == RAISED:
            sys.stderr.write(head["traceback"])
        elif head["outcome"] != RETURNED:
            sys.stderr.write(f"batchsdk: {head['outcome']}: {head.get('said') or head}\n")
        return bool(head["outcome"] == RETURNED)

    def _outcome(self) -> tuple[dict[str, Any], bytes]:
        calls = f"calls/{self._environ[CALLS]}"
        place = f"{self._store}/{calls}"
        sealed = read_part(lambda span: read_object(place, self._environ, span), self._index)
        call, arguments = unseal(self._key, f"{calls}#{self._index}", sealed)
        name = call["function"]
        stored = read_object(f"{self._store}/{name}", self._environ)
        head, function = unseal(self._key, name, stored)
        different = other_versions(head) or other_versions(call)
        if different:
            return {"outcome": OTHER_VERSIONS, "different": different}, b""
        try:
            made = pickle.loads(function)  # noqa: S301  # its seal holds
            positional, named = pickle.loads(arguments)  # noqa: S301
        except Exception as fault:
            module = fault.name if isinstance(fault, ModuleNotFoundError) else None
            return _fault(UNLOADABLE, fault) | {"module": module}, b""
        try:
            value = made(*positional, **named)
        except BaseException as fault:
            return _raised(fault)
        try:
            return {"outcome": RETURNED}, _pickled(value)
        except Exception as fault:
            return _fault(UNPICKLABLE, fault) | {"type": type(value).__name__}, b""


def _raised(fault: BaseException) -> tuple[dict[str, Any], bytes]:
    # Not the frames of this file: the traceback begins with the function.
    first = fault.__traceback__.tb_next if fault.__traceback__ else None
    text = "".join(traceback.format_exception(type(fault), fault, first))
    head = _fault(RAISED, fault) | {"traceback": text}
    try:
        body = _pickled(fault.with_traceback(None))
        pickle.loads(body)  # noqa: S301  # some exceptions can be pickled, and not be read again
    except Exception:
        body = b""
    return head, body


def _fault(outcome: str, fault: BaseException) -> dict[str, Any]:
    return {
        "outcome": outcome,
        "said": "".join(traceback.format_exception_only(type(fault), fault)),
    }


def _pickled(value: object) -> bytes:
    import cloudpickle  # noqa: PLC0415  # its version was compared before the call

    return cloudpickle.dumps(value)  # type: ignore[no-any-return]


def main() -> None:
    """Make the call of this job; exit code 1 where the function did not return."""
    try:
        sys.exit(0 if Call(os.environ).run() else 1)
    except TaskError as fault:
        sys.exit(f"batchsdk.functions: {fault}")


if __name__ == "__main__":
    main()
