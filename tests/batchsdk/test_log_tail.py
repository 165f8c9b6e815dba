"""The end of a log, and times that are said as text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from batchsdk import InvalidArgumentError
from tests.batchsdk.fakes import START, FakeTransport, connect, job


class Log(FakeTransport):
    """Streams with lines, in pages of three, that can be read from both ends, as AWS gives them."""

    def __init__(self, **streams: list[tuple[int, str]]) -> None:
        super().__init__()
        self.streams = streams
        self.asked: list[dict[str, Any]] = []

    def get_log_events(self, request, _region=None):
        self.asked.append(dict(request))
        lines = self.streams.get(request["logStreamName"])
        if lines is None:
            return None
        size = min(3, request.get("limit", 3))
        token = request.get("nextToken")
        if token is None:
            start, stop = (0, size) if request["startFromHead"] else (len(lines) - size, None)
        else:
            kind, place = token.split("/")
            start = int(place) - (size if kind == "b" else 0)
            stop = start + size
        start = max(0, start)
        stop = len(lines) if stop is None else max(0, min(stop, len(lines)))
        return {
            "events": [{"timestamp": at, "message": text} for at, text in lines[start:stop]],
            "nextForwardToken": f"f/{stop}",
            "nextBackwardToken": f"b/{start}",
        }


def lines(*numbers: int, of: str = "line") -> list[tuple[int, str]]:
    return [(1000 * number, f"{of} {number}") for number in numbers]


def ran(status: str = "SUCCEEDED", *streams: str) -> dict[str, Any]:
    attempts = [{"container": {"logStreamName": name}} for name in streams]
    return job(status, attempts=attempts, container={"logStreamName": streams[-1]})


def read(log: Log, **how: Any) -> list[str]:
    return [each.message for each in connect(log).job("job-1").logs(**how)]


@pytest.mark.parametrize(("tail", "first"), [(0, 9), (1, 8), (2, 7), (5, 4), (8, 1), (50, 1)])
def test_the_last_lines_are_read_from_the_end(tail, first):
    log = Log(s=lines(*range(1, 9)))
    log.script("job-1", ran("SUCCEEDED", "s"))
    assert read(log, tail=tail) == [f"line {n}" for n in range(first, 9)]
    assert len(log.asked) <= 1 + tail // 3 or tail > 8
    assert not any(each["startFromHead"] for each in log.asked)


def test_the_last_of_several_streams_are_in_the_order_of_time():
    log = Log(a=lines(1, 4, 6, of="a"), b=lines(2, 3, 5, of="b"))
    log.script("job-1", ran("SUCCEEDED", "a", "b"))
    assert read(log, tail=3) == ["a 4", "b 5", "a 6"]


def test_a_pattern_counts_only_what_it_matches():
    log = Log(s=[(n, "error" if n in (1, 2, 5) else "fine") for n in range(9)])
    log.script("job-1", ran("SUCCEEDED", "s"))
    assert len(read(log, tail=2, pattern="error")) == 2
    assert len(read(log, tail=9, pattern="error")) == 3


def test_following_begins_at_the_end_of_what_there_is_and_misses_nothing():
    log = Log(s=lines(*range(1, 9)))
    log.script("job-1", ran("RUNNING", "s"), ran("RUNNING", "s", "t"), ran("SUCCEEDED", "s", "t"))
    found = []
    for event in connect(log).job("job-1").logs(follow=True, tail=2):
        found.append(event.message)
        if len(found) == 2:
            log.streams["s"] += lines(9, 10)
            log.streams["t"] = lines(11, 12, 13, 14)
    assert found == [f"line {n}" for n in range(7, 15)]


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        ("10m", -600),
        ("1h30m", -5400),
        (timedelta(seconds=90), -90),
        ("2026-01-31T11:00:00Z", -3600),
        ("2026-01-31T21:00:00+09:00", 0),
        (datetime(2026, 1, 31, 13, tzinfo=timezone(timedelta(hours=1))), 0),
    ],
)
def test_a_time_is_told_by_its_distance_or_as_iso_8601(given, seconds):
    log = Log(s=lines(1))
    log.script("job-1", ran("SUCCEEDED", "s"))
    read(log, since=given, until=given)
    moment = int((START.astimezone(UTC).timestamp() + seconds) * 1000)
    assert (log.asked[0]["startTime"], log.asked[0]["endTime"]) == (moment, moment)


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"since": "yesterday"}, "since = 'yesterday': must be a time, or how long ago"),
        ({"until": "10"}, "until = '10': must be a time"),
        ({"since": "2026-01-31T12:00:00"}, "must have a time zone; .*end the text with Z"),
        ({"since": "9999999d"}, "must be a time"),
        ({"tail": -1}, "tail = -1: must be 0 or more lines"),
        ({"tail": "ten"}, "tail = 'ten': must be a whole number"),
    ],
)
def test_what_is_no_time_or_no_number_is_refused_before_a_call(how, said):
    log = Log()
    with pytest.raises(InvalidArgumentError, match=said):
        connect(log).job("job-1").logs(**how)
    assert log.calls == []
