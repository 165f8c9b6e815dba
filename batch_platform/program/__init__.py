"""The Pulumi program, its command line, and new projects that use both."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def run(directory: Path) -> None:
    """Register the environment of AWS Batch that the stack's config describes, and its outputs.

    This is all that the ``__main__.py`` of a project calls. Nothing is registered before every
    check has agreed to the config.

    Args:
        directory: the folder of ``Pulumi.<stack>.yaml``; errors name its file and line.

    Raises:
        batch_platform.settings.SettingsError: with every problem of the config.
    """
    # pulumi-aws takes seconds to import, and the command line needs none of it.
    from batch_platform.program.running import run as run_program  # noqa: PLC0415

    run_program(directory)
