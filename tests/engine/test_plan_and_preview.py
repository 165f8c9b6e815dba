"""``python -m batch_platform plan`` tells what the real engine then does."""

from __future__ import annotations

import copy
import io
import json

import pytest

from batch_platform.__main__ import main

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


# A queue for each too. Of the first, updates in place are allowed; of the second, none.
UPDATABLE = ("default", "market", "volumes", "policy", "tasks", "key", "agent")
FIXED = ("fixed", "image", "fixed-volumes", "placement", "spot-tasks", "leaving")
DEFINITIONS = ("rules", "attempts", "serverless", "timed", "tagged", "leaving")


@pytest.fixture(scope="module")
def stack(new_stack):
    """A stack that is up, with an entry for each edit that can be made beside others."""
    made = new_stack()
    environments, queues = made.block("computeEnvironments"), made.block("jobQueues")
    original = {**environments["default"], "maxVcpus": 2}
    for key in UPDATABLE:
        environments[key] = dict(original)
    for key in FIXED:
        environments[key] = original | BEST_FIT
    environments["serverless"] = {"type": "FARGATE", "maxVcpus": 2}
    for key in environments:
        queues[key] = {"computeEnvironments": [key]}
    definitions = made.block("jobDefinitions")
    for key in DEFINITIONS:
        definitions[key] = dict(definitions["hello"])
    made.config["batch-platform:outputs"] = {"ssmParameter": False}  # too many for one
    made.up()
    yield made
    made.destroy()


@pytest.fixture(scope="module")
def exported(stack):
    return stack.pulumi("stack", "export").output


@pytest.fixture
def edit(stack):
    """The config to edit; it is as before afterwards."""
    before = copy.deepcopy(stack.config)
    yield stack.config
    stack.config.clear()
    stack.config.update(before)


@pytest.fixture
def plan(stack, monkeypatch, capsys):
    """Returns the changes that ``batch-platform plan`` tells."""

    def tell(against):
        monkeypatch.setattr("sys.stdin", io.StringIO(against))
        told = ["plan", "--stack", stack.name, "--against", "-", "--output", "json"]
        assert main([*told, "--directory", str(stack.folder)]) == 0
        return json.loads(capsys.readouterr().out)["changes"]

    return tell


def environment(key, **more):
    return lambda config: config["batch-platform:computeEnvironments"][key].update(more)


def block(name, value):
    return lambda config: config.update({f"batch-platform:{name}": value})


def removed(name, key):
    return lambda config: config[f"batch-platform:{name}"].pop(key)


def definition(key, **more):
    return lambda config: config["batch-platform:jobDefinitions"][key].update(more)


def queue(key, **more):
    return lambda config: config["batch-platform:jobQueues"][key].update(more)


def added(name, key, entry):
    return lambda config: config[f"batch-platform:{name}"].update({key: entry})


# Each is one preview, so edits of different entries are made at once.
EDITS = {
    "nothing": (),
    "entries": (
        # In place.
        environment("default", instanceTypes=["c5.large"]),
        environment("fixed", maxVcpus=4),
        environment("serverless", maxVcpus=4),
        environment("policy", updatePolicy={"terminateJobsOnUpdate": True}),
        environment("key", ec2KeyPair="ops"),
        environment("agent", launchTemplate={"ecsAgent": {"ECS_RESERVED_MEMORY": "256"}}),
        environment("volumes", launchTemplate={"rootVolume": {"volumeSize": 50}}),
        # By a replacement, or not, as the rules have it.
        environment("market", type="SPOT", imageRefresh="2026-11"),
        environment("image", imageIdOverride="ami-0000000000000dddd"),
        environment("fixed-volumes", launchTemplate={"rootVolume": {"volumeSize": 50}}),
        environment("placement", placementGroup="near"),
        added("computeEnvironments", "tasks", {"type": "FARGATE", "maxVcpus": 2}),
        added("computeEnvironments", "spot-tasks", {"type": "FARGATE_SPOT", "maxVcpus": 2}),
        queue("default", priority=7, computeEnvironments=["fixed", "default"]),
        queue("market", fairsharePolicy={"shareDecaySeconds": 60}),
        queue("volumes", state="DISABLED", jobStateTimeLimitActions=[TIME_LIMIT]),
        definition("rules", memory=200, retryStrategy=RULES),
        definition("attempts", retryStrategy={"attempts": 2}),
        definition("serverless", platform="FARGATE", vcpus=0.25, memory=512),
        definition("timed", timeout={"attemptDurationSeconds": 90}, environment={"A": "1"}),
        definition("tagged", tags={"owner": "me"}),
        # Keys that go and come.
        removed("computeEnvironments", "leaving"),
        removed("jobQueues", "leaving"),
        removed("jobDefinitions", "leaving"),
        added("jobDefinitions", "other", {"image": "busybox", "memory": 8}),
        added("jobQueues", "other", {"computeEnvironments": ["fixed", "default"]}),
    ),
    "another strategy": (environment("default", allocationStrategy="BEST_FIT"),),
    "service role": (block("roles", {"serviceRole": "custom"}),),
    "tags": (block("tags", {"team": "data"}),),
    "IAM path": (block("roles", {"path": "/batch/"}),),
    "network of another kind": (block("network", {"mode": "nat"}),),
    "network elsewhere": (block("network", {"mode": "public", "cidr": "10.9.0.0/16"}),),
}


@pytest.mark.parametrize("name", EDITS)
def test_what_is_told_is_what_the_preview_shows(stack, edit, exported, plan, name):
    for change in EDITS[name]:
        change(edit)
    planned = stack.preview().planned  # writes the stack file too
    told = {
        (operation, f"{KINDS[change['kind']]} {stack.name}-{change['key']}")
        for change in plan(exported)
        for operation in OPERATIONS.get(change["action"], ())
    }
    kinds = set(KINDS.values())
    assert told == {step for step in planned if step[1].partition(" ")[0] in kinds}


def test_the_outputs_of_a_stack_that_is_up_are_told_unchanged(stack, plan):
    outputs = json.dumps(stack.outputs())  # writes the stack file too
    assert {change["action"] for change in plan(outputs)} == {"unchanged"}
