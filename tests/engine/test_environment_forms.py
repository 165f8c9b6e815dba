"""Launch templates and Fargate by the real engine: what is in place, and what replaces."""

from __future__ import annotations

import pytest

from tests.aws_clients import client_of

pytestmark = [pytest.mark.engine, pytest.mark.engine_suite]


@pytest.fixture
def stack(new_stack):
    made = new_stack()
    yield made
    made.destroy()


def environment_of(stack, local):
    name = stack.outputs()["computeEnvironments"]["default"]["name"]
    batch = client_of(local, "batch")
    (found,) = batch.describe_compute_environments(computeEnvironments=[name])[
        "computeEnvironments"
    ]
    return found


def test_pain_09_launch_template_drift_an_edit_reaches_the_instances(stack, local):
    named = f"{stack.name}-default"
    stack.up()
    first = environment_of(stack, local)
    assert first["computeResources"]["launchTemplate"]["version"] == "1"
    assert set(stack.up().counts()) == {"same"}

    entry = stack.block("computeEnvironments")["default"]
    entry["launchTemplate"] = {"rootVolume": {"volumeSize": 100}}
    steps = [("update", f"LaunchTemplate {named}"), ("update", f"ComputeEnvironment {named}")]
    assert [step for step in stack.preview().planned if named in step[1]] == steps
    assert [step for step in stack.up().changes if named in step[1]] == steps
    second = environment_of(stack, local)
    assert second["computeResources"]["launchTemplate"]["version"] == "2"
    assert second["computeEnvironmentArn"] == first["computeEnvironmentArn"]
    assert set(stack.up().counts()) == {"same"}


def test_pain_06_fargate_updates_are_rejected_so_another_type_is_another_environment(stack, local):
    environment, queue = (
        f"ComputeEnvironment {stack.name}-default",
        f"JobQueue {stack.name}-default",
    )
    stack.config.pop("batch-platform:jobDefinitions")
    entry = stack.block("computeEnvironments")["default"]
    entry.clear()
    entry |= {"type": "FARGATE", "maxVcpus": 8}
    stack.up()
    first = environment_of(stack, local)

    entry["maxVcpus"] = 16
    stack.config["batch-platform:tags"] = {"team": "data"}
    changed = stack.up().changes
    assert ("update", environment) in changed
    assert ("create-replacement", environment) not in changed
    second = environment_of(stack, local)
    assert second["computeEnvironmentArn"] == first["computeEnvironmentArn"]
    assert second["computeResources"]["maxvCpus"] == 16

    entry["type"] = "FARGATE_SPOT"
    changed = stack.up().changes
    wanted = [
        ("create-replacement", environment),
        ("replace", environment),
        ("update", queue),
        ("delete-replaced", environment),
    ]
    assert [step for step in changed if step in wanted] == wanted
    assert environment_of(stack, local)["computeResources"]["type"] == "FARGATE_SPOT"
    assert set(stack.up().counts()) == {"same"}


def test_an_unmanaged_environment_and_its_group_until_it_is_managed(stack, local):
    environment, group = f"ComputeEnvironment {stack.name}-default", f"Group {stack.name}-default"
    batch, scaling = client_of(local, "batch"), client_of(local, "autoscaling")

    def environments():
        found = batch.describe_compute_environments()["computeEnvironments"]
        named = [each for each in found if each["computeEnvironmentName"].startswith(stack.name)]
        return [(each["type"], each["state"]) for each in named]

    def sizes():
        found = scaling.describe_auto_scaling_groups()["AutoScalingGroups"]
        named = [each for each in found if each["AutoScalingGroupName"].startswith(stack.name)]
        return [len(each["Instances"]) for each in named]

    entry = stack.block("computeEnvironments")["default"]
    entry.clear()
    entry |= {"type": "UNMANAGED", "autoScalingGroup": {"instanceTypes": ["c5.large"]}}
    stack.up()
    assert (environments(), sizes()) == ([("UNMANAGED", "ENABLED")], [1])
    assert set(stack.up().counts()) == {"same"}

    entry["autoScalingGroup"] |= {"maxSize": 2, "desiredCapacity": 2}
    entry["state"] = "DISABLED"
    outputs = ("update", f"Parameter {stack.name}-outputs")  # its maxVcpus
    assert sorted(stack.up().changes) == [("update", environment), ("update", group), outputs]
    assert (environments(), sizes()) == ([("UNMANAGED", "DISABLED")], [2])

    entry.clear()
    entry |= {"type": "EC2"}
    steps = [step for step, name in stack.up().changes if name == group]
    assert steps == ["delete"]
    assert (environments(), sizes()) == ([("MANAGED", "ENABLED")], [])
