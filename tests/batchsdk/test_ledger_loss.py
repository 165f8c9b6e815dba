"""A ledger that is lost, cut, copied or old makes no job twice: the service knows the jobs too."""

from __future__ import annotations

import shutil
import sqlite3
import threading
import uuid
from collections import Counter

import pytest

from batchsdk import (
    EntryState,
    InvalidArgumentError,
    LedgerError,
    Polling,
    RunConflictError,
    RunForgottenError,
    Submission,
)
from batchsdk.runs.ledger_sqlite import SqliteLedger
from tests.aws_clients import client_of
from tests.batchsdk.fakes import FakeClock, FakeTransport, connect

pytestmark = pytest.mark.sampled(2)

QUICK = Polling(shortest=0.05, longest=0.2)
KEYS = [f"k{number}" for number in range(8)]
WORK = {key: Submission(job_definition="hello", parameters={"Target": key}) for key in KEYS}


@pytest.fixture
def ledger(tmp_path):
    return tmp_path / "ledger.sqlite3"


@pytest.fixture
def run(stack, ledger):
    """Open the same run anew each time, as another process would."""
    opened = []

    def open_again(name="nightly", **more):
        opened.append(stack.batch.run(name, **({"ledger": ledger, "grace": 0.3} | more)))
        return opened[-1]

    yield open_again
    for each in opened:
        each.close()


def files_of(ledger):
    return [each for each in ledger.parent.glob(f"{ledger.name}*") if each.is_file()]


def delete(ledger):
    for each in files_of(ledger):
        each.unlink()


def cut_to_nothing(ledger):
    ledger.write_bytes(b"")


def delete_with_its_folder(ledger):
    delete(ledger)
    shutil.rmtree(ledger.with_name(f"{ledger.name}-clients"))


def jobs_by_name(stack):
    return Counter(each.name for each in stack.batch.list_jobs())


@pytest.mark.parametrize("lose", [delete, cut_to_nothing, delete_with_its_folder])
def test_a_ledger_that_was_lost_is_made_up_for_by_the_service(stack, run, ledger, caplog, lose):
    first = run()
    jobs = first.submit_many(dict(list(WORK.items())[:5]))
    first.close()
    lose(ledger)
    second = run()
    again = second.submit_many(WORK)
    assert {key: again[key].id for key in jobs} == {key: each.id for key, each in jobs.items()}
    assert set(jobs_by_name(stack).values()) == {1}
    assert len(jobs_by_name(stack)) == len(WORK)
    (said,) = [each.message for each in caplog.records if "took over" in each.message]
    assert "took over 5 jobs of run 'nightly'" in said
    assert str(ledger) in said
    assert {each.state for each in second.wait(300, polling=QUICK).values()} == {"SUCCEEDED"}


def test_a_run_opened_again_with_its_ledger_takes_nothing_over(run, caplog):
    run().submit_many(WORK)
    run().submit_many({**WORK, "more": WORK["k0"]})
    assert [each.message for each in caplog.records if "took over" in each.message] == []


def test_an_old_copy_of_the_ledger_goes_on_with_the_newest_attempts(stack, run, ledger, tmp_path):
    first = run()
    bad = first.submit("bad", "fail")
    first.wait(300, check=False, polling=QUICK)
    first.close()
    shutil.copy(ledger, tmp_path / "old")
    second = run()
    again = second.submit("bad", "hello")
    later = second.submit("later", "hello")
    second.close()
    delete(ledger)
    shutil.move(tmp_path / "old", ledger)
    third = run()
    assert third.submit("bad", "hello").id == again.id != bad.id
    assert third.submit("later", "hello").id == later.id
    assert third.entries["bad"].attempt == 2
    assert len(list(stack.batch.list_jobs())) == 3


def test_what_had_failed_is_the_next_attempt_though_the_ledger_is_lost(stack, run, ledger):
    first = run()
    first.submit("bad", "fail")
    first.wait(300, check=False, polling=QUICK)
    first.close()
    delete(ledger)
    second = run()
    job = second.submit("bad", "hello")
    assert second.entries["bad"].attempt == 2
    assert job.name.endswith("-2")
    assert len(list(stack.batch.list_jobs())) == 2


def test_a_job_that_was_taken_over_stands_for_its_request(run, ledger):
    first = run()
    cause = first.submit("cause", "hello")
    effect = first.submit("effect", "hello", depends_on=[cause])
    first.close()
    delete(ledger)
    second = run()
    assert second.submit("cause", "hello").id == cause.id
    assert second.submit("effect", "hello", depends_on=[second.jobs["cause"]]).id == effect.id
    for each in (second, run()):
        with pytest.raises(RunConflictError, match="'cause': it was submitted with another"):
            each.submit("cause", "hello", parameters={"Target": "changed"})


def test_two_users_with_a_ledger_each_share_a_run(stack, run, tmp_path):
    mine = run(ledger=tmp_path / "mine").submit_many(WORK)
    theirs = run(ledger=tmp_path / "theirs").submit_many(WORK)
    assert {key: job.id for key, job in mine.items()} == {
        key: job.id for key, job in theirs.items()
    }
    assert set(jobs_by_name(stack).values()) == {1}


def test_a_run_is_begun_anew_only_on_purpose(stack, run, ledger):
    jobs = [run().submit("one", "hello")]
    for _ in range(2):
        begun = run(new=True)
        assert begun.entries == {}
        jobs.append(begun.submit("one", "hello"))
    assert len({each.id for each in jobs}) == len({each.name for each in jobs}) == 3
    assert run().submit("one", "hello").id == jobs[-1].id
    with pytest.raises(InvalidArgumentError, match="must_exist"):
        run(new=True, must_exist=True)


def test_the_newest_beginning_is_found_though_the_ledger_is_lost(stack, run, ledger, caplog):
    run().submit("one", "hello")
    begun = run(new=True)
    newest = begun.submit("one", "hello")
    old = run(ledger=ledger.with_name("old"))
    for each in (begun, old):
        each.close()
    for lost in (ledger, ledger.with_name("old")):
        for name in files_of(lost):
            name.unlink(missing_ok=True)
    opened = run(ledger=ledger.with_name("another"))
    assert opened.submit("one", "hello").id == newest.id
    assert opened.id == begun.id
    assert "was begun anew at" in caplog.text
    assert len(list(stack.batch.list_jobs())) == 2


def test_what_nobody_knows_any_more_is_refused_unless_it_is_begun_anew(tmp_path):
    ledger = tmp_path / "ledger"
    batch = connect(FakeTransport())
    with batch.run("nightly", ledger=ledger) as run:
        run.submit("one", "hello")
    delete(ledger)
    with batch.run("another", ledger=ledger) as run:  # of this one nothing is lost
        run.submit("one", "hello")
    with (
        batch.run("nightly", ledger=ledger) as run,
        pytest.raises(RunForgottenError, match="the record is lost") as refused,
    ):
        run.submit("one", "hello")
    assert "new=True" in refused.value.hint
    with batch.run("nightly", ledger=ledger, new=True) as run:
        run.submit("one", "hello")
    with batch.run("nightly", ledger=ledger) as run:
        assert set(run.entries) == {"one"}


def listed(names, moment):
    """Return an answer of ListJobs."""
    return {
        "jobSummaryList": [
            {
                "jobId": f"id-of-{name}",
                "jobName": name,
                "status": "RUNNABLE",
                "createdAt": int(moment.timestamp() * 1000),
            }
            for name in names
        ]
    }


def lose_after(ledger, keys, clock):
    """Submit jobs under keys and delete the ledger; return the names of the jobs."""
    transport = FakeTransport()
    transport.submit_answers.extend({"jobId": f"id-{key}"} for key in keys)
    with connect(transport, clock).run("nightly", ledger=ledger) as run:
        for key in keys:
            run.submit(key, "hello")
    delete(ledger)
    return [request["jobName"] for name, request in transport.calls if name == "SubmitJob"]


@pytest.mark.parametrize(("age", "waits"), [(5, True), (3600, False)])
def test_a_list_that_may_not_be_complete_yet_is_asked_again(tmp_path, caplog, age, waits):
    ledger, clock, transport = tmp_path / "ledger", FakeClock(), FakeTransport()
    names = lose_after(ledger, ["one", "two"], clock)
    lists = [listed(names[:1], clock.now())]
    clock.sleep(age)
    lists += [listed(names, clock.now())] * 20  # the second was still on its way
    transport.pages = lambda _: lists.pop(0) if len(lists) > 1 else lists[0]
    with connect(transport, clock).run("nightly", ledger=ledger) as run:
        run.submit("one", "hello")
        if waits:
            assert run.submit("two", "hello").id == f"id-of-{names[1]}"
            assert transport.count("SubmitJob") == 0
        else:
            assert transport.count("ListJobs") == 1
    assert ("waiting up to 30 seconds for jobs that no list shows yet" in caplog.text) is waits
    assert (clock.seconds >= age + 30) is waits


def test_what_was_intended_and_never_sent_is_not_lost(tmp_path):
    ledger, clock = tmp_path / "ledger", FakeClock()
    broken = FakeTransport()
    broken.submit_answers.append(RuntimeError("the client ends here"))
    with (
        pytest.raises(RuntimeError, match="ends here"),
        connect(broken, clock).run("nightly", ledger=ledger) as run,
    ):
        run.submit("one", "hello")
    delete(ledger)
    transport = FakeTransport()
    with connect(transport, clock).run("nightly", ledger=ledger) as run:
        run.submit("one", "hello")
    assert transport.count("SubmitJob") == 1
    assert clock.seconds >= 30  # it might have been sent: the lists have had the time to show it


def test_a_run_that_was_removed_on_purpose_is_not_lost(tmp_path):
    ledger, clock, transport = tmp_path / "ledger", FakeClock(), FakeTransport()
    batch = connect(transport, clock)
    with batch.run("nightly", ledger=ledger) as run:
        run.submit("one", "hello")
    clock.sleep(40 * 86_400)
    assert [each.name for each in batch.prune_runs(30, ledger=ledger)] == ["nightly"]
    with batch.run("nightly", ledger=ledger) as run:
        run.submit("one", "hello")
    assert transport.count("SubmitJob") == 2


def test_opening_calls_nothing_and_a_queue_is_listed_once(tmp_path):
    transport = FakeTransport()
    transport.submit_answers.extend({"jobId": f"job-{number}"} for number in range(20))
    with connect(transport).run("nightly", ledger=tmp_path / "ledger") as run:
        assert transport.calls == []
        run.submit_many({f"k{n}": Submission(job_definition="hello") for n in range(10)})
        run.submit("last", "hello")
        assert transport.count("ListJobs") == 1
        elsewhere = "arn:aws:batch:us-east-1:123456789012:job-queue/q"
        transport.queue = {"jobQueueName": "q", "jobQueueArn": elsewhere, "priority": 1}
        run.submit("elsewhere", "hello", queue=elsewhere)
        assert transport.count("ListJobs") == 2
    transport.calls.clear()
    with connect(transport).run("nightly", ledger=tmp_path / "ledger") as run:
        run.submit_many({f"k{n}": Submission(job_definition="hello") for n in range(10)})
        assert transport.count("ListJobs") == transport.count("SubmitJob") == 0


def replace(ledger):
    content = ledger.read_bytes()
    ledger.unlink()
    ledger.write_bytes(content)


def delete_the_log(ledger):
    ledger.with_name(f"{ledger.name}-wal").unlink()


@pytest.mark.parametrize(
    ("lose", "what"),
    [
        (delete, "deleted"),
        (cut_to_nothing, "cut"),
        (replace, "replaced by another file"),
        (delete_the_log, "deleted"),
    ],
)
def test_a_ledger_that_is_taken_away_while_it_is_open_ends_the_client(
    stack, run, ledger, lose, what
):
    opened = run()
    opened.submit_many(dict(list(WORK.items())[:3]))
    lose(ledger)
    for _ in range(2):
        with pytest.raises(LedgerError, match=f"ledger .*ledger.sqlite3: .* was {what} while"):
            opened.submit_many(WORK)
    assert len(list(stack.batch.list_jobs())) == 3


def test_while_a_client_uses_a_deleted_ledger_no_other_begins(stack, run, ledger):
    opened = run()
    opened.submit("k0", WORK["k0"])
    delete(ledger)
    with pytest.raises(LedgerError, match="deleted or cut while a client uses it"):
        run()
    opened.close()
    run().submit_many(WORK)
    assert set(jobs_by_name(stack).values()) == {1}


def test_a_copy_is_refused_while_the_original_is_there_and_a_moved_ledger_is_not(run, ledger):
    first = run()
    job = first.submit("one", "hello")
    copy = ledger.with_name("copy.sqlite3")
    shutil.copy(ledger, copy)
    with pytest.raises(
        LedgerError, match=r"copy\.sqlite3: it is a copy of .*ledger\.sqlite3"
    ) as no:
        run(ledger=copy)
    assert str(ledger) in no.value.hint
    first.close()
    copy.unlink()
    moved = ledger.rename(ledger.with_name("moved.sqlite3"))
    assert run(ledger=moved).submit("one", "hello").id == job.id
    assert run(ledger=moved).submit("one", "hello").id == job.id


def test_of_two_copies_whose_original_is_gone_one_is_the_ledger(run, ledger, tmp_path):
    run().submit("one", "hello")
    first, second, third = (tmp_path / name for name in ("first", "second", "third"))
    closed = run(ledger=ledger)
    closed.close()
    for each in (first, second, third):
        shutil.copy(ledger, each)
    delete(ledger)
    used = run(ledger=first)
    with pytest.raises(LedgerError, match=f"{second}: it is a copy of the ledger {first}"):
        run(ledger=second)
    used.close()
    moved = first.rename(tmp_path / "moved")
    run(ledger=moved)
    with pytest.raises(LedgerError, match=f"{third}: it is a copy of the ledger {moved}"):
        run(ledger=third)
    third.rename(ledger)  # restored where the ledger had been
    with pytest.raises(LedgerError, match=f"{ledger}: it is a copy of the ledger {moved}"):
        run(ledger=ledger)


def test_a_database_of_something_else_is_left_as_it_is(tmp_path):
    path = tmp_path / "cookies.sqlite"
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE cookies (name TEXT)")
    database.close()
    before = path.read_bytes()
    with pytest.raises(LedgerError, match="a database of something else, with the table 'cookies'"):
        SqliteLedger(path)
    assert path.read_bytes() == before


def test_starts_that_overlap_make_each_job_once(stack, ledger):
    """As a cron job that takes longer than its interval; the ledger is deleted before."""
    with stack.batch.run("nightly", ledger=ledger) as run:
        run.submit_many(dict(list(WORK.items())[:4]))
    delete(ledger)
    faults = []

    def start():
        try:
            with stack.batch.run("nightly", ledger=ledger, grace=10) as run:
                run.submit_many(WORK)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(300)
    assert faults == []
    names = jobs_by_name(stack)
    assert set(names.values()) == {1}
    assert len(names) == len(WORK)


@pytest.fixture
def bucket(local):
    name = f"bucket-{uuid.uuid4().hex[:8]}"
    client_of(local, "s3").create_bucket(Bucket=name)
    return name


def empty(local, bucket):
    s3 = client_of(local, "s3")
    for each in s3.list_objects_v2(Bucket=bucket).get("Contents", []):
        s3.delete_object(Bucket=bucket, Key=each["Key"])


def test_a_ledger_in_s3_that_is_deleted_between_two_machines(stack, run, local, bucket):
    where = f"s3://{bucket}/runs"
    first = run(ledger=where)
    jobs = first.submit_many(dict(list(WORK.items())[:5]))
    empty(local, bucket)
    with pytest.raises(LedgerError, match="run 'nightly' was removed while this client had it"):
        first.submit_many(WORK)
    second = run(ledger=where)
    again = second.submit_many(WORK)
    assert {key: again[key].id for key in jobs} == {key: each.id for key, each in jobs.items()}
    with pytest.raises(LedgerError, match="run 'nightly' was begun anew while this client had it"):
        first.submit("more", "hello")
    names = jobs_by_name(stack)
    assert set(names.values()) == {1}
    assert len(names) == len(WORK)


def test_a_run_in_s3_is_begun_anew(stack, run, bucket):
    where = f"s3://{bucket}/runs"
    first = run(ledger=where)
    before = first.submit("one", "hello")
    second = run(ledger=where, new=True)
    assert second.submit("one", "hello").id != before.id
    with pytest.raises(LedgerError, match="was begun anew while"):
        first.submit("two", "hello")
    assert run(ledger=where).jobs["one"].id == second.jobs["one"].id


def test_a_missing_state_is_known_from_the_service(run, ledger):
    first = run()
    first.submit("one", "hello")
    first.wait(300, polling=QUICK)
    first.close()
    delete(ledger)
    second = run()
    second.submit("one", "hello")
    assert second.entries["one"].state is EntryState.SUCCEEDED
