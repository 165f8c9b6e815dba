"""What a killed engine leaves in a backend of files (``file://…``): its lock, and torn files.

Pulumi 3.259 (pkg/backend/diy) writes by gocloud's ``fileblob``: each file first under a temporary
name beside it, each with a file ``.attrs`` beside it that holds a checksum and a media type.
"""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

TORN_SECONDS = 1.0
"""How long an incomplete lock must stay so: an engine that lives completes it in milliseconds."""
CLOCK_SECONDS = 2.0
"""By how much the start of a process and the time in its lock may differ through rounding."""


def folder_of(environ: Mapping[str, str]) -> Path | None:
    """Return the folder of Pulumi's own files; ``None`` if the backend is not one of files."""
    backend = urlsplit(environ.get("PULUMI_BACKEND_URL", ""))
    if backend.scheme != "file":
        return None
    return Path(unquote(backend.netloc + backend.path)).expanduser() / ".pulumi"


def locks_of(folder: Path, project: str, stack: str) -> list[Path]:
    """Return the files that lock a stack: Pulumi takes every file for one, temporary ones too."""
    directory = folder / "locks/organization" / project / stack
    return [each for each in directory.rglob("*") if each.is_file() and each.suffix != ".attrs"]


def is_dead(lock: Path, sleep: Callable[[float], None] = time.sleep) -> bool:
    """Return whether the lock's process was of this machine and is no more."""
    holder = _read(lock)
    if holder is None:
        sleep(TORN_SECONDS)
        holder = _read(lock)
    if holder is None:
        return lock.exists()  # its process died while it wrote it
    try:
        if holder["hostname"] != socket.gethostname():
            return False
        process_id = int(holder["pid"])
        os.kill(process_id, 0)
    except ProcessLookupError:
        return True
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return _has_ended(process_id, str(holder.get("timestamp")))


def remove_torn_attributes(folder: Path, project: str, stack: str) -> None:
    """Remove what makes Pulumi read no state ("EOF"): an ``.attrs`` cut off in the writing.

    Pulumi does as well without the file as with it.
    """
    for each in torn_attributes(folder, project, stack):
        each.unlink(missing_ok=True)


def torn_attributes(folder: Path, project: str, stack: str) -> list[Path]:
    """Return the ``.attrs`` of a stack's state that were cut off in the writing."""
    found = (folder / "stacks" / project).glob(f"{stack}.json*.attrs")
    return [each for each in found if _read(each) is None]


def _has_ended(process_id: int, locked_at: str) -> bool:
    """Return whether a process number that exists is of a zombie, or of a later process.

    Only Linux tells; elsewhere the process is taken for the lock's.
    """
    with suppress(OSError, ValueError, IndexError, KeyError):
        # proc(5): after the name in parentheses come the state and, as the 22nd, the start.
        fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
        if fields[0] in {"Z", "X"}:
            return True
        system = dict(
            line.split(" ", 1) for line in Path("/proc/stat").read_text().splitlines() if line
        )
        started = int(system["btime"]) + int(fields[19]) / os.sysconf("SC_CLK_TCK")
        return started > datetime.fromisoformat(locked_at).timestamp() + CLOCK_SECONDS
    return False


def _read(file: Path) -> dict[str, Any] | None:
    """Return the JSON object in a file; ``None`` if it is incomplete or not there."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None
