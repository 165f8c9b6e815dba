"""What is shown cannot act: text of jobs on a terminal, in JSON and in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
import unicodedata

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from batchsdk import InvalidArgumentError, JobFailedError, Polling, Problem
from batchsdk.cli import command_line
from batchsdk.printable import printable, printable_json

HOSTILE = "\x1b[2J\x1b]0;owned\x07\rfake\x9b31m\u202egpj.exe\u2066\x08\x7f"
"""CSI, OSC, a carriage return, a C1 control, bidirectional marks, backspace, delete."""

ACTING = {"Cc", "Cf", "Cs", "Zl", "Zp"}
KEPT = "\n\t\u200c\u200d"
QUICK = Polling(shortest=0.05, longest=0.2)


def acting(text: str) -> set[str]:
    """Return the characters that could act on a terminal."""
    return {each for each in text if unicodedata.category(each) in ACTING and each not in KEPT}


@given(st.text(st.characters(codec=None)))
def test_no_character_that_acts_is_left(text):
    assert acting(printable(text)) == set()


@given(st.text(st.characters(exclude_categories=sorted(ACTING), include_characters=KEPT)))
def test_all_other_text_stays_as_it_is(text):
    assert printable(text) == text


@given(st.text(st.characters(codec=None)))
def test_json_means_the_same_and_holds_nothing_that_acts(text):
    shown = printable_json(json.dumps({text: [text]}, ensure_ascii=False))
    assert json.loads(shown) == {text: [text]}
    assert acting(shown) == set()


@pytest.mark.parametrize(
    "shown",
    [
        InvalidArgumentError(Problem("reason\x1b[2J", HOSTILE, f"rule {HOSTILE}", HOSTILE)),
        JobFailedError(
            "job-1",
            name="hello",
            reason=HOSTILE,
            exit_code=1,
            log_tail=[HOSTILE],
            hint=HOSTILE,
        ),
    ],
)
def test_an_error_shows_nothing_that_acts(shown):
    assert "\\x1b[2J" in str(shown)
    assert acting(str(shown)) == set()


@pytest.fixture
def hostile(stack):
    """A job whose reason holds what could act, and one whose command and log do."""
    job = stack.batch.submit("sleep", parameters={"WaitTime": "60"}, name="hostile")
    script = r"printf '\033[2Jgone\r\302\233\342\200\256=1+1\n'"
    printed = stack.batch.submit(
        "fail", command=["sh", "-c", f"{script}; exit 3", HOSTILE], name="printed"
    )
    job.terminate(f"=HYPERLINK {HOSTILE}")
    stack.batch.wait([job, printed], 60, check=False, polling=QUICK)
    return job, printed


def test_every_verb_that_shows_text_of_jobs_escapes_it(stack, hostile, monkeypatch):
    monkeypatch.setenv("BATCHSDK_OUTPUTS", str(stack.outputs_file))
    job, printed = hostile

    def run(*arguments: str) -> Result:
        # In this process: a process for each verb is slow, and shows the same.
        return CliRunner().invoke(command_line, arguments)

    shown = {
        "logs": run("logs", printed.id),
        "logs of all": run("logs", printed.id, "--timestamps"),
        "logs in JSON": run("logs", printed.id, "--json"),
        "list": run("list", "--status", "FAILED"),
        "list as a table": run("--output", "table", "list", "--status", "FAILED"),
        "list in CSV": run("--output", "csv", "list", "--status", "FAILED"),
        "list in JSON": run("--json", "list", "--status", "FAILED"),
        "show": run("show", job.id),
        "show printed": run("show", printed.id),
        "show in JSON": run("show", job.id, "--json"),
        "doctor": run("doctor", job.id),
        "top": run("top", "--once"),
        "top in JSON": run("top", "--once", "--json"),
        "wait": run("wait", job.id, printed.id),
        "usage": run("usage", "--by", "name"),
    }
    for verb, done in shown.items():
        assert acting(done.stdout + done.stderr) == set(), verb
    assert "\\x1b[2Jgone\\r\\x9b\\u202e=1+1" in shown["logs"].stdout
    assert "\\x1b[2J" in shown["show"].stdout
    assert json.loads(shown["logs in JSON"].stdout)["message"] == "\x1b[2Jgone\r\x9b\u202e=1+1"


def test_raw_log_lines_are_had_on_request(stack, hostile):
    shown = stack.run("logs", hostile[1].id, "--raw").stdout
    # The test reads text, where a carriage return is a line's end like any other.
    assert shown == "\x1b[2Jgone\n\x9b\u202e=1+1\n"


def test_a_spreadsheet_runs_no_cell(stack, hostile):
    job, _ = hostile
    done = stack.run("--output", "csv", "show", job.id)
    (row,) = csv.DictReader(io.StringIO(done.stdout))
    reason = next(cell for cell in row.values() if cell and "HYPERLINK" in cell)
    assert reason.startswith("'=HYPERLINK ")
    done = stack.run("--output", "csv", "list", "--status", "FAILED")
    rows = list(csv.reader(io.StringIO(done.stdout)))
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
