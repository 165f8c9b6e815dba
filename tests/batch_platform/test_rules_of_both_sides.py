"""`batch-platform plan` and the local provider replace for the same edits, property by property."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from batch_platform.changes.rules import (
    COMPUTED,
    DEFINITION,
    ENVIRONMENT,
    LAUNCH_TEMPLATE,
    NO_VERSION,
    QUEUE,
    REPLACED_BY,
    UNORDERED,
    Action,
    rule_of,
)
from batch_platform.settings.update_policy import UPDATABLE_STRATEGIES
from localaws.resources import compute_environment_changes as provider
from localaws.resources.table import RESOURCE_TYPES
from tests.batch_platform.recorded_run import RunProgram
from tests.batch_platform.test_plan_command import FULL

CONFIGS = {
    "linked role": FULL,
    "custom role": FULL + "  batch-platform:roles: {serviceRole: custom}\n",
}
ASKED_FOR_BY_THE_PROGRAM = {"role-kind", "fixed-type", "fargate-type", "queue-limits"}
"""What AWS Batch refuses and the provider does not know: the replacement trigger has it."""
IDENTITY = {"name", "computeEnvironmentOrders", "schedulingPolicyArn"}
"""What `batch-platform plan` compares by the keys of the config."""

Path = tuple[str, ...]


def leaves(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the paths of what is in the inputs, through lists of one block."""
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict):
        yield from leaves(value[0], path)
    elif isinstance(value, dict) and path[-1:] != ("tags",):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    else:
        yield path


def edited(inputs: dict[str, Any], path: Path) -> dict[str, Any]:
    """Return the inputs with another value of the same type at ``path``."""
    result = copy.deepcopy(inputs)
    block: Any = result
    for part in path[:-1]:
        block = block[part][0] if isinstance(block[part], list) else block[part]
    block[path[-1]] = another(block[path[-1]])
    return result


def another(value: Any) -> Any:
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case list():
            return [*value, "another"]
        case dict():
            return {**value, "another": "tag"}
    if value.startswith("{"):
        return json.dumps({**json.loads(value), "another": 1})
    return f"{value}-another"


@pytest.mark.parametrize("name", CONFIGS)
def test_the_same_edits_replace(run_program: RunProgram, name: str) -> None:
    run = run_program(CONFIGS[name])
    compared = set()
    for token in (ENVIRONMENT, QUEUE, DEFINITION):
        other_side = RESOURCE_TYPES[token]
        for one in run.every(token.rpartition(":")[2]):
            for path in leaves(one.inputs):
                if path[0] in IDENTITY:
                    continue
                new = edited(one.inputs, path)
                rule = rule_of(token, path, one.inputs, new)
                if rule.name in ASKED_FOR_BY_THE_PROGRAM:
                    continue
                replaced = set(other_side.replaces(one.inputs, new)) if other_side.replaces else ()
                assert (rule.action is Action.REPLACE) == bool(replaced), (one.name, path, rule)
                compared.add(path)
                if other_side.new_outputs and not replaced:
                    revised = "revision" in other_side.new_outputs(one.inputs, new)
                    assert (rule.action is Action.REVISION) == revised, (one.name, path, rule)
    assert len(compared) > 12


@pytest.mark.parametrize("name", CONFIGS)
def test_the_same_edits_make_another_of_what_they_name(run_program: RunProgram, name: str) -> None:
    run = run_program(CONFIGS[name])
    for token, replaced_by in REPLACED_BY.items():
        known = {key for one in run.every(token.rpartition(":")[2]) for key in one.inputs}
        assert known & RESOURCE_TYPES[token].replace_on - IDENTITY == known & {*replaced_by}
    versions = RESOURCE_TYPES[LAUNCH_TEMPLATE].new_outputs
    assert versions is not None
    for one in run.every("LaunchTemplate"):
        made = {key for key in one.inputs if versions(one.inputs, {**one.inputs, key: "another"})}
        assert {*one.inputs} - made == NO_VERSION


def test_what_both_sides_know_of_compute_environments_is_the_same() -> None:
    assert set(UNORDERED) == set(provider.UNORDERED)
    assert UPDATABLE_STRATEGIES == provider.UPDATABLE_STRATEGIES
    assert {".".join(path) for path in COMPUTED} <= RESOURCE_TYPES[ENVIRONMENT].computed
