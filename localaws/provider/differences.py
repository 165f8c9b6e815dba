"""What differs between old and new inputs, and whether that needs a new resource."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from localaws.provider.naming import DEFAULTS, is_autonamed
from localaws.provider.values import UNKNOWN
from localaws.resources.resource_type import ResourceType

Kind = Literal["ADD", "DELETE", "UPDATE"]
_MISSING: Any = object()


@dataclass(frozen=True)
class Difference:
    """One difference."""

    path: str
    """E.g. ``computeResources.instanceTypes[0]``."""
    kind: Kind
    replaces: bool


@dataclass(frozen=True)
class Differences:
    """All differences of one resource."""

    found: tuple[Difference, ...]
    delete_before_replace: bool

    @property
    def replacing(self) -> list[str]:
        """Paths of those that need a new resource."""
        return [each.path for each in self.found if each.replaces]


def compare(
    resource_type: ResourceType, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Differences:
    """Compare the inputs of a resource as it is with those that the program wants."""
    found = [
        (path, kind)
        for key in sorted({*old, *new} - {DEFAULTS})
        if not _same(resource_type, key, old.get(key, _MISSING), new.get(key, _MISSING))
        for path, kind in _walk(key, old.get(key, _MISSING), new.get(key, _MISSING))
        # What the program no longer says keeps its value, if the service has one of its own.
        if not (kind == "DELETE" and _bare(path) in resource_type.computed)
    ]
    replacing = set(resource_type.replace_on)
    if found and resource_type.replaces is not None:
        # What is unknown inside a value counts as changed, as in Terraform. A value that is unknown
        # whole has no shape that a rule could look at.
        shaped = {key: old.get(key) if new[key] == UNKNOWN else new[key] for key in new}
        replacing |= set(resource_type.replaces(old, shaped))
    differences = tuple(
        Difference(path, kind, resource_type.update is None or _is_under(path, replacing))
        for path, kind in found
    )
    # Two of one name cannot exist: then the old one goes first (as pulumi-aws has it).
    named = resource_type.autonamed and not is_autonamed(new) and old.get("name") == new.get("name")
    return Differences(differences, named or resource_type.delete_before_replace)


def _same(resource_type: ResourceType, key: str, old: Any, new: Any) -> bool:
    if old == new:
        return True
    if _MISSING in (old, new) or new == UNKNOWN or resource_type.unchanged is None:
        return False
    return resource_type.unchanged(key, old, new)


def _walk(path: str, old: Any, new: Any) -> Iterator[tuple[str, Kind]]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({*old, *new}):
            yield from _walk(f"{path}.{key}", old.get(key, _MISSING), new.get(key, _MISSING))
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            yield from _walk(f"{path}[{index}]", _at(old, index), _at(new, index))
    elif old is _MISSING:
        yield path, "ADD"
    elif new is _MISSING:
        yield path, "DELETE"
    elif old != new:
        yield path, "UPDATE"


def _at(values: list[Any], index: int) -> Any:
    return values[index] if index < len(values) else _MISSING


def _is_under(path: str, replacing: Collection[str]) -> bool:
    """Return whether ``path`` is, is inside, or holds one of the paths that replace."""
    bare = _bare(path)
    return any(
        bare == each or bare.startswith(f"{each}.") or each.startswith(f"{bare}.")
        for each in replacing
    )


def _bare(path: str) -> str:
    return re.sub(r"\[\d+\]", "", path)
