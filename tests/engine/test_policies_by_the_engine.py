"""The policy pack, asked by the real engine about an example."""

from __future__ import annotations

import json
import os

import pytest

from tests import example_environments as examples
from tests.engine.stacks import PROJECT

pytestmark = [pytest.mark.engine, pytest.mark.engine_suite]

PACK = PROJECT / "tools" / "pulumi" / "policy"
ADVISED = {("imds-blocked", "advisory")}
"""The example does not set ``blockImds``."""


@pytest.fixture
def stack(new_stack):
    """An example, and the engine with the program on its path that starts the pack."""
    made = new_stack()
    made.environ = {**made.environ, "PATH": f"{PACK}{os.pathsep}{made.environ['PATH']}"}
    made.text = examples.text("dev-spot")
    return made


def violated(run):
    """Name and level of each policy that was violated."""
    return {
        (event["policyEvent"]["policyName"], event["policyEvent"]["enforcementLevel"])
        for event in run.events
        if "policyEvent" in event
    }


def definitions(stack):
    return [each for each in stack.resources() if each["type"].endswith(":JobDefinition")]


def test_an_example_passes_and_what_breaks_a_promise_is_refused(stack, tmp_path):
    pack = ("--policy-pack", str(PACK))
    # A preview does not know all; what it does not know is left to the update, without a word.
    for run in (stack.preview(*pack), stack.up(*pack)):
        assert violated(run) == ADVISED
        assert "batch-platform@v1.0.0" in run.output
        assert "can't run policy" not in run.output

    stack.text = stack.text.replace("vcpus: 1", "vcpus: 1\n      privileged: true")
    stack.text = stack.text.replace("timeout: {attemptDurationSeconds: 3600}", "")
    before = definitions(stack)
    refused = stack.up(*pack, check=False)
    assert refused.code != 0
    mandatory = ("jobs-not-privileged", "mandatory")
    assert violated(refused) == {mandatory, ("jobs-end", "advisory"), *ADVISED}
    assert "the container is privileged; fix: remove `privileged`" in refused.output
    assert definitions(stack) == before

    config = tmp_path / "policies.json"
    config.write_text(json.dumps({"jobs-not-privileged": "disabled"}))
    allowed = stack.up(*pack, "--policy-pack-config", str(config))
    assert violated(allowed) == {("jobs-end", "advisory"), *ADVISED}
    assert definitions(stack) != before
