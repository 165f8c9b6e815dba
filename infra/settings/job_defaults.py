"""The ``jobDefaults`` block: what holds for the containers of all job definitions."""

from __future__ import annotations

from infra.settings.block import Block, Text


class JobDefaults(Block):
    """For every container that does not say it itself, of whatever form of definition.

    Attributes:
        user: name or id, with ``:group`` if wanted, e.g. ``1000:1000``; the image's if left out.
            ECS has no "not as root" without a name, and a forced one would override an image that
            has its own.
        readonly_root_filesystem: whether containers may write to volumes and tmpfs alone. Left
            out, they have such a root wherever ``/tmp`` can stay writable.
    """

    user: Text | None = None
    readonly_root_filesystem: bool | None = None
