"""Fair-share scheduling: weights, the time window, reservation, priorities within a share."""

from __future__ import annotations

from collections import Counter

import pytest

from localaws.batch.errors import ClientException


@pytest.fixture
def shared(batch):
    """Makes a queue with a fair-share policy."""

    def make(maxvCpus=2, **policy):  # noqa: N803 - AWS's own name
        environment = batch.environment(maxvCpus=maxvCpus)
        batch.queue(environment, schedulingPolicyArn=batch.policy(**policy))
        return batch

    return make


def submit(batch, share, count=1, vcpus=2, **more):
    return [batch.submit(share, vcpus=vcpus, shareIdentifier=share, **more) for _ in range(count)]


def run_one_after_another(batch, count, seconds=60):
    """Run so many jobs, each for some time, and return the shares that they were of."""
    for number in range(count):
        task_id = batch.launched[number][1]
        batch.start(task_id)
        batch.advance(seconds)
        batch.end(task_id)
    return [name for name, _ in batch.launched[:count]]


def test_shares_take_turns_whoever_came_first(shared):
    batch = shared()
    submit(batch, "one", 6)
    submit(batch, "two", 6)
    assert Counter(run_one_after_another(batch, 6)) == {"one": 3, "two": 3}


def test_a_lower_weight_factor_gets_more(shared):
    batch = shared(
        maxvCpus=16,
        shareDistribution=[
            {"shareIdentifier": "light", "weightFactor": 0.25},
            {"shareIdentifier": "heavy", "weightFactor": 1.0},
        ],
    )
    submit(batch, "filler", vcpus=2, count=8)
    submit(batch, "heavy", 8)
    submit(batch, "light", 8)
    for number in range(8):
        batch.finish(number)
    given = Counter(name for name, _ in batch.launched[8:])
    assert given["light"] > 2 * given["heavy"] > 0


def test_a_trailing_star_weighs_many_identifiers(shared):
    batch = shared(
        maxvCpus=2, shareDistribution=[{"shareIdentifier": "team*", "weightFactor": 10.0}]
    )
    submit(batch, "teamA", 2)
    batch.advance(60)
    submit(batch, "other", 4)
    assert run_one_after_another(batch, 4) == ["teamA", "other", "other", "other"]


@pytest.mark.parametrize(("window", "next_one"), [(60, "old"), (604800, "new")])
def test_use_in_the_past_counts_for_the_time_window(shared, window, next_one):
    batch = shared(shareDecaySeconds=window)
    submit(batch, "old")
    run_one_after_another(batch, 1, seconds=3600)
    batch.advance(7200)
    submit(batch, "blocker")
    submit(batch, "old")  # came before "new"
    batch.advance(1)
    submit(batch, "new")
    batch.finish(1)
    assert batch.launched[2][0] == next_one


def test_a_higher_priority_goes_first_within_its_share(shared):
    batch = shared()
    submit(batch, "one")
    for name, priority in (("low", 1), ("high", 9), ("middle", 5)):
        batch.submit(name, vcpus=2, shareIdentifier="one", schedulingPriorityOverride=priority)
    assert run_one_after_another(batch, 4) == ["one", "high", "middle", "low"]


def test_a_reservation_is_kept_for_shares_to_come(shared):
    batch = shared(maxvCpus=8, computeReservation=50)
    submit(batch, "one", 4)
    assert len(batch.launched) == 2  # 8 * (1 - 50 %) vCPUs
    submit(batch, "two", 4)
    # Two active shares: 50 % of 50 % is kept.
    assert Counter(name for name, _ in batch.launched) == {"one": 2, "two": 1}


def test_the_snapshot_shows_the_dispatch_order(shared):
    batch = shared()
    submit(batch, "one")
    waiting = submit(batch, "one", 2) + submit(batch, "two", 2)
    snapshot = batch.call("GetJobQueueSnapshot", jobQueue="queue")["frontOfQueue"]["jobs"]
    names = [batch.job(each["jobArn"])["jobName"] for each in snapshot]
    assert names[0] == "two"
    assert sorted(each["jobArn"].rsplit("/")[-1] for each in snapshot) == sorted(waiting)
    run_one_after_another(batch, 1)
    assert batch.launched[1][0] == "two"


def test_a_cancelled_job_leaves_its_share(shared):
    batch = shared()
    submit(batch, "one")
    (cancelled,) = submit(batch, "two")
    submit(batch, "one")
    batch.call("CancelJob", jobId=cancelled, reason="not needed")
    assert run_one_after_another(batch, 2) == ["one", "one"]


def test_a_queue_has_at_most_five_hundred_active_shares(shared):
    batch = shared()
    submit(batch, "s0")
    (definition,) = batch.call("DescribeJobDefinitions")["jobDefinitions"]

    def add(share):
        return batch.call(
            "SubmitJob",
            jobName="job",
            jobQueue="queue",
            jobDefinition=definition["jobDefinitionArn"],
            shareIdentifier=share,
        )

    for number in range(1, 500):
        add(f"s{number}")
    with pytest.raises(ClientException, match="500 active share identifiers"):
        add("s500")
    assert add("s499")["jobId"]
