"""The report: which jobs, what their lives were, and what is written."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import batchsdk
from batchsdk import InvalidArgumentError, JobFailedError, JobLostError, Polling, Retry
from batchsdk.insight.report import layout, timeline
from batchsdk.insight.report.model import Phase, ReportedJob
from batchsdk.insight.usage import Usage
from batchsdk.jobs.detail import JobDetail
from batchsdk.states import JobStatus
from tests.batchsdk.fakes import FakeTransport, connect
from tests.batchsdk.fakes import job as answer

pytestmark = pytest.mark.sampled(2)

QUICK = Polling(shortest=0.05, longest=0.2)
CREATED = 1_769_860_800_000
NOW = datetime.fromtimestamp(CREATED / 1000, UTC) + timedelta(seconds=100)


def at(seconds: float) -> int:
    return CREATED + int(seconds * 1000)


def life(status: str, *, free: float | None = None, **more: Any) -> list[tuple[Phase, float]]:
    """The phases of a job that AWS describes so, each with its seconds."""
    detail = JobDetail.from_response(answer(status, **more))
    until = None if free is None else datetime.fromtimestamp(at(free) / 1000, UTC)
    parts = timeline.segments(detail, dependencies_ended=until, now=NOW)
    for one, other in itertools.pairwise(parts):
        assert one.end == other.start
    return [(each.phase, each.seconds) for each in parts]


def attempt(start: float, end: float) -> dict[str, Any]:
    return {"startedAt": at(start), "stoppedAt": at(end), "container": {"exitCode": 1}}


def test_a_job_waits_its_turn_and_runs():
    done = life("SUCCEEDED", startedAt=at(10), stoppedAt=at(30), attempts=[attempt(10, 30)])
    assert done == [(Phase.QUEUED, 10), (Phase.RUNNING, 20)]


def test_each_attempt_is_a_part_of_its_own():
    attempts = [attempt(10, 20), attempt(25, 30)]
    times = {"startedAt": at(25), "stoppedAt": at(30)}
    waits = [(Phase.QUEUED, 10), (Phase.FAILED, 10), (Phase.QUEUED, 5)]
    assert life("SUCCEEDED", attempts=attempts, **times) == [*waits, (Phase.RUNNING, 5)]
    assert life("FAILED", attempts=attempts, **times) == [*waits, (Phase.FAILED, 5)]


def test_a_job_that_still_runs_runs_until_now():
    running = life("RUNNING", startedAt=at(40), attempts=[attempt(10, 20)])
    assert running == [
        (Phase.QUEUED, 10),
        (Phase.FAILED, 10),
        (Phase.QUEUED, 20),
        (Phase.RUNNING, 60),
    ]


@pytest.mark.parametrize(
    ("status", "phase"),
    [
        ("PENDING", Phase.BLOCKED),
        ("RUNNABLE", Phase.QUEUED),
        ("STARTING", Phase.STARTING),
    ],
)
def test_a_job_that_has_not_run_waits_until_now(status, phase):
    assert life(status) == [(phase, 100)]


def test_waiting_for_other_jobs_ends_when_the_last_of_them_ended():
    depends = {"dependsOn": [{"jobId": "other"}]}
    assert life("RUNNABLE", free=60, **depends) == [(Phase.BLOCKED, 60), (Phase.QUEUED, 40)]
    never = life("FAILED", stoppedAt=at(50), statusReason="Dependent Job failed", **depends)
    assert never == [(Phase.BLOCKED, 50)]


def reported(job_id: str, *depends_on: str, **changes: Any) -> ReportedJob:
    fields: dict[str, Any] = {
        "job_id": job_id,
        "name": job_id,
        "status": JobStatus.SUCCEEDED,
        "reason": None,
        "exit_code": 0,
        "queue": "default",
        "definition": "hello:1",
        "depends_on": depends_on,
        "array_size": None,
        "children": {},
        "parent": None,
        "segments": (),
        "usage": Usage(jobs=1),
    }
    return ReportedJob(**(fields | changes))


def test_a_box_stands_right_of_all_that_it_waits_for():
    jobs = [reported("d", "b", "c"), reported("a"), reported("b", "a"), reported("c", "b", "gone")]
    picture = layout.picture([*jobs, reported("alone")])
    columns = {box.label: box.column for box in picture.boxes}
    assert columns == {"a": 0, "b": 1, "c": 2, "d": 3}
    arrows = {(picture.boxes[one].label, picture.boxes[two].label) for one, two in picture.arrows}
    assert arrows == {("a", "b"), ("b", "c"), ("b", "d"), ("c", "d")}


def test_many_alike_jobs_are_one_box_and_a_failure_among_them_shows():
    parts = [reported(f"p{number}", "a") for number in range(50)]
    parts[7] = reported("p7", "a", status=JobStatus.FAILED)
    ids = [each.job_id for each in parts]
    picture = layout.picture([reported("a"), *parts, reported("z", *ids)])
    assert sorted(box.label for box in picture.boxes) == ["50 jobs like p0", "a", "z"]
    (many,) = (box for box in picture.boxes if len(box.jobs) == 50)
    assert many.status is JobStatus.FAILED
    assert many.statuses == {"SUCCEEDED": 49, "FAILED": 1}


def test_too_many_boxes_are_counted_and_not_drawn():
    chain = [reported("0"), *(reported(str(n), str(n - 1)) for n in range(1, 400))]
    assert layout.picture(chain) == layout.Picture(boxes=(), arrows=(), left_out=400)


def test_a_report_needs_jobs_that_exist():
    transport = FakeTransport()
    batch = connect(transport)
    with pytest.raises(InvalidArgumentError, match="name a run or ids"):
        batch.report()
    with pytest.raises(InvalidArgumentError, match="'nightly-…'"):
        batch.report("nightly")
    with pytest.raises(JobLostError):
        batch.report("00000000-0000-0000-0000-000000000000")


def test_what_is_not_known_does_not_hide_the_rest():
    good, lost = (f"{digit * 8}-0000-0000-0000-000000000000" for digit in "01")
    transport = FakeTransport()
    transport.script(good, answer("SUCCEEDED", good))
    made = connect(transport).report(lost, "nightly", good)
    assert [each.job_id for each in made.jobs] == [good]
    assert set(made.unknown) == {lost, "nightly"}
    assert f"Batch does not know job {lost}" in made.html
    assert "nightly" in " ".join(made.notes)


def test_what_jobs_wait_for_is_asked_for_in_waves_of_a_hundred():
    transport = FakeTransport()
    first, last = "00000000-0000-0000-0000-000000000000", "last"
    middle = [f"middle-{number}" for number in range(150)]
    transport.script(
        first, answer("PENDING", first, dependsOn=[{"jobId": each} for each in middle])
    )
    for each in middle:
        transport.script(each, answer("RUNNABLE", each, dependsOn=[{"jobId": last}]))
    transport.script(last, answer("SUCCEEDED", last, stoppedAt=at(5)))
    made = connect(transport).report(first)
    assert {each.job_id for each in made.jobs} == {first, last, *middle}
    assert transport.count("DescribeJobs") == 4


@pytest.fixture
def nightly(stack):
    """A run: a job, an array after it of which a child fails, a job after that."""
    submit = stack.batch.submit
    extract = submit("hello", name="nightly-extract")
    parts = submit(
        "hello",
        name="nightly-parts",
        array_size=3,
        command=["sh", "-c", "echo '<b>part</b>'; exit $AWS_BATCH_JOB_ARRAY_INDEX"],
        depends_on=extract,
    )
    load = submit("hello", name="nightly-load", depends_on=parts)
    other = submit("fail", name="nightlyother", retry=Retry(2))
    for job in (parts, load, other):
        with pytest.raises(JobFailedError):
            job.wait(300, polling=QUICK)
    return stack


def test_a_run_is_reported_with_its_children_and_failures(nightly):
    made = nightly.batch.report("nightly")
    assert [each.name for each in made.jobs] == [
        "nightly-extract",
        "nightly-parts",
        *(f"nightly-parts:{index}" for index in range(3)),
        "nightly-load",
    ]
    tails = {each.name: each.log_tail for each in made.failures}
    assert tails == {
        "nightly-parts:1": ("<b>part</b>",),
        "nightly-parts:2": ("<b>part</b>",),
        "nightly-load": (),
    }
    parts = made.jobs[1]
    assert (parts.array_size, parts.children) == (3, {"SUCCEEDED": 1, "FAILED": 2})
    assert made.jobs[0].segments[-1].phase is Phase.RUNNING
    assert [each.usage.attempts for each in made.jobs] == [1, 0, 1, 1, 1, 0]
    assert "&lt;b&gt;part" in made.html
    assert "<b>part" not in made.html


def test_a_job_brings_the_jobs_that_it_waits_for(nightly):
    (load,) = nightly.batch.list_jobs(name="nightly-load")
    made = nightly.batch.report(load.job_id)
    assert {each.name for each in made.jobs} >= {"nightly-load", "nightly-parts", "nightly-extract"}
    (attempts,) = nightly.batch.report("nightlyother").jobs
    assert [each.attempt for each in attempts.segments if each.attempt] == [1, 2]


def test_the_command_writes_a_page_that_needs_nothing_else(nightly, tmp_path):
    page = tmp_path / "run.html"
    done = nightly.run("report", "nightly", "-o", str(page))
    assert (done.returncode, done.stdout) == (0, f"{page}\n"), done.stderr
    text = page.read_text()
    assert "http" not in text.replace("http-equiv", "")
    assert nightly.run("report", "nightly", "-o", "-").stdout.startswith("<!DOCTYPE html>")
    as_json = json.loads(nightly.run("report", "nightly", "-o", str(page), "--json").stdout)
    assert as_json == {"file": str(page), "state": "FAILED", "jobs": 5}  # the array is none
    assert nightly.run("report", "no-such-run").returncode == 2
    both = nightly.run("report", "no-such-run", "nightly", "-o", str(page))
    assert (both.returncode, both.stdout) == (5, f"{page}\n")
    assert "no-such-run: Batch knows no such job, and no run of that name" in both.stderr
    assert nightly.run("report", "nightly", "-o", str(tmp_path / "no" / "x.html")).returncode == 2


SECRET = "s3cr3t-value-of-a-parameter"


@pytest.fixture
def gated(stack, tmp_path):
    """A run of a workflow: a sweep of which two points fail, and steps that a client keeps."""
    workflow = stack.batch.workflow("segments")
    first = workflow.submit("hello", name="extract", parameters={"Target": SECRET})
    parts = workflow.sweep(
        "hello",
        name="train-models-of-all-regions",
        over={"model": ["a", "b", "c"]},
        command=["sh", "-c", 'echo "$model"; [ "$model" = a ]'],
        after=first,
    )
    workflow.submit("hello", name="publish", after=parts)
    workflow.submit("hello", name="repair", when=batchsdk.failed(parts))
    workflow.submit("hello", name="celebrate", when=batchsdk.succeeded(parts))
    ledger = tmp_path / "ledger.db"
    workflow.run("nightly-20260131", ledger=ledger).wait(300, check=False, polling=QUICK)
    return stack, ledger


def test_a_workflow_is_reported_by_its_steps_also_those_of_the_client(gated):
    stack, ledger = gated
    made = stack.batch.report("nightly-20260131", ledger=ledger)
    assert made.state == "FAILED"
    assert made.next_step.endswith("resume nightly-20260131")
    (run,) = made.runs
    assert {each.name: str(each.status) for each in run.steps} == {
        "extract": "SUCCEEDED",
        "train-models-of-all-regions": "FAILED",
        "publish": "UPSTREAM_FAILED",
        "repair": "SUCCEEDED",
        "celebrate": "SKIPPED",
    }
    picture = layout.picture(made.jobs, made.runs)
    labels = [box.label for box in picture.boxes]
    assert sorted(labels) == sorted(
        ["extract", "train-models-of-all-regions [3]", "publish", "repair", "celebrate"]
    )
    by_client = {(labels[one], labels[other]) for one, other in picture.by_client}
    assert by_client == {
        ("train-models-of-all-regions [3]", "repair"),
        ("train-models-of-all-regions [3]", "celebrate"),
    }
    assert [each.label for each in made.jobs][:2] == ["extract", "train-models-of-all-regions"]
    folded = next(each for each in made.failures if each.alike)
    assert (folded.name, folded.log_tail) == ("train-models-of-all-regions:1", ("b",))
    assert [(each.name, each.log_tail) for each in folded.alike] == [
        ("train-models-of-all-regions:2", ("c",))
    ]
    # The numbers are those of the command line.
    for mine in made.usage:
        told = stack.run("usage", "--name", "nightly-20260131*", "--by", mine.by, "--json")
        rows = {each["group"]: each["usage"]["jobs"] for each in json.loads(told.stdout)["rows"]}
        assert {each.group: each.usage.jobs for each in mine.rows} == rows
    assert sum(made.counts.values()) == made.usage[0].total.jobs == 6
    # What a job runs, without values that may be secrets.
    assert made.jobs[0].command == "echo Ref::Target"
    assert made.jobs[0].parameters == {"Target": len(SECRET)}
    assert made.jobs[1].command.startswith("sh -c 'sh -c ") or "model" in made.jobs[1].command
    assert SECRET not in made.html
    unread = stack.batch.report("nightly-20260131", ledger=stack.outputs_file)
    assert [each for each in unread.notes if "Steps that have no job are missing" in each]
    assert unread.jobs[0].label == "extract"
