"""Runs on the local AWS: each key one job, whatever is lost."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import signal
import subprocess
import sys
import termios
import threading
import time
import uuid

import pytest

from batchsdk import (
    EntryState,
    InvalidArgumentError,
    InvalidSubmissionError,
    JobsFailedError,
    Polling,
    RequestRefusedError,
    RunCancelledError,
    RunConflictError,
    Submission,
)
from localaws.faults import Faults
from tests.aws_clients import client_of
from tests.batchsdk.conftest import ROOT
from tests.conftest import eventually

pytestmark = pytest.mark.sampled(2)

QUICK = Polling(shortest=0.05, longest=0.2)


@pytest.fixture
def faults(local):
    yield local.faults
    local.faults.clear()


@pytest.fixture
def run(stack, tmp_path):
    """Open the same run anew each time, as after a crash."""
    opened = []

    def open_again(name="nightly", **more):
        more = {"ledger": tmp_path / "ledger.sqlite3", "grace": 0.3} | more
        opened.append(stack.batch.run(name, **more))
        return opened[-1]

    yield open_again
    for each in opened:
        each.close()


def named(stack, run):
    return list(stack.batch.list_jobs(name=f"{run.job_name_prefix}*"))


def test_a_key_is_submitted_once(stack, run):
    first = run()
    job = first.submit("hello", "hello")
    assert first.submit("hello", "hello").id == job.id
    assert run().submit("hello", "hello").id == job.id
    assert [each.job_id for each in named(stack, first)] == [job.id]


def test_what_succeeded_is_not_done_again_and_what_failed_is(stack, run):
    first = run()
    good, bad = first.submit("good", "hello"), first.submit("bad", "fail")
    with pytest.raises(JobsFailedError, match="'bad' FAILED: Essential container"):
        first.wait(300, polling=QUICK)

    second = run()
    assert second.submit("good", "hello").id == good.id
    again = second.submit("bad", "hello")
    assert again.id != bad.id
    assert again.name != bad.name
    entries = second.wait(300, polling=QUICK)
    assert {key: (each.state, each.attempt) for key, each in entries.items()} == {
        "good": (EntryState.SUCCEEDED, 1),
        "bad": (EntryState.SUCCEEDED, 2),
    }
    assert entries["good"].resolved_definition == stack.outputs.job_definitions["hello"].arn
    assert len(named(stack, first)) == 3


def test_a_key_stands_for_one_request(run):
    first = run()
    first.submit("hello", "hello", parameters={"Target": "a"})
    for each in (first, run()):
        with pytest.raises(RunConflictError, match="'hello': it was submitted with another"):
            each.submit("hello", "hello", parameters={"Target": "b"})


def test_the_next_attempt_of_a_failed_key_may_be_anything_in_the_same_block(run):
    with run() as opened:
        failed = opened.submit("step", "hello", command=["sh", "-c", "exit 1"])
        with pytest.raises(JobsFailedError):
            opened.wait(300, polling=QUICK)
        same = opened.submit("step", "hello", command=["sh", "-c", "exit 1"])
        assert same.id != failed.id
        with pytest.raises(JobsFailedError):
            opened.wait(300, polling=QUICK)
        other = opened.submit("step", "hello", parameters={"Target": "b"})
        opened.wait(300, polling=QUICK)
        assert other.name.endswith("-3")
        assert opened.submit("step", "hello", parameters={"Target": "b"}).id == other.id
        assert opened.entries["step"].attempt == 3


@pytest.mark.parametrize("kind", ["lost-answer", "truncated"])
def test_a_job_whose_answer_was_lost_is_found(stack, run, faults: Faults, kind):
    faults.add(kind, operation="SubmitJob", times=1)
    opened = run()
    job = opened.submit("hello", "hello")
    assert [each.job_id for each in named(stack, opened)] == [job.id]


@pytest.mark.parametrize("kind", ["server-error", "reset", "html", "too-many-requests"])
def test_a_submission_that_never_arrived_is_sent_again(stack, run, faults: Faults, kind):
    faults.add(kind, operation="SubmitJob", times=1)
    opened = run()
    job = opened.submit("hello", "hello")
    assert [each.job_id for each in named(stack, opened)] == [job.id]


def test_many_at_a_time(stack, run):
    opened = run()
    jobs = opened.submit_many({f"k{n}": Submission(job_definition="hello") for n in range(30)})
    assert len({each.id for each in jobs.values()}) == 30
    entries = opened.wait(300, polling=QUICK)
    assert {each.state for each in entries.values()} == {EntryState.SUCCEEDED}


def test_cancelling_ends_every_job(stack, run):
    opened = run()
    first = opened.submit("sleep", "sleep", parameters={"WaitTime": "3600"})
    opened.submit("after", "hello", depends_on=[first])
    opened.submit("array", "sleep", parameters={"WaitTime": "3600"}, array_size=3)
    opened.submit("big", "hello", memory=100, vcpus=2)
    entries = run().cancel("not needed")
    assert {each.state for each in entries.values()} <= {EntryState.FAILED, EntryState.SUCCEEDED}
    assert entries["sleep"].state is EntryState.FAILED
    assert all(each.status.is_terminal for each in named(stack, opened))


def test_a_run_that_was_cancelled_takes_no_more_from_who_has_it_open(run):
    before = run()
    before.submit("first", "hello")
    run().cancel()
    with pytest.raises(RunCancelledError, match="'second' was not submitted"):
        before.submit("second", "hello")
    assert run().submit("second", "hello").id


def test_a_refused_submission_leaves_the_key_free(run):
    opened = run()
    with pytest.raises(RequestRefusedError):
        opened.submit("hello", "hello", depends_on="00000000-0000-0000-0000-000000000000")
    assert run().attach() == {}
    assert opened.submit("hello", "hello").wait(300, polling=QUICK).exit_code == 0


def test_a_run_names_its_jobs(run):
    with pytest.raises(InvalidSubmissionError, match="a run chooses the names of its jobs"):
        run().submit("hello", "hello", name="mine")


def test_the_same_key_in_many_threads_is_one_job(stack, run):
    opened = [run(), run()]
    found = []
    threads = [
        threading.Thread(target=lambda n=n: found.append(opened[n % 2].submit("one", "hello").id))
        for n in range(16)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join(300)
    assert len(found) == 16
    assert len(set(found)) == 1
    assert len(named(stack, opened[0])) == 1


def test_an_intent_is_left_to_the_client_that_is_at_work_on_it(stack, run, faults: Faults):
    faults.add("slow", operation="SubmitJob", times=1, seconds=1.5)
    first, second = run(), run()
    slow = threading.Thread(target=lambda: first.submit("one", "hello"))
    slow.start()
    eventually(lambda: second.ledger.newest(second._record, "one"), lambda: "no intent")
    job = second.submit("one", "hello")
    slow.join(300)
    assert first.jobs["one"].id == job.id
    assert len(named(stack, first)) == 1


def test_a_job_whose_dependency_failed_goes_again_with_it(run):
    first = run()
    cause = first.submit("cause", "fail")
    first.submit("effect", "hello", depends_on=[cause])
    with pytest.raises(JobsFailedError, match="2 of 2 jobs did not succeed"):
        first.wait(300, polling=QUICK)
    second = run()
    mended = second.submit("cause", "hello")
    second.submit("effect", "hello", depends_on=[mended])
    second.wait(300, polling=QUICK)
    third = run()
    again = third.submit("cause", "hello")
    assert third.submit("effect", "hello", depends_on=[again]).id == second.jobs["effect"].id


def test_a_run_in_s3(stack, run, local):
    bucket = f"bucket-{uuid.uuid4().hex[:8]}"
    client_of(local, "s3").create_bucket(Bucket=bucket)
    where = f"s3://{bucket}/runs"
    first = run(ledger=where)
    jobs = first.submit_many({f"k{n}": Submission(job_definition="hello") for n in range(5)})
    again = run(ledger=where)
    assert {key: each.id for key, each in again.attach().items()} == {
        key: each.id for key, each in jobs.items()
    }
    assert {each.state for each in again.wait(300, polling=QUICK).values()} == {"SUCCEEDED"}


def test_what_must_exist_is_not_begun(run):
    run("nightly")
    with pytest.raises(InvalidArgumentError, match="did you mean 'nightly'"):
        run("nihgtly", must_exist=True)


PROGRAM = """
import sys, batchsdk
with batchsdk.connect().run("long", ledger=sys.argv[1], on_interrupt=sys.argv[2]) as run:
    job = run.submit("sleep", "sleep", parameters={"WaitTime": "3600"})
    print("submitted", flush=True)
    run.wait()
"""


def pipeline(stack, ledger, on_interrupt="", program=PROGRAM, **streams):
    return subprocess.Popen(
        [sys.executable, "-c", program, str(ledger), on_interrupt],
        env={
            **os.environ,
            **stack.environ,
            "PYTHONPATH": str(ROOT),
            "BATCHSDK_OUTPUTS": str(stack.outputs_file),
        },
        **streams,
    )


@pytest.mark.parametrize("on_interrupt", ["ask", "detach"])
def test_ctrl_c_leaves_the_jobs_running_and_says_how_to_come_back(stack, tmp_path, on_interrupt):
    ledger = tmp_path / "a ledger"
    streams = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with pipeline(stack, ledger, on_interrupt, text=True, **streams) as process:
        assert process.stdout.readline() == "submitted\n"
        process.send_signal(signal.SIGINT)
        said = process.stderr.readline()
    attach = f"attach long --ledger '{ledger}'"
    assert said == f"run 'long' goes on. To follow it again: batchsdk {attach}\n"
    (job,) = stack.batch.list_jobs()
    assert not job.status.is_terminal

    shown = stack.run("attach", "long", "--ledger", str(ledger), "--no-wait", "--json")
    assert [each["jobId"] for each in json.loads(shown.stdout)] == [job.job_id]
    ended = stack.run("attach", "long", "--ledger", str(ledger), "--cancel", "-r", "enough")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines()[1].split("\t")[:3] == ["sleep", "FAILED", "1"]
    assert stack.batch.job(job.job_id).describe().status_reason == "enough"


def test_ctrl_c_ends_the_jobs_if_that_is_wanted(stack, tmp_path):
    streams = dict.fromkeys(("stdout", "stderr"), subprocess.PIPE)
    with pipeline(stack, tmp_path / "ledger", "cancel", text=True, **streams) as process:
        assert process.stdout.readline() == "submitted\n"
        process.send_signal(signal.SIGINT)
        assert "every job of run 'long' has ended" in process.stderr.read()
    (job,) = stack.batch.list_jobs()
    assert job.status == "FAILED"


def test_a_client_that_dies_while_it_submits_has_its_job_found(stack, tmp_path, faults: Faults):
    # The request goes on its way to the service, and nobody is there for the answer.
    faults.add("slow", operation="SubmitJob", times=1, seconds=4)
    ledger = tmp_path / "ledger"
    with stack.batch.run("long", ledger=ledger, grace=5) as run, pipeline(stack, ledger) as process:
        eventually(lambda: run.ledger.newest(run._record, "sleep"), lambda: "no intent")
        eventually(lambda: faults.describe() == [] or None, lambda: "nothing sent")
        process.kill()
        process.wait()
        assert run.ledger.newest(run._record, "sleep").state is EntryState.INTENDED
        eventually(lambda: list(stack.batch.list_jobs()) or None, lambda: "it never arrived")
        job = run.submit("sleep", "sleep", parameters={"WaitTime": "3600"})
        assert [each.job_id for each in stack.batch.list_jobs()] == [job.id]
        run.cancel("enough")


@pytest.mark.every_case
def test_ctrl_c_amid_many_submissions_leaves_none_running(stack, tmp_path, faults: Faults):
    faults.add("slow", operation="SubmitJob", seconds=0.3)
    program = """
import sys, batchsdk
sleep = batchsdk.Submission(job_definition="sleep", parameters={"WaitTime": "3600"})
with batchsdk.connect().run("many", ledger=sys.argv[1], on_interrupt="cancel", grace=1) as run:
    run.submit("first", sleep)
    print("submitted", flush=True)
    run.submit_many({str(n): sleep for n in range(400)})
"""
    ledger = tmp_path / "ledger"
    streams = dict.fromkeys(("stdout", "stderr"), subprocess.PIPE)
    with pipeline(stack, ledger, program=program, text=True, **streams) as process:
        assert process.stdout.readline() == "submitted\n"
        eventually(lambda: len(list(stack.batch.list_jobs())) > 20 or None, lambda: "too few jobs")
        process.send_signal(signal.SIGINT)
        assert "every job of run 'many' has ended" in process.stderr.read()
    jobs = list(stack.batch.list_jobs())
    assert 20 < len(jobs) < 400
    assert all(each.status.is_terminal for each in jobs)
    with stack.batch.run("many", ledger=ledger) as run:
        in_ledger = {each.job_id for each in run.entries.values() if each.job_id}
    assert in_ledger == {each.job_id for each in jobs}


@pytest.mark.parametrize(
    ("answer", "said", "ends"),
    [(b"\n", b"goes on. To follow it", False), (b"\x03", b"has ended", True)],
    ids=["Enter", "Ctrl-C"],
)
def test_on_a_terminal_it_asks(stack, tmp_path, answer, said, ends):
    ours, theirs = pty.openpty()
    with pipeline(
        stack,
        tmp_path / "ledger",
        "ask",
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        preexec_fn=become_its_program,
    ) as process:
        os.close(theirs)
        until(ours, b"submitted")
        # CPython makes a RuntimeError of a Ctrl-C that comes while a thread is being started.
        time.sleep(0.5)
        os.write(ours, b"\x03")
        until(ours, b"Ctrl-C: end them all")
        os.write(ours, answer)
        until(ours, said)
        process.wait(300)
    os.close(ours)
    (job,) = stack.batch.list_jobs()
    assert job.status.is_terminal == ends
    stack.batch.job(job.job_id).terminate("enough")


def become_its_program():
    """Make the terminal on standard input the one that controls the process."""
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def until(terminal, text):
    shown = b""
    while text not in shown:
        try:
            shown += os.read(terminal, 10_000)
        except OSError:  # Linux: the other side is closed
            pytest.fail(shown.decode())
