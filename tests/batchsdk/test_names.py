from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
