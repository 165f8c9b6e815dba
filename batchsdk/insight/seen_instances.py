"""Which type container instances were of, kept in the user's folder: AWS forgets those gone.

A file for each region. It only spares and replaces questions to AWS: what cannot be read or written
is as if nothing were kept.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from pathlib import Path

from batchsdk.insight.price_list import file_of, replace_file

_MOST = 20_000
"""Instances, the newest; a line of the file each, of 200 bytes."""


class SeenInstances:
    """The types of container instances by their ARNs, of one region."""

    def __init__(self, folder: Path, region: str) -> None:
        """Read what was kept; nothing if there is no such file."""
        self._path = file_of(folder, "instances", region)
        self.types: Mapping[str, str] = {}
        with contextlib.suppress(OSError, ValueError, RecursionError):
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            if isinstance(kept, dict):
                self.types = {arn: each for arn, each in kept.items() if isinstance(each, str)}

    def add(self, types: Mapping[str, str]) -> None:
        """Keep what AWS says of instances that are there."""
        new = {arn: each for arn, each in types.items() if arn not in self.types}
        if not new:
            return
        together = list({**self.types, **new}.items())
        self.types = dict(together[-_MOST:])
        with contextlib.suppress(OSError):
            replace_file(self._path, json.dumps(self.types, indent=0))
