"""The command line's tables, CSV, live view, completion and exit codes, as a process has them."""

from __future__ import annotations

import csv
import json
import os
import pty
import re
import subprocess
import sys
from datetime import datetime

import pytest

from batchsdk.cli.exit_codes import ExitCode
from tests.batchsdk.conftest import ROOT
from tests.batchsdk.test_command_line import failed

pytestmark = pytest.mark.sampled(3)


def on_a_terminal(stack, *arguments, **environ):
    """Run the command line with a terminal as its output; return what it wrote there."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "batchsdk", "--outputs", str(stack.outputs_file), *arguments],
        env={
            **os.environ,
            **stack.environ,
            "PYTHONPATH": str(ROOT),
            "COLUMNS": "200",
            "TERM": "xterm-256color",
        }
        | environ,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    try:
        while part := os.read(ours, 100_000):
            shown += part
            if b"q ends" in shown:  # a live view
                os.write(ours, b"q")
    except OSError:  # Linux: the other side is closed
        pass
    os.close(ours)
    assert process.wait(300) == 0, shown
    return shown.decode()


def test_list_is_a_table_with_colours_on_a_terminal(stack):
    stack.run("submit", "hello", "--name", "mine", "--wait")
    shown = on_a_terminal(stack, "list")
    assert "mine" in shown
    assert "─" in shown
    assert "\t" not in shown
    assert "\x1b[32mSUCCEEDED" in shown
    assert "\x1b[3" not in on_a_terminal(stack, "list", NO_COLOR="1")


def test_a_table_in_a_pipe_and_csv_are_had_by_asking(stack):
    name = "a-name-that-is-longer-than-a-column-of-a-narrow-terminal-would-be"
    job_id = stack.run("submit", "hello", "--name", name).stdout.strip()
    stack.batch.job(job_id).wait(300)
    table = stack.run("list", "--output", "table").stdout
    assert re.search(rf"{job_id} +{name} +SUCCEEDED", table)
    assert "\x1b" not in table
    header, row = csv.reader(stack.run("list", "--output", "csv").stdout.splitlines())
    assert header[:3] == ["job_id", "name", "status"]
    assert row[:3] == [job_id, name, "SUCCEEDED"]
    assert datetime.fromisoformat(row[3]).tzinfo is not None
    (shown,) = csv.DictReader(stack.run("show", job_id, "--output", "csv").stdout.splitlines())
    assert (shown["job"], shown["exit_code"]) == (job_id, "0")


def test_what_became_of_one_job_does_not_hide_what_became_of_another(stack):
    submit = ("submit", "hello", "--memory", "5000")
    first, last = (stack.run(*submit).stdout.strip() for _ in range(2))
    done = stack.run("cancel", first, "no-such-job", last)
    assert done.returncode == 5
    for line, job_id in zip(done.stdout.splitlines(), (first, last), strict=True):
        assert line.startswith(f"job {job_id} was RUNNABLE and is being stopped")
    assert done.stderr.startswith("error: Batch does not know job no-such-job")
    again = stack.run("terminate", first, "no-such-job", "--json")
    assert [each["jobId"] for each in json.loads(again.stdout)] == [first]
    assert json.loads(again.stderr)["error"]["jobId"] == "no-such-job"
    shown = stack.run("show", "no-such-job", first)
    assert (shown.returncode, first in shown.stdout) == (5, True)


def test_a_dry_run_of_stopping_prints_the_requests_and_sends_nothing(stack):
    for verb in ("cancel", "terminate"):
        done = stack.run(
            *(verb, "job-0", "job-1", "--reason", "why", "--dry-run"),
            AWS_ENDPOINT_URL="http://127.0.0.1:1",
        )
        assert json.loads(done.stdout) == [
            {"jobId": "job-0", "reason": "why"},
            {"jobId": "job-1", "reason": "why"},
        ]
        failed(stack.run(verb, "job-0", "--reason", "", "--dry-run"), 2)


def test_waiting_for_an_array_shows_a_bar_on_a_terminal_alone(stack):
    submit = ("submit", "hello", "--array-size", "3", "--wait")
    assert "3/3" in on_a_terminal(stack, *submit)
    assert "3/3" not in stack.run(*submit).stderr


def test_wait_tells_how_each_job_ended(stack):
    good = stack.run("submit", "hello", "--name", "good").stdout.strip()
    bad = stack.run("submit", "fail", "--name", "bad").stdout.strip()
    assert stack.run("wait", good).returncode == 0
    done = stack.run("wait", good, bad, "--output", "csv")
    assert done.returncode == 1
    rows = {row["name"]: row for row in csv.DictReader(done.stdout.splitlines())}
    assert rows["good"]["status"] == "SUCCEEDED"
    assert (rows["bad"]["status"], rows["bad"]["exit"]) == ("FAILED", "3")
    assert "1 of 2 jobs did not succeed" in done.stderr
    stuck = stack.run("submit", "hello", "--memory", "5000").stdout.strip()
    assert stack.run("wait", good, stuck, "--timeout", "0.3").returncode == 124
    stack.batch.job(stuck).cancel("the test is over")
    assert "1/1" in on_a_terminal(stack, "wait", good, good)


def test_sweep_runs_every_combination_and_gives_the_results(stack):
    command = ("--", "sh", "-c", 'echo $day $model; [ "$model" = a ]')
    over = ("--over", "day=1,2", "--over", "model=a,b")
    how = ("--through", "shell", "--wait", "--output", "csv")
    done = stack.run("sweep", "hello", *over, *how, *command)
    assert done.returncode == 1
    rows = list(csv.DictReader(done.stdout.splitlines()))
    assert [(row["day"], row["model"], row["status"]) for row in rows] == [
        ("1", "a", "SUCCEEDED"),
        ("1", "b", "FAILED"),
        ("2", "a", "SUCCEEDED"),
        ("2", "b", "FAILED"),
    ]
    assert "2 of 4 jobs of the sweep FAILED" in done.stderr
    logs = stack.run("logs", rows[0]["job_id"].partition(":")[0]).stdout
    assert sorted(line.partition(" ")[2] for line in logs.splitlines()) == [
        *("1 a", "1 b"),
        *("2 a", "2 b"),
    ]


def test_sweep_takes_points_from_a_file_and_a_dry_run_sends_nothing(stack, tmp_path):
    points = tmp_path / "points.csv"
    points.write_text('Target\none\n"two, too"\n')
    sweep = ("sweep", "hello", "--points", str(points))
    nowhere = {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}
    planned = json.loads(stack.run(*sweep, "--dry-run", **nowhere).stdout)
    assert [each["arrayProperties"] for each in planned["requests"]] == [{"size": 2}]
    assert planned["objects"] == []
    results = json.loads(stack.run(*sweep, "--wait", "--json").stdout)
    assert [each["parameters"]["Target"] for each in results] == ["one", "two, too"]
    submitted = stack.run(*sweep)
    assert stack.batch.job(submitted.stdout.strip()).describe().array.size == 2
    points.write_text("Target\none,two\n")
    assert "line 2 does not have as many values" in failed(stack.run(*sweep, **nowhere), 2)[0]
    assert "either --over or --points" in failed(stack.run("sweep", "hello", **nowhere), 2)[0]


def test_top_shows_queues_and_jobs_live_until_q(stack):
    stack.run("submit", "hello", "--name", "mine", "--wait")
    shown = on_a_terminal(stack, "top")
    for word in ("batchsdk top", "RUNNABLE", "default", "mine", "SUCCEEDED", "\x1b[?1049l"):
        assert word in shown


def test_top_in_a_pipe_prints_once(stack):
    stack.run("submit", "hello", "--name", "mine", "--wait")
    stack.run("submit", "fail", "--array-size", "3", "--wait")
    counts, jobs = stack.run("top").stdout.split("\n\n")
    header, row = (line.split("\t") for line in counts.splitlines())
    counted = dict(zip(header, row, strict=True))
    assert (counted["SUCCEEDED"], counted["FAILED"], counted["RUNNING"]) == ("1", "3", "0")
    assert jobs.count("\n") == 3
    as_json = json.loads(stack.run("top", "--once", "--json").stdout)
    assert as_json["queues"][0]["counts"]["FAILED"] == 3
    assert {each["job"]["jobName"] for each in as_json["jobs"]} >= {"mine"}


def test_points_of_a_spreadsheet_are_taken_and_a_name_that_is_there_twice_is_not(stack, tmp_path):
    points = tmp_path / "points.csv"
    points.write_text("Target\none\ntwo\n", encoding="utf-8-sig")  # as a spreadsheet saves it
    done = stack.run("sweep", "hello", "--points", str(points), "--dry-run")
    assert "Target one two" in done.stdout, done.stderr
    points.write_text("Target,day,Target\none,1,two\n")
    done = stack.run("sweep", "hello", "--points", str(points), "--dry-run")
    assert done.returncode == 2
    assert "--points: the header has 'Target' twice" in done.stderr


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("batchsdk sub", ["submit"]),
        ("batchsdk submit h", ["hello"]),
        ("batchsdk submit ", ["fail", "hello", "sleep"]),
        ("batchsdk list --queue d", ["default"]),
        ("batchsdk list --status ru", ["RUNNABLE", "RUNNING"]),
        ("batchsdk cancel --dr", ["--dry-run"]),
        ("batchsdk --outputs absent.json submit h", []),
    ],
)
def test_the_shell_completes_verbs_options_and_keys_without_a_call(stack, typed, expected):
    done = stack.run(
        _BATCHSDK_COMPLETE="bash_complete",
        COMP_WORDS=typed,
        COMP_CWORD=str(len(typed.split(" ")) - 1),
        AWS_ENDPOINT_URL="http://127.0.0.1:1",
    )
    assert sorted(re.findall("^plain,(.+)", done.stdout, re.MULTILINE)) == expected, done.stderr


def test_what_bash_is_given_makes_it_complete(stack):
    script = stack.run("completion", "bash").stdout
    assert "complete -o nosort -F _batchsdk_completion batchsdk" in script
    done = subprocess.run(["bash", "-n"], input=script, text=True, check=False, timeout=300)
    assert done.returncode == 0


def test_every_exit_code_is_told_in_the_help(stack):
    shown = stack.run("--help").stdout
    for code in ExitCode:
        assert re.search(rf"^ +{code.value}  \w+", shown, re.MULTILINE), code


def test_running_one_verb_imports_no_other(stack):
    code = (
        "import sys; sys.argv = ['batchsdk', '--help']\n"
        "from batchsdk.cli import main\n"
        "try: main()\n"
        "except SystemExit: print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    imported = set(done.stdout.splitlines()[-1].split())
    assert imported.isdisjoint({"batchsdk.cli.submit", "batchsdk.client", "boto3", "rich"})


def test_without_a_verb_the_help_is_printed_as_click_and_the_aws_cli_do(stack):
    done = stack.run()
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Usage: batchsdk [OPTIONS] COMMAND")
    assert "\n  list        List jobs.\n" in done.stderr


LONG = "customer-segmentation-reconciliation-of-2026-01-31-for-all-regions"


def test_a_narrow_terminal_keeps_ids_whole_and_drops_the_reason_first(stack):
    job_id = stack.run("submit", "hello", "--name", LONG, "--wait", "--json").stdout
    job_id = json.loads(job_id)["jobId"]
    for verb in (("list",), ("usage", "--by", "job")):
        shown = on_a_terminal(stack, *verb, COLUMNS="80", NO_COLOR="1")
        assert job_id in shown, verb
        lines = re.sub(r"\x1b\[[0-9;]*m", "", shown).splitlines()
        assert max(map(len, lines)) <= 80, verb
        assert "no room for" in shown
        assert "Essential container" not in shown


def test_list_is_newest_first_over_all_states(stack):
    old = stack.run("submit", "hello", "--name", "old", "--wait", "--json").stdout
    newer = stack.batch.submit("fail", name="newer")
    stack.batch.wait([newer], 30, check=False)
    newest = stack.batch.submit("hello", name="newest", memory=5000)  # waits for ever
    newest_first = [newest.id, newer.id, json.loads(old)["jobId"]]

    def ids(*arguments):
        done = stack.run("list", "--json", *arguments)
        return [each["jobId"] for each in json.loads(done.stdout)]

    assert ids() == newest_first
    assert ids("--limit", "2") == newest_first[:2]
    assert ids("--status", "succeeded,FAILED") == newest_first[1:]
    assert ids("--status", "SUCCEEDED", "-s", "FAILED", "--limit", "1") == [newer.id]
    assert "did you mean 'RUNNING'?" in failed(stack.run("list", "--status", "RUNING"), 2)[0]
    newest.cancel("the test is over")


def test_an_id_that_batch_cannot_know_is_not_waited_for(stack):
    good = stack.run("submit", "hello", "--name", "good").stdout.strip()
    done = stack.run("wait", "nope", good)
    assert done.returncode == 5
    assert "good" in done.stdout
    assert done.stderr.startswith("error: Batch does not know job nope")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("submit", "hello", "--memory", "3"), "error: --memory = 3: "),
        (("submit", "hello", "-p", "Tarjet=x"), "error: --parameter Tarjet = "),
        (("submit", "hello", "--", "echo", "Ref::X"), "give --parameter X=…"),
        (("submit", "hello", "--sequential"), "give --array-size"),
        (("usage", "--by", "team"), "error: --by = 'team': must be job, name, definition, "),
        (("submit", "hello", "--scheduling-priority", "3"), "give --share-identifier, or leave"),
        (("attach", "nope"), "error: RUN = 'nope': "),
        (("sweep", "hello", "--over", "Target=a,b", "--storage", "x"), "error: --storage = 'x': "),
    ],
)
def test_errors_are_in_the_words_of_the_shell(stack, tmp_path, arguments, words):
    done = stack.run(*arguments, BATCHSDK_LEDGER=str(tmp_path / "ledger.db"))
    assert done.returncode == 2
    assert words in done.stderr


def test_no_hint_about_the_stack_is_pythons(stack):
    (told,) = [json.loads(stack.run("list", "--json", BATCHSDK_OUTPUTS="").stderr)["error"]["hint"]]
    assert "--outputs (a JSON file)" in told
    assert not re.search(r"\w=", told)
