"""A function that jobs import: this module imports little, so that they start quickly."""

from __future__ import annotations

import importlib
import os
import sys
import threading
from typing import Any


class UnreadableError(Exception):
    """Is pickled by its one argument, and made of two."""

    def __init__(self, one: int, two: int) -> None:
        super().__init__(f"{one} and {two}")


def outcomes(case: str) -> Any:
    """Return, raise or end as the case says."""
    if case == "raises":
        inner = {"a": 1}
        return inner["b"]
    if case == "exits":
        sys.exit("enough")
    if case == "dies":
        os._exit(7)
    if case == "lock":
        return threading.Lock()
    if case == "unreadable":
        raise UnreadableError(1, 2)
    if case == "imports":
        importlib.import_module("no_such_module")
    return b"x" * 10_000_000 if case == "large" else case
