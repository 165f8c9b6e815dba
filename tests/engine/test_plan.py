"""``python -m infra plan`` tells what the real engine then does."""

from __future__ import annotations

import copy
import json
import subprocess
import sys

import pytest

from tests.engine.stacks import PROJECT

pytestmark = pytest.mark.engine

KINDS = {
    "computeEnvironments": "ComputeEnvironment",
    "jobQueues": "JobQueue",
    "jobDefinitions": "JobDefinition",
}
OPERATIONS = {
    "add": {"create"},
    "update in place": {"update"},
    "scaling update": {"update"},
    "infrastructure update": {"update"},
    "new revision": {"update"},
    "replace": {"create-replacement", "replace", "delete-replaced"},
    "remove": {"delete"},
}
BEST_FIT = {"allocationStrategy": "BEST_FIT"}
RULES = {"attempts": 2, "evaluateOnExit": [{"action": "EXIT", "onExitCode": "1"}]}


@pytest.fixture(scope="module")
def stack(new_stack):
    """A stack that is up: one environment that can be updated in place, one that cannot."""
    made = new_stack()
    environments = made.block("computeEnvironments")
    environments["fixed"] = environments["default"] | BEST_FIT
    made.block("jobQueues")["fixed"] = {"computeEnvironments": ["fixed"]}
    made.up()
    yield made
    made.destroy()


@pytest.fixture
def edit(stack):
    """The config to edit; it is as before afterwards."""
    before = copy.deepcopy(stack.config)
    yield stack.config
    stack.config.clear()
    stack.config.update(before)


def plan(stack, against):
    answer = subprocess.run(
        [
            *(sys.executable, "-m", "infra", "plan", "--stack", stack.name, "--directory"),
            *(stack.folder, "--against", "-", "--output", "json"),
        ],
        cwd=PROJECT,
        input=against,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(answer.stdout)["changes"]


def environment(key, **more):
    return lambda config: config["batch-platform:computeEnvironments"][key].update(more)


def block(name, value):
    return lambda config: config.update({f"batch-platform:{name}": value})


def definition(**more):
    return lambda config: config["batch-platform:jobDefinitions"]["hello"].update(more)


def queue(**more):
    return lambda config: config["batch-platform:jobQueues"]["default"].update(more)


EDITS = {
    "nothing": lambda config: None,
    "scaling": environment("default", maxVcpus=16),
    "scaling, BEST_FIT": environment("fixed", maxVcpus=16),
    "instance types": environment("default", instanceTypes=["c5.large"]),
    "instance types, BEST_FIT": environment("fixed", instanceTypes=["c5.large"]),
    "to SPOT": environment("default", type="SPOT"),
    "strategy": environment("default", **BEST_FIT),
    "AMI": environment("default", imageIdOverride="ami-0000000000000dddd"),
    "AMI, BEST_FIT": environment("fixed", imageIdOverride="ami-0000000000000dddd"),
    "architecture": environment("default", instanceTypes=["c7g.large"]),
    "service role": block("roles", {"serviceRole": "custom"}),
    "tags": block("tags", {"team": "data"}),
    "zones": block("network", {"mode": "public", "availabilityZones": 2}),
    "network mode": block("network", {"mode": "nat", "availabilityZones": 1}),
    "another block": block("network", {"mode": "public", "cidr": "10.1.0.0/16"}),
    "priority": queue(priority=7),
    "order": queue(computeEnvironments=["fixed", "default"]),
    "memory": definition(memory=200),
    "retries": definition(retryStrategy={"attempts": 2}),
    "retry rules": definition(retryStrategy=RULES),
    "a definition less": block("jobDefinitions", {}),
}


@pytest.mark.parametrize("name", EDITS)
def test_what_is_told_is_what_the_preview_shows(stack, edit, name):
    exported = stack.pulumi("stack", "export").output
    EDITS[name](edit)
    planned = stack.preview().planned  # writes the stack file too
    told = {
        (operation, f"{KINDS[change['kind']]} {stack.name}-{change['key']}")
        for change in plan(stack, exported)
        for operation in OPERATIONS.get(change["action"], ())
    }
    kinds = set(KINDS.values())
    assert told == {step for step in planned if step[1].partition(" ")[0] in kinds}


def test_the_outputs_of_a_stack_that_is_up_are_told_unchanged(stack):
    outputs = json.dumps(stack.outputs())
    stack.preview()
    assert {change["action"] for change in plan(stack, outputs)} == {"unchanged"}
