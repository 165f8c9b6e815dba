"""Waiting for a key of a terminal, for a while."""

from __future__ import annotations

import contextlib
import select
import sys
import time
from collections.abc import Iterator

try:
    import termios
    import tty
except ImportError:  # Windows: no keys, only Ctrl-C
    _HAS_TERMIOS = False
else:
    _HAS_TERMIOS = True


@contextlib.contextmanager
def single_keys() -> Iterator[bool]:
    """Let keys be read as they are pressed; yields whether that works here."""
    if not (_HAS_TERMIOS and sys.stdin.isatty()):
        yield False
        return
    number = sys.stdin.fileno()
    before = termios.tcgetattr(number)
    tty.setcbreak(number)
    try:
        yield True
    finally:
        termios.tcsetattr(number, termios.TCSADRAIN, before)


def key_within(seconds: float, *, has_keys: bool) -> str:
    """Return the key that is pressed within ``seconds``; empty if none is."""
    if not has_keys:
        time.sleep(seconds)
        return ""
    ready, _, _ = select.select([sys.stdin], [], [], seconds)
    return sys.stdin.read(1) if ready else ""
