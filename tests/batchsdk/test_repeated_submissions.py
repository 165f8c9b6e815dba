"""Submissions in a row that are alike: each gets what it would get alone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batchsdk import InvalidSubmissionError, Retry, Submission
from tests.batchsdk.fakes import FakeTransport, connect

PARAMETERS: list[Any] = [
    {"Target": "Tokyo"},
    {"Target": "Osaka"},
    {"Target": ""},
    {"Target": "日本" * 3000},
    {"Target": "x" * 8_150},
    {"Target": "x" * 40_000},
    {"Target": "\0" * 2_000},
    {"Target": "x" * 700, "Other": "y"},
    {"Target": 5},
    {"Target": None},
    {"": "x"},
    [("Target", "Tokyo"), ("Target", "Osaka")],
    {},
    None,
]
FIELDS: dict[str, list[Any]] = {
    "name": [None, "job-1", "job 1", "", 5, "x" * 128, "x" * 129],
    "job_definition": ["hello", "unknown"],
    "queue": [None, "default", "unknown"],
    "command": [None, ["echo", "Ref::Target"], ("echo", "Ref::Target"), ["echo"], [], [""]],
    "environment": [{}, {"A": "1"}, {"A": "2"}, {"A": 1}, {"AWS_BATCH_X": "1"}],
    "vcpus": [None, 1, 1.0, True, 0, 10_000],
    "memory": [None, 128, "1GiB", 1, True],
    "gpus": [None, 1],
    "array_size": [None, 2, 1, True],
    "retry": [None, 2, Retry(2), 11],
    "timeout": [None, 60, "1h", 59],
    "tags": [{}, {"team": "a"}, {"aws:team": "a"}],
    "propagate_tags": [None, True, 1],
    "depends_on": [(), ["job-1"], [""], "job-1"],
    "scheduling_priority": [None, 1],
}


@st.composite
def submissions_in_a_row(draw: st.DrawFn) -> list[Submission]:
    """Draw submissions, each of which differs from the one before in few fields."""
    fields: dict[str, Any] = {"job_definition": "hello"}
    found = []
    for _ in range(draw(st.integers(2, 6))):
        fields["parameters"] = draw(st.sampled_from(PARAMETERS))
        for name in draw(st.lists(st.sampled_from(list(FIELDS)), max_size=1)):
            fields[name] = draw(st.sampled_from(FIELDS[name]))
        found.append(Submission(**fields))
    return found


@settings(max_examples=150, deadline=None)
@given(submissions_in_a_row())
def test_each_is_checked_and_sent_as_it_would_be_alone(wanted):
    alone = []
    problems = []
    for place, each in enumerate(wanted):
        try:
            alone.append(without_made_names(connect(FakeTransport()).prepare(each).request))
        except InvalidSubmissionError as error:
            problems += [problem.within(f"submissions[{place}]") for problem in error.problems]
    transport = FakeTransport()
    if problems:
        with pytest.raises(InvalidSubmissionError) as caught:
            connect(transport).submit_many(wanted)
        assert [str(each) for each in caught.value.problems] == [str(each) for each in problems]
        assert transport.calls == []
    else:
        connect(transport).submit_many(wanted, concurrency=1)
        sent = [request for operation, request in transport.calls if operation == "SubmitJob"]
        assert [without_made_names(each) for each in sent] == alone


def without_made_names(request: Any) -> dict[str, Any]:
    name = request["jobName"]
    return {**request, "jobName": "made" if name.startswith("hello-") else name}


@pytest.mark.parametrize(
    ("field", "right", "wrong"),
    [
        ("vcpus", 1, True),
        ("propagate_tags", True, 1),
        ("tags", {"units": "1"}, {"units": None}),
        ("consumable_resources", {"licence": 1}, {"licence": True}),
        ("command", ["echo", "Ref::Target"], ["echo", "Ref::Other"]),
    ],
)
def test_what_only_looks_alike_is_refused(field, right, wrong):
    wanted = [Submission(job_definition="hello", **{field: each}) for each in (right, wrong)]
    transport = FakeTransport()
    with pytest.raises(InvalidSubmissionError, match=rf"submissions\[1\]\.({field}|parameters)"):
        connect(transport).submit_many(wanted)
    assert transport.calls == []


def test_a_mapping_that_changes_between_two_is_read_anew():
    environment = {"STAGE": "one"}

    def wanted():
        for stage in ("one", "two"):
            environment["STAGE"] = stage
            yield Submission(
                job_definition="hello", parameters={"Target": stage}, environment=environment
            )

    transport = FakeTransport()
    connect(transport).submit_many(wanted(), concurrency=1)
    stages = [
        request["containerOverrides"]["environment"][0]["value"] for _, request in transport.calls
    ]
    assert stages == ["one", "two"]


def test_the_requests_share_nothing_that_can_be_changed():
    wanted = [
        Submission(job_definition="hello", parameters={"Target": each}, environment={"A": "1"})
        for each in "abc"
    ]
    transport = FakeTransport()
    connect(transport).submit_many(wanted, concurrency=1)
    first, second, third = (request["containerOverrides"] for _, request in transport.calls)
    assert first == second == third
    assert len({id(each["environment"]) for each in (first, second, third)}) == 3
