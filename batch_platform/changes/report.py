"""The changes as text for people, or as plain data for programs."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from batch_platform.changes.registrations import Reference, Unknown
from batch_platform.changes.rules import Action

if TYPE_CHECKING:
    from batch_platform.changes.compare import Change, Edit
    from batch_platform.changes.hazards import PlanWarning
    from batch_platform.changes.snapshot import Snapshot

SYMBOLS = {
    Action.UNCHANGED: " ",
    Action.ADD: "+",
    Action.UPDATE: "~",
    Action.SCALING: "~",
    Action.REVISION: "~",
    Action.INFRASTRUCTURE: "~",
    Action.REPLACE: "+-",
    Action.REMOVE: "-",
}
"""As `pulumi preview` has them."""

CONSEQUENCES = {
    ("computeEnvironments", Action.INFRASTRUCTURE): (
        "its instances are replaced; running jobs may continue as updatePolicy says (by default "
        "for 30 minutes), then they are ended"
    ),
    ("computeEnvironments", Action.REPLACE): (
        "the new environment is created, its queues are pointed at it, the old one is deleted; "
        "waiting jobs stay in their queues, jobs running on old instances are ended"
    ),
    ("computeEnvironments", Action.REMOVE): "its instances are terminated, and the jobs on them "
    "ended",
    (
        "jobQueues",
        Action.REPLACE,
    ): "a new queue with another ARN; the jobs in the old one are ended",
    ("jobQueues", Action.REMOVE): "its jobs are ended",
    ("jobDefinitions", Action.REPLACE): "callers that name it by ARN fail",
    ("jobDefinitions", Action.REMOVE): "callers that name it fail",
}
"""What an action means for the users of the stack."""

LONGEST = 200
"""Characters of a value that are shown; of a longer one, e.g. user data, whether it differs."""

TITLES = {
    "computeEnvironments": "compute environment",
    "jobQueues": "job queue",
    "jobDefinitions": "job definition",
}


def text(
    changes: Sequence[Change],
    warnings: Sequence[PlanWarning],
    old: Snapshot | None,
    new: Snapshot,
) -> str:
    """Return the lines for people."""
    lines = [f"{new.described} against {_against(old)}", ""]
    for change in changes:
        lines += _change(change)
    lines += [*map(_warning, warnings), *_notes(changes, old), _summary(changes)]
    return "\n".join(lines) + "\n"


def data(
    changes: Sequence[Change],
    warnings: Sequence[PlanWarning],
    old: Snapshot | None,
    new: Snapshot,
) -> dict[str, Any]:
    """Return the same, ready for JSON."""
    return {
        "stack": new.environment,
        "config": new.described,
        "against": _against(old),
        "changes": [
            {
                "kind": change.kind,
                "key": change.key,
                "action": change.action.value,
                "consequence": _consequence(change),
                "caveat": change.caveat,
                "edits": [
                    {
                        "property": edit.property,
                        "old": _plain(edit.old),
                        "new": _plain(edit.new),
                        "rule": edit.rule.name,
                        "action": edit.rule.action.value,
                        "reason": edit.rule.reason,
                        "source": edit.rule.source,
                    }
                    for edit in change.edits
                ],
                "unknown": list(change.unknown),
            }
            for change in changes
        ],
        "warnings": [asdict(each) for each in warnings],
        "summary": {action.value: count for action, count in _counts(changes).items()},
    }


def _change(change: Change) -> Iterator[str]:
    action = change.action
    yield f"{SYMBOLS[action]:2} {TITLES[change.kind]} {change.key}: {action.value}"
    reasons: dict[str, list[Edit]] = {}
    for edit in change.edits:
        reasons.setdefault(edit.rule.name, []).append(edit)
    for edits in reasons.values():
        if edits[0].property != "key":
            yield from (
                f"     {edit.property}: {_shown(edit.old)} -> {_shown(edit.new)}" for edit in edits
            )
        rule = edits[0].rule
        yield f"       rule {rule.name}: {rule.reason} [{rule.source}]"
    if consequence := _consequence(change):
        yield f"     then: {consequence}"
    if change.caveat:
        yield f"     but: {change.caveat}"


def _warning(one: PlanWarning) -> str:
    return (
        f"!  {', '.join(one.concerns)}: {one.reason}\n"
        f"     fix: {one.instead}\n"
        f"       warning {one.hazard} [{one.source}]"
    )


def _consequence(change: Change) -> str:
    return CONSEQUENCES.get((change.kind, change.action), "")


def _notes(changes: Sequence[Change], old: Snapshot | None) -> Iterator[str]:
    """Say once for each kind what could not be compared."""
    for kind, title in TITLES.items():
        unknown = {
            name: None for change in changes if change.kind == kind for name in change.unknown
        }
        if unknown:
            yield (
                f"   not compared, since {_against(old)} do not include it for a {title}: "
                f"{', '.join(unknown)}, and what the config leaves out"
            )
    if any(change.unknown for change in changes):
        yield "   to compare everything: --against the JSON of `pulumi stack export`"


def _summary(changes: Sequence[Change]) -> str:
    counts = _counts(changes)
    return ", ".join(f"{count} {action.value}" for action, count in counts.items()) or "nothing"


def _counts(changes: Sequence[Change]) -> dict[Action, int]:
    counted = Counter(change.action for change in changes)
    return {action: counted[action] for action in Action if counted[action]}


def _against(old: Snapshot | None) -> str:
    return old.described if old else "nothing (git's HEAD does not have it)"


def _shown(value: Any) -> str:
    if value in (None, "", []):
        return "(not set)"
    if isinstance(value, list):
        return ", ".join(map(_shown, value))
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_shown(inner)}" for key, inner in value.items()) + "}"
    text = f"{value:g}" if isinstance(value, float) else str(value)
    if len(text) <= LONGEST:
        return text
    return f"{len(text)} characters, SHA-256 {hashlib.sha256(text.encode()).hexdigest()[:12]}"


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return str(value) if isinstance(value, Unknown | Reference) else value
