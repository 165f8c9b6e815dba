"""The ``jobDefaults`` block: what holds for the containers of all job definitions."""

from __future__ import annotations

from infra.settings.block import Block, Text


class JobDefaults(Block):
    """For every container that does not say it itself, of whatever form of definition.

    AWS's own defaults are the image's user, mostly root, and a root file system that may be
    written. Another default here would break images that count on them, so the config says it.

    Attributes:
        user: name or id, with ``:group`` if wanted, e.g. ``1000:1000``.
        readonly_root_filesystem: whether containers may write to volumes and tmpfs alone.
    """

    user: Text | None = None
    readonly_root_filesystem: bool | None = None
