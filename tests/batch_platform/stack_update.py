"""What `pulumi up` does to a stack when the program has become another, without the engine.

The differences are the provider's (`localaws.provider.differences`): what is updated in place and
what is replaced. A resource that is replaced, or whose outputs an update changes, reaches those
that refer to it.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from batch_platform.changes.registrations import TRIGGER, Registration
from localaws.provider.differences import compare
from localaws.provider.values import UNKNOWN, unwrapped
from localaws.resources.table import RESOURCE_TYPES

Resources = Mapping[str, Registration]

HEADING = "### What an update does to your stack"
NOTHING = re.compile(r"^Nothing: ", re.MULTILINE)
LINE = re.compile(r"- (add|update|replace|delete) `([\w:-]+)`(?: \((`\w+`(?:, `\w+`)*)\))?: \S.*")


@dataclass(frozen=True, order=True)
class Step:
    """What happens to resources of one type; ``properties`` are those of them that change."""

    action: str
    type: str
    properties: tuple[str, ...] = ()

    def __str__(self) -> str:
        changed = ", ".join(f"`{each}`" for each in self.properties)
        return f"{self.action} `{self.type}`{f' ({changed})' if changed else ''}"


def announced(changelog: str) -> set[Step]:
    """Return what the section "Unreleased" says an update does."""
    unreleased = changelog.partition("\n## Unreleased\n")[2].partition("\n## ")[0]
    _, heading, text = unreleased.partition(f"{HEADING}\n")
    assert heading, f"CHANGELOG.md, Unreleased, has no {HEADING!r}"
    text = text.partition("\n### ")[0]
    items = [line for line in text.splitlines() if line.startswith("-")]
    found = [LINE.fullmatch(each) for each in items]
    wrong = [item for item, match in zip(items, found, strict=True) if match is None]
    assert not wrong, f"not of the form - action `type` (`property`): what for: {wrong}"
    assert bool(NOTHING.search(text)) != bool(items), "either lines, or 'Nothing: …'"
    return {
        Step(match[1], match[2], tuple(re.findall(r"\w+", match[3] or "")))
        for match in found
        if match
    }


def complaints(happening: Collection[Step], told: Collection[Step]) -> list[str]:
    """Return what is wrong with an announcement."""
    return [
        *(f"not announced: - {each}: <what for>" for each in sorted({*happening} - {*told})),
        *(f"announced, but does not happen: {each}" for each in sorted({*told} - {*happening})),
    ]


def steps(old: Resources, new: Resources) -> set[Step]:
    """Return what an update from ``old`` to ``new`` does."""
    added = {Step("add", _shown(new[urn].type)) for urn in new.keys() - old.keys()}
    deleted = {Step("delete", _shown(old[urn].type)) for urn in old.keys() - new.keys()}
    found: dict[str, Step] = {}
    while True:  # until what has changed reaches no further resource
        changed = {urn: _new_outputs(urn, step, old, new) for urn, step in found.items()}
        again = {
            urn: step
            for urn in new.keys() & old.keys()
            if (step := _step(old[urn], new[urn], changed)) is not None
        }
        if again == found:
            return added | deleted | {*found.values()}
        found = again


def _shown(kind: str) -> str:
    """Return a type as a preview shows it: without the module's path."""
    return re.sub(r"/\w+(?=:)", "", kind)


def _step(old: Registration, new: Registration, changed: Mapping[str, set[str]]) -> Step | None:
    kind = RESOURCE_TYPES.get(new.type)
    defaults = kind.defaults if kind else {}
    before = {**defaults, **unwrapped(old.inputs)}
    inputs = {**defaults, **_with_unknown(new, changed)}
    if old.trigger != new.trigger and None not in (old.trigger, new.trigger):
        return Step("replace", _shown(new.type), (TRIGGER,))
    if kind is None:  # the engine's own, and components
        edited = sorted(key for key in {**before, **inputs} if before.get(key) != inputs.get(key))
        return Step("update", _shown(new.type), tuple(edited)) if edited else None
    differences = compare(kind, before, inputs)
    if not differences.found:
        return None
    paths = differences.replacing or [each.path for each in differences.found]
    names = sorted({re.split(r"[.\[]", path)[0] for path in paths})
    action = "replace" if differences.replacing else "update"
    return Step(action, _shown(new.type), tuple(names))


def _with_unknown(one: Registration, changed: Mapping[str, set[str]]) -> dict[str, Any]:
    """Return the inputs of a resource, without what depends on outputs that change."""
    inputs = {}
    for key, value in one.inputs.items():
        others = (changed.get(urn, ()) for urn in one.dependencies.get(key, ()))
        inputs[key] = _unknown(unwrapped(value), set().union(*others))
    return inputs


def _new_outputs(urn: str, step: Step, old: Resources, new: Resources) -> set[str]:
    """Return the outputs of a resource that are others after its step, as the record has them."""
    one = new[urn]
    names: Collection[str] = one.outputs
    if step.action == "update":
        kind = RESOURCE_TYPES.get(one.type)
        asked = kind.new_outputs if kind else None
        names = asked(old[urn].inputs, one.inputs) if asked else ()
    return {str(one.outputs[name]) for name in names if name in one.outputs} - _given(one)


def _given(one: Registration) -> set[str]:
    """Return the outputs that are inputs too: they are known before the step."""
    return {str(value) for value in one.inputs.values()}


def _unknown(value: Any, changed: Collection[str]) -> Any:
    """Return an input with what is not known yet in the place of outputs that change."""
    if not changed:
        return value
    if isinstance(value, Mapping):
        return {key: _unknown(inner, changed) for key, inner in value.items()}
    if isinstance(value, list):
        return [_unknown(inner, changed) for inner in value]
    return UNKNOWN if any(each in _text(value) for each in changed) else value


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


Edit = Callable[[dict[str, Any]], Any]


def edited(old: Resources, name: str, edit: Edit, *, trigger: Any = None) -> Resources:
    """Return resources of a release in which those of a name and type are others."""
    kind, _, own = name.partition(" ")
    found = [urn for urn in old if urn.endswith(f"{kind}::{own}")]
    assert len(found) == 1, name
    inputs = copy.deepcopy(dict(old[found[0]].inputs))
    edit(inputs)
    changed = replace(old[found[0]], inputs=inputs)
    return {**old, found[0]: replace(changed, trigger=trigger) if trigger else changed}
