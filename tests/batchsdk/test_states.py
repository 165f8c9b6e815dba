from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchsdk.states import (
    TERMINAL,
    JobLifecycle,
    JobStatus,
    Sighting,
    StopEffect,
    can_follow,
    cancel_effect,
    terminate_effect,
)

S = JobStatus


@pytest.mark.parametrize("status", JobStatus)
def test_only_the_ends_are_never_left(status: JobStatus) -> None:
    left = any(can_follow(status, later) for later in JobStatus)
    assert left is (status not in TERMINAL)


@pytest.mark.parametrize(
    ("earlier", "later", "possible"),
    [
        (S.SUBMITTED, S.SUCCEEDED, True),
        (S.PENDING, S.SUCCEEDED, True),
        (S.RUNNING, S.RUNNABLE, True),
        (S.RUNNING, S.STARTING, True),
        (S.RUNNABLE, S.PENDING, False),
        (S.RUNNING, S.SUBMITTED, False),
        (S.FAILED, S.SUCCEEDED, False),
    ],
)
def test_what_can_follow(earlier: JobStatus, later: JobStatus, possible: bool) -> None:
    assert can_follow(earlier, later) is possible


@pytest.mark.parametrize(
    ("status", "cancelled", "terminated"),
    [
        (S.SUBMITTED, StopEffect.STOPS, StopEffect.STOPS),
        (S.PENDING, StopEffect.STOPS_AFTER_DEPENDENCIES, StopEffect.STOPS_AFTER_DEPENDENCIES),
        (S.RUNNABLE, StopEffect.STOPS, StopEffect.STOPS),
        (S.STARTING, StopEffect.NOTHING, StopEffect.STOPS),
        (S.RUNNING, StopEffect.NOTHING, StopEffect.STOPS),
        (S.SUCCEEDED, StopEffect.ALREADY_ENDED, StopEffect.ALREADY_ENDED),
        (S.FAILED, StopEffect.ALREADY_ENDED, StopEffect.ALREADY_ENDED),
    ],
)
def test_what_stopping_does(
    status: JobStatus, cancelled: StopEffect, terminated: StopEffect
) -> None:
    assert (cancel_effect(status), terminate_effect(status)) == (cancelled, terminated)


def test_an_older_answer_does_not_turn_time_back() -> None:
    life = JobLifecycle(grace=60)
    assert life.observe(S.RUNNING, 0) is Sighting.CHANGED
    assert life.observe(S.PENDING, 1) is Sighting.SAME
    assert life.status is S.RUNNING


def test_another_attempt_is_a_change() -> None:
    life = JobLifecycle(grace=60)
    life.observe(S.RUNNING, 0)
    assert life.observe(S.RUNNABLE, 1) is Sighting.CHANGED


def test_a_job_is_lost_only_after_the_whole_grace() -> None:
    life = JobLifecycle(grace=60)
    assert life.observe(None, 100) is Sighting.MISSING
    assert life.observe(None, 159.9) is Sighting.MISSING
    assert life.observe(None, 160) is Sighting.LOST


def test_being_seen_again_starts_the_grace_anew() -> None:
    life = JobLifecycle(grace=60)
    life.observe(None, 0)
    life.observe(S.RUNNING, 50)
    assert life.observe(None, 70) is Sighting.MISSING


@given(st.lists(st.sampled_from([*JobStatus, None])), st.sampled_from(sorted(TERMINAL)))
def test_an_end_is_never_taken_back(samples: list[JobStatus | None], end: JobStatus) -> None:
    life = JobLifecycle(grace=1)
    life.observe(end, 0)
    for second, sample in enumerate(samples, 1):
        assert life.observe(sample, second * 10) is Sighting.SAME
    assert life.status is end


@given(st.lists(st.sampled_from([*JobStatus, None])))
def test_no_end_is_invented(samples: list[JobStatus | None]) -> None:
    life = JobLifecycle(grace=1000)
    for second, sample in enumerate(samples):
        life.observe(sample, second)
    assert life.status is None or life.status in samples
