"""`pulumi up` killed at several points, `batch-platform recover`, and `pulumi up` again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from contextlib import contextmanager

import pytest

from localaws.resources.table import RESOURCE_TYPES
from tests.engine.inventory import Inventory
from tests.resource_handlers import with_handler

pytestmark = [pytest.mark.engine, pytest.mark.engine_suite]

BY_NAME = {token.rpartition(":")[2]: token for token in RESOURCE_TYPES}
CREATIONS = {
    "the first": ("LogGroup", "Vpc", "Role"),
    "network and policies": (
        "DefaultSecurityGroup",
        "InternetGateway",
        "RolePolicy",
        "RolePolicyAttachment",
        "RouteTable",
        "SecurityGroup",
        "Subnet",
    ),
    "rules and revisions": (
        "InstanceProfile",
        "JobDefinition",
        "Route",
        "RouteTableAssociation",
        "SecurityGroupEgressRule",
    ),
    "queue": ("JobQueue",),
    "what holds a secret": ("Parameter",),
}


@pytest.fixture(scope="module")
def new(new_stack):
    """Return the function that makes a stack, which has a policy that is attached."""

    def make():
        made = new_stack()
        attached = {"managedPolicies": ["AmazonSSMManagedInstanceCore"]}
        made.config["batch-platform:roles"] = {"instanceRole": attached}
        return made

    return make


@pytest.fixture(scope="module")
def stack(new):
    return new()


@pytest.fixture(scope="module")
def aws(local):
    return Inventory(local)


@contextmanager
def unheard(verb, *names):
    """Have the provider do what is asked of it, for these types, and never tell the engine.

    Yields what waits until each type has done it once.
    """
    over = threading.Event()
    done = {name: threading.Event() for name in names}

    def muted(name, handler):
        def mute(*arguments):
            answer = handler(*arguments)
            done[name].set()
            over.wait(300)
            return answer

        return mute

    with pytest.MonkeyPatch.context() as patch:
        for name in names:
            kind = RESOURCE_TYPES[BY_NAME[name]]
            handler = muted(name, getattr(kind, verb))
            patch.setitem(RESOURCE_TYPES, BY_NAME[name], with_handler(kind, verb, handler))
        try:
            yield lambda: [name for name in names if not done[name].wait(300)]
        finally:
            over.set()


def kill_unheard(stack, command, verb, *names):
    """Run a command and kill the engine when AWS has done what the engine is not told."""
    with unheard(verb, *names) as missing:
        process = stack.start(command, "--yes", "--skip-preview")
        late = missing()
        os.killpg(process.pid, signal.SIGKILL)
        output, _ = process.communicate()
        assert late == [], output


def tear(stack):
    """Leave the state as a kill does in the middle of writing it: rarely, so it is made."""
    (attributes,) = stack.folder.parent.rglob(f"stacks/*/{stack.name}.json.attrs")
    attributes.write_text("")
    assert "EOF" in stack.pulumi("stack", "export", check=False).output


def recover(stack, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "batch_platform.recovery", "--stack", stack.name, *arguments],
        cwd=stack.folder,
        env={**os.environ, **stack.environ},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def recovered(stack):
    """Recover, which leaves the stack's file alone, and return what it said."""
    stack_file = stack.folder / f"Pulumi.{stack.name}.yaml"
    before = stack_file.read_text()
    answer = recover(stack, "--yes")
    assert answer.returncode == 0, answer.stderr
    assert stack_file.read_text() == before
    return answer.stdout


def in_state(stack):
    custom = [each for each in stack.resources() if each["type"].startswith("aws:")]
    return dict(Counter(each["type"].rpartition(":")[2] for each in custom))


def counts(found):
    return {kind: len(names) for kind, names in found.items()}


@pytest.mark.parametrize("point", CREATIONS)
def test_what_a_killed_up_created_unheard_is_deleted(stack, aws, point):
    names = CREATIONS[point]
    kill_unheard(stack, "up", "create", *names)
    before = counts(aws.of(stack.name))
    tear(stack)
    said = recovered(stack)
    assert "the lock of an engine that was killed is released" in said
    for name in names:
        assert f"creating {name} {stack.name}-" in said
    # What AWS has is what the state has, but for a revision and the VPC's own group, which stay.
    after = counts(aws.of(stack.name))
    kept = {"JobDefinition": 0, "DefaultSecurityGroup": 0}
    assert {kind for kind in names if before[kind] == after.get(kind, 0)} == {*names} & {*kept}
    assert after | kept == in_state(stack) | kept


def test_there_is_nothing_to_recover_twice(stack):
    answer = recover(stack)
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")


def test_the_next_up_completes_with_everything_once(stack, new, aws):
    stack.up()
    fresh = Counter(name.partition(" ")[0] for _, name in new().preview().planned)
    assert {kind: fresh[kind] for kind in fresh if kind in BY_NAME} == in_state(stack)
    found = aws.of(stack.name)
    assert set(found["JobDefinition"]) == {f"{stack.name}-hello"}
    assert len(found["JobDefinition"]) > 1  # those that were cut off are old revisions
    assert counts(found) | {"JobDefinition": 1} == in_state(stack)
    assert stack.up().changes == []


def test_a_replacement_that_was_killed_goes_on(stack, aws):
    old = aws.of(stack.name)["ComputeEnvironment"]
    resources = {"allocationStrategy": "BEST_FIT", "instanceTypes": ["c5.large"]}
    stack.block("computeEnvironments")["default"] |= resources
    kill_unheard(stack, "up", "create", "ComputeEnvironment")
    assert len(aws.of(stack.name)["ComputeEnvironment"]) == 2
    assert "to be deleted" in recovered(stack)
    assert aws.of(stack.name)["ComputeEnvironment"] == old
    # Now the new one is there, and the queue is pointed at it unheard.
    kill_unheard(stack, "up", "update", "JobQueue")
    assert "updating JobQueue" in recovered(stack)
    stack.up()
    (new,) = aws.of(stack.name)["ComputeEnvironment"]
    assert new not in old
    assert counts(aws.of(stack.name)) | {"JobDefinition": 1} == in_state(stack)


def test_a_destroy_that_was_killed_goes_on_and_leaves_nothing(stack, aws):
    kill_unheard(stack, "destroy", "delete", "ComputeEnvironment")
    assert "deleting ComputeEnvironment" in recovered(stack)
    stack.destroy()
    assert stack.resources() == []
    assert aws.of(stack.name) == {}
