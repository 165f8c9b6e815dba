"""Where the user's own files of this library are: the ledger of runs, and prices."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path


def data_directory(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """Return the folder of this library in the platform's data directory; it may not exist.

    Linux: ``$XDG_DATA_HOME/batchsdk``, else ``~/.local/share/batchsdk`` (XDG Base Directory
    Specification); macOS: ``~/Library/Application Support/batchsdk``; Windows:
    ``%LOCALAPPDATA%/batchsdk``.
    """
    home = Path.home()
    if platform == "win32":
        base = Path(environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif platform == "darwin":
        base = home / "Library" / "Application Support"
    else:
        given = environ.get("XDG_DATA_HOME", "")
        # "All paths must be absolute. If … relative … it should … be ignored."
        base = Path(given) if Path(given).is_absolute() else home / ".local" / "share"
    return base / "batchsdk"
