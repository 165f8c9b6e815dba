"""The side of a sweep that runs in the container: it finds the parameters of its job.

This file needs nothing but Python 3.9 or newer and its standard library: use it as part of
``batchsdk`` (which then imports neither boto3 nor anything else), or copy it alone into an image.

::

    import batchsdk                       # or: from sweep_task import task

    task = batchsdk.task()
    print(task.index, task.parameters["day"])

For a program in another language: ``python -m batchsdk.sweep_task -- program --day {day}``, which
puts the values in the place of ``{name}`` and into the environment, and becomes that program.

The table of the sweep is in the environment variable BATCHSDK_SWEEP, compressed where that saves
jobs. Where it was too large for that, BATCHSDK_SWEEP_OBJECT names an object in S3, which is read
with the credentials of the job's role: a presigned URL would be a secret in the job's description,
and would end before a job that waits long in the queue begins.
"""

from __future__ import annotations

import base64
import dataclasses
import datetime
import hashlib
import hmac
import json
import os
import random
import re
import shlex
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import zlib
from collections.abc import Mapping
from typing import NoReturn

TABLE = "BATCHSDK_SWEEP"
OBJECT = "BATCHSDK_SWEEP_OBJECT"
REGION = "BATCHSDK_SWEEP_REGION"
INDEX = "BATCHSDK_INDEX"
CHILD = "AWS_BATCH_JOB_ARRAY_INDEX"
COMPRESSED = "gzip "
"""What a compressed table begins with: the rest is gzip's format in base64."""

ECS_CREDENTIALS = "http://169.254.170.2"
"""Where a container asks for its role's credentials (ECS guide: task IAM role)."""
_GZIP = zlib.MAX_WBITS | 16
"""Tells zlib that the data have gzip's header."""
_ATTEMPTS = 5
_TIMEOUT_SECONDS = 20
_NOT_FOR_LONG = (429, 500, 502, 503, 504)
_NOT_A_COMMAND = 127
_WRONG_USAGE = 2


class TaskError(RuntimeError):
    """The process is not a job of a sweep, or its parameters cannot be read."""


@dataclasses.dataclass(frozen=True)
class Task:
    """What this job is to do."""

    index: int
    """Place in the sweep, from 0; the same when the job is run again on its own."""
    parameters: Mapping[str, str]
    """The values of this job, by name."""

    def __getitem__(self, name: str) -> str:
        """Return the value of one parameter."""
        return self.parameters[name]


def task(environ: Mapping[str, str] | None = None) -> Task:
    """Return the index and the parameters of the job in which this process runs.

    Args:
        environ: used instead of the process's environment variables, e.g. to try a program by hand:
            ``task(dict(BATCHSDK_SWEEP=table))`` with a table as :func:`decode` reads it.

    Raises:
        TaskError: this is not a job of a sweep, or its parameters cannot be read.
    """
    environ = os.environ if environ is None else environ
    child = environ.get(CHILD, "0")
    text = environ.get(TABLE)
    if text is None:
        if OBJECT not in environ:
            raise TaskError(
                f"neither {TABLE} nor {OBJECT} is set: this is not a job of a sweep. To try the "
                f"program by hand: {TABLE}=$'rows 0\\nNAME VALUE'"
            )
        text = read_object(environ[OBJECT], environ).decode()
    try:
        return decode(text, int(child))
    except (IndexError, ValueError) as fault:
        raise TaskError(f"{TABLE} has nothing for {CHILD}={child}: {fault}") from fault


def decode(text: str, child: int) -> Task:
    """Find one child's index and parameters in the table of a sweep.

    The first line is ``grid`` or ``rows`` and the indices in the sweep that the children have, as
    ranges. Each other line is an axis: its names, then their values step by step, quoted for the
    shell; the first line changes fastest. A grid is looked up by the index, rows by the child.
    A table that begins with ``gzip `` is all that in gzip's format, in base64.

    Raises:
        ValueError, IndexError: this is no such table, or it has no such child.
    """
    header, *lines = plain(text).split("\n")
    kind, *ranges = header.split(" ")
    if kind not in ("grid", "rows"):
        raise ValueError(f"a table begins with grid or rows, not {kind!r}")
    index = _nth(ranges, child)
    position = index if kind == "grid" else child
    parameters: dict[str, str] = {}
    for line in lines:
        names, *values = shlex.split(line)
        width = len(names.split(" "))
        position, step = divmod(position, len(values) // width)
        start = step * width
        found = dict(zip(names.split(" "), values[start : start + width]))  # noqa: B905  # 3.10
        parameters = {**found, **parameters}
    if position:
        raise IndexError("the table is too short")
    return Task(index, parameters)


def plain(text: str) -> str:
    """Return a table as it was before it was compressed; any other text as it is.

    Raises:
        ValueError: it cannot be decompressed.
    """
    if not text.startswith(COMPRESSED):
        return text
    try:
        packed = base64.b64decode(text[len(COMPRESSED) :])
        return zlib.decompress(packed, _GZIP).decode()
    except zlib.error as fault:
        raise ValueError(f"it cannot be decompressed: {fault}") from fault


def _nth(ranges: list[str], child: int) -> int:
    left = child
    for each in ranges:
        first, _, last = each.partition("-")
        count = int(last or first) - int(first) + 1
        if 0 <= left < count:
            return int(first) + left
        left -= count
    raise IndexError(f"it has {child - left} children")


def read_object(uri: str, environ: Mapping[str, str], span: tuple[int, int] | None = None) -> bytes:
    """Return an object of S3, read with the credentials of the job.

    Args:
        uri: ``s3://bucket/key``.
        environ: the job's variables, for the region, the endpoint and the credentials.
        span: offsets of the first byte and of the one after the last, for a part of the object.

    Raises:
        TaskError: it cannot be read.
    """
    headers = {} if span is None else {"Range": f"bytes={span[0]}-{span[1] - 1}"}
    request = _request(uri, environ, None, headers)
    return _answer(request, f"cannot read {uri}", f"The job's role needs s3:GetObject on {uri}")


def write_object(uri: str, body: bytes, environ: Mapping[str, str]) -> None:
    """Write an object of S3 with the credentials of the job; see :func:`read_object`.

    Raises:
        TaskError: it cannot be written.
    """
    headers = {"Content-Type": "application/octet-stream"}
    request = _request(uri, environ, body, headers)
    _answer(request, f"cannot write {uri}", f"The job's role needs s3:PutObject on {uri}")


def _request(
    uri: str, environ: Mapping[str, str], body: bytes | None, more: Mapping[str, str]
) -> urllib.request.Request:
    """Return the request, signed, that writes an object, or that reads it if there is no body."""
    bucket, _, key = uri[len("s3://") :].partition("/")
    named = (environ.get(name) for name in (REGION, "AWS_REGION", "AWS_DEFAULT_REGION"))
    region = next(filter(None, named), "us-east-1")
    endpoint = (
        environ.get("AWS_ENDPOINT_URL_S3")
        or environ.get("AWS_ENDPOINT_URL")
        or f"https://s3.{region}.{domain_of(region)}"
    )
    url = f"{endpoint.rstrip('/')}/{bucket}/{urllib.parse.quote(key)}"
    now = datetime.datetime.now(datetime.timezone.utc)  # noqa: UP017  # datetime.UTC: 3.11
    headers = _signed(url, region, _credentials(uri, environ), now, body=body)
    method = "GET" if body is None else "PUT"
    return urllib.request.Request(  # noqa: S310  # http(s) of AWS
        url, data=body, headers={**headers, **more}, method=method
    )


def domain_of(region: str) -> str:
    """Return the domain of AWS's endpoints in a region."""
    return "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"


def _credentials(uri: str, environ: Mapping[str, str]) -> tuple[str, str, str | None]:
    if environ.get("AWS_ACCESS_KEY_ID"):
        return (
            environ["AWS_ACCESS_KEY_ID"],
            environ.get("AWS_SECRET_ACCESS_KEY", ""),
            environ.get("AWS_SESSION_TOKEN"),
        )
    url = environ.get("AWS_CONTAINER_CREDENTIALS_FULL_URI")
    if environ.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"):
        url = ECS_CREDENTIALS + environ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"]
    if not url:
        raise TaskError(
            f"{uri} is in S3, and this job has no credentials: give its job definition a role"
        )
    token = environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN")
    headers = {"Authorization": token} if token else {}
    complaint = "cannot get the job role's credentials"
    request = urllib.request.Request(url, headers=headers)  # noqa: S310  # of the container
    answer = json.loads(_answer(request, complaint, ""))
    return answer["AccessKeyId"], answer["SecretAccessKey"], answer.get("Token")


def _signed(
    url: str,
    region: str,
    credentials: tuple[str, str, str | None],
    now: datetime.datetime,
    *,
    body: bytes | None = None,
) -> dict[str, str]:
    """Return the headers of a request, signed (AWS Signature Version 4)."""
    access_key, secret_key, token = credentials
    parts = urllib.parse.urlsplit(url)
    moment = now.strftime("%Y%m%dT%H%M%SZ")
    scope = f"{moment[:8]}/{region}/s3/aws4_request"
    content = hashlib.sha256(body or b"").hexdigest()
    headers = {"host": parts.netloc, "x-amz-content-sha256": content, "x-amz-date": moment}
    if token:
        headers["x-amz-security-token"] = token
    names = ";".join(sorted(headers))
    listed = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    method = "GET" if body is None else "PUT"
    canonical = f"{method}\n{parts.path}\n{parts.query}\n{listed}\n{names}\n{content}"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    key = f"AWS4{secret_key}".encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(
        key, f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{digest}".encode(), hashlib.sha256
    ).hexdigest()
    headers["Authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={access_key}/{scope}, "
        f"SignedHeaders={names}, Signature={signature}"
    )
    return headers


def _answer(request: urllib.request.Request, complaint: str, hint: str) -> bytes:
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310
                return answer.read()  # type: ignore[no-any-return]
        except urllib.error.HTTPError as fault:
            code = re.search(r"<Code>(\w+)</Code>", fault.read().decode(errors="replace"))
            reason = f"HTTP {fault.code} {code.group(1) if code else fault.reason}"
            if fault.code not in _NOT_FOR_LONG or attempt == _ATTEMPTS:
                raise TaskError(". ".join(filter(None, [f"{complaint}: {reason}", hint]))) from None
        except OSError as fault:  # URLError, time-outs, connections that break
            if attempt == _ATTEMPTS:
                raise TaskError(f"{complaint}: {fault}") from fault
        # Seconds. The children of a large array begin together, and must not come back together.
        time.sleep(random.uniform(0, 2 ** (attempt - 1)))  # noqa: S311  # no secret
    raise AssertionError  # the last attempt returns or raises


def main(arguments: list[str]) -> NoReturn:
    """Become the command in ``arguments``, with this job's values in the place of ``{name}``."""
    command = arguments[1:] if arguments[:1] == ["--"] else arguments
    if not command:
        sys.stderr.write(
            "usage: python -m batchsdk.sweep_task -- COMMAND [ARGUMENT | {name}] ...\n"
        )
        sys.exit(_WRONG_USAGE)
    try:
        found = task()
    except TaskError as fault:
        sys.exit(f"sweep_task: {fault}")
    for name, value in found.parameters.items():
        command = [argument.replace(f"{{{name}}}", value) for argument in command]
    os.environ.update(found.parameters)
    os.environ[INDEX] = str(found.index)
    try:
        os.execvp(command[0], command)  # noqa: S606  # to become that command is the purpose
    except OSError as fault:
        sys.stderr.write(f"sweep_task: {command[0]}: {fault.strerror}\n")
        sys.exit(_NOT_A_COMMAND)


if __name__ == "__main__":
    main(sys.argv[1:])
