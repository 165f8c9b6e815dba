"""Runs on the local AWS: each key one job, whatever is lost."""

from __future__ import annotations

import pytest

from batchsdk import EntryState, JobsFailedError, Polling, RunConflictError, Submission
from localaws.faults import Faults

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
        first.wait(60, polling=QUICK)

    second = run()
    assert second.submit("good", "hello").id == good.id
    again = second.submit("bad", "hello")
    assert again.id != bad.id
    assert again.name != bad.name
    entries = second.wait(60, polling=QUICK)
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
    entries = opened.wait(60, polling=QUICK)
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
