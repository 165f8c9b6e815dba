"""Sweeps that run: on a local AWS, in processes, with as few calls as promised."""

from __future__ import annotations

import dataclasses
import random
import shutil
import string
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import batchsdk
from batchsdk import JobFailedError, JobStatus, Polling, SweepFailedError, Transport
from batchsdk.aws.gateway import AwsGateway
from localaws import LocalAws
from localaws.faults import Faults
from tests.aws_clients import client_of
from tests.batchsdk.conftest import ROOT, Stack

pytestmark = pytest.mark.sampled(3)

QUICK = Polling(shortest=0.1, longest=1)
TASK = (
    f"import sys; sys.path.insert(0, {str(ROOT)!r}); import batchsdk; task = batchsdk.task(); "
    "assert 'boto3' not in sys.modules; print(task.index, *task.parameters.values())"
)


class Counting:
    """Hands every call on and counts it."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._lock = threading.Lock()
        self.calls: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:
        with self._lock:
            self.calls[name] += 1
        return getattr(self._transport, name)


@pytest.fixture
def counted(stack: Stack) -> tuple[batchsdk.Batch, Counting]:
    """The stack, through a transport that counts."""
    counting = Counting(AwsGateway(stack.outputs.region))
    batch = batchsdk.connect(outputs=stack.outputs_file, transport=lambda _: counting)
    return batch, counting


@pytest.fixture
def bucket(local: LocalAws) -> str:
    client_of(local, "s3").create_bucket(Bucket="tables")
    return "tables"


@pytest.fixture
def faults(local: LocalAws) -> Iterator[Faults]:
    yield local.faults
    local.faults.clear()


def printed(batch: batchsdk.Batch, sweep: batchsdk.Sweep) -> list[str]:
    return [batch.job(each.job_id).logs().text for each in sweep.results()]


@pytest.mark.every_case
def test_a_thousand_parameterised_jobs_take_few_calls(counted):
    batch, counting = counted
    sweep = batch.sweep("hello", over={"Target": [str(number) for number in range(1000)]})
    results = sweep.wait(150)
    calls = counting.calls.copy()
    assert calls.total() <= 25
    assert calls["submit_job"] == 1
    assert len(sweep.jobs) == 1
    assert [each.index for each in results] == list(range(1000))
    assert {each.status for each in results} == {JobStatus.SUCCEEDED}
    assert results[777].parameters == {"Target": "777"}
    assert batch.job(results[777].job_id).logs().text == "777"
    assert sweep.results() == results
    assert counting.calls["describe_jobs"] - calls["describe_jobs"] <= 1  # that of the log


def test_only_the_failed_children_are_listed_and_run_again(counted, tmp_path: Path):
    batch, counting = counted
    good, marks = tmp_path / "good", tmp_path / "marks"
    marks.mkdir()
    script = (
        f'touch {marks}/"$0-$BATCHSDK_INDEX-$AWS_BATCH_JOB_ARRAY_INDEX"\n'
        f"[ -e {good} ] || case $0 in d1?) exit 4;; esac\n"
        'echo "$BATCHSDK_INDEX $0 $1"'
    )
    sweep = batch.sweep(
        "hello",
        over={"day": [f"d{number}" for number in range(30)], "model": ["a b", "c"]},
        command=["sh", "-c", script, "Ref::day", "Ref::model"],
    )
    with pytest.raises(SweepFailedError, match="20 of 60 jobs of the sweep FAILED") as caught:
        sweep.wait(100, polling=QUICK)
    failed = sweep.failed()
    assert caught.value.failed == tuple(failed)
    assert [each.index for each in failed] == list(range(20, 40))
    assert {each.exit_code for each in failed} == {4}
    assert failed[3].parameters == {"day": "d11", "model": "c"}
    assert counting.calls["list_jobs"] == 1

    good.touch()
    again = sweep.rerun_failed()
    results = again.wait(100, polling=QUICK)
    assert len(again) == len(results) == 20
    assert [(each.index, each.parameters) for each in results] == [
        (each.index, each.parameters) for each in failed
    ]
    assert printed(batch, again)[3] == "23 d11 c"
    # 60 runs and then 20: the index in the sweep stays, that of the array does not.
    assert len(list(marks.iterdir())) == 60 + 20
    assert (marks / "d11-23-23").exists()
    assert (marks / "d11-23-3").exists()
    with pytest.raises(batchsdk.InvalidArgumentError, match="no job of the sweep is FAILED"):
        again.rerun_failed()


def test_a_program_finds_its_parameters_without_boto3(stack):
    sweep = stack.batch.sweep(
        "hello",
        over=[{"day": "1", "model": "a b"}, {"day": "2", "model": "c"}],
        command=[sys.executable, "-S", "-c", TASK],
    )
    sweep.wait(300, polling=QUICK)
    assert printed(stack.batch, sweep) == ["0 1 a b", "1 2 c"]


def random_words(count: int, length: int = 200) -> list[str]:
    """Return words that compression makes hardly shorter."""
    chance = random.Random(1)
    return ["".join(chance.choices(string.ascii_letters, k=length)) for _ in range(count)]


def test_a_long_table_is_read_from_s3(stack, bucket):
    outputs = dataclasses.replace(stack.outputs, storage=f"s3://{bucket}/some prefix").to_mapping()
    batch = batchsdk.connect(outputs=outputs)
    days = random_words(3, length=4000)
    sweep = batch.sweep("hello", over={"day": days}, command=[sys.executable, "-S", "-c", TASK])
    assert len(sweep.jobs) == 1
    sweep.wait(100, polling=QUICK)
    assert printed(batch, sweep) == [f"{index} {day}" for index, day in enumerate(days)]


def test_a_shell_reads_a_long_table_from_s3_if_it_can(stack, bucket, tmp_path):
    days = random_words(3, length=4000)
    arguments = {"over": {"Target": days}, "storage": f"s3://{bucket}/some prefix"}
    sweep = stack.batch.sweep("hello", **arguments)
    assert len(sweep.jobs) == 1
    sweep.wait(100, polling=QUICK)
    assert printed(stack.batch, sweep) == days
    (tmp_path / "sh").symlink_to(shutil.which("sh"))
    bare = stack.batch.sweep("hello", **arguments, environment={"PATH": str(tmp_path)})
    with pytest.raises(SweepFailedError) as caught:
        bare.wait(100, polling=QUICK)
    assert {each.exit_code for each in caught.value.failed} == {127}
    assert "the image needs aws or curl; else" in printed(stack.batch, bare)[0]


def test_a_long_table_for_a_shell_becomes_more_arrays(stack):
    days = random_words(60)
    sweep = stack.batch.sweep("hello", over={"Target": days})
    assert 2 <= len(sweep.jobs) <= 4
    sweep.wait(100, polling=QUICK)
    assert printed(stack.batch, sweep) == days


@pytest.mark.parametrize("separate", [False, True], ids=["array", "jobs"])
def test_one_point_is_one_job(stack, separate):
    sweep = stack.batch.sweep("hello", over={"Target": ["only"]}, as_separate_jobs=separate)
    assert sweep.wait(300, polling=QUICK)[0].job_id == sweep.jobs[0].id
    assert printed(stack.batch, sweep) == ["only"]


def test_separate_jobs_take_a_call_each_and_are_described_together(counted):
    batch, counting = counted
    over = {"Target": [f"day {number}" for number in range(110)], "extra": ["x"]}
    sweep = batch.sweep("hello", over=over, as_separate_jobs=True, concurrency=4)
    results = sweep.wait(100)
    assert counting.calls["submit_job"] == len(sweep.jobs) == 110
    assert counting.calls.total() <= 110 + 24
    assert [each.parameters["Target"] for each in results] == over["Target"]
    assert printed(batch, sweep)[109] == "day 109"


def test_separate_jobs_that_failed_run_again(stack):
    script = 'echo "$0"; [ "$0" != b ] || exit 9'
    sweep = stack.batch.sweep(
        "hello",
        over={"Target": ["a", "b", "c"]},
        command=["sh", "-c", script, "Ref::Target"],
        as_separate_jobs=True,
    )
    with pytest.raises(SweepFailedError, match=r"index 1 \{'Target': 'b'\}.*exit code 9"):
        sweep.wait(300, polling=QUICK)
    again = sweep.rerun_failed(name="again")
    with pytest.raises(SweepFailedError) as caught:
        again.wait(300, polling=QUICK)
    assert [job.name for job in again.jobs] == ["again-1"]
    assert [each.index for each in caught.value.failed] == [1]


def test_a_sweep_is_found_again_by_its_arguments_and_its_jobs(stack):
    arguments = {"over": {"Target": ["a", "b", "c"]}, "name": "nightly"}
    ids = [job.id for job in stack.batch.sweep("hello", **arguments).jobs]
    later = batchsdk.connect(outputs=stack.outputs_file)
    prepared = later.prepare_sweep("hello", **arguments)
    found = later.attach_sweep(prepared, ids).wait(300, polling=QUICK)
    assert [each.parameters["Target"] for each in found] == ["a", "b", "c"]
    assert printed(later, later.attach_sweep(prepared, ids)) == ["a", "b", "c"]
    with pytest.raises(batchsdk.InvalidArgumentError, match=r"2 ids.*this sweep is 1 jobs"):
        later.attach_sweep(prepared, [*ids, "more"])


def test_results_of_a_sweep_that_goes_on(stack):
    sweep = stack.batch.sweep("sleep", over={"WaitTime": ["0", "3600", "3600"]})
    first = stack.batch.job(f"{sweep.jobs[0].id}:0")
    first.wait(300, polling=QUICK)
    statuses = [each.status for each in sweep.results()]
    assert statuses[0] is JobStatus.SUCCEEDED
    assert not any(status.is_terminal for status in statuses[1:])
    with pytest.raises(batchsdk.WaitTimeoutError, match="1 of 1 jobs have not ended"):
        sweep.wait(0.1)
    sweep.terminate("enough")
    with pytest.raises(SweepFailedError, match="2 of 3") as caught:
        sweep.wait(300, polling=QUICK)
    assert "enough" in (caught.value.failed[0].reason or "")


def test_an_array_that_never_began_is_failed_as_a_whole(stack):
    blocker = stack.batch.submit("fail")
    sweep = stack.batch.sweep("hello", over={"Target": ["a", "b"]}, after=blocker)
    with pytest.raises(SweepFailedError, match="2 of 2"):
        sweep.wait(300, polling=QUICK)
    with pytest.raises(JobFailedError):
        blocker.wait(300)


def test_another_job_waits_for_a_sweep(stack):
    sweep = stack.batch.sweep("hello", over={"Target": ["a", "b"]})
    stack.batch.submit("hello", depends_on=sweep.jobs).wait(300, polling=QUICK)
    assert {each.status for each in sweep.results()} == {JobStatus.SUCCEEDED}


@pytest.mark.parametrize("kind", ["too-many-requests", "unavailable", "reset"])
def test_waiting_gets_over_a_bad_moment(stack, faults, kind):
    sweep = stack.batch.sweep("hello", over={"Target": ["a", "b"]})
    fault = faults.add(kind, operation="DescribeJobs", times=2)
    assert len(sweep.wait(300, polling=QUICK)) == 2
    assert fault.hits == 2


def test_a_throttled_sweep_is_submitted_once(stack, faults):
    fault = faults.add("too-many-requests", operation="SubmitJob", times=2)
    sweep = stack.batch.sweep("hello", over={"Target": ["a", "b"]}, name="patient")
    assert fault.hits == 2
    assert len(list(stack.batch.list_jobs(name="patient"))) == len(sweep.jobs) == 1
