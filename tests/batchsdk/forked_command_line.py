"""The command line as a process of its own, forked from one that has imported boto3 already.

Importing it takes most of the time of ``python -m batchsdk``, and is the same each time.
"""

from __future__ import annotations

import functools
import gc
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
from botocore.handlers import BUILTIN_HANDLERS
from botocore.model import OperationModel

from batchsdk import cli
from tests.models_of_aws import read_once

SECONDS = 300
RECORD = "BATCHSDK_TEST_CALLS"
"""Variable with the file to which the calls of AWS are written: a line of JSON for each."""

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["__main__", __name__])


def run(
    arguments: tuple[str, ...], environ: Mapping[str, str], directory: Path
) -> subprocess.CompletedProcess[str]:
    """Run the command line to its end, with files as its output."""
    with tempfile.TemporaryDirectory() as folder:
        output, errors = Path(folder, "stdout"), Path(folder, "stderr")
        process = FORKS.Process(
            target=_run, args=(arguments, dict(environ), directory, output, errors)
        )
        process.start()
        process.join(SECONDS)
        code = process.exitcode
        if code is None:
            process.kill()
            process.join()
        written, told = output.read_text(), errors.read_text()
    process.close()
    assert code is not None, f"{arguments} has not ended after {SECONDS} s: {written} {told}"
    return subprocess.CompletedProcess(arguments, code, written, told)


def _run(
    arguments: tuple[str, ...],
    environ: dict[str, str],
    directory: Path,
    output: Path,
    errors: Path,
) -> None:
    os.environ.clear()
    os.environ.update(environ)
    os.chdir(directory)
    for path, number in ((output, 1), (errors, 2)):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(descriptor, number)
        os.close(descriptor)
    if RECORD in environ:
        BUILTIN_HANDLERS.append(("before-call", functools.partial(_record, Path(environ[RECORD]))))
    sys.argv = ["batchsdk", *arguments]
    cli.main()


def _record(file: Path, model: OperationModel, params: Mapping[str, Any], **_: object) -> None:
    call = {
        "service": model.service_model.signing_name,
        "operation": model.name,
        "body": (params["body"] or b"").decode() if isinstance(params["body"], bytes) else "",
    }
    with file.open("a") as written:
        written.write(json.dumps(call) + "\n")


if multiprocessing.parent_process() is not None:  # the one that is forked
    context = cli.command_line.make_context("batchsdk", ["--help"], resilient_parsing=True)
    for verb in cli.command_line.list_commands(context):
        cli.command_line.get_command(context, verb)
    read_once()
    for service in ("batch", "logs", "ssm"):
        boto3.client(service, region_name="us-east-1")
    gc.collect()
    gc.freeze()
