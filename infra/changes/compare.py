"""From two snapshots of a stack to the changes between them, each edit with its rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from infra.changes import rules
from infra.changes.registrations import (
    TEXTS_BY_NAME,
    UNKNOWN,
    Reference,
    Registration,
    same,
)
from infra.changes.rules import Action, Inputs, Path, Rule, rule_of
from infra.changes.snapshot import Snapshot
from infra.settings.update_policy import UPDATABLE_STRATEGIES

KINDS = {
    "computeEnvironments": rules.ENVIRONMENT,
    "jobQueues": rules.QUEUE,
    "jobDefinitions": rules.DEFINITION,
}
"""Blocks of the config to the resources that they become, in the order of their updates."""

BLOCKS = ("computeResources", "ec2Configurations", "containerProperties", "launchTemplateId")
"""Inputs that the config does not have: it has what is in them."""
NAMES = {"imageIdOverride": "image", "launchTemplate.version": "launchTemplate"}


@dataclass(frozen=True, kw_only=True)
class Edit:
    """One property that changes; ``None`` is not set."""

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
    found: dict[str, list[Change]] = {
        kind: list(_of_kind(kind, old, new)) for kind in KINDS
    }
    replaced = {one.key for one in found["computeEnvironments"] if one.action is Action.REPLACE}
    found["jobQueues"] = [_repointed(one, replaced, old, new) for one in found["jobQueues"]]
    everything = (change for each in found.values() for change in each)
    if old.region is None or old.region == new.region:
        return tuple(everything)
    return tuple(_moved(change, old.region, str(new.region)) for change in everything)


def _of_kind(kind: str, old: Snapshot, new: Snapshot) -> Iterator[Change]:
    before, after = (each.resources.get(KINDS[kind], {}) for each in (old, new))
    for key in {**after, **before}:
        if key in before and key in after:
            yield _change(kind, key, before[key], after[key], absent=None if old.whole else UNKNOWN)
        elif key in after:
            yield Change(kind=kind, key=key, edits=(_whole(kind, rules.ADDED, None, key),))
        else:
            yield Change(kind=kind, key=key, edits=(_whole(kind, rules.REMOVED, key, None),))


def _whole(kind: str, path: str, old: str | None, new: str | None) -> Edit:
    """Return the edit of a whole resource."""
    return Edit(property="key", old=old, new=new, rule=rule_of(KINDS[kind], (path,), {}, {}))


def _change(
    kind: str, key: str, before: Registration, after: Registration, *, absent: Any
) -> Change:
    edits, unknown = [], []
    for path, old, new in _differences(before.inputs, after.inputs, (), absent):
        if old is UNKNOWN:
            unknown.append(_name(path))
        elif not (new is None and path in rules.COMPUTED):
            rule = rule_of(KINDS[kind], path, before.inputs, after.inputs)
            edits.append(Edit(property=_name(path), old=old, new=new, rule=rule))
    change = Change(kind=kind, key=key, edits=tuple(edits), unknown=tuple(unknown))
    if change.action is Action.INFRASTRUCTURE and "allocationStrategy" in unknown:
        caveat = (
            "its allocation strategy of now is not known: unless that is one of "
            f"{', '.join(sorted(UPDATABLE_STRATEGIES))}, it is replaced instead"
        )
        return replace(change, caveat=caveat)
    triggers = (before.trigger, after.trigger)
    if change.action is Action.REPLACE or None in triggers or same(*triggers):
        return change
    rule = rule_of(KINDS[kind], (rules.TRIGGER,), before.inputs, after.inputs)
    edit = Edit(property=rules.TRIGGER, old=before.trigger, new=after.trigger, rule=rule)
    return replace(change, edits=(*change.edits, edit))


def _differences(old: Any, new: Any, path: Path, absent: Any) -> Iterator[tuple[Path, Any, Any]]:
    """Yield what differs, as deep as both have the same parts, and what is not known."""
    parts = () if path[-1:] and path[-1] in TEXTS_BY_NAME else _parts(old, new, absent)
    if parts:
        for part, before, after in parts:
            yield from _differences(before, after, (*path, *part), absent)
    elif old is UNKNOWN or not same(old, new):
        yield path, old, new


def _parts(old: Any, new: Any, absent: Any) -> list[tuple[Path, Any, Any]]:
    match old, new:
        case Reference(), Reference() if old.of == new.of:
            return _parts(old.facts, new.facts, None)
        case Mapping(), Mapping():
            return [((key,), old.get(key, absent), new.get(key)) for key in {**new, **old}]
        case [Mapping() as only], [Mapping() as only_new]:
            return _parts(only, only_new, absent)
        case list(), list() if len(old) == len(new) and all(map(_has_parts, old, new)):
            return [((place,), *pair) for place, pair in enumerate(zip(old, new, strict=True))]
    return []


def _has_parts(old: Any, new: Any) -> bool:
    return bool(_parts(old, new, None))


def _name(path: Path) -> str:
    """Return a property as the config calls it, e.g. ``launchTemplate.userData``."""
    name = ""
    for part in path:
        if isinstance(part, int):
            name += f"[{part}]"
        elif part not in BLOCKS:
            name += f".{part}"
    name = name.removeprefix(".")
    for own, config in NAMES.items():
        name = name.replace(own, config)
    return name


def _repointed(change: Change, replaced: set[str], old: Snapshot, new: Snapshot) -> Change:
    """Return the change of a queue with the environments that are replaced under their keys."""
    before, after = (
        each.resources.get(rules.QUEUE, {}).get(change.key) for each in (old, new)
    )
    if before is None or after is None:
        return change
    name = "computeEnvironments"
    edits = tuple(
        Edit(
            property=name,
            old=f"{key} (old)",
            new=f"{key} (new)",
            rule=rule_of(rules.QUEUE, (rules.REPOINTED,), before.inputs, after.inputs),
        )
        for key in after.inputs[name]
        if key in replaced and key in before.inputs[name]
    )
    return replace(change, edits=(*change.edits, *edits))


def _moved(change: Change, old: str, new: str) -> Change:
    """Return the change of a resource in another region: all that was there is made anew."""
    if change.action in {Action.ADD, Action.REMOVE}:
        return change
    rule = rule_of(KINDS[change.kind], (rules.REGION,), {}, {})
    edit = Edit(property=rules.REGION, old=old, new=new, rule=rule)
    return replace(change, edits=(edit, *change.edits))
