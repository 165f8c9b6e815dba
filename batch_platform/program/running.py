"""The Pulumi program itself: what the ``__main__.py`` of a project calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi

from batch_platform.components.program import register
from batch_platform.lookups import look_up
from batch_platform.plan import make_plan
from batch_platform.settings import SettingsError, load
from batch_platform.workable import refuse_unworkable, warnings

if TYPE_CHECKING:
    from pathlib import Path


class RefusedConfigError(SettingsError, pulumi.RunError):
    """A refused config as the engine prints it: the message without a traceback."""


def run(directory: Path) -> None:
    """Register the environment of AWS Batch that the stack's config describes, and its outputs.

    Nothing is registered before every check has agreed to the config.

    Args:
        directory: the folder of ``Pulumi.<stack>.yaml``; errors name its file and line.

    Raises:
        RefusedConfigError: with every problem of the config.
    """
    try:
        settings = load(directory)
        plan = make_plan(settings, look_up(settings))
        refuse_unworkable(plan)
    except SettingsError as error:
        raise RefusedConfigError(error.lines) from error
    for warning in warnings(plan):
        pulumi.log.warn(warning)
    register(plan).export()
