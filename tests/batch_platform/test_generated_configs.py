"""Every valid config is planned: loaded, previewed, compared, and the same in another order."""

from __future__ import annotations

import json
import random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from batch_platform.changes import report
from batch_platform.changes.compare import changes
from batch_platform.changes.hazards import warnings
from batch_platform.changes.rules import Action
from batch_platform.changes.snapshot import of_settings
from batch_platform.changes.state import of_state
from batch_platform.settings import parse_stack_file
from tests.batch_platform.generated_configs import configs, stack_file
from tests.batch_platform.more_examples import examples
from tests.batch_platform.planned import STACK, loaded, planned
from tests.batch_platform.program_config import NETWORK_OF_ANOTHER
from tests.batch_platform.recorded_run import Run, RunProgram
from tests.batch_platform.schema_validation import faults
from tests.batch_platform.stack_exports import deployment

HERE = "ap-northeast-1"
"""The region in which the recorded program finds zones."""


@examples(40)
@given(configs(), configs())
def test_every_valid_config_is_planned_against_itself_and_another(
    config: dict[str, Any], other: dict[str, Any]
) -> None:
    wanted = loaded(config)
    assert faults(parse_stack_file(stack_file(config), STACK)) == []
    assert planned(wanted)["quotas"] == []
    new = of_settings(wanted, "new")
    assert {change.action for change in changes(new, new)} == {Action.UNCHANGED}

    old = of_settings(loaded(other), "old")
    found = changes(old, new)
    for change in found:
        assert (change.action is Action.UNCHANGED) == (change.edits == ())
        assert all(edit.rule.name and edit.rule.source for edit in change.edits)
        # Of two texts that are not shown only the lengths are, which may be the same.
        assert all(edit.old != edit.new or "not shown" in str(edit.old) for edit in change.edits)
    warned = warnings(found, old, new)
    assert json.dumps(report.data(found, warned, old, new))
    assert report.text(found, warned, old, new)


@examples(25)
@given(configs(), st.randoms(use_true_random=False))
def test_another_order_of_keys_is_the_same(config: dict[str, Any], order: random.Random) -> None:
    assert planned(loaded(shuffled(config, order))) == planned(loaded(config))


@examples(8)
@given(configs(regions=[HERE]), st.randoms(use_true_random=False))
def test_pain_17_the_program_registers_every_valid_config_alike(
    run_program: RunProgram, config: dict[str, Any], order: random.Random
) -> None:
    up = run_program(stack_file(config), answers=NETWORK_OF_ANOTHER)
    assert up.refused == []
    again = run_program(stack_file(shuffled(config, order)), answers=NETWORK_OF_ANOTHER)
    assert registrations(again) == registrations(up)
    preview = run_program(stack_file(config), answers=NETWORK_OF_ANOTHER, preview=True)
    assert {(one.typ, one.name) for one in preview.resources} == {
        (one.typ, one.name) for one in up.resources
    }

    state = of_state(json.loads(deployment(up))["deployment"], "state", "test")
    found = changes(state, of_settings(loaded(shuffled(config, order)), "config"))
    assert {change.key: change.edits for change in found if change.edits} == {}


def registrations(run: Run) -> dict[tuple[str, str], Any]:
    """Return what the engine gets, whatever the order."""
    return {
        (one.typ, one.name): (one.inputs, one.dependencies, one.replacement_trigger)
        for one in run.resources
    }


def shuffled(value: Any, order: random.Random) -> Any:
    """Return the same config with the keys of every block in another order."""
    if isinstance(value, list):
        return [shuffled(item, order) for item in value]
    if not isinstance(value, dict):
        return value
    keys = list(value)
    order.shuffle(keys)
    return {key: shuffled(value[key], order) for key in keys}
