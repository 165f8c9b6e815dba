"""Many jobs at once, on the engine with an executor that runs nothing."""

from __future__ import annotations

import threading
import time

import pytest

from localaws.batch.delays import StateDelays
from localaws.batch.engine import Engine
from localaws.batch.executors.noop import NoopExecutor
from localaws.batch.operations import OPERATIONS
from localaws.batch.operations.context import Context

DEADLINE_SECONDS = 300


class Api:
    """The operations on an engine, without HTTP."""

    def __init__(self, engine):
        self.engine = engine

    def call(self, operation, **request):
        with self.engine.lock:
            state, scheduler = self.engine.region("123456789012", "us-east-1")
            answer = OPERATIONS[operation](Context(state, scheduler, self.engine.now()), request)
        self.engine.wake()
        return answer

    def until(self, done):
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not done():
            assert time.monotonic() < deadline
            time.sleep(0.005)

    def status(self, job_id):
        return self.call("DescribeJobs", jobs=[job_id])["jobs"][0]["status"]

    def submit(self, **more):
        answer = self.call(
            "SubmitJob", jobName="job", jobQueue="queue", jobDefinition="definition", **more
        )
        return answer["jobId"]

    def prepare(self):
        """Make an environment, a queue and a definition."""
        resources = {"type": "EC2", "minvCpus": 0, "maxvCpus": 256, "instanceTypes": ["optimal"]}
        self.call(
            "CreateComputeEnvironment",
            computeEnvironmentName="environment",
            type="MANAGED",
            computeResources={
                **resources,
                "instanceRole": "profile",
                "subnets": ["subnet-1"],
                "securityGroupIds": ["sg-1"],
            },
        )
        self.until(lambda: self._status("DescribeComputeEnvironments", "computeEnvironments"))
        order = [{"order": 1, "computeEnvironment": "environment"}]
        self.call("CreateJobQueue", jobQueueName="queue", priority=1, computeEnvironmentOrder=order)
        self.call(
            "RegisterJobDefinition",
            jobDefinitionName="definition",
            type="container",
            containerProperties={"image": "busybox", "vcpus": 1, "memory": 100},
        )

    def _status(self, operation, kind):
        return self.call(operation)[kind][0]["status"] == "VALID"


@pytest.fixture
def api_with():
    """Makes engines whose jobs succeed at once."""
    engines = []

    def make(**more):
        engines.append(Engine(NoopExecutor(), job_environment={}, **more))
        api = Api(engines[-1])
        api.prepare()
        return api

    yield make
    for engine in engines:
        engine.close()


def test_an_array_of_the_largest_size_runs_without_a_thread_per_child(api_with):
    api = api_with()
    before = threading.active_count()
    parent = api.submit(arrayProperties={"size": 10_000})
    most = []
    api.until(lambda: most.append(threading.active_count()) or api.status(parent) == "SUCCEEDED")
    assert max(most) < before + 10  # the server of other tests may begin or end some
    array = api.call("DescribeJobs", jobs=[parent])["jobs"][0]["arrayProperties"]
    assert array["statusSummary"]["SUCCEEDED"] == 10_000


def test_the_engine_wakes_for_what_is_due(api_with):
    """Nothing but the clock moves this job on after its submission."""
    api = api_with(delays=StateDelays(submitted=0.05, starting=0.05))
    job_id = api.submit()
    state, _ = api.engine.region("123456789012", "us-east-1")
    api.until(lambda: state.jobs[job_id].status.is_terminal)
    assert api.status(job_id) == "SUCCEEDED"
