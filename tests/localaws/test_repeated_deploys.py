"""`localaws deploy` again and again: what it changes, what it refuses, and how it goes on."""

from __future__ import annotations

import functools
import json
import re
import shutil
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from batch_platform.clients import client
from batch_platform.settings import SettingsError
from batchsdk import StackOutputs
from localaws.cli import main
from localaws.control.deployed_stacks import DeployedStacks
from localaws.embedded import DeploymentError, ReplacementNeededError, deploy, deployment
from localaws.resources.clients import Clients
from tests.aws_clients import client_of
from tests.conftest import PROJECT

ZONES = ("us-east-1a", "us-east-1b")
"""Zones that offer the instance types of these tests."""
QUEUE = "aws:batch/jobQueue:JobQueue"
ENVIRONMENT = "aws:batch/computeEnvironment:ComputeEnvironment"
DEFINITION = "aws:batch/jobDefinition:JobDefinition"


def base(network):
    """Return the stack file that the tests edit."""
    hello = {"image": "busybox", "command": ["echo", "one"], "vcpus": 1, "memory": 100}
    return {
        "aws:region": "us-east-1",
        "batch-platform:network": network,
        "batch-platform:computeEnvironments": {
            "spare": {"type": "FARGATE", "maxVcpus": 4},
            "small": {
                "type": "EC2",
                "instanceTypes": ["c5.large"],
                "maxVcpus": 4,
                "allocationStrategy": "BEST_FIT",  # AWS Batch updates it in place in few ways
            },
        },
        "batch-platform:jobQueues": {
            "default": {"priority": 1, "computeEnvironments": ["small"]},
            "urgent": {"priority": 2, "computeEnvironments": ["small"]},
        },
        "batch-platform:jobDefinitions": {"hello": hello},
    }


def default_network(local):
    """Return the default VPC: a stack with a network of its own has many more resources."""
    ec2 = client_of(local, "ec2")
    vpc = next(each for each in ec2.describe_vpcs()["Vpcs"] if each["IsDefault"])["VpcId"]
    of_vpc = [{"Name": "vpc-id", "Values": [vpc]}]
    subnets = ec2.describe_subnets(Filters=of_vpc)["Subnets"]
    groups = ec2.describe_security_groups(Filters=of_vpc)["SecurityGroups"]
    return {
        "mode": "existing",
        "reachability": "assumed",
        "vpcId": vpc,
        "subnetIds": [each["SubnetId"] for each in subnets if each["AvailabilityZone"] in ZONES],
        "securityGroupIds": [
            next(each["GroupId"] for each in groups if each["GroupName"] == "default")
        ],
    }


class Deployed:
    """A stack of the local AWS, deployed each time in this process."""

    def __init__(self, local, folder, stack):
        self.local, self.folder, self.stack = local, folder, stack
        self.file = folder / f"Pulumi.{stack}.yaml"
        for name in ("Pulumi.yaml", "__main__.py"):
            shutil.copy(PROJECT / name, folder)
        self.network = default_network(local)
        self.config = base(self.network)
        self.is_base = False

    def edit(self, block, key, **values):
        """Change values of an entry; none removes it."""
        entries = self.config[f"batch-platform:{block}"]
        if values:
            entries[key] = {**entries.get(key, {}), **values}
        else:
            del entries[key]

    def deploy(self, **options):
        """Deploy; return the steps, but for what is unchanged."""
        self.file.write_text(yaml.safe_dump({"config": self.config}))
        self.is_base = False
        steps = []
        deployed = deploy(
            self.local.connection,
            DeployedStacks(self.local.connection),
            stack=self.stack,
            project=self.folder,
            on_step=lambda action, entry: steps.append((str(action), entry.type, entry.name)),
            **options,
        )
        self.outputs = deployed.outputs
        self.is_base = self.config == base(self.network)
        return [each for each in steps if each[0] != "none"]

    def name(self, key):
        return f"{self.stack}-{key}"

    def queues(self):
        found = self.batch.describe_job_queues()["jobQueues"]
        named = [(each["jobQueueName"], each) for each in found]
        return {name.split("-")[1]: each for name, each in named if name.startswith(self.stack)}

    def environments(self):
        found = self.batch.describe_compute_environments()["computeEnvironments"]
        named = [(each["computeEnvironmentName"], each) for each in found]
        return {name.split("-")[1]: each for name, each in named if name.startswith(self.stack)}

    def revisions(self):
        name = self.name("hello")
        found = self.batch.describe_job_definitions(jobDefinitionName=name, status="ACTIVE")
        return {
            each["revision"]: each["containerProperties"]["command"]
            for each in found["jobDefinitions"]
        }

    @property
    def batch(self):
        return client_of(self.local, "batch")


@pytest.fixture(scope="module", autouse=True)
def environ(local):
    """Have the program's own clients reach the local AWS; none of this process tries again."""
    client.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**local.environ, "AWS_MAX_ATTEMPTS": "1"}.items():
            patch.setenv(name, value)
        # To make clients takes longer than all that they do.
        patch.setattr(deployment, "Clients", functools.cache(Clients))
        yield
    client.cache_clear()


@pytest.fixture(scope="module")
def shared(local, tmp_path_factory):
    return Deployed(local, tmp_path_factory.mktemp("project"), "again")


@pytest.fixture
def stack(shared):
    """A stack that is as `base()` says."""
    shared.config = base(shared.network)
    if not shared.is_base:
        shared.deploy(recreate=True)
    return shared


@pytest.mark.deployments
def test_a_second_run_changes_nothing(stack):
    outputs = stack.outputs
    assert stack.deploy() == []
    assert stack.outputs == outputs


def test_a_config_that_is_refused_changes_nothing(stack):
    queues = stack.queues()
    stack.edit("jobQueues", "urgent", priority=9, computeEnvironments=["nowhere"])
    with pytest.raises(SettingsError, match="nowhere"):
        stack.deploy()
    assert stack.queues() == queues
    stack.is_base = True


def test_edits_are_made_in_place(stack):
    arn = stack.environments()["small"]["computeEnvironmentArn"]
    (first,) = stack.revisions()
    stack.edit("computeEnvironments", "small", maxVcpus=16)
    stack.edit("jobQueues", "urgent", priority=7)
    two = {"command": ["echo", "two"], "tags": {"team": "night"}, "keepRevisions": 1}
    stack.edit("jobDefinitions", "hello", **two)

    steps = stack.deploy()

    assert {step[:2] for step in steps} >= {
        ("update", each) for each in (ENVIRONMENT, QUEUE, DEFINITION)
    }
    assert {step[0] for step in steps} == {"update"}
    small = stack.environments()["small"]
    assert small["computeEnvironmentArn"] == arn
    assert small["computeResources"]["maxvCpus"] == 16
    assert stack.queues()["urgent"]["priority"] == 7
    assert stack.revisions() == {first: ["echo", "one"], first + 1: ["echo", "two"]}
    assert stack.outputs["jobDefinitions"]["hello"]["arn"].endswith(f":{first + 1}")

    stack.edit("jobDefinitions", "hello", command=["echo", "three"])
    assert ("update", DEFINITION, stack.name("hello")) in stack.deploy()
    assert sorted(stack.revisions()) == [first + 1, first + 2]  # the program prunes old ones


@pytest.mark.deployments
def test_what_is_added_is_created_and_what_is_removed_goes_last(stack):
    """The new environment is there before the queue names it; the old one goes after that."""
    stack.edit("computeEnvironments", "other", type="EC2", instanceTypes=["m5.large"], maxVcpus=4)
    stack.edit("computeEnvironments", "small")
    stack.edit("jobQueues", "urgent")
    stack.edit("jobQueues", "default", computeEnvironments=["other"])
    stack.edit("jobQueues", "slow", priority=3, computeEnvironments=["other"])

    steps = stack.deploy()

    wanted = [
        ("create", ENVIRONMENT, stack.name("other")),
        ("update", QUEUE, stack.name("default")),
        ("delete", ENVIRONMENT, stack.name("small")),
    ]
    assert [step for step in steps if step in wanted] == wanted
    assert {("create", QUEUE, stack.name("slow")), ("delete", QUEUE, stack.name("urgent"))} <= {
        *steps
    }
    assert set(stack.queues()) == {"default", "slow"}
    assert set(stack.environments()) == {"other", "spare"}


def test_a_replacement_is_refused_before_anything_is_changed_and_made_by_recreate(stack):
    queues, environments = stack.queues(), stack.environments()
    stack.edit("computeEnvironments", "small", instanceTypes=["m5.large"])
    stack.edit("jobQueues", "urgent", priority=9)

    with pytest.raises(ReplacementNeededError) as refused:
        stack.deploy()

    title = f"{ENVIRONMENT} {stack.name('small')}"
    assert refused.value.causes == {title: ("computeResources.instanceTypes[0]",)}
    assert f"{QUEUE} {stack.name('default')}" in refused.value.affected
    assert f"{ENVIRONMENT} {stack.name('spare')}" not in refused.value.affected
    for word in ("nothing was changed", "--recreate", "pulumi up", title, "instanceTypes"):
        assert word in str(refused.value)
    assert (stack.queues(), stack.environments()) == (queues, environments)

    steps = stack.deploy(recreate=True)

    for action in ("delete", "create"):
        assert (action, ENVIRONMENT, stack.name("small")) in steps
        assert (action, QUEUE, stack.name("default")) in steps
    assert DEFINITION not in {step[1] for step in steps}
    small = stack.environments()["small"]
    assert small["computeResources"]["instanceTypes"] == ["m5.large"]
    assert stack.environments()["spare"] == environments["spare"]
    (order,) = stack.queues()["default"]["computeEnvironmentOrder"]
    assert order["computeEnvironment"] == small["computeEnvironmentArn"]


@pytest.mark.deployments
def test_an_interrupted_deployment_goes_on(stack):
    """The local AWS carries out what it is asked for, but the answer is lost."""
    stack.edit("jobQueues", "third", priority=3, computeEnvironments=["small"])
    stack.edit("computeEnvironments", "spare")
    stack.local.faults.add(kind="lost-answer", operation="CreateJobQueue", times=1)

    with pytest.raises(DeploymentError, match=f"{QUEUE} {stack.name('third')}"):
        stack.deploy()
    assert set(stack.environments()) == {"small", "spare"}
    steps = stack.deploy()

    assert ("create", QUEUE, stack.name("third")) in steps
    assert ("delete", ENVIRONMENT, stack.name("spare")) in steps
    names = [each["jobQueueName"] for each in stack.batch.describe_job_queues()["jobQueues"]]
    assert len([name for name in names if name.startswith(stack.name("third"))]) == 1


@pytest.mark.deployments
def test_a_deletion_that_failed_is_made_up_for(stack):
    """It has disabled the queue already."""
    stack.edit("jobQueues", "urgent")
    stack.local.faults.add(kind="server-error", operation="DeleteJobQueue", times=2)
    with pytest.raises(DeploymentError, match=r"urgent cannot be deleted: .*DeleteJobQueue"):
        stack.deploy()
    assert stack.queues()["urgent"]["state"] == "DISABLED"
    stack.edit("jobQueues", "urgent", **base(stack.network)["batch-platform:jobQueues"]["urgent"])
    stack.deploy()
    assert stack.queues()["urgent"]["state"] == "ENABLED"


@pytest.mark.deployments
def test_projects_do_not_touch_each_other(stack, local, tmp_path):
    before = stack.queues()
    other = Deployed(local, tmp_path, "beside")
    project = tmp_path / "Pulumi.yaml"
    project.write_text(project.read_text().replace("name: batch-platform", "name: of-mine"))
    other.config["batch-platform:jobQueues"].pop("urgent")
    assert {step[0] for step in other.deploy()} == {"create"}
    assert set(other.queues()) == {"default"}
    assert stack.queues() == before
    assert {"123456789012/of-mine/beside", "123456789012/batch-platform/again"} <= {
        *DeployedStacks(local.connection).names()
    }


def invoke(*arguments):
    answer = CliRunner().invoke(main, list(map(str, arguments)))
    return answer.exit_code, answer.stdout, answer.stderr


@pytest.mark.deployments
def test_outputs_are_written_whole_or_not_at_all(stack, tmp_path):
    file = tmp_path / "outputs.json"
    command = ("deploy", "--stack", stack.stack, "--project", stack.folder, "--output", file)
    stack.file.write_text(yaml.safe_dump({"config": stack.config}))
    code, printed, said = invoke(*command)
    assert (code, printed) == (0, "")
    assert re.fullmatch(r"again: \d+ unchanged", said.splitlines()[-1])
    assert StackOutputs.from_mapping(json.loads(file.read_text())).environment == "again"

    written = file.read_text()
    stack.edit("jobQueues", "urgent", computeEnvironments=["nowhere"])
    stack.file.write_text(yaml.safe_dump({"config": stack.config}))
    code, printed, said = invoke(*command)
    assert (code, printed) == (1, "")
    assert "nowhere" in said
    assert file.read_text() == written
    assert [*tmp_path.iterdir()] == [file]


def test_a_stack_of_the_engine_is_left_to_it(local, tmp_path):
    shutil.copy(PROJECT / "Pulumi.yaml", tmp_path)
    (tmp_path / "Pulumi.mine.yaml").write_text("config: {}")
    state = Path(local.status()["pulumiState"]) / ".pulumi/stacks/batch-platform/mine.json"
    state.parent.mkdir(parents=True, exist_ok=True)
    latest = {"resources": [{"urn": "urn:pulumi:mine::batch-platform::pulumi:pulumi:Stack::a"}]}
    state.write_text(json.dumps({"version": 3, "checkpoint": {"latest": latest}}))
    code, printed, said = invoke("deploy", "--stack", "mine", "--project", tmp_path)
    state.unlink()
    assert (code, printed) == (1, "")
    assert "make up STACK=mine" in said


def test_the_engine_does_not_get_a_stack_of_deploy(stack, monkeypatch):
    monkeypatch.chdir(stack.folder)
    stack.file.write_text("config: {}")
    code, _, said = invoke("run", "--stack", stack.stack, "--", "pulumi", "up")
    assert code == 1
    assert "python -m localaws deploy --stack again" in said
    assert "localaws reset" in said
