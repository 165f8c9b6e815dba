"""From two snapshots of a stack to the changes between them, each edit with its rule."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from batch_platform.changes.registrations import (
    TEXTS_BY_NAME,
    TRIGGER,
    UNKNOWN,
    Reference,
    Registration,
    same,
)
from batch_platform.changes.rules import (
    COMPUTED,
    DEFINITION,
    ENVIRONMENT,
    QUEUE,
    RULES,
    Action,
    Path,
    Rule,
    rule_of,
)
from batch_platform.changes.snapshot import Snapshot
from batch_platform.settings.concealment import concealed
from batch_platform.settings.update_policy import UPDATABLE_STRATEGIES

KINDS = {
    "computeEnvironments": (ENVIRONMENT, "environment"),
    "jobQueues": (QUEUE, "queue"),
    "jobDefinitions": (DEFINITION, "definition"),
}
"""Blocks of the config in the order of their updates: the resources, and their name in rules."""

BLOCKS = ("computeResources", "ec2Configurations", "containerProperties", "launchTemplateId")
"""Inputs that the config does not have: it has what is in them."""
NAMES = {
    "imageIdOverride.replacementTrigger": "image",
    "imageIdOverride": "image",
    "launchTemplate.version": "launchTemplate",
}
"""What is called otherwise here than in pulumi-aws."""


@dataclass(frozen=True, kw_only=True)
class Edit:
    """One property that changes; ``None`` is not set, and what may be a secret is described."""

    property: str
    old: Any
    new: Any
    rule: Rule


@dataclass(frozen=True, kw_only=True)
class Change:
    """What happens to one resource.

    Attributes:
        kind: ``computeEnvironments``, ``jobQueues`` or ``jobDefinitions``, as in the config.
        key: in the config.
        edits: none where it is unchanged.
        unknown: properties of which the old value is not known.
        caveat: what may be otherwise, because of something that is not known; else empty.
    """

    kind: str
    key: str
    edits: tuple[Edit, ...] = ()
    unknown: tuple[str, ...] = ()
    caveat: str = ""

    @property
    def action(self) -> Action:
        """The most severe action of the edits."""
        actions = [edit.rule.action for edit in self.edits]
        return max(actions, key=lambda action: action.severity, default=Action.UNCHANGED)


def changes(old: Snapshot | None, new: Snapshot) -> tuple[Change, ...]:
    """Return what a deployment of ``new`` does, in the order environments, queues, definitions.

    Args:
        old: what is there; None is nothing.
        new: what the config asks for.
    """
    old = old or Snapshot(described="nothing", environment=new.environment, region=new.region)
    found: list[Change] = []
    for kind, (resource_type, noun) in KINDS.items():
        before, after = (each.resources.get(resource_type, {}) for each in (old, new))
        replaced = {one.key for one in found if one.action is Action.REPLACE}
        for key in {**after, **before}:
            change = Change(kind=kind, key=key)
            if key not in before:
                found.append(_with(change, "key", None, key, f"{noun}-added"))
            elif key not in after:
                found.append(_with(change, "key", key, None, f"{noun}-removed"))
            else:
                change = _compared(change, before[key], after[key], whole=old.whole)
                found.append(_repointed(change, before[key], after[key], replaced))
    if old.region is None or old.region == new.region:
        return tuple(found)
    return tuple(
        one
        if one.action in {Action.ADD, Action.REMOVE}
        else _with(one, "aws:region", old.region, new.region, "region")
        for one in found
    )


def _with(change: Change, name: str, old: Any, new: Any, rule: str) -> Change:
    edit = Edit(property=name, old=old, new=new, rule=RULES[rule])
    return replace(change, edits=(*change.edits, edit))


def _compared(change: Change, old: Registration, new: Registration, *, whole: bool) -> Change:
    edits, unknown = [], []
    absent = None if whole else UNKNOWN
    for path, before, after in _differences(old.inputs, new.inputs, absent):
        if before is UNKNOWN:
            unknown.append(_name(path))
        elif not (after is None and path in COMPUTED):
            rule = rule_of(new.type, path, old.inputs, new.inputs)
            old_shown, new_shown = concealed(before, path), concealed(after, path)
            edits.append(Edit(property=_name(path), old=old_shown, new=new_shown, rule=rule))
    change = replace(change, edits=tuple(edits), unknown=tuple(unknown))
    if change.action is Action.INFRASTRUCTURE and "allocationStrategy" in unknown:
        caveat = (
            "its current allocation strategy is not known: unless it is one of "
            f"{', '.join(sorted(UPDATABLE_STRATEGIES))}, it is replaced instead"
        )
        return replace(change, caveat=caveat)
    is_told = change.action is Action.REPLACE or None in (old.trigger, new.trigger)
    if is_told or same(old.trigger, new.trigger):
        return change
    return _with(change, TRIGGER, old.trigger, new.trigger, "replacement-trigger")


def _differences(
    old: Any, new: Any, absent: Any, path: Path = ()
) -> Iterator[tuple[Path, Any, Any]]:
    """Yield what differs, as deep as both have the same parts, and what is not known."""
    parts = [] if path and path[-1] in TEXTS_BY_NAME else _parts(old, new, absent)
    for part, before, after in parts:
        yield from _differences(before, after, absent, (*path, *part))
    if not parts and (old is absent is UNKNOWN or not same(old, new)):
        yield path, old, new


def _parts(old: Any, new: Any, absent: Any) -> list[tuple[Path, Any, Any]]:
    match old, new:
        case Reference(), Reference() if old.of == new.of:
            return _parts(old.facts, new.facts, absent)
        case Mapping(), Mapping():
            return [((key,), old.get(key, absent), new.get(key)) for key in {**new, **old}]
        case [Mapping() as only], [Mapping() as other]:
            return _parts(only, other, absent)
        case list(), list() if len(old) == len(new) and all(map(_are_alike, old, new)):
            pairs = enumerate(zip(old, new, strict=True))
            return [((place,), before, after) for place, (before, after) in pairs]
    return []


def _are_alike(old: Any, new: Any) -> bool:
    """Tell whether two items of a list are the same one, edited."""
    match old, new:
        case Reference(), Reference():
            return old.of == new.of
        case Mapping(), Mapping():
            return old.keys() == new.keys()
    return False


def _name(path: Path) -> str:
    """Return a property as the config calls it, e.g. ``launchTemplate.userData``."""
    parts = (
        f"[{part}]" if isinstance(part, int) else f".{part}" for part in path if part not in BLOCKS
    )
    name = "".join(parts).removeprefix(".")
    for given, config in NAMES.items():
        name = name.replace(given, config)
    return name


def _repointed(
    change: Change, old: Registration, new: Registration, replaced: Collection[str]
) -> Change:
    """Return the change of a queue with the environments that are replaced under their keys."""
    before, after = (each.inputs.get("computeEnvironments", ()) for each in (old, new))
    for key in after:
        if key in replaced and key in before:
            pair = (f"{key} (old)", f"{key} (new)")
            change = _with(change, "computeEnvironments", *pair, "queue-repointed")
    return change
