"""Sweeps of which only the new points run: by real jobs on the local AWS."""

from __future__ import annotations

import json
import os
import uuid

import pytest

from batchsdk import EdgeKind, Polling, ServiceError, StepStatus, n_to_n
from tests.aws_clients import client_of

pytestmark = pytest.mark.sampled(2)

QUICK = Polling(shortest=0.05, longest=0.2)
FAILS_FOR_X = ["sh", "-c", 'test "$day" != x']


@pytest.fixture(autouse=True)
def ledger(tmp_path, monkeypatch):
    path = tmp_path / "ledger.sqlite3"
    monkeypatch.setenv("BATCHSDK_LEDGER", str(path))
    return path


def daily(stack, days, *, then_load=True, storage=None, command=("echo", "Ref::day"), **more):
    wf = stack.batch.workflow("daily", cache=True, storage=storage)
    over = {"day": days} if all(isinstance(day, str) for day in days) else days
    days = wf.sweep("hello", name="days", over=over, command=list(command), **more)
    if then_load:
        wf.submit("hello", name="load", after=[days])
    return wf


def ran(workflow, name=None):
    run = workflow.run(name)
    assert set(run.wait(300, polling=QUICK).values()) == {"SUCCEEDED"}
    return run


def taken(run):
    return {each.run: each.indices for each in run.cached_points.get("days", ())}


def logged(stack, run):
    """Return what the points that ran have written, each by its child."""
    (job,) = run.jobs["days"]
    size = job.describe().array
    ids = [f"{job.id}:{child}" for child in range(size.size)] if size else [job.id]
    return [stack.batch.job(each).logs().text.strip() for each in ids]


def test_only_the_points_that_no_earlier_run_has_run(stack):
    one = ran(daily(stack, ["1", "2", "3"]), "one")
    assert one.cached_points == {}
    assert logged(stack, one) == ["1", "2", "3"]
    two = ran(daily(stack, ["0", "1", "2", "3", "4"]), "two")
    assert taken(two) == {"one": (1, 2, 3)}
    assert two.cached_points["days"][0].job_ids == (one.jobs["days"][0].id,)
    assert logged(stack, two) == ["0", "4"]
    # What comes after a sweep that runs, even in part, runs.
    assert two.cached == {}
    assert len(two.jobs["load"]) == 1
    # One point is no array.
    three = ran(daily(stack, ["9", "1"]), "three")
    assert taken(three) == {"one": (1,)}
    assert logged(stack, three) == ["9"]

    # All of them, of several runs; and then what came after is as it was, too.
    four = ran(daily(stack, ["0", "1", "2", "3", "4"]), "four")
    assert taken(four) == {"two": (0, 4), "one": (1, 2, 3)}
    assert {step: each.run for step, each in four.cached.items()} == {"load": "two"}
    assert not list(stack.batch.list_jobs(name=f"{four.run.job_name_prefix}*"))
    attached = stack.batch.attach("four")
    assert attached.steps == {"days": "SUCCEEDED", "load": "SUCCEEDED"}
    assert attached.cached_points == four.cached_points

    # A point is its values, wherever it stands, and however often.
    other = daily(stack, [{"day": each} for each in ("4", "1", "4", "new")]).plan({})
    assert other.cached_points == {"days": {"two": 2, "one": 1}}
    assert [job.key for job in other.jobs] == ["days", "load"]
    fewer = ran(daily(stack, ["3", "2"]))
    assert taken(fewer) == {"one": (0, 1)}
    assert len(fewer.jobs["load"]) == 1
    # What else a sweep asks for, all points have alike.
    for change in ({"environment": {"A": "1"}}, {"command": ["echo", "-n", "Ref::day"]}):
        assert daily(stack, ["1", "2", "5"], **change).plan({}).cached_points == {}, change
    assert daily(stack, ["1", "5"]).plan(cache=False).cached_points == {}
    # Names are part of it; their order is not.
    assert daily(stack, [{"day": "1", "b": "1"}]).plan({}).cached_points == {}


def test_a_sweep_child_by_child_after_one_that_runs_in_part_waits_for_all_of_that(stack):
    def flow(days):
        wf = daily(stack, days, then_load=False)
        each = wf.sweep("hello", name="each", over={"Target": days}, after=[n_to_n("days")])
        assert each.n_to_n == ("days",)
        return wf

    assert flow(["1", "2"]).plan({}).edges[0].kind is EdgeKind.N_TO_N
    ran(flow(["1", "2"]), "one")
    two = flow(["1", "2", "3", "4"]).run("two")
    assert [edge.kind for edge in two.plan.edges] == [EdgeKind.DEPENDS_ON]
    assert [job.size for job in two.plan.jobs] == [2, 4]
    assert set(two.wait(300, polling=QUICK).values()) == {"SUCCEEDED"}
    assert set(two.cached_points) == {"days"}


def test_the_points_that_succeeded_of_a_sweep_that_failed_are_taken(stack):
    given = {"command": FAILS_FOR_X, "then_load": False}
    one = daily(stack, ["1", "x", "2"], **given).run("one")
    assert one.wait(300, polling=QUICK, check=False) == {"days": "FAILED"}
    same = daily(stack, ["1", "x", "2"], **given).run("same")
    assert taken(same) == {"one": (0, 2)}
    assert same.wait(300, polling=QUICK, check=False) == {"days": "FAILED"}
    two = ran(daily(stack, ["1", "2", "3"], **given), "two")
    assert taken(two) == {"one": (0, 1)}
    apart = ran(daily(stack, ["3", "4", "5"], as_separate_jobs=True, **given), "apart")
    assert taken(apart) == {"two": (0,)}
    assert len(apart.jobs["days"]) == 2
    assert taken(ran(daily(stack, ["5", "4"], **given))) == {"apart": (0, 1)}


def test_a_run_that_goes_on_keeps_the_points_that_it_took(stack):
    given = {"command": FAILS_FOR_X}
    ran(daily(stack, ["1", "2"], **given), "one")
    two = daily(stack, ["1", "2", "3", "x"], **given).run("two")
    failed = {"days": "FAILED", "load": "UPSTREAM_FAILED"}
    assert two.wait(300, polling=QUICK, check=False) == failed
    # Still x: that point fails again, alone.
    again = daily(stack, ["1", "2", "3", "x"], **given).resume("two")
    assert again.wait(300, polling=QUICK, check=False) == failed
    assert taken(again) == {"one": (0, 1)}
    assert again.jobs["days"][0].describe().array is None
    # Otherwise, all of it runs.
    other = daily(stack, ["1", "2", "3"], **given).resume("two")
    assert set(other.wait(300, polling=QUICK).values()) == {"SUCCEEDED"}
    assert other.cached_points == {}
    assert other.jobs["days"][0].describe().array.size == 3
    assert taken(ran(daily(stack, ["2", "3", "4"], **given))) == {"two": (0, 1)}


def test_a_later_step_that_failed_is_done_again_and_the_points_stay_taken(stack):
    def flow(days, definition):
        wf = daily(stack, days, then_load=False)
        wf.submit(definition, name="load", after=["days"])
        return wf

    ran(flow(["1"], "hello"), "one")
    two = flow(["1", "2"], "fail").run("two")
    assert two.wait(300, polling=QUICK, check=False)["load"] is StepStatus.FAILED
    resumed = flow(["1", "2"], "hello").resume("two")
    assert set(resumed.wait(300, polling=QUICK).values()) == {"SUCCEEDED"}
    assert taken(resumed) == {"one": (0,)}
    assert len(resumed.run.entries) == 3
    three = ran(flow(["2", "1"], "hello"))
    assert taken(three) == {"two": (0,), "one": (1,)}
    four = ran(flow(["1", "2"], "hello"))
    assert {step: each.run for step, each in four.cached.items()} == {"load": "two"}


def test_what_was_refused_when_it_was_sent_may_be_another_when_the_run_goes_on(stack, local):
    batch = client_of(local, "batch")

    def accept(state):
        (queue,) = stack.outputs.job_queues.values()
        batch.update_job_queue(jobQueue=queue.arn, state=state)

    ran(daily(stack, ["1", "2"]), "one")
    accept("DISABLED")
    with pytest.raises(ServiceError):
        daily(stack, ["1", "2", "3", "4"]).run("two")
    accept("ENABLED")
    resumed = daily(stack, ["3"]).resume("two")
    assert set(resumed.wait(300, polling=QUICK).values()) == {"SUCCEEDED"}
    assert resumed.cached_points == {}
    assert logged(stack, resumed) == ["3"]
    # Later runs take what it did, not what it was to do.
    assert daily(stack, ["3"]).plan({}).cached == {"days": "two", "load": "two"}
    other = daily(stack, ["1", "2", "3", "4"]).plan({})
    assert (other.cached, other.cached_points) == ({}, {"days": {"two": 1, "one": 2}})


def test_where_another_step_reads_its_values_a_sweep_is_cached_as_a_whole(stack, local, tmp_path):
    s3, bucket = client_of(local, "s3"), f"points-{uuid.uuid4().hex[:8]}"
    s3.create_bucket(Bucket=bucket)
    storage, elsewhere = f"s3://{bucket}/values", f"s3://{bucket}/days/"
    s3.put_object(Bucket=bucket, Key="days/1", Body=b"1")

    def plan(days=("1", "2"), *, reads="", **more):
        wf = daily(stack, list(days), storage=storage, then_load=False, **more)
        if reads:
            wf.submit("hello", name="load", after=["days"], command=["echo", reads])
        return wf

    def is_by_points(workflow):
        return bool(workflow.plan({}).cached_points)

    ran(plan(["1"]), "one")
    assert is_by_points(plan())  # nothing comes after it
    assert not is_by_points(plan(reads="$BATCHSDK_INPUT_DAYS"))
    assert plan(["1"], reads="it").plan({}).cached == {"days": "one"}
    # It says that it writes elsewhere.
    assert is_by_points(plan(reads="it", cache_outputs=elsewhere))
    assert not is_by_points(plan(reads="${steps.days.prefix}", cache_outputs=elsewhere))
    assert not is_by_points(plan(reads="it", cache_outputs="${steps.days.prefix}"))
    aws = tmp_path / "aws"
    aws.write_text("#!/bin/sh\nexit 0\n")
    aws.chmod(0o755)
    staged = {
        "environment": {"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        "outputs": {str(tmp_path / "out"): elsewhere},
    }
    ran(plan(["1"], **staged), "staged")
    assert is_by_points(plan(reads="it", **staged))
    # Where what it wrote has been deleted, the points run again.
    s3.delete_object(Bucket=bucket, Key="days/1")
    assert not is_by_points(plan(reads="it", cache_outputs=elsewhere))


def test_children_that_run_one_after_the_other_are_cached_as_a_whole(stack, tmp_path):
    file = tmp_path / "w.yaml"

    def flow(days, more=""):
        file.write_text(
            "workflow: w\ncache: true\nsteps:\n  days: {jobDefinition: hello, "
            f"command: [echo, 'Ref::day'], over: {{day: {days}}}{more}}}\n"
        )
        return stack.batch.load_workflow(file)

    ran(flow(["1", "2"], ", sequential: true"), "one")
    assert flow(["1", "2"], ", sequential: true").plan({}).cached == {"days": "one"}
    assert flow(["1", "3"], ", sequential: true").plan({}).cached_points == {}
    assert flow(["1", "3"]).plan({}).cached_points == {"days": {"one": 1}}


def test_plan_command_line_report_and_ledger_tell(stack, tmp_path):
    file = tmp_path / "w.yaml"
    text = (
        "workflow: w\ncache: true\nsteps:\n"
        "  days: {jobDefinition: hello, command: [echo, 'Ref::day'], over: {day: DAYS}}\n"
        "  other: {jobDefinition: hello, cache: false}\n"
    )

    def write(*days):
        file.write_text(text.replace("DAYS", json.dumps(days)))

    write("1", "2")
    ran(stack.batch.load_workflow(file), "one")
    write("1", "2", "3")
    told = "step days: 2 points are cached: they SUCCEEDED in run one"
    planned = stack.run("run", str(file), "--dry-run")
    assert told in planned.stderr
    assert [line.split()[1] for line in planned.stdout.splitlines()[1:]] == ["days", "other"]
    both = json.loads(stack.run("run", str(file), "--name", "two", "--json").stdout)
    days, other = both["steps"]
    (origin,) = days["cachedPoints"]
    assert (origin["run"], origin["indices"]) == ("one", [0, 1])
    assert len(days["jobIds"]) == 1
    assert "cachedPoints" not in other
    page = stack.batch.report("two").html
    assert "SUCCEEDED, 2 cached" in page
    assert "2 of run one" in page
    write("3", "1")
    ran(stack.batch.load_workflow(file), "three")
    told = stack.run("attach", "three").stderr
    for of, job_id in (("two", days["jobIds"][0]), ("one", origin["jobIds"][0])):
        assert f"step days: 1 point is cached: it SUCCEEDED in run {of}, job {job_id}" in told
    page = stack.batch.report("three").html
    assert "SUCCEEDED, cached" in page
    assert "1 of run two; 1 of run one" in page
