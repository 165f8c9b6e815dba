"""The ``jobDefaults`` block: what holds for the containers of all job definitions."""

from __future__ import annotations

from batch_platform.settings.block import Block, Text


class JobDefaults(Block):
    """Defaults for every container that does not set the key itself, in any form of definition.

    Attributes:
        user: name or id, with ``:group`` if wanted, e.g. ``1000:1000``; the image's if left out.
            ECS cannot refuse root without naming a user, and a forced user would override the
            image's own.
        readonly_root_filesystem: whether containers may write only to volumes and tmpfs. By default
            true wherever ``/tmp`` can stay writable.
    """

    user: Text | None = None
    readonly_root_filesystem: bool | None = None
