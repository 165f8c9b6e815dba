"""A stack that an older program has deployed, previewed by the engine with the program of today."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.batch_platform.stack_update import TRIGGER, edited, steps
from tools.release import record

pytestmark = [pytest.mark.engine, pytest.mark.engine_suite]

POLICY = json.dumps({"Version": "2012-10-17", "Statement": []})
ACTIONS = {"create": "add", "update": "update", "replace": "replace", "delete": "delete"}


def previewed(events: list[dict[str, Any]]) -> set[tuple[str, str]]:
    """Return what a preview says that an update would do, by type."""
    told = [each["resourcePreEvent"]["metadata"] for each in events if "resourcePreEvent" in each]
    return {
        (ACTIONS[each["op"]], re.sub(r"/\w+(?=:)", "", each["type"]))
        for each in told
        if each["op"] in ACTIONS
    }


def test_the_comparison_of_releases_tells_what_the_engine_previews(new_stack):
    stack = new_stack()
    stack.up()
    exported = json.loads(stack.pulumi("stack", "export").output)
    state = {each["urn"]: each for each in exported["deployment"]["resources"]}
    today = record.registered(
        stack.name, (stack.folder / f"Pulumi.{stack.name}.yaml").read_text(encoding="utf-8")
    )
    old = dict(today)
    for name, inputs, trigger in (
        (f"RolePolicy {stack.name}-execution", {"policy": POLICY}, None),
        (f"LaunchTemplate {stack.name}-default", {"userData": "ZWNobw=="}, None),
        (f"JobQueue {stack.name}-default", {}, ["FAIR_SHARE"]),
    ):
        before = edited(old, name, lambda given, other=inputs: given.update(other), trigger=trigger)
        (urn,) = [each for each in old if before[each] is not old[each]]
        state[urn]["inputs"] |= inputs
        state[urn]["outputs"] |= inputs
        state[urn] |= {TRIGGER: trigger} if trigger else {}
        old = before
    (moved,) = [urn for urn in old if "DefaultSecurityGroup::" in urn]
    old[f"{moved}-old"] = old.pop(moved)
    state[moved]["urn"] += "-old"
    stack.pulumi("stack", "import", given=json.dumps(exported))

    run = stack.preview()

    expected = {(each.action, each.type) for each in steps(old, today)}
    assert {action for action, _ in expected} == {*ACTIONS.values()}
    assert previewed(run.events) == expected, run.output
