"""Batch without I/O for the tests of its scheduler."""

from __future__ import annotations

import pytest

from localaws.batch.delays import NO_DELAYS
from localaws.batch.models import SchedulingPolicy
from localaws.batch.operations import OPERATIONS
from localaws.batch.operations.context import Context
from localaws.batch.scheduler import Halt, Launch, Scheduler
from localaws.batch.state import BatchState

SECOND = 1000


class Batch:
    """Batch with a clock that the test moves, and tasks that it starts and ends."""

    def __init__(self, delays=NO_DELAYS):
        self.state = BatchState("123456789012", "us-east-1")
        self.scheduler = Scheduler(self.state, delays)
        self.now = 1_000_000
        self.launched = []
        self.halted = []

    def call(self, operation, /, **request):
        answer = OPERATIONS[operation](Context(self.state, self.scheduler, self.now), request)
        self.advance()
        return answer

    def advance(self, seconds=0):
        self.now += seconds * SECOND
        for command in self.scheduler.advance(self.now):
            if isinstance(command, Launch):
                self.launched.append((command.job.name, command.attempt.task_id))
            elif isinstance(command, Halt):
                self.halted.append(command.task_id)

    def start(self, task_id):
        self.scheduler.started(task_id, self.now)

    def end(self, task_id, exit_code=0, reason=None):
        self.scheduler.exited(task_id, exit_code, reason, self.now)
        self.advance()

    def environment(self, name="environment", **resources):
        resources = {
            "type": "EC2",
            "maxvCpus": 256,
            "minvCpus": 0,
            "instanceTypes": ["c4.large"],
            "instanceRole": "profile",
            "subnets": ["subnet-1"],
            "securityGroupIds": ["sg-1"],
            **resources,
        }
        self.call(
            "CreateComputeEnvironment",
            computeEnvironmentName=name,
            type="MANAGED",
            computeResources=resources,
        )
        return name

    def policy(self, **fairshare_policy):
        arn = "arn:aws:batch:us-east-1:123456789012:scheduling-policy/policy"
        self.state.scheduling_policies[arn] = SchedulingPolicy("policy", arn, fairshare_policy, {})
        return arn

    def queue(self, *environments, name="queue", priority=1, **more):
        order = [
            {"order": number, "computeEnvironment": each}
            for number, each in enumerate(environments, 1)
        ]
        self.call(
            "CreateJobQueue",
            jobQueueName=name,
            priority=priority,
            computeEnvironmentOrder=order,
            **more,
        )
        return name

    def submit(
        self, name="job", queue="queue", *, vcpus=1, memory=100, gpus=0, platform="EC2", **more
    ):
        requirements = [
            {"type": "VCPU", "value": str(vcpus)},
            {"type": "MEMORY", "value": str(memory)},
            *([{"type": "GPU", "value": str(gpus)}] if gpus else []),
        ]
        container = {
            "image": "busybox",
            "command": ["true"],
            "resourceRequirements": requirements,
            "executionRoleArn": "arn:aws:iam::123456789012:role/execution",
        }
        definition = self.call(
            "RegisterJobDefinition",
            jobDefinitionName="definition",
            type="container",
            containerProperties=container,
            platformCapabilities=[platform],
        )
        answer = self.call(
            "SubmitJob",
            jobName=name,
            jobQueue=queue,
            jobDefinition=definition["jobDefinitionArn"],
            **more,
        )
        return answer["jobId"]

    def finish(self, number, exit_code=0):
        """Start and end the task that was launched as the ``number``th."""
        task_id = self.launched[number][1]
        self.start(task_id)
        self.end(task_id, exit_code)

    def desired_vcpus(self, name="environment"):
        (described,) = self.call("DescribeComputeEnvironments", computeEnvironments=[name])[
            "computeEnvironments"
        ]
        return described["computeResources"]["desiredvCpus"]

    def instance(self, job_id):
        return self.job(job_id)["container"]["containerInstanceArn"]

    def job(self, job_id):
        return self.call("DescribeJobs", jobs=[job_id])["jobs"][0]


@pytest.fixture
def batch():
    return Batch()


@pytest.fixture
def batch_with():
    """Makes Batch with delays."""
    return Batch


@pytest.fixture
def ready(batch):
    batch.queue(batch.environment())
    return batch
