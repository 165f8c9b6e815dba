"""``batch-platform``, and ``python -m batch_platform``: see ``batch_platform.program.command``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from batch_platform.program.extras import name_extra

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a verb.

    Args:
        arguments: of the command line; None takes those of the process.

    Returns:
        0, or 1 when the verb refuses or an extra is not installed: stderr then says what.
    """
    try:
        from batch_platform.program import command  # noqa: PLC0415  # may not be importable

        return command.main(arguments)
    except ModuleNotFoundError as missing:
        named = name_extra(missing, "batch-platform", "pulumi")
        if named is missing:
            raise
        sys.stderr.write(f"error: {named}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
