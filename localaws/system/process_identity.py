"""Telling one process from another that later has the same number, or has it elsewhere."""

from __future__ import annotations

import os
import platform
from pathlib import Path


def namespace() -> str:
    """Return what process numbers are unique in: this boot's process namespace.

    Outside Linux it is the machine's name.
    """
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}/{Path('/proc/self/ns/pid').stat().st_ino}"
    except OSError:
        return platform.node()


def identity(process_id: int) -> str | None:
    """Return ``namespace:pid:start time`` of a process that runs, ``None`` if there is none."""
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        pass  # it runs, as another user
    return f"{namespace()}:{process_id}:{_start_time(process_id)}"


def is_gone(known: str) -> bool:
    """Whether the process behind an :func:`identity` of this namespace runs no more.

    What belongs to another namespace may run where it cannot be seen from here: it is not gone.
    """
    place, _, rest = known.rpartition(":")[0].rpartition(":")
    if place != namespace() or not rest.isdigit():
        return False
    return identity(int(rest)) != known


def _start_time(process_id: int) -> str:
    """Return the process's start in clock ticks since boot (proc(5)), empty outside Linux."""
    try:
        text = Path(f"/proc/{process_id}/stat").read_text()
    except OSError:
        return ""
    return text.rpartition(")")[2].split()[19]
