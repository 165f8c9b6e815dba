"""The state of a stack in a backend of files, read without the engine, which starts slowly.

Pulumi (pkg/backend/diy) keeps the state in ``stacks/<project>/<stack>.json``, with ``.gz`` where it
compresses, and a lock for each engine at work under ``locks/organization/<project>/<stack>``.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from batch_platform.recovery.file_backend import torn_attributes

VERSIONS = (3, 4)
"""Of the form of a state file (Pulumi: ``apitype.VersionedCheckpoint``).

Version 4 names the features that a state needs, such as ``hooks``; its operations are as in 3.
"""


def is_at_rest(folder: Path, project: str, stack: str) -> bool:
    """Return whether no engine locks the stack and its last update has come to its end.

    Args:
        folder: Pulumi's own in the backend, ``.pulumi``.
        project: its name.
        stack: its name.

    Returns:
        False also where only the engine can tell, e.g. of a state file that is cut off.
    """
    if any(each.is_file() for each in (folder / "locks/organization" / project / stack).rglob("*")):
        return False
    stacks = folder / "stacks" / project
    if torn_attributes(folder, project, stack):
        return False
    plain, compressed = stacks / f"{stack}.json", stacks / f"{stack}.json.gz"
    try:
        text = plain.read_bytes() if plain.exists() else gzip.decompress(compressed.read_bytes())
        state = json.loads(text)
        latest = state["checkpoint"].get("latest") or {}
        return state["version"] in VERSIONS and not latest.get("pending_operations")
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError):
        return False
