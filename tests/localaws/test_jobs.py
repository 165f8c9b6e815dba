"""The life of jobs on the local Batch, as the API shows it."""

from __future__ import annotations

import itertools
import time

import pytest
from botocore.exceptions import ClientError


def test_a_job_runs_and_its_output_is_in_the_log(cluster):
    job = cluster.run(["echo", "hello"])

    assert job["status"] == "SUCCEEDED"
    assert job["statusReason"] == "Essential container in task exited"
    assert job["container"]["exitCode"] == 0
    assert job["createdAt"] <= job["startedAt"] <= job["stoppedAt"]
    assert cluster.messages(job) == ["hello"]


def test_a_failing_command_fails_the_job_with_its_exit_code(cluster):
    job = cluster.run(["sh", "-c", "echo before; exit 3"])

    assert job["status"] == "FAILED"
    assert job["container"]["exitCode"] == 3
    assert cluster.messages(job) == ["before"]


def test_output_without_a_final_line_end_is_not_lost(cluster):
    assert cluster.messages(cluster.run(["printf", "one\ntwo"])) == ["one", "two"]


def test_parameters_replace_whole_elements_of_the_command_only(cluster):
    definition = cluster.register(
        ["echo", "Ref::name", "s3://Ref::name/x"], parameters={"name": "default"}
    )
    job = cluster.until(cluster.submit(definition, parameters={"name": "given"}), "SUCCEEDED")

    assert job["container"]["command"] == ["echo", "given", "s3://Ref::name/x"]
    assert job["parameters"] == {"name": "given"}
    assert cluster.messages(job) == ["given s3://Ref::name/x"]


def test_a_reference_without_a_parameter_is_refused_at_submission(cluster):
    definition = cluster.register(["echo", "Ref::absent"])
    with pytest.raises(ClientError, match="No parameter found for reference absent"):
        cluster.submit(definition)


def test_a_job_too_large_for_every_instance_stays_runnable_and_says_why(cluster):
    definition = cluster.register(["true"], containerProperties={"memory": 5000})
    job_id = cluster.submit(definition)
    job = cluster.until(job_id, "RUNNABLE")
    while "statusReason" not in job:
        job = cluster.job(job_id)

    assert job["statusReason"].startswith("MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT")

    cluster.batch.cancel_job(jobId=job_id, reason="Due to lack of memory.")
    job = cluster.until(job_id, "FAILED")
    assert job["statusReason"] == "Due to lack of memory."
    assert job["isCancelled"]
    assert job["attempts"] == []
    assert "startedAt" not in job


def test_the_head_of_a_queue_blocks_the_jobs_behind_it(cluster):
    too_large = cluster.submit(cluster.register(["true"], containerProperties={"memory": 5000}))
    behind = cluster.submit(cluster.register(["true"]))
    cluster.until(behind, "RUNNABLE")
    assert [
        each["jobArn"].rsplit("/")[-1]
        for each in cluster.batch.get_job_queue_snapshot(jobQueue=cluster.queue)["frontOfQueue"][
            "jobs"
        ]
    ] == [too_large, behind]

    cluster.batch.terminate_job(jobId=too_large, reason="make way")
    cluster.until(behind, "SUCCEEDED")


def test_cancelling_a_running_job_succeeds_and_does_nothing(cluster):
    job_id = cluster.submit(cluster.register(["sleep", "3600"]))
    cluster.until(job_id, "RUNNING")
    cluster.batch.cancel_job(jobId=job_id, reason="too late")
    assert cluster.job(job_id)["status"] == "RUNNING"

    cluster.batch.terminate_job(jobId=job_id, reason="Forced to fail.")
    job = cluster.until(job_id, "FAILED")
    assert job["statusReason"] == "Forced to fail."
    assert job["isTerminated"]
    assert job["container"]["exitCode"] == 143  # 128 + SIGTERM


def test_stopping_a_finished_job_changes_nothing(cluster):
    before = cluster.run(["true"])
    cluster.batch.terminate_job(jobId=before["jobId"], reason="too late")
    assert cluster.job(before["jobId"]) == before


def test_a_command_that_ignores_sigterm_is_killed(cluster):
    job_id = cluster.submit(
        cluster.register(["sh", "-c", "trap '' TERM; echo armed; while :; do sleep 0.1; done"])
    )
    job = cluster.until(job_id, "RUNNING")
    while not cluster.messages(job):
        job = cluster.job(job_id)
    cluster.batch.terminate_job(jobId=job_id, reason="enough")

    assert cluster.until(job_id, "FAILED")["container"]["exitCode"] == 137  # 128 + SIGKILL


def test_a_dependent_job_waits_and_runs_after(cluster, tmp_path):
    go_on = tmp_path / "go-on"
    wait = f"while [ ! -e {go_on} ]; do sleep 0.05; done"
    first = cluster.submit(cluster.register(["sh", "-c", wait]))
    second = cluster.submit(cluster.register(["true"]), dependsOn=[{"jobId": first}])
    assert cluster.until(second, "PENDING")["dependsOn"] == [{"jobId": first}]
    go_on.touch()

    ended = cluster.until(second, "SUCCEEDED")
    assert ended["startedAt"] >= cluster.job(first)["stoppedAt"]


def test_a_failed_dependency_fails_the_whole_chain(cluster):
    definition = cluster.register(["sleep", "3600"])
    chain = [cluster.submit(definition)]
    for _ in range(3):
        chain.append(cluster.submit(definition, dependsOn=[{"jobId": chain[-1]}]))
    cluster.until(chain[0], "RUNNING")
    cluster.batch.terminate_job(jobId=chain[0], reason="Forced to fail.")

    reasons = [cluster.until(each, "FAILED")["statusReason"] for each in chain]
    assert reasons == ["Forced to fail.", *["Dependent Job failed"] * 3]


def test_a_dependency_that_has_already_failed_fails_the_job(cluster):
    failed = cluster.run(["false"])
    late = cluster.submit(cluster.register(["true"]), dependsOn=[{"jobId": failed["jobId"]}])
    assert cluster.until(late, "FAILED")["statusReason"] == "Dependent Job failed"


def test_a_cancelled_pending_job_fails_once_its_dependency_is_over(cluster):
    first = cluster.submit(cluster.register(["sleep", "3600"]))
    second = cluster.submit(cluster.register(["true"]), dependsOn=[{"jobId": first}])
    cluster.until(first, "RUNNING")
    cluster.batch.cancel_job(jobId=second, reason="not needed")
    waiting = cluster.job(second)
    assert (waiting["status"], waiting["isCancelled"]) == ("PENDING", True)

    cluster.batch.terminate_job(jobId=first, reason="enough")
    assert cluster.until(second, "FAILED")["statusReason"] == "not needed"


def test_retries_make_attempts_each_with_its_own_log(cluster):
    job = cluster.run(
        ["sh", "-c", "echo attempt $AWS_BATCH_JOB_ATTEMPT; exit 1"], retryStrategy={"attempts": 3}
    )
    streams = [attempt["container"]["logStreamName"] for attempt in job["attempts"]]

    assert job["status"] == "FAILED"
    assert len(set(streams)) == 3
    lines = [
        event["message"]
        for stream in streams
        for event in cluster.logs.get_log_events(
            logGroupName="/aws/batch/job", logStreamName=stream
        )["events"]
    ]
    assert lines == ["attempt 1", "attempt 2", "attempt 3"]


@pytest.mark.parametrize(
    ("rules", "attempts"),
    [
        ([{"onExitCode": "7", "action": "exit"}], 1),
        ([{"onExitCode": "1*", "action": "EXIT"}], 3),  # no match: retried
        ([{"onExitCode": "7", "action": "RETRY"}, {"onReason": "*", "action": "EXIT"}], 3),
        (
            [
                {"onStatusReason": "Host EC2*", "action": "RETRY"},
                {"onReason": "*", "action": "EXIT"},
            ],
            1,
        ),
    ],
)
def test_exit_rules_decide_on_retries(cluster, rules, attempts):
    job = cluster.run(
        ["sh", "-c", "exit 7"], retryStrategy={"attempts": 3, "evaluateOnExit": rules}
    )
    assert len(job["attempts"]) == attempts


def test_a_command_that_does_not_exist_never_starts(cluster):
    job = cluster.run(["/no/such/command"])
    assert job["status"] == "FAILED"
    assert job["statusReason"] == "Task failed to start"
    assert job["attempts"][0]["container"]["reason"].startswith("CannotStartContainerError")


def test_a_log_group_that_does_not_exist_fails_the_start(cluster):
    options = {"awslogs-group": "/no/such/group"}
    definition = cluster.register(
        ["true"],
        containerProperties={"logConfiguration": {"logDriver": "awslogs", "options": options}},
    )
    job = cluster.until(cluster.submit(definition), "FAILED")
    assert "/no/such/group does not exist" in job["container"]["reason"]


def test_an_array_runs_each_index_and_sums_up(cluster):
    parent = cluster.submit(
        cluster.register(["sh", "-c", "exit $AWS_BATCH_JOB_ARRAY_INDEX"]),
        arrayProperties={"size": 3},
    )
    ended = cluster.until(parent, "FAILED")

    assert ended["statusReason"] == "Array Child Job failed"
    summary = ended["arrayProperties"]["statusSummary"]
    assert (summary["SUCCEEDED"], summary["FAILED"]) == (1, 2)
    exit_codes = [cluster.job(f"{parent}:{index}")["container"]["exitCode"] for index in range(3)]
    assert exit_codes == [0, 1, 2]
    listed = cluster.batch.list_jobs(arrayJobId=parent, jobStatus="FAILED")["jobSummaryList"]
    assert sorted(each["arrayProperties"]["index"] for each in listed) == [1, 2]


def test_array_dependencies_pair_indexes_or_run_in_sequence(cluster):
    first = cluster.submit(
        cluster.register(["sh", "-c", "test $AWS_BATCH_JOB_ARRAY_INDEX != 0"]),
        arrayProperties={"size": 2},
    )
    paired = cluster.submit(
        cluster.register(["true"]),
        arrayProperties={"size": 2},
        dependsOn=[{"jobId": first, "type": "N_TO_N"}],
    )
    cluster.until(paired, "FAILED")
    outcome = [cluster.job(f"{paired}:{index}")["status"] for index in range(2)]
    assert outcome == ["FAILED", "SUCCEEDED"]

    in_turn = cluster.submit(
        cluster.register(["sleep", "0.1"]),
        arrayProperties={"size": 3},
        dependsOn=[{"type": "SEQUENTIAL"}],
    )
    cluster.until(in_turn, "SUCCEEDED")
    children = [cluster.job(f"{in_turn}:{index}") for index in range(3)]
    assert all(
        earlier["stoppedAt"] <= later["startedAt"]
        for earlier, later in itertools.pairwise(children)
    )


def test_terminating_an_array_ends_every_child(cluster):
    parent = cluster.submit(cluster.register(["sleep", "3600"]), arrayProperties={"size": 3})
    cluster.until(f"{parent}:2", "RUNNING")
    cluster.batch.terminate_job(jobId=parent, reason="enough")

    assert cluster.until(parent, "FAILED")["statusReason"] == "enough"
    assert {cluster.job(f"{parent}:{index}")["statusReason"] for index in range(3)} == {"enough"}


def test_jobs_are_listed_by_status_running_by_default(cluster):
    done = cluster.run(["true"])["jobId"]
    running = cluster.submit(cluster.register(["sleep", "3600"]))
    cluster.until(running, "RUNNING")

    def ids(**more):
        answer = cluster.batch.list_jobs(jobQueue=cluster.queue, **more)
        return [each["jobId"] for each in answer["jobSummaryList"]]

    assert ids() == [running]
    assert ids(jobStatus="SUCCEEDED") == [done]
    assert ids(filters=[{"name": "JOB_NAME", "values": ["JO*"]}]) == [running, done]
    cluster.batch.terminate_job(jobId=running, reason="end of test")


def test_listing_pages_until_the_token_is_gone(cluster):
    definition = cluster.register(["true"])
    submitted = {cluster.submit(definition) for _ in range(5)}
    for job_id in submitted:
        cluster.until(job_id, "SUCCEEDED")
    pages = cluster.batch.get_paginator("list_jobs").paginate(
        jobQueue=cluster.queue, jobStatus="SUCCEEDED", PaginationConfig={"PageSize": 2}
    )
    sizes = [len(page["jobSummaryList"]) for page in pages]
    assert sizes == [2, 2, 1]


def test_capacity_limits_what_runs_at_once(new_cluster):
    cluster = new_cluster(max_vcpus=2)
    definition = cluster.register(["sleep", "3600"])
    jobs = [cluster.submit(definition) for _ in range(3)]
    cluster.until(jobs[1], "RUNNING")
    waiting = cluster.until(jobs[2], "RUNNABLE")
    assert "statusReason" not in waiting  # it waits its turn: nothing is wrong

    cluster.batch.terminate_job(jobId=jobs[0], reason="make room")
    cluster.until(jobs[2], "RUNNING")
    for job_id in jobs:
        cluster.batch.terminate_job(jobId=job_id, reason="end of test")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"jobName": "-leading-hyphen"}, "valid pattern"),
        ({"jobQueue": "no-such-queue"}, "no-such-queue not found"),
        ({"jobDefinition": "no-such-definition"}, "no-such-definition"),
        ({"containerOverrides": {"memory": 3}}, "at least 4 MiB, got 3"),
        ({"arrayProperties": {"size": 1}}, "between 2 and 10000, got 1"),
        ({"arrayProperties": {"size": 10001}}, "between 2 and 10000, got 10001"),
        ({"dependsOn": [{"jobId": "x"}] * 21}, "At most 20"),
        ({"dependsOn": [{"jobId": "x"}]}, "x does not exist"),
        ({"timeout": {"attemptDurationSeconds": 59}}, "at least 60 seconds"),
        ({"retryStrategy": {"attempts": 11}}, "between 1 and 10"),
        ({"shareIdentifier": "team"}, "Job with shareIdentifier"),
        (
            {"containerOverrides": {"environment": [{"name": "AWS_BATCH_X", "value": "1"}]}},
            "must not start with AWS_BATCH",
        ),
    ],
)
def test_what_batch_refuses_is_refused(cluster, change, message):
    request = {
        "jobName": "job",
        "jobQueue": cluster.queue,
        "jobDefinition": cluster.register(["true"]),
        **change,
    }
    with pytest.raises(ClientError, match=message) as refusal:
        cluster.batch.submit_job(**request)
    assert refusal.value.response["Error"]["Code"] == "ClientException"


@pytest.mark.parametrize(
    "change",
    [
        {"containerOverrides": {"environment": [{"name": "NO_VALUE"}]}},
        {"containerOverrides": {"environment": [{"name": "A=B", "value": "1"}]}},
        {"containerOverrides": {"command": ["echo", "\0"]}},
        {"timeout": {"attemptDurationSeconds": 2_000_000_000}},
    ],
)
def test_an_odd_job_does_not_stop_the_others(cluster, change):
    definition = cluster.register(["true"])
    cluster.until(cluster.submit(definition, **change), "SUCCEEDED", "FAILED")
    assert cluster.run(["echo", "still here"])["status"] == "SUCCEEDED"


def test_a_log_stream_deleted_while_its_job_runs_stops_nothing(cluster, tmp_path):
    go_on = tmp_path / "go-on"
    wait = f"echo one; while [ ! -e {go_on} ]; do sleep 0.05; done; echo two"
    job = cluster.until(cluster.submit(cluster.register(["sh", "-c", wait])), "RUNNING")
    stream = job["container"]["logStreamName"]
    cluster.logs.delete_log_stream(logGroupName="/aws/batch/job", logStreamName=stream)
    go_on.touch()
    assert cluster.until(job["jobId"], "SUCCEEDED")["container"]["exitCode"] == 0
    assert cluster.run(["true"])["status"] == "SUCCEEDED"


def test_a_summary_says_when_it_changed(cluster):
    array = cluster.submit(cluster.register(["true"]), arrayProperties={"size": 2})
    first = cluster.until(array, "SUCCEEDED")["arrayProperties"]["statusSummaryLastUpdatedAt"]
    asked_at = time.time() * 1000
    again = cluster.job(array)["arrayProperties"]["statusSummaryLastUpdatedAt"]
    assert first == again < asked_at
    assert again >= cluster.job(array)["createdAt"]
