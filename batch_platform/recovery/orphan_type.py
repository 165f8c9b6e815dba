"""What a recovery must know of one resource type."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from batch_platform.plan import ENVIRONMENT_TAG

Properties = Mapping[str, Any]


@dataclass(frozen=True)
class Aws:
    """One account and region, as one environment sees it.

    Attributes:
        environment: value of the tag that all its resources have.
        client: returns the boto3 client of a service, e.g. ``ec2``.
        wait: takes a description and a look; returns when the look is true.
    """

    environment: str
    client: Callable[[str], Any]
    wait: Callable[[str, Callable[[], bool]], None]

    def owns(self, tags: Iterable[Mapping[str, str]] | Mapping[str, str]) -> bool:
        """Return whether these tags, in either of AWS's shapes, are of this environment."""
        if not isinstance(tags, Mapping):
            tags = {each["Key"]: each["Value"] for each in tags}
        return tags.get(ENVIRONMENT_TAG) == self.environment


@dataclass(frozen=True)
class Found:
    """A resource in AWS that could be the one whose creation was cut off.

    Attributes:
        id: in AWS.
        kept: why it must stay as it is; ``None`` if it can only be an orphan.
    """

    id: str
    kept: str | None = None


@dataclass(frozen=True, kw_only=True)
class OrphanType:
    """How a resource of one type is found by the inputs of its creation, and deleted."""

    find: Callable[[Aws, Properties], Iterable[Found]]
    """All that AWS has for these inputs, those that the state knows too."""
    delete: Callable[[Aws, str, Properties], None] | None = None
    """Takes id and inputs; returns when it is gone. ``None``: ``find`` gives none to delete."""
    key: tuple[str | tuple[str, ...], ...] = ()
    """Inputs of which AWS has one resource at most; where there are none, the id decides.

    A tuple is of inputs that stand in for one another.
    """
    is_changing: Callable[[Aws, Properties], bool] | None = None
    """Whether AWS still works at a change; ``None``: no call answers before its work is done."""


def not_ours(aws: Aws, identifier: str) -> Found:
    """Return what has the name and is another's."""
    return Found(identifier, f"it is not tagged {ENVIRONMENT_TAG}={aws.environment}")
