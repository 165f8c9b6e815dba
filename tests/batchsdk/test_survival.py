"""Runs survive a bad wire, the death of their client and the loss of their ledger: each intended
job exists once.

``BATCH_PLATFORM_SURVIVAL_JOBS=10000`` has ten times as many jobs in the largest run.
"""

from __future__ import annotations

import os
import random
import shutil
import time

import pytest

from tests.batchsdk.survival.client import REFUSED
from tests.batchsdk.survival.trial import Trial, serving

THOUSANDS = int(os.environ.get("BATCH_PLATFORM_SURVIVAL_JOBS", "1000"))


@pytest.fixture(scope="module")
def server():
    with serving() as server, pytest.MonkeyPatch.context() as patch:
        for name, value in server.environ.items():
            patch.setenv(name, value)
        yield server


@pytest.fixture
def begun(server, tmp_path):
    """Begin a trial, on a bad wire."""

    def begin(name, count):
        server.be("bad")
        return Trial(server, name, count, tmp_path)

    return begin


def survive_deaths(trial, deaths):
    # It dies when it has come so far, whatever it is doing then: submitting or waiting.
    for far in sorted(random.Random(trial.count).sample(range(2 * trial.count), deaths)):
        trial.kill_at(far)
    trial.finish()
    trial.check()


@pytest.mark.survival
@pytest.mark.timeout(600)
def test_thousands_of_jobs_and_ten_deaths(begun):
    survive_deaths(begun("thousands", THOUSANDS), 10)


def survive_losses(trial, deaths, seed):
    chance = random.Random(seed)
    for _ in range(deaths):
        if chance.random() < 0.5:
            trial.kill_at(chance.randrange(2 * trial.count))
        else:
            trial.kill_after(chance.uniform(0, 0.8))
        trial.delete_ledger(with_folder=chance.random() < 0.5)
    trial.finish()
    trial.check()


@pytest.mark.survival
def test_every_death_loses_the_ledger(begun):
    survive_losses(begun("lost", 40), 3, seed=1)


@pytest.mark.survival
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(2, 4))
def test_every_one_of_ten_deaths_loses_the_ledger(begun, seed):
    survive_losses(begun(f"lost-often-{seed}", 300), 10, seed)


def start_at_once(*clients):
    """Let clients begin at the same moment; return what each said that was refused."""
    for each in clients:
        each.begin()
    ends = [each.end() for each in clients]
    assert {code for code, _ in ends} <= {0, REFUSED}
    return [said for code, said in ends if code == REFUSED]


def half_done(trial):
    """Let a client come half way, and kill it."""
    trial.kill_at(trial.count // 2)


@pytest.mark.survival
def test_two_starts_at_the_same_moment_on_one_ledger(begun):
    trial = begun("overlap", 40)
    assert start_at_once(trial.client(), trial.client()) == []
    trial.check()


@pytest.mark.survival
@pytest.mark.parametrize("with_folder", [False, True])
def test_two_starts_at_the_same_moment_after_the_ledger_was_deleted(begun, with_folder):
    trial = begun(f"overlap-lost-{with_folder}", 40)
    half_done(trial)
    trial.delete_ledger(with_folder=with_folder)
    assert start_at_once(trial.client(), trial.client()) == []
    trial.check()


@pytest.mark.survival
def test_two_starts_at_the_same_moment_on_a_ledger_and_its_copy(begun):
    trial = begun("copied", 40)
    half_done(trial)
    copy = trial.ledger.with_name("copy.sqlite3")
    shutil.copy(trial.ledger, copy)
    (said,) = start_at_once(trial.client(), trial.client(copy))
    assert said.startswith(f"ledger {copy}: it is a copy of the ledger {trial.ledger}")
    trial.check()


@pytest.mark.survival
def test_two_starts_at_the_same_moment_on_two_copies_whose_original_is_gone(begun):
    trial = begun("copied-twice", 40)
    half_done(trial)
    first, second = (trial.ledger.with_name(name) for name in ("first", "second"))
    shutil.copy(trial.ledger, first)
    shutil.copy(trial.ledger, second)
    trial.delete_ledger(with_folder=True)
    (said,) = start_at_once(trial.client(first), trial.client(second))
    assert "it is a copy of the ledger" in said
    trial.check(second if said.startswith(f"ledger {first}: ") else first)


@pytest.mark.survival
@pytest.mark.parametrize("with_folder", [False, True])
def test_a_ledger_that_is_deleted_under_two_clients_while_a_third_starts(begun, with_folder):
    trial = begun(f"taken-away-{with_folder}", 40)
    third, *others = (trial.client() for _ in range(3))
    for each in others:
        each.begin()
    while trial.progress() < trial.count // 2 and not any(each.has_ended for each in others):
        time.sleep(0.02)
    trial.delete_ledger(with_folder=with_folder)
    said = start_at_once(third)
    for each in others:
        code, refusal = each.end()
        assert (code, "while this client had it open; nothing more is sent" in refusal) == (
            REFUSED,
            True,
        )
    assert all("it was deleted or cut while a client uses it" in each for each in said)
    trial.finish()
    trial.check()


@pytest.mark.survival
def test_two_machines_that_start_at_the_same_moment_with_a_ledger_in_s3(begun):
    trial = begun("machines", 40)
    where = "s3://ledgers/machines"
    assert start_at_once(trial.client(where), trial.client(where)) == []
    trial.check(where)


@pytest.mark.survival
def test_two_machines_whose_ledger_in_s3_is_deleted_before(begun):
    trial = begun("machines-lost", 40)
    trial.finish("s3://ledgers/before")
    where = "s3://ledgers/after"  # as empty as one that was deleted
    assert start_at_once(trial.client(where), trial.client(where)) == []
    trial.check(where)
