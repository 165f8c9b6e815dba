"""Ledgers: nothing is lost between clients, nothing secret is kept, crashes are noticed at once."""

from __future__ import annotations

import dataclasses
import os
import random
import sqlite3
import stat
import subprocess
import sys
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import batchsdk
from batchsdk import EntryState, InvalidArgumentError, LedgerError
from batchsdk.aws.gateway import AwsGateway
from batchsdk.names import (
    RunJobName,
    is_job_name,
    key_digest,
    run_id_in,
    run_job_name,
    run_prefix,
)
from batchsdk.runs.ledger import Entry, RunRecord
from batchsdk.runs.ledger_s3 import DELIVERY_LIMIT, S3Ledger
from batchsdk.runs.ledger_sqlite import SqliteLedger, default_path
from tests.aws_clients import client_of
from tests.batchsdk.conftest import ROOT
from tests.batchsdk.fakes import FakeTransport, connect, stack_outputs

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
RUN = RunRecord(id="0a1b2c3d", name="nightly", scope="123456789012/us-east-1/dev", created_at=NOW)


def entry(**changes: object) -> Entry:
    fields = {
        "run_id": RUN.id,
        "key": "load",
        "attempt": 1,
        "job_name": "nightly-0a1b2c3d-load-1",
        "token": "t",
        "digest": "d",
        "queue": "q",
        "definition": "hello",
        "owner": "me",
        "state": EntryState.INTENDED,
        "intended_at": NOW,
    }
    return Entry(**fields | changes)


@pytest.fixture(params=["sqlite", "s3"])
def open_ledger(request, local, tmp_path, monkeypatch):
    """Open the same ledger, each time as another client."""
    for name, value in local.environ.items():
        monkeypatch.setenv(name, value)
    opened = []
    bucket = f"bucket-{uuid.uuid4().hex[:8]}"
    if request.param == "s3":
        client_of(local, "s3").create_bucket(Bucket=bucket)

    def open_again():
        if request.param == "s3":
            opened.append(S3Ledger(f"s3://{bucket}/runs", AwsGateway("us-east-1")))
        else:
            opened.append(SqliteLedger(tmp_path / "a folder" / "ledger.sqlite3"))
        return opened[-1]

    yield open_again
    for each in opened:
        each.close()


def test_a_run_begins_once(open_ledger):
    first, second = open_ledger(), open_ledger()
    assert first.open_run(RUN) == RUN
    assert second.open_run(dataclasses.replace(RUN, id="ffffffff")) == RUN
    other = dataclasses.replace(RUN, id="eeeeeeee", name="weekly")
    assert second.open_run(other) == other
    assert list(first.runs(RUN.scope)) == [RUN, other]
    assert list(first.runs("another account")) == []


def test_of_two_clients_one_adds_and_the_other_sees_it(open_ledger):
    first, second = open_ledger(), open_ledger()
    first.open_run(RUN)
    mine, theirs = entry(owner="first"), entry(owner="second")
    assert first.add(RUN, mine)
    assert not second.add(RUN, theirs)
    assert second.newest(RUN, "load") == mine


def test_what_was_read_before_another_wrote_changes_nothing(open_ledger):
    first, second = open_ledger(), open_ledger()
    first.open_run(RUN)
    first.add(RUN, entry())
    seen = second.newest(RUN, "load")
    submitted = entry().changed(state=EntryState.SUBMITTED, job_id="job-1", submitted_at=NOW)
    assert first.replace(RUN, entry(), submitted)
    assert not second.replace(RUN, seen, seen.changed(owner="second"))
    assert second.newest(RUN, "load") == submitted
    assert second.replace(RUN, submitted, submitted.changed(state=EntryState.SUCCEEDED))
    assert not first.replace(RUN, submitted, submitted.changed(state=EntryState.FAILED))


def test_the_newest_attempt_of_each_key_counts(open_ledger):
    ledger = open_ledger()
    ledger.open_run(RUN)
    for attempt in range(1, 12):
        ledger.add(RUN, entry(attempt=attempt))
    ledger.add(RUN, entry(key="Größe: 1/2", intended_at=NOW + timedelta(seconds=1)))
    found = open_ledger().entries(RUN)
    assert [(each.key, each.attempt) for each in found] == [("load", 11), ("Größe: 1/2", 1)]
    assert ledger.newest(RUN, "absent") is None


def test_a_cancelled_run_says_when(open_ledger):
    first, second = open_ledger(), open_ledger()
    first.open_run(RUN)
    assert second.cancelled_at(RUN) is None
    first.mark_cancelled(RUN, NOW)
    assert second.cancelled_at(RUN) == NOW


def test_a_run_that_is_forgotten_begins_anew_and_others_stay(open_ledger):
    ledger = open_ledger()
    run = ledger.open_run(RUN)
    other = ledger.open_run(dataclasses.replace(RUN, id="eeeeeeee", name="weekly"))
    for number in range(3):
        ledger.add(run, entry(key=f"k{number}"))
    ledger.add(other, entry(run_id=other.id))
    ledger.write_document(run, "text")
    ledger.forget(run)
    assert [each.name for each in ledger.runs(RUN.scope)] == ["weekly"]
    assert len(ledger.entries(other)) == 1
    assert ledger.open_run(dataclasses.replace(RUN, id="ffffffff")).id == "ffffffff"
    assert ledger.entries(run) == []
    assert ledger.document(run) is None
    ledger.forget(run)  # by another client, meanwhile


def test_nobody_can_tell_from_afar_whether_a_client_lives():
    ledger = S3Ledger("s3://bucket", FakeTransport())
    assert ledger.may_be_at_work(entry(owner="other"), NOW)
    assert not ledger.may_be_at_work(entry(owner="other"), NOW + DELIVERY_LIMIT)
    assert not ledger.may_be_at_work(entry(owner=ledger.client), NOW)


def test_the_death_of_a_client_is_seen_at_once(tmp_path):
    path = tmp_path / "ledger.sqlite3"
    ledger = SqliteLedger(path)
    program = (
        "import sys; from batchsdk.runs.ledger_sqlite import SqliteLedger; "
        "ledger = SqliteLedger(sys.argv[1]); print(ledger.client, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        theirs = entry(owner=other.stdout.readline().strip())
        assert ledger.may_be_at_work(theirs, NOW)
        other.kill()
        other.wait()
        assert not ledger.may_be_at_work(theirs, NOW)
    assert not ledger.may_be_at_work(entry(owner="never was"), NOW)
    ledger.close()


@pytest.mark.skipif(os.name != "posix", reason="modes are of POSIX")
def test_clients_that_make_a_file_at_the_same_moment_wait_for_one_another(tmp_path):
    def opened(barrier, path):
        barrier.wait()
        SqliteLedger(path).close()

    with ThreadPoolExecutor(4) as threads:
        for number in range(25):
            barrier, path = threading.Barrier(4), tmp_path / f"{number}.sqlite3"
            for each in [threads.submit(opened, barrier, path) for _ in range(4)]:
                each.result()


def test_the_file_is_the_users_alone(tmp_path):
    path = tmp_path / "new" / "ledger.sqlite3"
    SqliteLedger(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_nothing_secret_is_kept(tmp_path):
    path = tmp_path / "ledger.sqlite3"
    batch = connect(FakeTransport())
    with batch.run("nightly", ledger=path) as run:
        run.submit(
            "load", "hello", parameters={"Target": "s3cret-1"}, environment={"KEY": "s3cret-2"}
        )
    kept = b"".join(each.read_bytes() for each in tmp_path.rglob("*") if each.is_file())
    assert b"nightly" in kept
    assert b"s3cret" not in kept


@pytest.mark.parametrize(
    ("environ", "platform", "path"),
    [
        ({"XDG_DATA_HOME": "/data"}, "linux", "/data/batchsdk/ledger.sqlite3"),
        ({"XDG_DATA_HOME": "data"}, "linux", "~/.local/share/batchsdk/ledger.sqlite3"),
        ({}, "linux", "~/.local/share/batchsdk/ledger.sqlite3"),
        ({}, "darwin", "~/Library/Application Support/batchsdk/ledger.sqlite3"),
        ({"LOCALAPPDATA": "/local"}, "win32", "/local/batchsdk/ledger.sqlite3"),
    ],
)
def test_where_it_is_by_default(environ, platform, path):
    assert default_path(environ, platform) == Path(path).expanduser()


def test_the_environment_may_say_where(tmp_path, monkeypatch):
    monkeypatch.setenv("BATCHSDK_LEDGER", str(tmp_path / "mine"))
    with connect(FakeTransport()).run("nightly") as run:
        assert run.ledger.location == str(tmp_path / "mine")


def test_what_is_no_ledger_is_said(tmp_path):
    path = tmp_path / "outputs.json"
    path.write_text("{}" * 5000)
    with pytest.raises(LedgerError, match=r"outputs\.json: file is not a database"):
        connect(FakeTransport()).run("nightly", ledger=path)
    assert path.read_text() == "{}" * 5000


def test_a_later_versions_ledger_is_refused(tmp_path):
    path = tmp_path / "ledger.sqlite3"
    SqliteLedger(path).close()
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(LedgerError, match="it is of version 99, this batchsdk knows 1"):
        SqliteLedger(path)


@pytest.mark.parametrize("address", ["s3:bucket", "s3://", "s3://bucket/a?b"])
def test_an_address_that_is_none_is_refused(address):
    with pytest.raises(InvalidArgumentError, match="must be s3://bucket/prefix"):
        connect(FakeTransport()).run("nightly", ledger=address)


def test_a_bucket_that_is_absent_is_said(stack):
    with pytest.raises(LedgerError, match="ledger s3://absent-bucket"):
        stack.batch.run("nightly", ledger="s3://absent-bucket")


@pytest.mark.parametrize("name", ["", "x" * 201, "a\nb"])
def test_a_name_that_breaks_the_rule_is_refused(name, tmp_path):
    with pytest.raises(InvalidArgumentError, match="1-200 printable characters"):
        connect(FakeTransport()).run(name, ledger=tmp_path / "ledger")


def test_job_names_fit_and_differ():
    letters = "aZ0-_ /é:*"
    chance = random.Random(7)
    keys = {"".join(chance.choices(letters, k=chance.randint(1, 300))) for _ in range(500)}
    keys |= {"a", "A", "a ", "a-", "x" * 300, "x" * 301}
    for run in ("nightly", "N", "-", "é" * 200, "y" * 200):
        prefix = run_prefix(run, RUN.id)
        made = {
            run_job_name(prefix, key, digest, attempt): (key_digest(key), digest, attempt)
            for key in keys
            for digest in ("0a1b2c", "")
            for attempt in (1, 10)
        }
        names = set(made)
        assert len(names) == len(keys) * 4
        read = {name: RunJobName.of(name) for name in names}
        told = {
            name: (each.key_digest, each.request_digest, each.attempt)
            for name, each in read.items()
            if each is not None
        }
        assert told == made
        assert {run_id_in(name, run, RUN.id) for name in names} == {RUN.id}
        assert all(is_job_name(name) and name == name.lower() for name in names)
        assert all(name.startswith(prefix) for name in names)


def test_a_text_belongs_to_a_run_until_another_takes_its_place(open_ledger):
    one, two = open_ledger(), open_ledger()
    run = one.open_run(RUN)
    assert one.document(run) is None
    one.write_document(run, "first")
    two.write_document(run, "second")
    assert (one.document(run), two.document(run)) == ("second", "second")


def test_locks_of_killed_clients_are_swept_and_those_of_living_ones_stay(tmp_path):
    path = tmp_path / "ledger"
    living = SqliteLedger(path)
    folder = tmp_path / "ledger-clients"
    killed = folder / f"{uuid.uuid4().hex}.lock"
    killed.touch()
    killed.with_name(f"{killed.name}-journal").touch()
    new = folder / f"{uuid.uuid4().hex}.lock"
    new.touch()
    for each in (killed, folder / f"{living.client}.lock"):
        os.utime(each, (0, 0))
    second = SqliteLedger(path)
    left = {each.name.removesuffix("-journal") for each in folder.iterdir()}
    assert left == {new.name, f"{living.client}.lock", f"{second.client}.lock"}
    living.close()
    second.close()


@pytest.fixture
def stored(local, tmp_path, monkeypatch):
    """Outputs of a stack with storage, and no ledger that the user has named."""
    for name, value in {**local.environ, "XDG_DATA_HOME": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("BATCHSDK_LEDGER", raising=False)
    bucket = f"storage-{uuid.uuid4().hex[:8]}"
    client_of(local, "s3").create_bucket(Bucket=bucket)
    outputs = dataclasses.replace(stack_outputs(), storage=f"s3://{bucket}/batch/")
    return outputs, f"s3://{bucket}/batch/ledger"


def connected(outputs):
    return batchsdk.connect(outputs=outputs.to_mapping(), transport=lambda _: StoresInS3())


class StoresInS3(FakeTransport):
    """The fake, with an S3 that keeps what it is given."""

    def __init__(self):
        super().__init__()
        self._aws = AwsGateway("us-east-1")

    def put_object_if(self, *arguments):
        return self._aws.put_object_if(*arguments)

    def get_object(self, *arguments):
        return self._aws.get_object(*arguments)

    def list_objects(self, *arguments):
        return self._aws.list_objects(*arguments)

    def delete_objects(self, *arguments):
        return self._aws.delete_objects(*arguments)


def test_a_stack_with_storage_has_the_ledger_by_default(stored, tmp_path):
    outputs, address = stored
    for ledger in (None, "stack"):
        with connected(outputs).run("nightly", ledger=ledger) as run:
            assert run.ledger.location == address
    assert [each.name for each in connected(outputs).runs()] == ["nightly"]
    assert not default_path().exists(), "no file is made beside it"


def test_a_run_stays_in_the_ledger_in_which_it_began(stored):
    outputs, address = stored
    before = dataclasses.replace(outputs, storage=None)
    with connected(before).run("old") as run:
        assert run.ledger.location == str(default_path())
    batch = connected(outputs)
    with batch.run("new") as run:
        assert run.ledger.location == address
    with batch.run("old") as run:
        assert run.ledger.location == str(default_path())
    with batch.run("old", must_exist=True), batch.run("new", must_exist=True):
        pass
    assert [each.name for each in batch.runs()] == ["old", "new"]
    assert [each.name for each in batch.runs(ledger="stack")] == ["new"]
    with pytest.raises(InvalidArgumentError, match=f"ledger {address} has no such run"):
        batch.run("old", ledger="stack", must_exist=True)


def test_runs_of_both_ledgers_are_pruned(stored):
    outputs, _ = stored
    connected(dataclasses.replace(outputs, storage=None)).run("old").close()
    batch = connected(outputs)
    batch.run("new").close()
    assert batch.prune_runs(1) == []
    pruned = batch.prune_runs(1e-9)
    assert [each.name for each in pruned] == ["old", "new"]
    assert batch.runs() == []


def test_what_the_user_names_comes_before_the_stacks(stored, tmp_path, monkeypatch):
    outputs, address = stored
    file = tmp_path / "mine.sqlite3"
    with connected(outputs).run("nightly", ledger=file) as run:
        assert run.ledger.location == str(file)
    monkeypatch.setenv("BATCHSDK_LEDGER", str(file))
    assert [each.name for each in connected(outputs).runs()] == ["nightly"]
    monkeypatch.setenv("BATCHSDK_LEDGER", "stack")
    with connected(outputs).run("another") as run:
        assert run.ledger.location == address


def test_a_stack_without_storage_has_no_ledger_of_its_own(stored):
    outputs = dataclasses.replace(stored[0], storage=None)
    for do in (lambda batch: batch.run("nightly", ledger="stack"),
               lambda batch: batch.runs(ledger="stack")):  # fmt: skip
        with pytest.raises(InvalidArgumentError) as caught:
            do(connected(outputs))
        assert "has no storage, where its ledger would be" in str(caught.value)
        assert "`storage: {enabled: true}`" in str(caught.value)
