from __future__ import annotations

import random
import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchsdk import names
from batchsdk.names import is_job_name, suggestion, unique_job_name

MOMENT = datetime(2026, 1, 31, 23, 59, 59, tzinfo=UTC)


@given(base=st.text(), seed=st.integers())
def test_a_made_up_name_is_always_one_that_batch_takes(base: str, seed: int) -> None:
    name = unique_job_name(base, MOMENT, random.Random(seed))
    assert is_job_name(name)
    assert name == name.lower()


def test_two_names_of_the_same_second_differ() -> None:
    randomness = random.Random(1)
    names = {unique_job_name("hello", MOMENT, randomness) for _ in range(1000)}
    assert len(names) == 1000


def test_a_name_shows_what_and_when_in_utc() -> None:
    tokyo = MOMENT.astimezone(timezone(timedelta(hours=9)))
    assert unique_job_name("Hello World", tokyo, random.Random(1)).startswith(
        "hello-world-20260131-235959-"
    )


@pytest.mark.parametrize("name", ["a", "9", "A-b_c", "x" * 128])
def test_names_that_batch_takes(name: str) -> None:
    assert is_job_name(name)


@pytest.mark.parametrize("name", ["", "-a", "_a", "a b", "a.b", "é", "x" * 129, "a\n"])
def test_names_that_batch_refuses(name: str) -> None:
    assert not is_job_name(name)


def test_a_near_name_is_suggested() -> None:
    assert suggestion("helo", ["hello", "sleep"]) == "did you mean 'hello'? known: 'hello', 'sleep'"
    assert suggestion("zzz", ["hello"]) == "known: 'hello'"
    assert suggestion("zzz", []) == "known: none"


@pytest.mark.parametrize("run", ["nightly-20260131", "a 20260131 B", "x" * 60])
@pytest.mark.parametrize(
    ("key", "step", "part"),
    [
        ("load-part-3", "load-part-3", ""),
        ("20260131", "20260131", ""),
        ("train.2", "train", ".2"),
        ("train~2", "train", "~2"),
        ("train-7.2~3", "train-7", ".2~3"),
        ("Load", "load", ""),  # a job name has no capitals
    ],
)
def test_the_name_of_a_runs_job_tells_its_run_and_step(run, key, step, part):
    prefix = names.run_prefix(run, names.run_id("123456789012/us-east-1/dev", run))
    made = names.run_job_name(prefix, key, "ab" * 32, 1)
    found = names.RunJobName.of(made)
    assert found is not None
    assert (found.step, found.part, found.is_barrier) == (step, part, False)
    assert made.startswith(f"{found.run}-")
    assert found.run == re.sub("[^a-z0-9]+", "-", run.lower())[:40]


def test_a_job_of_no_run_has_neither_run_nor_step():
    assert names.RunJobName.of("hello-20260131-235959-1f3a5b7c") is None
