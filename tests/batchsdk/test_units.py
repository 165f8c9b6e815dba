"""Memory and times may be given with a unit, wherever they are given."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from batchsdk import InvalidSubmissionError, InvalidWorkflowError
from tests.batchsdk import forked_command_line
from tests.batchsdk.fakes import FakeTransport, connect, stack_outputs

MEMORY = [("512MiB", 512), ("2GiB", 2048), ("1.5 GiB", 1536), ("0.25TiB", 262_144), (2048, 2048)]
TIMES = [("90s", 90), ("10m", 600), ("1h", 3600), ("1h30m", 5400), ("2d", 172_800), ("1.5h", 5400)]


def asked(request):
    """Return what a request says of memory and timeout."""
    requirements = request.get("containerOverrides", {}).get("resourceRequirements", [{}])
    return requirements[0].get("value"), request.get("timeout", {}).get("attemptDurationSeconds")


@pytest.mark.parametrize(("given", "mebibytes"), MEMORY)
def test_memory_takes_units_in_python_and_in_files(given, mebibytes, tmp_path):
    transport = FakeTransport()
    batch = connect(transport)
    batch.submit("hello", memory=given)
    path = tmp_path / "w.yaml"
    path.write_text(f"workflow: w\nsteps: {{hello: {{memory: {given}}}}}\n")
    workflow = batch.load_workflow(path)
    workflow.check()
    assert workflow.definition.steps[0].submission.memory == mebibytes
    assert asked(transport.calls[0][1]) == (str(mebibytes), None)


@pytest.mark.parametrize(("given", "seconds"), [*TIMES, (timedelta(hours=1), 3600), (60, 60)])
def test_timeouts_take_units(given, seconds):
    transport = FakeTransport()
    connect(transport).submit("hello", timeout=given)
    assert asked(transport.calls[0][1]) == (None, seconds)


@pytest.mark.parametrize(
    "fields",
    [
        {"memory": "2GB"},  # a thousand million, or 2^30: nobody knows
        {"memory": "2G"},
        {"memory": "0.3MiB"},
        {"memory": "GiB"},
        {"memory": "-1GiB"},
        {"memory": "9999999999GiB"},
        {"timeout": "1 hour"},
        {"timeout": "30m1h"},
        {"timeout": "1.5s"},
        {"timeout": ""},
        {"timeout": timedelta(seconds=60.5)},
        {"vcpus": "2"},
        {"gpus": "1"},
    ],
)
def test_what_has_no_plain_meaning_is_refused(fields):
    with pytest.raises(InvalidSubmissionError) as refused:
        connect(FakeTransport()).submit("hello", **fields)
    (name,) = fields
    assert [each.field for each in refused.value.problems] == [name]


def test_the_fix_names_a_text_that_would_do(tmp_path):
    with pytest.raises(InvalidSubmissionError, match="or a text such as 2GiB"):
        connect(FakeTransport()).submit("hello", memory="2GB")
    path = tmp_path / "w.yaml"
    path.write_text("workflow: w\nsteps: {hello: {timeout: 1 hour}}\n")
    with pytest.raises(InvalidWorkflowError, match=r"w.yaml:2: .*timeout = '1 hour'.*e.g. 1h"):
        connect(FakeTransport()).load_workflow(path).check()


def test_the_command_line_takes_units(tmp_path):
    outputs = tmp_path / "outputs.json"
    outputs.write_text(json.dumps(stack_outputs().to_mapping()))

    def run(*arguments):
        whole = ["--outputs", str(outputs), "submit", "hello", "--dry-run", *arguments]
        return forked_command_line.run(whole, {}, tmp_path)

    done = run("--memory", "2GiB", "--timeout", "1h")
    assert done.returncode == 0, done.stderr
    assert asked(json.loads(done.stdout)) == ("2048", 3600)
    done = run("--memory", "100", "--timeout", "60")
    assert asked(json.loads(done.stdout)) == ("100", 60)
    done = run("--memory", "2GB")
    assert done.returncode == 2
    assert "'2GB' must be a whole number, or a text such as 2GiB" in done.stderr
