"""Old runs are removed from a ledger; what may still go on is kept."""

from __future__ import annotations

import pytest

from batchsdk import InvalidArgumentError, SubmissionUnknownError
from tests.batchsdk.fakes import FakeClock, FakeTransport, connect, job

DAY = 86_400


def one_run(batch, transport, ledger, name, status):
    """Run one job under the name; its newest status is ``status``, ``None`` if it is forgotten."""
    job_id = f"job-{name}"
    transport.submit_answers.append({"jobId": job_id})
    transport.script(job_id, job(status, job_id) if status else None)
    with batch.run(name, ledger=ledger) as run:
        run.submit("only", "hello")


def test_only_old_runs_go_in_which_no_job_goes_on(tmp_path):
    transport, clock, ledger = FakeTransport(), FakeClock(), tmp_path / "ledger"
    batch = connect(transport, clock)
    for name, status in (("done", "FAILED"), ("forgotten", None), ("waiting", "RUNNABLE")):
        one_run(batch, transport, ledger, name, status)
    clock.sleep(20 * DAY)
    one_run(batch, transport, ledger, "young", "SUCCEEDED")
    clock.sleep(20 * DAY)
    assert [each.name for each in batch.prune_runs(50, ledger=ledger)] == []
    for dry_run in (True, False):
        found = batch.prune_runs(30, ledger=ledger, dry_run=dry_run)
        assert [each.name for each in found] == ["done", "forgotten"]
    assert [each.name for each in batch.runs(ledger=ledger)] == ["waiting", "young"]
    with batch.run("done", ledger=ledger) as run:
        assert run.entries == {}


def test_a_submission_whose_answer_was_lost_is_looked_up_first(tmp_path):
    transport, clock, ledger = FakeTransport(), FakeClock(), tmp_path / "ledger"
    transport.submit_answers.extend([{}] * 3)
    batch = connect(transport, clock)
    with batch.run("r", ledger=ledger) as run, pytest.raises(SubmissionUnknownError):
        run.submit("only", "hello")
    clock.sleep(40 * DAY)
    assert batch.prune_runs(30, ledger=ledger) == []
    with batch.run("r", ledger=ledger) as run:
        assert run.attach() == {}
    assert [each.name for each in batch.prune_runs(30, ledger=ledger)] == ["r"]


def test_an_age_of_nothing_is_refused(tmp_path):
    with pytest.raises(InvalidArgumentError, match="must be more than 0"):
        connect(FakeTransport()).prune_runs(0, ledger=tmp_path / "ledger")
