"""``batchsdk doctor`` and ``batchsdk logs`` as a user types them."""

from __future__ import annotations

import json

import pytest

from tests.conftest import eventually

pytestmark = pytest.mark.sampled(2)


@pytest.fixture
def stuck(stack):
    job = stack.batch.submit("hello", memory=5000)
    eventually(lambda: job.describe().status_reason, lambda: str(job.describe()))
    yield job
    job.cancel("the test is over")


def test_a_job_that_will_never_fit(stack, stuck):
    found = stack.run("doctor", stuck.id)
    assert found.returncode == 1
    assert f"job {stuck.id}, RUNNABLE: will never fit" in found.stdout
    assert "batch-platform:computeEnvironments.default.instanceTypes" in found.stdout


def test_as_json(stack, stuck):
    found = json.loads(stack.run("doctor", stuck.id, "--json").stdout)
    assert found["verdict"] == "WILL_NEVER_FIT"
    assert found["findings"][0]["cause"] == "NO_TYPE_FITS"
    (queue,) = json.loads(stack.run("doctor", "--json").stdout)
    assert queue["head"]["jobId"] == stuck.id
    assert queue["waiting"] == 1


def test_a_queue_with_its_head(stack, stuck):
    found = stack.run("doctor", "--queue", "default")
    assert found.returncode == 1
    assert "something is wrong, 1 job(s) wait" in found.stdout
    assert f"next is job {stuck.id}, RUNNABLE: will never fit" in found.stdout


def test_a_job_that_ended_well_is_no_problem(stack):
    job = stack.batch.submit("hello")
    job.wait(300)
    assert stack.run("doctor", job.id).returncode == 0


def test_what_it_may_not_ask_it_says(stack, stuck, local):
    fault = local.faults.add("server-error", service="ec2", operation="*")
    try:
        found = stack.run("doctor", stuck.id, AWS_MAX_ATTEMPTS="1")
    finally:
        local.faults.remove(fault)
    assert "Could not be checked: the instance types of" in found.stdout
    assert "Batch says: MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT" in found.stdout


def test_an_unknown_job_does_not_hide_the_others(stack, stuck):
    unknown = "00000000-0000-0000-0000-000000000000"
    found = stack.run("doctor", unknown, stuck.id)
    assert f"job {stuck.id}, RUNNABLE: will never fit" in found.stdout
    assert f"Batch does not know job {unknown}" in found.stderr
    assert found.returncode == 5
    assert stack.run("doctor", unknown).returncode == 5


def test_wrong_input(stack):
    assert stack.run("doctor", "some-id", "--queue", "default").returncode == 2
    assert stack.run("doctor", "--queue", "none").returncode == 2


def test_logs_by_time_and_pattern(stack):
    code = "echo one; echo two; echo three"
    job = stack.batch.submit("fail", command=["sh", "-c", code], array_size=2)
    job.wait(300)
    found = stack.run("logs", job.id, "--grep", "^t", "--since", "1h")
    assert sorted(found.stdout.splitlines()) == ["[0] three", "[0] two", "[1] three", "[1] two"]
    timed = stack.run("logs", job.id, "--grep", "one", "--timestamps").stdout.splitlines()
    assert all(line[4] == "-" and "] one" in line for line in timed)
    nothing = stack.run("logs", job.id, "--until", "2020-01-01T00:00:00Z")
    assert (nothing.stdout, nothing.stderr) == ("", "nothing of it: the job is SUCCEEDED\n")
    for wrong in (("--since", "yesterday"), ("--grep", "(")):
        assert stack.run("logs", job.id, *wrong).returncode == 2


def test_a_log_that_cannot_be_read_does_not_hide_the_failure(stack, local):
    fault = local.faults.add("server-error", service="logs", operation="GetLogEvents")
    try:
        found = stack.run("submit", "fail", "--follow", AWS_MAX_ATTEMPTS="1")
    finally:
        local.faults.remove(fault)
    assert found.returncode == 1
    assert "FAILED: Essential container in task exited (exit code 3)" in found.stderr
