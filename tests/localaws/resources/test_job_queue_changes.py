"""What the real provider does not send when a job queue changes."""

from __future__ import annotations

LIMIT = {
    "action": "CANCEL",
    "maxTimeSeconds": 600,
    "reason": "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
    "state": "RUNNABLE",
}


def test_the_last_time_limit_stays_where_it_is_removed(makes):
    queue = makes.queue(makes.environment(), jobStateTimeLimitActions=[LIMIT])
    queue.update(jobStateTimeLimitActions=None)
    assert queue.read()["jobStateTimeLimitActions"] == [LIMIT]

    later = LIMIT | {"maxTimeSeconds": 700}
    queue.update(jobStateTimeLimitActions=[later])
    assert queue.read()["jobStateTimeLimitActions"] == [later]
