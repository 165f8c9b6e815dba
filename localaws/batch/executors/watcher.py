"""Ends the jobs of a process executor whose server was killed: a process of its own.

It reads lines from the server through a pipe: ``+<process group> <directory>`` when a job starts,
``-<process group>`` when it is over. The pipe closes when the server is gone, however it went; then
the groups that are left are killed and their directories removed. Standard library only, and run as
a file, so that it is there in milliseconds.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
from collections.abc import Iterable


def watch(lines: Iterable[str]) -> None:
    """Keep the list of jobs until the lines end, then end the jobs."""
    groups: dict[int, str] = {}
    for line in lines:
        number, _, directory = line[1:].rstrip("\n").partition(" ")
        if line[0] == "+":
            groups[int(number)] = directory
        else:
            groups.pop(int(number), None)
    for group in groups:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)
    for directory in groups.values():
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    watch(sys.stdin)
