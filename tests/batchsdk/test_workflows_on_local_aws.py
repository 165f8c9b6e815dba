"""Workflows against the local AWS, over HTTP: real jobs that depend on one another."""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import signal
import subprocess
import sys

import pytest

import batchsdk
from batchsdk import (
    SEQUENTIAL,
    InvalidArgumentError,
    InvalidWorkflowError,
    JobStatus,
    Polling,
    WorkflowFailedError,
    exit_code,
    failed,
    n_to_n,
    succeeded,
)
from tests.batchsdk.conftest import ROOT

pytestmark = pytest.mark.sampled(2)

QUICK = Polling(shortest=0.05, longest=0.2)


@pytest.fixture(autouse=True)
def ledger(tmp_path, monkeypatch):
    path = tmp_path / "ledger.sqlite3"
    monkeypatch.setenv("BATCHSDK_LEDGER", str(path))
    return path


def named(stack, run):
    """Every job of a run, as Batch lists them."""
    return list(stack.batch.list_jobs(name=f"{run.run.job_name_prefix}*"))


def shell(script):
    return ["sh", "-c", script]


def text(run, step):
    return "\n".join(job.logs().text for job in run.jobs[step])


def children(run, step):
    return sorted(run.jobs[step][0].children(), key=lambda each: each.array_index)


def test_steps_run_in_order_and_a_sweep_is_one_array(stack):
    days = ["1", "2", "3"]
    with stack.batch.workflow("nightly") as wf:
        extract = wf.submit("sleep", name="extract", parameters={"WaitTime": "0.2"})
        parts = wf.sweep("hello", name="transform", over={"Target": days}, after=[extract])
        wf.submit("hello", name="load", after=[parts])
    run = wf.run()
    assert run.wait(300, polling=QUICK) == dict.fromkeys(
        ["extract", "transform", "load"], "SUCCEEDED"
    )
    assert run.plan.deferred == {}
    first, last = (run.jobs[step][0].describe() for step in ("extract", "load"))
    for child in children(run, "transform"):
        assert first.stopped_at <= child.started_at
        assert child.stopped_at <= last.started_at
    assert sorted(text(run, "transform").splitlines()) == days
    assert len(named(stack, run)) == 3


def test_arrays_go_child_by_child_and_in_a_row(stack):
    with stack.batch.workflow("arrays") as wf:
        first = wf.submit("hello", name="first", array_size=3, after=[SEQUENTIAL])
        wf.submit("hello", name="second", array_size=3, after=[n_to_n(first)])
    run = wf.run()
    run.wait(300, polling=QUICK)
    row, pairs = children(run, "first"), children(run, "second")
    assert all(a.stopped_at <= b.started_at for a, b in itertools.pairwise(row))
    assert all(a.stopped_at <= b.started_at for a, b in zip(row, pairs, strict=True))
    (depends_on,) = [job.describe().raw["dependsOn"] for job in run.jobs["second"]]
    assert depends_on == [{"jobId": run.jobs["first"][0].id, "type": "N_TO_N"}]


def test_what_only_the_client_can_decide(stack):
    with stack.batch.workflow("decisions") as wf:
        check = wf.submit("fail", name="check")
        wf.submit("hello", name="publish", after=[check])
        repair = wf.submit("hello", name="repair", when=failed(check))
        wf.submit("hello", name="after_repair", after=[repair])
        wf.submit("hello", name="celebrate", when=succeeded(check))
        wf.submit("hello", name="on_three", when=exit_code(check, 3, 4))
        wf.submit("hello", name="on_five", when=exit_code(check, 5))
        wf.submit("hello", name="report", after_any=[check, "celebrate"])
    run = wf.run()
    steps = run.wait(300, polling=QUICK, check=False)
    assert steps == {
        "check": "FAILED",
        "publish": "UPSTREAM_FAILED",
        "repair": "SUCCEEDED",
        "after_repair": "SUCCEEDED",
        "celebrate": "SKIPPED",
        "on_three": "SUCCEEDED",
        "on_five": "SKIPPED",
        "report": "SUCCEEDED",
    }
    assert set(run.plan.deferred) == set(steps) - {"check", "publish"}
    with pytest.raises(WorkflowFailedError) as caught:
        run.wait(300)
    assert list(caught.value.reasons) == ["check"]
    assert "(exit code 3)" in caught.value.message
    assert "never ran: publish" in caught.value.message
    assert f"resume {run.name}" in caught.value.hint


def test_values_flow_in_by_parameters_and_out_by_prefixes(stack):
    wf = stack.batch.workflow(
        "values", parameters={"day": None, "mode": "full"}, storage="s3://bucket/somewhere/"
    )
    a = wf.submit(
        "hello", name="make-it", command=shell("echo ${parameters.day} $MODE $${BATCHSDK_RUN};env"),
        environment={"MODE": "${parameters.mode} $${parameters.mode}"},
    )  # fmt: skip
    b = wf.submit("hello", name="b", after=[a], parameters={"Target": "${steps.make-it.prefix}x"})
    wf.submit("hello", name="c", after_any=[b], command=shell("env"))
    run = wf.run("run-1", parameters={"day": "2026-01-31"})
    run.wait(300, polling=QUICK)
    prefix = "s3://bucket/somewhere/runs/run-1"
    first = text(run, "make-it").splitlines()
    assert first[0] == "2026-01-31 full ${parameters.mode} run-1"
    assert {
        "BATCHSDK_RUN=run-1",
        "BATCHSDK_STEP=make-it",
        f"BATCHSDK_OUTPUT={prefix}/make-it/",
    } <= set(first)
    assert text(run, "b") == f"{prefix}/make-it/x"
    last = set(text(run, "c").splitlines())
    assert f"BATCHSDK_INPUT_B={prefix}/b/" in last
    assert not any(line.startswith("BATCHSDK_INPUT_MAKE_IT") for line in last)


def test_resume_does_only_what_did_not_succeed(stack, tmp_path):
    flag = tmp_path / "mended"
    with stack.batch.workflow("mend") as wf:
        a = wf.submit("hello", name="a")
        b = wf.submit("hello", name="b", after=[a], command=shell(f"test -e {flag}"))
        wf.submit("hello", name="c", after=[b])
        wf.submit("hello", name="report", after_any=[b])
        wf.submit("hello", name="apart")
    first = wf.run("night")
    with pytest.raises(WorkflowFailedError):
        first.wait(300, polling=QUICK)
    before = {step: jobs[0].id for step, jobs in first.jobs.items()}
    first.close()
    flag.touch()
    second = wf.resume()
    assert second.name == "night"
    assert set(second.wait(300, polling=QUICK).values()) == {"SUCCEEDED"}
    after = {step: jobs[0].id for step, jobs in second.jobs.items()}
    assert {step for step in after if after[step] != before[step]} == {"b", "c", "report"}
    # b was sent without its dependency on a, which had succeeded.
    assert second.jobs["b"][0].describe().raw["dependsOn"] == []
    assert len(named(stack, second)) == 8
    second.close()
    third = wf.run("night")
    assert set(third.wait(300, polling=QUICK).values()) == {"SUCCEEDED"}
    assert len(named(stack, third)) == 8


def test_a_step_that_was_changed_is_done_again_and_what_follows_it(stack):
    def workflow(target):
        wf = stack.batch.workflow("changed")
        a = wf.submit("hello", name="a", parameters={"Target": target})
        wf.submit("hello", name="b", after=[a])
        wf.submit("hello", name="c", timeout=600 if target == "x" else 700)
        return wf

    first = workflow("x").run("once")
    first.wait(300, polling=QUICK)
    second = workflow("y").run("once")
    second.wait(300, polling=QUICK)
    changed = [step for step in first.jobs if first.jobs[step] and
               first.jobs[step][0].id != second.jobs[step][0].id]  # fmt: skip
    assert changed == ["a", "b"]
    assert text(second, "a") == "y"


def test_of_a_sweep_only_the_failed_points_are_done_again(stack, tmp_path):
    flag = tmp_path / "mended"
    with stack.batch.workflow("partly") as wf:
        parts = wf.sweep(
            "hello",
            name="parts",
            over={"X": ["a", "b", "c", "d"]},
            through="shell",
            command=shell(f'echo "did $X"; case $X in b|d) test -e {flag};; esac'),
        )
        wf.submit("hello", name="load", after=[parts])
    first = wf.run("sweep")
    with pytest.raises(WorkflowFailedError, match=r"parts FAILED: Array Child Job failed"):
        first.wait(300, polling=QUICK)
    first.close()
    flag.touch()
    second = wf.resume()
    second.wait(300, polling=QUICK)
    assert sorted(text(second, "parts").splitlines()) == ["did b", "did d"]
    assert second.jobs["parts"][0].describe().array.size == 2


@pytest.mark.parametrize("barrier", ["hello", None])
def test_more_than_twenty_edges(stack, barrier):
    with stack.batch.workflow("wide", barrier=barrier) as wf:
        many = wf.sweep(
            "hello",
            name="many",
            over={"Target": [str(number) for number in range(22)]},
            as_separate_jobs=True,
        )
        wf.submit("hello", name="last", after=[many])
    run = wf.run()
    assert bool(run.plan.deferred) == (barrier is None)
    run.wait(300, polling=QUICK)
    last = run.jobs["last"][0].describe()
    assert all(job.describe().stopped_at <= last.started_at for job in run.jobs["many"])
    assert len(last.raw["dependsOn"]) == (20 if barrier else 0)
    assert len(named(stack, run)) == 22 + 1 + (1 if barrier else 0)


def test_cancelling_ends_every_job_and_nothing_more_is_sent(stack):
    with stack.batch.workflow("stop") as wf:
        a = wf.submit("sleep", name="a", parameters={"WaitTime": "600"})
        wf.submit("hello", name="b", after=[a])
        wf.submit("hello", name="c", after_any=[a])
    run = wf.run()
    other = stack.batch.attach(run.name)
    assert other.cancel("not needed")["a"] == "FAILED"
    assert {job.status for job in named(stack, run)} == {JobStatus.FAILED}
    with pytest.raises(batchsdk.RunCancelledError):
        run.wait(300, polling=QUICK)
    late = stack.batch.attach(run.name)
    with pytest.raises(batchsdk.RunCancelledError, match="submits no more"):
        late.wait(300, polling=QUICK)
    assert len(named(stack, run)) == 2
    again = wf.resume()
    assert again.cancel()["a"] == "FAILED"
    assert len(named(stack, run)) == 4


@pytest.mark.parametrize("kind", ["lost-answer", "truncated", "too-many-requests"])
def test_on_a_bad_wire_each_step_is_still_one_job(stack, local, kind):
    with stack.batch.workflow("wire") as wf:
        a = wf.submit("hello", name="a")
        b = wf.sweep("hello", name="b", over={"Target": ["x", "y"]}, after=[a])
        wf.submit("hello", name="c", after_any=[b])
    local.faults.add(kind, operation="SubmitJob", times=2)
    try:
        run = wf.run()
        assert set(run.wait(300, polling=QUICK).values()) == {"SUCCEEDED"}
    finally:
        local.faults.clear()
    assert len(named(stack, run)) == 3


_CLIENT = """
import sys
import batchsdk
from batchsdk import Polling

batch = batchsdk.connect()
with batch.workflow("doomed") as wf:
    a = wf.submit("sleep", name="a", parameters={"WaitTime": "6"})
    b = wf.submit("hello", name="b", after=[a])
    c = wf.submit("hello", name="c", after_any=[b])
    wf.submit("hello", name="d", after=[c])
run = wf.run("doomed-1")
print("submitted", flush=True)
run.wait(polling=Polling(shortest=0.05, longest=0.1))
"""


def test_a_killed_client_leaves_batch_at_work_and_another_goes_on(stack):
    environ = {
        **os.environ,
        **stack.environ,
        "PYTHONPATH": str(ROOT),
        "BATCHSDK_OUTPUTS": str(stack.outputs_file),
    }
    client = subprocess.Popen(
        [sys.executable, "-c", _CLIENT], env=environ, stdout=subprocess.PIPE, text=True
    )
    with client:
        assert client.stdout.readline() == "submitted\n"
        os.kill(client.pid, signal.SIGKILL)
    assert client.returncode == -signal.SIGKILL

    run = stack.batch.attach("doomed-1")
    assert {step for step, jobs in run.jobs.items() if jobs} == {"a", "b"}
    # What is left to Batch ends with nobody there.
    assert run.jobs["b"][0].wait(300, polling=QUICK).status is JobStatus.SUCCEEDED
    assert len(named(stack, run)) == 2

    done = stack.run("attach", "doomed-1", "--json")
    assert done.returncode == 0, done.stderr
    assert set(run.refresh().values()) == {"SUCCEEDED"}
    assert len(named(stack, run)) == 4
    run.close()


_AGAIN = """
import batchsdk
from batchsdk import Polling

batch = batchsdk.connect()
wf = batch.workflow("often", barrier="hello")
first = wf.sweep("hello", name="first", over={"Target": [str(n) for n in range(22)]},
                 as_separate_jobs=True)
second = wf.submit("hello", name="second", after=[first])
third = wf.submit("hello", name="third", after_any=[second])
fourth = wf.submit("hello", name="fourth", after=[third], array_size=2)
wf.submit("hello", name="fifth", when=batchsdk.succeeded(fourth))
print("started", flush=True)
wf.run("often").wait(polling=Polling(shortest=0.05, longest=0.1))
"""


@pytest.mark.survival  # a submission that a death cut off is looked for half a minute
@pytest.mark.parametrize("seed", [1, 2])
def test_killed_again_and_again_each_step_is_still_done_once(stack, seed):
    chance = random.Random(seed)
    environ = {
        **os.environ,
        **stack.environ,
        "PYTHONPATH": str(ROOT),
        "BATCHSDK_OUTPUTS": str(stack.outputs_file),
    }
    client = [sys.executable, "-c", _AGAIN]
    for _ in range(4):
        with subprocess.Popen(client, env=environ, stdout=subprocess.PIPE, text=True) as running:
            assert running.stdout.readline() == "started\n"
            with contextlib.suppress(subprocess.TimeoutExpired):
                running.wait(chance.uniform(0.1, 1.5))
            running.kill()
    last = subprocess.run(client, env=environ, check=False, timeout=300)
    assert last.returncode == 0
    run = stack.batch.attach("often")
    assert set(run.steps.values()) == {"SUCCEEDED"}
    jobs = named(stack, run)
    # A barrier is needed only while jobs of the first step go on.
    assert len(jobs) in {22 + 4, 22 + 1 + 4}
    assert {job.status for job in jobs} == {JobStatus.SUCCEEDED}
    assert {job.job_id for job in jobs} == {entry.job_id for entry in run.run.entries.values()}
    run.close()


def test_two_clients_of_one_run_submit_each_step_once(stack):
    with stack.batch.workflow("shared") as wf:
        a = wf.submit("sleep", name="a", parameters={"WaitTime": "0.3"})
        b = wf.submit("hello", name="b", after_any=[a])
        c = wf.submit("hello", name="c", after=[a, b])
        wf.submit("hello", name="d", after_any=[c])
    one = wf.run()
    two = stack.batch.attach(one.name)
    assert set(one.wait(300, polling=QUICK).values()) == {"SUCCEEDED"}
    assert set(two.wait(300, polling=QUICK).values()) == {"SUCCEEDED"}
    assert len(named(stack, one)) == 4
    assert one.jobs["d"][0].id == two.jobs["d"][0].id
    two.close()


def test_a_run_that_is_not_there_is_refused(stack):
    wf = stack.batch.workflow("none")
    wf.submit("hello")
    with pytest.raises(InvalidArgumentError, match="no run of this workflow"):
        wf.resume()
    wf.run("none-1").wait(300, polling=QUICK)
    with pytest.raises(InvalidArgumentError, match="did you mean 'none-1'"):
        stack.batch.attach("none-2")
    with stack.batch.run("plain") as plain:
        plain.submit("x", "hello")
    with pytest.raises(InvalidArgumentError, match="does not belong to a workflow"):
        wf.run("plain")


def test_all_faults_come_in_one_error_before_anything_is_sent(stack):
    wf = stack.batch.workflow("bad", parameters={"day": "1"})
    wf.submit("helo", name="a", after=["c"])
    wf.submit("hello", name="b", after=["a"], timeout=5, parameters={"Target": "${parameters.dai}"})
    wf.submit("hello", name="c", after=["b", "x"], when=failed("a"))
    wf.submit("hello", name="c")
    wf.submit("hello", name="d", parameters={"Tarjet": "1"}, after=[n_to_n("a")])
    with pytest.raises(InvalidWorkflowError) as caught:
        wf.run()
    found = {problem.field: str(problem) for problem in caught.value.problems}
    assert set(found) == {
        "steps.c",
        "steps.a",
        "steps.c.after[1]",
        "steps.b.parameters['Target']",
        "steps.b.timeout",
        "steps.a.job_definition",
        "steps.d.parameters['Tarjet']",
        "steps.d.n_to_n[0]",
    }
    assert "a -> b -> c -> a" in found["steps.a"]
    assert "did you mean 'hello'" in found["steps.a.job_definition"]
    assert "did you mean 'parameters.day'" in found["steps.b.parameters['Target']"]
    assert list(stack.batch.list_jobs()) == []
