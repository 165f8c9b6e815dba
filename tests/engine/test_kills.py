"""The engine killed after some requests of a first up, of a replacement and of a destroy.

Which ones changes with the day; ``BATCH_PLATFORM_KILLS=<seed>`` repeats a choice, and
``BATCH_PLATFORM_KILLS=all`` kills after each request that changes something (half an hour).
"""

from __future__ import annotations

import datetime
import os

import pytest

from tests.engine.kills import CONFIG, EachOnce, Some, life, replace

SEED = os.environ.get("BATCH_PLATFORM_KILLS") or str(datetime.datetime.now(datetime.UTC).date())
IS_ALL = SEED == "all"
KILLS = {"up": 1, "replacement": 1, "destroy": 1}
"""How many of each, where not all are made."""

pytestmark = [
    pytest.mark.engine,
    pytest.mark.engine_suite,
    pytest.mark.timeout(7200 if IS_ALL else 600),
]


@pytest.fixture(scope="module")
def whole(local, tmp_path_factory):
    """The life of one stack, from its first update to its end, one resource after the other."""
    with life(local, tmp_path_factory.mktemp("kills"), "--parallel=1") as made:
        yield made


def killed_and_recovered(whole, phase, command):
    """Run a command through its kills, none of which may leave anything."""
    before = len(whole.kills)
    if IS_ALL:
        whole.run(command, EachOnce())
    else:
        whole.run(command, Some(f"{SEED} {phase}"), most=KILLS[phase])
    kills = whole.kills[before:]
    print(f"seed {SEED}:", *kills, sep="\n  ")  # noqa: T201 - pytest shows it of a failure
    assert [kill for kill in kills if kill.orphans or kill.missing] == []
    assert len(kills) >= KILLS[phase]


def test_a_first_update_converges(whole):
    killed_and_recovered(whole, "up", "up")
    assert whole.differences() == ({}, {})
    assert whole.stack.config == CONFIG


def test_a_replacement_converges_and_nothing_is_left_to_change(whole):
    old = whole.inventory()
    replace(whole.stack)
    killed_and_recovered(whole, "replacement", "up")
    new = whole.inventory()
    assert {*old["Role"]}.isdisjoint(new["Role"])
    assert {*old["ComputeEnvironment"]} - {*new["ComputeEnvironment"]}
    assert whole.differences() == ({}, {})
    assert whole.once("up").changes == []


def test_a_destroy_leaves_nothing(whole):
    killed_and_recovered(whole, "destroy", "destroy")
    assert whole.inventory() == {}
    assert whole.stack.resources() == []
