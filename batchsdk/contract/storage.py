"""Folders below the storage of a stack (``storage`` of the outputs), as both sides know them."""

from __future__ import annotations

RUNS = "runs"
"""Values of the steps of workflows: ``runs/<run>/<step>/``."""

SWEEPS = "sweeps"
"""Tables of sweeps: ``sweeps/<digest of the table>``."""

LEDGER = "ledger"
"""The stack's ledger of runs, which no life cycle rule of the stack expires."""


def below(storage: str, folder: str) -> str:
    """Return the address of a folder, without a ``/`` at its end.

    Args:
        storage: ``s3://bucket`` or ``s3://bucket/prefix``.
        folder: e.g. :data:`LEDGER`.
    """
    return f"{storage.rstrip('/')}/{folder}"
