"""When schedules fire: expressions of EventBridge Scheduler, zones, and daylight saving time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pydantic_core import PydanticCustomError

from batch_platform.settings.cron import parse_cron
from localaws.batch.schedules.occurrences import Timing

MADE = datetime(2026, 1, 1, 0, 0, 30, tzinfo=UTC)


def times(expression, count, zone="UTC", after=MADE, **limits):
    timing = Timing(expression, zone, MADE, **limits)
    found = []
    for at in timing.between(after, after + timedelta(days=3000)):
        found.append(at.strftime("%Y-%m-%dT%H:%M"))
        if len(found) == count:
            break
    return found


@pytest.mark.parametrize(
    ("expression", "first"),
    [
        ("0 2 * * ? *", ["2026-01-01T02:00", "2026-01-02T02:00"]),
        ("*/20 1 * * ? *", ["2026-01-01T01:00", "2026-01-01T01:20", "2026-01-01T01:40"]),
        ("5/25 0 * * ? *", ["2026-01-01T00:05", "2026-01-01T00:30", "2026-01-01T00:55"]),
        ("0 8-18/5,22 1 * ? *", [f"2026-01-01T{hour:02}:00" for hour in (8, 13, 18, 22)]),
        ("0 0 L * ? *", ["2026-01-31T00:00", "2026-02-28T00:00"]),
        ("0 0 29 2 ? *", ["2028-02-29T00:00", "2032-02-29T00:00"]),
        # 1 February 2026 is a Sunday, 31 January a Saturday: neither leaves its month.
        ("0 0 1W FEB ? *", ["2026-02-02T00:00", "2027-02-01T00:00"]),
        ("0 0 31W JAN ? *", ["2026-01-30T00:00", "2027-01-29T00:00"]),
        ("0 0 ? * MON-FRI *", ["2026-01-02T00:00", "2026-01-05T00:00"]),
        ("0 0 ? * 1 *", ["2026-01-04T00:00", "2026-01-11T00:00"]),
        ("0 0 ? * L *", ["2026-01-03T00:00", "2026-01-10T00:00"]),
        ("0 0 ? * 6L *", ["2026-01-30T00:00", "2026-02-27T00:00"]),
        ("0 0 ? * TUE#3 *", ["2026-01-20T00:00", "2026-02-17T00:00"]),
        ("0 0 ? 12 FRI#5 *", ["2027-12-31T00:00"]),
        ("0 0 1 1 ? 2028/2", ["2028-01-01T00:00", "2030-01-01T00:00"]),
    ],
)
def test_the_first_times_of_a_cron_expression(expression, first):
    assert times(f"cron({expression})", len(first)) == first


def test_a_cron_expression_is_of_its_time_zone():
    assert times("cron(0 2 * * ? *)", 2, "Asia/Tokyo") == ["2026-01-01T17:00", "2026-01-02T17:00"]


def test_a_time_that_daylight_saving_time_leaves_out_is_skipped_and_a_repeated_one_fires_once():
    spring = datetime(2026, 3, 28, tzinfo=UTC)  # 02:30 does not exist on 29 March in Berlin
    assert times("cron(30 2 * * ? *)", 2, "Europe/Berlin", spring) == [
        "2026-03-28T01:30",
        "2026-03-30T00:30",
    ]
    autumn = datetime(2026, 10, 24, 12, tzinfo=UTC)  # 02:30 comes twice on 25 October
    assert times("cron(30 2 * * ? *)", 2, "Europe/Berlin", autumn) == [
        "2026-10-25T00:30",
        "2026-10-26T01:30",
    ]


def test_a_rate_begins_at_once_or_at_its_start_date():
    just_before = MADE - timedelta(seconds=1)
    assert times("rate(15 minutes)", 2, after=just_before) == [
        "2026-01-01T00:00",
        "2026-01-01T00:15",
    ]
    start = datetime(2026, 1, 2, 12, tzinfo=UTC)
    assert times("rate(1 day)", 2, start=start) == ["2026-01-02T12:00", "2026-01-03T12:00"]


def test_dates_limit_what_recurs_and_a_single_time_is_of_its_zone():
    start, end = datetime(2026, 1, 3, tzinfo=UTC), datetime(2026, 1, 4, 2, tzinfo=UTC)
    assert times("cron(0 2 * * ? *)", 9, start=start, end=end) == [
        "2026-01-03T02:00",
        "2026-01-04T02:00",
    ]
    assert times("at(2026-02-01T00:00:00)", 9, "America/Sao_Paulo") == ["2026-02-01T03:00"]
    assert Timing("at(2026-02-01T00:00:00)", "UTC", MADE).next_after(start + 90 * (end - start)) \
        is None  # fmt: skip


@pytest.mark.parametrize(
    "expression",
    [
        "", "0 2 * * *", "0 2 * * ? * *", "0 2 * * * *", "0 2 ? * ? *", "60 2 * * ? *",
        "0 24 * * ? *", "0 2 0 * ? *", "0 2 32 * ? *", "0 2 * 13 ? *", "0 2 ? * 8 *",
        "0 2 ? * MON#6 *", "0 2 32W * ? *", "0 2 LW * ? *", "0 2 * * ? 1969", "0 2 * * ? 2200",
        "0/0 2 * * ? *", "5-1 2 * * ? *", "0 2 ? * mon *", "0 2 * JANUARY ? *", "a 2 * * ? *",
        "0 -1 * * ? *", "0 2 * * ? *)", "1,,2 2 * * ? *", "٣ 2 * * ? *",
    ],
)  # fmt: skip
def test_what_is_no_cron_expression_of_aws(expression):
    with pytest.raises(PydanticCustomError):
        parse_cron(expression)
