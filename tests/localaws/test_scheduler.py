"""The scheduler without I/O: time is an argument, so hours pass at once."""

from __future__ import annotations

import pytest

from localaws.batch.operations import OPERATIONS
from localaws.batch.operations.context import Context
from localaws.batch.scheduler import Halt, Launch, Scheduler
from localaws.batch.state import BatchState

SECOND = 1000


class Batch:
    """Batch with a clock that the test moves, and tasks that it starts and ends."""

    def __init__(self):
        self.state = BatchState("123456789012", "us-east-1")
        self.scheduler = Scheduler(self.state)
        self.now = 1_000_000
        self.launched = []
        self.halted = []

    def call(self, operation, **request):
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

    def queue(self, *environments, name="queue", priority=1):
        order = [
            {"order": number, "computeEnvironment": each}
            for number, each in enumerate(environments, 1)
        ]
        self.call(
            "CreateJobQueue", jobQueueName=name, priority=priority, computeEnvironmentOrder=order
        )
        return name

    def submit(self, name="job", queue="queue", vcpus=1, memory=100, gpus=0, **more):
        requirements = [
            {"type": "VCPU", "value": str(vcpus)},
            {"type": "MEMORY", "value": str(memory)},
            *([{"type": "GPU", "value": str(gpus)}] if gpus else []),
        ]
        container = {
            "image": "busybox",
            "command": ["true"],
            "resourceRequirements": requirements,
        }
        definition = self.call(
            "RegisterJobDefinition",
            jobDefinitionName="definition",
            type="container",
            containerProperties=container,
        )
        answer = self.call(
            "SubmitJob",
            jobName=name,
            jobQueue=queue,
            jobDefinition=definition["jobDefinitionArn"],
            **more,
        )
        return answer["jobId"]

    def job(self, job_id):
        return self.call("DescribeJobs", jobs=[job_id])["jobs"][0]


@pytest.fixture
def batch():
    return Batch()


@pytest.fixture
def ready(batch):
    batch.queue(batch.environment())
    return batch


def test_an_attempt_that_runs_too_long_is_stopped_and_not_retried(ready):
    job_id = ready.submit(timeout={"attemptDurationSeconds": 60}, retryStrategy={"attempts": 3})
    ((_, task_id),) = ready.launched
    ready.advance(3600)  # pulling the image does not count
    assert ready.halted == []
    ready.start(task_id)
    ready.advance(59)
    assert ready.halted == []
    ready.advance(1)
    assert ready.halted == [task_id]

    ready.end(task_id, exit_code=137)
    job = ready.job(job_id)
    assert (job["status"], job["statusReason"]) == (
        "FAILED",
        "Job attempt duration exceeded timeout",
    )
    assert len(job["attempts"]) == 1


def test_the_timeout_counts_anew_for_each_attempt(ready):
    ready.submit(timeout={"attemptDurationSeconds": 60}, retryStrategy={"attempts": 2})
    ready.start(ready.launched[0][1])
    ready.advance(50)
    ready.end(ready.launched[0][1], exit_code=1)
    second = ready.launched[1][1]
    ready.start(second)
    ready.advance(50)
    assert ready.halted == []
    ready.advance(10)
    assert ready.halted == [second]


def test_the_queue_with_the_higher_priority_goes_first(batch):
    environment = batch.environment(maxvCpus=1)
    batch.queue(environment, name="low", priority=1)
    batch.queue(environment, name="high", priority=10)
    batch.submit("first", "low")
    batch.submit("from-low", "low")
    batch.submit("from-high", "high")
    for number in range(3):
        batch.start(batch.launched[number][1])
        batch.end(batch.launched[number][1])
    assert [name for name, _ in batch.launched] == ["first", "from-high", "from-low"]


def test_compute_environments_are_tried_in_order(batch):
    batch.queue(batch.environment("small", maxvCpus=1), batch.environment("large"))
    for _ in range(3):
        batch.submit()
    used = [job.attempts[0].compute_environment.name for job in batch.state.jobs.values()]
    assert used == ["small", "large", "large"]


@pytest.mark.parametrize(
    ("resources", "job", "reason"),
    [
        ({}, {"memory": 3809}, "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT"),
        ({}, {"vcpus": 3}, "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT"),
        ({}, {"gpus": 1}, "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT"),
        ({"maxvCpus": 1}, {"vcpus": 2}, "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE"),
    ],
)
def test_a_job_that_never_fits_says_so(batch, resources, job, reason):
    batch.queue(batch.environment(**resources))
    described = batch.job(batch.submit(**job))
    assert described["status"] == "RUNNABLE"
    assert described["statusReason"].startswith(reason)


@pytest.mark.parametrize(
    ("resources", "job"),
    [
        ({}, {"memory": 3808}),  # 3840 MiB less the ECS agent's 32
        ({"instanceTypes": ["g4dn.xlarge"]}, {"gpus": 1}),
        ({"instanceTypes": ["c5"]}, {"vcpus": 96}),
        ({"instanceTypes": ["optimal"]}, {"memory": 500_000}),
    ],
)
def test_a_job_that_fits_an_instance_starts(batch, resources, job):
    batch.queue(batch.environment(**resources))
    assert batch.job(batch.submit(**job))["status"] == "STARTING"


def test_jobs_of_disabled_environments_wait_and_say_so(ready):
    ready.call("UpdateComputeEnvironment", computeEnvironment="environment", state="DISABLED")
    job_id = ready.submit()
    assert "disabled" in ready.job(job_id)["statusReason"]
    ready.call("UpdateComputeEnvironment", computeEnvironment="environment", state="ENABLED")
    assert ready.job(job_id)["status"] == "STARTING"


def test_deleting_a_queue_ends_its_jobs(ready):
    running, waiting = ready.submit(), ready.submit(vcpus=256)
    task_id = ready.launched[0][1]
    ready.start(task_id)
    ready.call("UpdateJobQueue", jobQueue="queue", state="DISABLED")
    ready.call("DeleteJobQueue", jobQueue="queue")
    assert ready.halted == [task_id]
    assert ready.call("DescribeJobQueues")["jobQueues"][0]["status"] == "DELETING"

    ready.end(task_id, exit_code=143)
    assert ready.call("DescribeJobQueues")["jobQueues"] == []
    assert {ready.job(each)["statusReason"] for each in (running, waiting)} == {"JobQueue deleted"}


def test_capacity_comes_back_when_a_job_ends(batch):
    batch.queue(batch.environment(maxvCpus=2))
    for _ in range(3):
        batch.submit()
    assert len(batch.launched) == 2
    batch.start(batch.launched[0][1])
    batch.end(batch.launched[0][1], exit_code=1)
    assert len(batch.launched) == 3
    assert batch.state.compute_environments["environment"].used_vcpus == 2


def test_reports_of_unknown_tasks_are_ignored(ready):
    ready.start("no-such-task")
    ready.end("no-such-task")
    assert ready.launched == []


def test_a_long_chain_of_dependents_fails_at_once(ready):
    first = ready.submit()
    chain = [first]
    for _ in range(2000):
        answer = ready.call(
            "SubmitJob",
            jobName="link",
            jobQueue="queue",
            jobDefinition="definition",
            dependsOn=[{"jobId": chain[-1]}],
        )
        chain.append(answer["jobId"])
    ready.start(ready.launched[0][1])
    ready.end(ready.launched[0][1], exit_code=1)
    assert {job.status for job in ready.state.jobs.values()} == {"FAILED"}
