"""The command line as a user runs it: a process, its output, its exit code."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from batchsdk.cli import command_line
from tests.batchsdk.conftest import ROOT

pytestmark = pytest.mark.sampled(3)

VERBS = command_line.list_commands(click.Context(command_line))


def failed(done: subprocess.CompletedProcess[str], code: int) -> list[str]:
    """Check exit code and that nothing but one-line errors is on standard error; return them."""
    assert done.returncode == code, done.stderr
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert all(line.startswith(("error: ", "hint: ")) for line in lines), done.stderr
    return lines


def test_help_of_every_verb_has_examples(stack):
    assert all(verb in stack.run("--help").stdout for verb in VERBS)
    for verb in VERBS:  # in this process: another for each is slow, and shows the same
        shown = CliRunner().invoke(command_line, [verb, "--help"]).stdout
        assert re.search(rf"Examples:\n    .*batchsdk {verb}", shown), verb


def test_submit_waits_shows_progress_on_standard_error_and_follows_the_log(stack):
    done = stack.run_python(
        *("submit", "hello", "-p", "Target=Hello, Tokyo!", "--memory", "100", "--follow")
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "Hello, Tokyo!\n"
    assert done.stderr.startswith("submitted hello-")
    assert done.stderr.splitlines()[-1].endswith(": SUCCEEDED")


def test_submit_prints_the_id_alone_on_standard_output(stack):
    done = stack.run("submit", "hello", "--name", "mine")
    assert stack.batch.job(done.stdout.strip()).describe().name == "mine"


def test_submit_json_gives_id_and_name(stack):
    answer = json.loads(stack.run("submit", "hello", "--json").stdout)
    assert stack.batch.job(answer["jobId"]).describe().name == answer["jobName"]


def test_waiting_in_json_gives_the_described_job_and_nothing_else(stack):
    done = stack.run("--json", "submit", "hello", "--wait")
    assert done.stderr == ""
    assert json.loads(done.stdout)["status"] == "SUCCEEDED"


def test_following_in_json_gives_a_line_for_each_event_and_one_for_the_job(stack):
    done = stack.run("submit", "hello", "-p", "Target=x", "--follow", "--json")
    event, job = map(json.loads, done.stdout.splitlines())
    assert event["message"] == "x"
    assert job["status"] == "SUCCEEDED"


def test_a_dry_run_prints_the_request_and_sends_nothing(stack):
    done = stack.run(
        *("submit", "hello", "-p", "Target=x", "--memory", "64", "--tag", "a=b", "--retry", "2"),
        *("--depends-on", "job-0", "--env", "A=1", "--dry-run", "--", "echo", "Ref::Target"),
        AWS_ENDPOINT_URL="http://127.0.0.1:1",
    )
    request = json.loads(done.stdout)
    assert request.pop("jobName").startswith("hello-")
    assert request == {
        "jobQueue": stack.outputs.job_queues["default"].name,
        "jobDefinition": stack.outputs.job_definitions["hello"].name,
        "parameters": {"Target": "x"},
        "containerOverrides": {
            "command": ["echo", "Ref::Target"],
            "environment": [{"name": "A", "value": "1"}],
            "resourceRequirements": [{"type": "MEMORY", "value": "64"}],
        },
        "dependsOn": [{"jobId": "job-0"}],
        "tags": {"a": "b"},
        "retryStrategy": {"attempts": 2},
    }


def test_array_options_become_array_dependencies(stack):
    done = stack.run(
        *("submit", "hello", "--array-size", "3", "--sequential", "--n-to-n", "job-0"),
        *("--retry-spot", "4", "--dry-run"),
    )
    request = json.loads(done.stdout)
    assert request["dependsOn"] == [{"jobId": "job-0", "type": "N_TO_N"}, {"type": "SEQUENTIAL"}]
    assert request["retryStrategy"]["attempts"] == 4


def test_a_failed_job_exits_1_with_reason_log_tail_and_next_command(stack):
    done = stack.run("submit", "fail", "--wait")
    assert done.returncode == 1
    error, log, hint = done.stderr.splitlines()[-3:]
    assert error.startswith("error: job fail-")
    assert error.endswith("FAILED: Essential container in task exited (exit code 3)")
    assert log == "log: no space left"
    assert hint.startswith("hint: Read its log: batchsdk logs ")


def test_a_failed_job_in_json_is_a_json_error(stack):
    done = stack.run("submit", "fail", "--wait", "--json")
    assert done.returncode == 1
    error = json.loads(done.stderr)["error"]
    assert (error["type"], error["exitCode"]) == ("JobFailedError", 3)
    assert error["logTail"] == ["no space left"]


def test_a_wait_that_takes_too_long_exits_124(stack):
    done = stack.run("submit", "hello", "--memory", "5000", "--wait-timeout", "0.2")
    assert done.returncode == 124
    assert "has not ended after 0.2 seconds" in done.stderr


def test_show_says_why_a_job_does_not_run_and_cancel_what_it_did(stack):
    job_id = stack.run("submit", "hello", "--memory", "5000").stdout.strip()
    shown = stack.run("show", job_id)
    assert "will never fit" in shown.stdout
    assert "asked 5000 MiB" in shown.stdout
    as_json = json.loads(stack.run("show", job_id, "--json").stdout)
    assert as_json["jobId"] == job_id
    assert as_json["diagnosis"]["verdict"] == "WILL_NEVER_FIT"
    cancelled = stack.run("cancel", job_id, "--reason", "too much")
    assert "was RUNNABLE and is being stopped" in cancelled.stdout
    again = json.loads(stack.run("terminate", job_id, "--json").stdout)
    assert again["effect"] in ("ALREADY_ENDED", "STOPS")


def test_list_is_tab_separated_in_a_pipe_and_complete_in_json(stack):
    job_id = stack.run("submit", "hello", "--name", "mine", "--wait", "--json").stdout
    job_id = json.loads(job_id)["jobId"]
    header, row = stack.run("list").stdout.splitlines()
    assert header.split("\t")[:3] == ["JOB ID", "NAME", "STATUS"]
    assert row.split("\t")[:3] == [job_id, "mine", "SUCCEEDED"]
    (listed,) = json.loads(stack.run("list", "--status", "succeeded", "--json").stdout)
    assert (listed["jobId"], listed["exitCode"]) == (job_id, 0)
    assert json.loads(stack.run("list", "--status", "FAILED", "--json").stdout) == []


def test_logs_are_printed_with_times_or_as_json_lines(stack):
    done = stack.run("submit", "hello", "-p", "Target=x", "--wait", "--json")
    job_id = json.loads(done.stdout)["jobId"]
    assert stack.run("logs", job_id).stdout == "x\n"
    time, message = stack.run("logs", job_id, "--timestamps").stdout.split()
    assert message == "x"
    assert time.endswith("+00:00")
    assert json.loads(stack.run("logs", job_id, "--json").stdout)["message"] == "x"
    assert stack.run("logs", job_id, "--tail", "1").stdout == "x\n"
    assert stack.run("logs", job_id, "--follow").stdout == "x\n"


def test_children_of_an_array_are_told_apart_in_the_log(stack):
    done = stack.run("submit", "hello", "--array-size", "2", "--follow")
    assert sorted(done.stdout.splitlines()) == [
        "[0] Hello, AWS Batch :)",
        "[1] Hello, AWS Batch :)",
    ]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["submit", "helo"], "did you mean 'hello'"),
        (["submit", "hello", "--queue", "nowhere"], "known: 'default'"),
        (["submit", "sleep"], "Ref::WaitTime"),
        (["submit", "hello", "-p", "Tarjet=x"], "did you mean 'Target'"),
        (["submit", "hello", "-p", "Target"], "NAME=VALUE"),
        (["submit", "hello", "-p", "Target=1", "-p", "Target=2"], "twice"),
        (["submit", "hello", "--name", "-x"], "letter or digit"),
        (["submit", "hello", "--memory", "3"], "at least 4"),
        (["submit", "hello", "--memory", "much"], "give a whole number, or a text such as 2GiB"),
        (["submit", "hello", *["-d", "job-0"] * 21], "at most 20"),
        (["submit", "hello", "--array-size", "1"], "2 to 10000"),
        (["submit", "hello", "--array-size", "10001"], "2 to 10000"),
        (["submit", "hello", "--retry", "2", "--retry-spot", "2"], "not both"),
        (["submit", "hello", "--follow", "--wait-timeout", "5"], "--wait-timeout"),
        (["list", "--status", "DONE"], "DONE"),
        (["list", "--queue", "nowhere"], "known: 'default'"),
        (["cancel", "job-0", "--reason", ""], "1-1024"),
        (["--stack", "dev", "--ssm", "/x", "list"], "more than one"),
        (["--outputs", "absent.json", "list"], "absent.json"),
        (["frobnicate"], "frobnicate"),
        (["submit"], "JOB_DEFINITION"),
    ],
)
def test_bad_input_exits_2_before_any_call(stack, arguments, word):
    done = stack.run(*arguments, AWS_ENDPOINT_URL="http://127.0.0.1:1")
    assert word in failed(done, 2)[0]


def test_every_problem_of_a_submission_has_its_line(stack):
    done = stack.run("submit", "hello", "--memory", "1", "--array-size", "1", "--timeout", "1")
    assert len(failed(done, 2)) == 3


def test_bad_input_in_json_mode_is_a_json_error(stack):
    done = stack.run("submit", "hello", "--memory", "1", "--json")
    assert done.returncode == 2
    (problem,) = json.loads(done.stderr)["error"]["problems"]
    assert problem["field"] == "memory"
    usage = stack.run("list", "--json", "--frob")
    assert usage.returncode == 2
    assert json.loads(usage.stderr)["error"]["type"] == "UsageError"


def test_a_service_that_does_not_answer_exits_3(stack):
    done = stack.run("submit", "hello", AWS_ENDPOINT_URL="http://127.0.0.1:1")
    error, hint = failed(done, 3)
    assert "127.0.0.1:1" in error
    assert "AWS_ENDPOINT_URL" in hint


def test_an_unknown_job_exits_5(stack):
    for verb in ("show", "logs", "cancel", "terminate"):
        assert "does not know job no-such-job" in failed(stack.run(verb, "no-such-job"), 5)[0]


def test_with_no_stack_given_the_ways_are_named(stack):
    error, hint = failed(stack.run("list", BATCHSDK_OUTPUTS=""), 2)
    assert "which stack?" in error
    assert "BATCHSDK_STACK" in hint


def test_ctrl_c_while_waiting_exits_130_and_says_that_the_job_goes_on(stack):
    environ = {**os.environ, **stack.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "batchsdk", "--outputs", str(stack.outputs_file)),
            *("submit", "sleep", "-p", "WaitTime=3600", "--wait"),
        ],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    lines = iter(process.stderr.readline, "")
    assert any(line.endswith(": RUNNING\n") for line in lines)
    process.send_signal(signal.SIGINT)
    _, rest = process.communicate(timeout=300)
    assert process.returncode == 130
    assert "goes on" in rest
    assert "Traceback" not in rest
    (job,) = stack.batch.list_jobs(status="RUNNING")
    stack.batch.job(job.job_id).terminate("the test is over")
