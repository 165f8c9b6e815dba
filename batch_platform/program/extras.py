"""What a command says where an extra of the distribution is not installed."""

from __future__ import annotations

PACKAGES = frozenset({"batchsdk", "batch_platform", "localaws"})
"""What the distribution holds, whatever its extras."""


def name_extra(missing: ModuleNotFoundError, what: str, extras: str) -> ModuleNotFoundError:
    """Return an error that tells what to install.

    Args:
        missing: a module that cannot be imported.
        what: the command, or the class, that needs it.
        extras: that have it, separated by commas.

    Returns:
        ``missing`` itself for a module of the distribution: no extra has that one.
    """
    package = (missing.name or "").partition(".")[0]
    if package in PACKAGES:
        return missing
    return ModuleNotFoundError(
        f"{what} needs {package}, which is not installed: pip install 'batchsdk[{extras}]'",
        name=missing.name,
    )
