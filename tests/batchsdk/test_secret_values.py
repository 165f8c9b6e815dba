"""Values of parameters and environment: in no log, ledger, report or error that batchsdk writes."""

from __future__ import annotations

import json
import logging

import pytest

from batchsdk import BatchSdkError, JobFailedError, Polling

pytestmark = pytest.mark.sampled(2)

QUICK = Polling(shortest=0.05, longest=0.2)
SECRET = "hunter2-kept-from-everybody"


def test_a_secret_of_a_life_of_jobs_is_in_no_log_ledger_report_or_listing(stack, tmp_path, caplog):
    for name in ("batchsdk", "localaws"):
        caplog.set_level(logging.DEBUG, logger=name)
    ledger = tmp_path / "ledger.db"
    shown = []
    with stack.batch.run("nightly", ledger=ledger) as run:
        both = {"parameters": {"Target": SECRET}, "environment": {"TOKEN": SECRET}}
        echoing = run.submit("one", "hello", **both)
        failing = run.submit("two", "fail", environment={"TOKEN": SECRET})
        waiting = run.submit("three", "hello", environment={"TOKEN": SECRET}, memory=5000)
        with pytest.raises(JobFailedError) as caught:
            failing.wait(300, polling=QUICK)
        fault = caught.value
        shown += [str(fault), repr(fault), json.dumps(fault.to_mapping()), repr(failing)]
        shown += [waiting.diagnose().text, repr(waiting.diagnose())]
        waiting.cancel("too large")
        echoing.wait(300, polling=QUICK)
        assert echoing.logs().text == SECRET  # the job has it
    page = tmp_path / "page.html"
    for arguments, code in (
        (("report", "nightly", "-o", str(page)), 0),
        (("runs", f"--ledger={ledger}"), 0),
        (("list", "--status", "SUCCEEDED", "--output", "json"), 0),
        (("doctor",), 1),  # something is wrong: the stack has no network
    ):
        answer = stack.run(*arguments)
        assert answer.returncode == code, answer.stderr
        shown += [answer.stdout, answer.stderr]
    shown += [caplog.text, page.read_text()]
    assert {each.stat().st_mode & 0o077 for each in tmp_path.glob("ledger.db*")} == {0}
    kept_files = [each.read_bytes() for each in tmp_path.rglob("*") if each.is_file()]
    assert len(kept_files) >= 3  # outputs, ledger, page
    assert [text for text in shown if SECRET in text] == []
    assert [content for content in kept_files if SECRET.encode() in content] == []


@pytest.mark.parametrize(
    "call",
    [
        lambda batch: batch.submit("hello", parameters={"Nope": SECRET}),
        lambda batch: batch.submit("hello", parameters={"Target": SECRET.encode()}),
        lambda batch: batch.submit("hello", parameters={"Target": [SECRET]}),
        lambda batch: batch.submit("hello", environment={"A=B": SECRET}),
        lambda batch: batch.submit("hello", environment={"AWS_BATCH_X": SECRET, "B": {SECRET}}),
        lambda batch: batch.submit("hello", environment={"A": f"{SECRET}\0"}),
        lambda batch: batch.submit("hello", environment={"A": SECRET * 2000}),
        lambda batch: batch.sweep("hello", over={"Target": [f"{SECRET}\n"]}),
        lambda batch: batch.sweep("hello", over={"Target": SECRET}),
        lambda batch: batch.sweep("hello", over=[{"Target": SECRET}, {"Target": (SECRET,)}]),
        lambda batch: batch.workflow("w").run("r", parameters={"key": SECRET}),
        lambda batch: batch.workflow("w", parameters={"key": [SECRET]}).plan(),
    ],
)
def test_a_refusal_shows_no_value_that_may_be_a_secret(stack, call):
    with pytest.raises(BatchSdkError) as caught:
        call(stack.batch)
    fault = caught.value
    shown = [str(fault), repr(fault), repr(vars(fault)), json.dumps(fault.to_mapping())]
    assert [text for text in shown if SECRET in text] == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("submit", "hello", "-p", f"Nope={SECRET}"),
        ("submit", "hello", "-p", SECRET),
        ("submit", "hello", "-e", SECRET),
        ("submit", "hello", "-e", f"={SECRET}"),
        ("submit", "hello", "-e", f"AWS_BATCH_X={SECRET}"),
        ("run", "pipeline.yaml", "-p", f"nope={SECRET}"),
        ("run", "wrong.yaml"),
    ],
)
@pytest.mark.parametrize("form", ["text", "json"])
def test_the_command_line_refuses_without_the_value(stack, tmp_path, arguments, form):
    (tmp_path / "pipeline.yaml").write_text("workflow: w\nsteps: {a: {definition: hello}}\n")
    (tmp_path / "wrong.yaml").write_text(
        "workflow: w\nsteps:\n  a:\n    definition: hello\n"
        f"    environment: {{A: [{SECRET}], AWS_BATCH_B: {SECRET}}}\n"
        f"    parameters: {{Nope: {SECRET}, Target: {{a: {SECRET}}}}}\n"
    )
    output = ("--output", "json") if form == "json" else ()
    answer = stack.run(*arguments, *output)
    assert answer.returncode == 2, answer.stdout
    assert answer.stderr
    assert SECRET not in answer.stdout + answer.stderr
