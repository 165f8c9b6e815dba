"""What another user of this machine tries: a process of its own, of user 65534 (nobody)."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from tests.conftest import PROJECT, refuse

USER = 65534
# Everything is imported before the user changes: Python itself may lie where others cannot read.
PRELUDE = """
import encodings.idna, http.server, json, os, pathlib, socket, sys, time
import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc
arguments = json.loads(sys.argv[1])
os.setgroups([])
os.setgid({user})
os.setuid({user})
"""


def second_user(script: str, **arguments: object) -> subprocess.Popen[str]:
    """Start a Python script as another user; it has ``arguments``."""
    if os.geteuid() != 0:
        refuse("only root can run a program as another user")
    return subprocess.Popen(
        [sys.executable, "-c", PRELUDE.format(user=USER) + script, json.dumps(arguments)],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def said_by_second_user(script: str, **arguments: object) -> object:
    """Run a Python script as another user to its end; return the JSON that it prints."""
    process = second_user(script, **arguments)
    output, problems = process.communicate(timeout=300)
    assert process.returncode == 0, problems
    return json.loads(output)
