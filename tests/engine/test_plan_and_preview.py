"""``python -m infra plan`` tells what the real engine then does."""

from __future__ import annotations

import copy
import json
import subprocess
import sys

import pytest

from tests.engine.stacks import PROJECT

pytestmark = [pytest.mark.engine, pytest.mark.engine_suite]

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
TIME_LIMIT = {"reason": "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY", "maxTimeSeconds": 600}
RULES = {"attempts": 2, "evaluateOnExit": [{"action": "EXIT", "onExitCode": "1"}]}


@pytest.fixture(scope="module")
def stack(new_stack):
    """A stack that is up: one environment that can be updated in place, one not, one of Fargate."""
    made = new_stack()
    environments = made.block("computeEnvironments")
    environments["fixed"] = environments["default"] | BEST_FIT
    environments["serverless"] = {"type": "FARGATE"}
    for key in ("fixed", "serverless"):
        made.block("jobQueues")[key] = {"computeEnvironments": [key]}
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


def removed(name, key):
    return lambda config: config[f"batch-platform:{name}"].pop(key)


def definition(**more):
    return lambda config: config["batch-platform:jobDefinitions"]["hello"].update(more)


def queue(**more):
    return lambda config: config["batch-platform:jobQueues"]["default"].update(more)


# Each is one preview, so edits of different resources are made at once.
EDITS = {
    "nothing": (),
    "in place": (
        environment("default", instanceTypes=["c5.large"]),
        environment("fixed", maxVcpus=16),
        queue(priority=7, computeEnvironments=["fixed", "default"]),
        definition(memory=200, retryStrategy=RULES),
    ),
    "replaced": (
        environment("default", allocationStrategy="BEST_FIT"),
        environment("fixed", imageIdOverride="ami-0000000000000dddd"),
        definition(retryStrategy={"attempts": 2}),
    ),
    "type and AMI": (environment("default", type="SPOT", imageRefresh="2026-11"),),
    "launch template": (
        environment("default", launchTemplate={"rootVolume": {"volumeSize": 50}}),
        environment("fixed", launchTemplate={"rootVolume": {"volumeSize": 50}}),
    ),
    "update policy and placement group": (
        environment("default", updatePolicy={"terminateJobsOnUpdate": True}),
        environment("fixed", placementGroup="near"),
    ),
    "Fargate": (
        lambda config: config["batch-platform:computeEnvironments"].update(
            default={"type": "FARGATE"}, fixed={"type": "FARGATE_SPOT"}
        ),
        lambda config: config["batch-platform:jobDefinitions"]["hello"].update(
            platform="FARGATE", vcpus=0.25, memory=512
        ),
    ),
    "service role": (block("roles", {"serviceRole": "custom"}),),
    "tags": (block("tags", {"team": "data"}),),
    "IAM path": (block("roles", {"path": "/batch/"}),),
    "network of another kind": (block("network", {"mode": "nat"}),),
    "network elsewhere": (block("network", {"mode": "public", "cidr": "10.9.0.0/16"}),),
    "fair share": (
        environment("serverless", maxVcpus=32),
        environment("default", ec2KeyPair="ops"),
        queue(fairsharePolicy={"shareDecaySeconds": 60}),
        definition(timeout={"attemptDurationSeconds": 90}, environment={"A": "1"}),
    ),
    "time limits and tags of a definition": (
        environment("default", launchTemplate={"ecsAgent": {"ECS_RESERVED_MEMORY": "256"}}),
        queue(state="DISABLED", jobStateTimeLimitActions=[TIME_LIMIT]),
        definition(tags={"owner": "me"}),
    ),
    "keys removed": (removed("computeEnvironments", "fixed"), removed("jobQueues", "fixed")),
    "another key": (
        block("jobDefinitions", {"other": {"image": "busybox", "memory": 8}}),
        block("jobQueues", {"other": {"computeEnvironments": ["fixed", "default"]}}),
    ),
}


@pytest.mark.parametrize("name", EDITS)
def test_what_is_told_is_what_the_preview_shows(stack, edit, name):
    exported = stack.pulumi("stack", "export").output
    for change in EDITS[name]:
        change(edit)
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
