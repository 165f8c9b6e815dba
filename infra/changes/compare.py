"""From two snapshots of a stack to the changes between them, each edit with its rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from infra.changes import rules
from infra.changes.rules import Action, Rule
from infra.changes.snapshot import UNKNOWN, Facts, Snapshot, Subnet, is_fargate
from infra.compute_environments.updates import LINKED
from infra.settings.update_policy import UPDATABLE_STRATEGIES


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
    environments = tuple(
        _of_kind(
            ("computeEnvironments", rules.ENVIRONMENT_ADDED, rules.ENVIRONMENT_REMOVED),
            old.compute_environments,
            new.compute_environments,
            lambda key, before, after: _environment(key, before, after, old),
        )
    )
    replaced = {change.key for change in environments if change.action is Action.REPLACE}
    queues = _of_kind(
        ("jobQueues", rules.QUEUE_ADDED, rules.QUEUE_REMOVED),
        old.job_queues,
        new.job_queues,
        lambda key, before, after: _queue(key, before, after, old, replaced),
    )
    definitions = _of_kind(
        ("jobDefinitions", rules.DEFINITION_ADDED, rules.DEFINITION_REMOVED),
        old.job_definitions,
        new.job_definitions,
        lambda key, before, after: _definition(key, before, after, old),
    )
    everything = (*environments, *queues, *definitions)
    if old.region is None or old.region == new.region:
        return everything
    return tuple(_moved(change, old.region, str(new.region)) for change in everything)


def _of_kind(
    kind: tuple[str, Rule, Rule],
    old: Mapping[str, Facts],
    new: Mapping[str, Facts],
    compare: Callable[[str, Facts, Facts], Change],
) -> Iterator[Change]:
    name, added, removed = kind
    for key, facts in new.items():
        if key in old:
            yield compare(key, old[key], facts)
        else:
            yield _whole(name, key, None, key, added)
    for key in old:
        if key not in new:
            yield _whole(name, key, key, None, removed)


def _whole(kind: str, key: str, old: str | None, new: str | None, rule: Rule) -> Change:
    return Change(kind=kind, key=key, edits=(Edit(property="key", old=old, new=new, rule=rule),))


def _moved(change: Change, old: str, new: str) -> Change:
    """Return the change of a resource in another region: all that was there is made anew."""
    if change.action in {Action.ADD, Action.REMOVE}:
        return change
    edit = Edit(property="aws:region", old=old, new=new, rule=rules.REGION)
    return replace(change, edits=(edit, *change.edits))


def _differences(
    old: Facts, new: Facts, *, whole: bool
) -> tuple[list[tuple[str, Any, Any]], tuple[str, ...]]:
    """Return the properties that differ, with both values, and those that are not known."""
    absent = None if whole else UNKNOWN
    pairs = [(name, old.get(name, absent), new.get(name)) for name in {**new, **old}]
    unknown = tuple(name for name, before, _ in pairs if before is UNKNOWN)
    differing = [
        (name, before, after)
        for name, before, after in pairs
        if before is not UNKNOWN and not _same(before, after)
    ]
    return differing, unknown


def _same(old: Any, new: Any) -> bool:
    if _are_subnets(old) and _are_subnets(new):
        return len(old) == len(new) and all(
            before[:2] == after[:2] and (before.zone == after.zone or None in (before[2], after[2]))
            for before, after in zip(old, new, strict=True)
        )
    return bool(old == new)


def _are_subnets(value: Any) -> bool:
    return (
        isinstance(value, tuple) and bool(value) and all(isinstance(item, Subnet) for item in value)
    )


def _environment(key: str, before: Facts, after: Facts, old: Snapshot) -> Change:
    differing, unknown = _differences(before, after, whole=old.whole)
    edits = tuple(
        Edit(property=name, old=was, new=now, rule=_environment_rule(name, before, after))
        for name, was, now in differing
        if not (name == "image" and old.images.get(key) == now)
        # Taken out, the provider leaves it as it is (Computed).
        and not (name == "updatePolicy" and now is None and not is_fargate(after))
    )
    change = Change(kind="computeEnvironments", key=key, edits=edits, unknown=unknown)
    if change.action is Action.INFRASTRUCTURE and "allocationStrategy" in unknown:
        caveat = (
            "its allocation strategy of now is not known: unless that is one of "
            f"{', '.join(sorted(UPDATABLE_STRATEGIES))}, it is replaced instead"
        )
        return replace(change, caveat=caveat)
    return change


WHATEVER_ROLE_AND_STRATEGY = {
    "minVcpus": rules.SCALING,
    "maxVcpus": rules.SCALING,
    "serviceRole": rules.ROLE_KIND,
    "spotIamFleetRole": rules.FLEET_ROLE,
    "placementGroup": rules.PLACEMENT_GROUP,
    "launchTemplate": rules.LAUNCH_TEMPLATE,
    "updatePolicy": rules.UPDATE_POLICY,
}
"""Properties of a compute environment that have one rule."""


def _environment_rule(name: str, old: Facts, new: Facts) -> Rule:
    if (is_fargate(old) or is_fargate(new)) and old.get("type") != new["type"]:
        return rules.FARGATE_TYPE
    if name in WHATEVER_ROLE_AND_STRATEGY:
        return WHATEVER_ROLE_AND_STRATEGY[name]
    if is_fargate(new):
        return rules.FARGATE_NETWORK
    roles = {old.get("serviceRole", LINKED), new["serviceRole"]}
    strategies = {old.get("allocationStrategy", UNKNOWN), new["allocationStrategy"]} - {UNKNOWN}
    fixed = roles != {LINKED} or not strategies <= UPDATABLE_STRATEGIES
    if fixed and name == "type":
        return rules.FIXED_TYPE
    if roles != {LINKED}:
        return rules.CUSTOM_ROLE
    if fixed:
        return rules.STRATEGY
    return rules.INSTANCE_TAGS if name == "tags" else rules.INFRASTRUCTURE


def _queue(key: str, before: Facts, after: Facts, old: Snapshot, replaced: set[str]) -> Change:
    differing, unknown = _differences(before, after, whole=old.whole)
    edits = [
        Edit(property=name, old=was, new=now, rule=_queue_rule(name))
        for name, was, now in differing
    ]
    edits += [
        Edit(
            property="computeEnvironments",
            old=f"{environment} (old)",
            new=f"{environment} (new)",
            rule=rules.QUEUE_REPOINTED,
        )
        for environment in after["computeEnvironments"]
        if environment in replaced and environment in before["computeEnvironments"]
    ]
    return Change(kind="jobQueues", key=key, edits=tuple(edits), unknown=unknown)


def _queue_rule(name: str) -> Rule:
    match name:
        case "schedulingMode":
            return rules.QUEUE_MODE
        case "fairsharePolicy":
            return rules.QUEUE_SHARES
    return rules.QUEUE_UPDATED


def _definition(key: str, before: Facts, after: Facts, old: Snapshot) -> Change:
    differing, unknown = _differences(before, after, whole=old.whole)
    edits = tuple(
        Edit(
            property=name,
            old=was,
            new=now,
            rule=rules.DEFINITION_TAGS if name == "tags" else rules.REVISION,
        )
        for name, was, now in differing
    )
    return Change(kind="jobDefinitions", key=key, edits=edits, unknown=unknown)
