"""What a group of processes uses of this machine, in the form of the Docker API (ContainerStats).

Linux says it in ``/proc/<pid>/stat`` (proc(5)); other systems have no such file.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PROC = Path("/proc")
GROUP, USER_TICKS, SYSTEM_TICKS, RESIDENT_PAGES = 2, 11, 12, 21
"""Places of fields in ``stat``, behind the name of the program."""
NANOSECONDS = 10**9


def usage_of_group(group: int) -> dict[str, Any] | None:
    """Return CPU time (nanoseconds), memory (bytes) and number of a group's processes.

    ``None`` where the system does not say so, or the group has ended.

    Args:
        group: id of the process group.
    """
    found = [fields for fields in _stats() if int(fields[GROUP]) == group]
    if not found:
        return None
    tick = NANOSECONDS // os.sysconf("SC_CLK_TCK")
    user = tick * sum(int(fields[USER_TICKS]) for fields in found)
    system = tick * sum(int(fields[SYSTEM_TICKS]) for fields in found)
    pages = sum(int(fields[RESIDENT_PAGES]) for fields in found)
    return {
        "read": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
        "pids_stats": {"current": len(found)},
        "num_procs": len(found),
        "cpu_stats": {
            "cpu_usage": {
                "total_usage": user + system,
                "usage_in_kernelmode": system,
                "usage_in_usermode": user,
            },
            "system_cpu_usage": _system_ticks() * tick,
            "online_cpus": os.cpu_count(),
        },
        "memory_stats": {"usage": pages * os.sysconf("SC_PAGE_SIZE")},
    }


def _stats() -> Iterator[Sequence[str]]:
    for path in PROC.glob("[0-9]*/stat"):
        try:
            text = path.read_text()
        except OSError:  # the process has just ended
            continue
        yield text.rpartition(")")[2].split()


def _system_ticks() -> int:
    """Return the time that all processors have counted since the machine started."""
    with (PROC / "stat").open() as file:
        return sum(map(int, file.readline().split()[1:]))
