"""Inputs that would fill memory or never end are refused, each in under a second and 100 MB."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batchsdk import (
    ConnectionSettingsError,
    InvalidArgumentError,
    InvalidSubmissionError,
    InvalidWorkflowError,
    Problem,
    StackOutputsError,
    connect,
)
from batchsdk.insight.prices import PriceTable
from batchsdk.jobs.events import read_event
from batchsdk.workflow.yaml_file import parse
from tests.batchsdk.conftest import ROOT
from tests.batchsdk.fakes import stack_outputs

ALIAS_BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
DEEP = 100_000
QUICK_CPU, SMALL = 1.0, 100 * 2**20


def cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


@pytest.fixture
def measured():
    """Fail if what the test does takes a second of CPU or 100 MB."""
    tracemalloc.start()
    before = cpu_seconds()
    yield
    used, (_, peak) = cpu_seconds() - before, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < SMALL
    assert used < QUICK_CPU * 5  # tracing makes it several times as slow


def over(values: int, axes: int) -> dict[str, list[str]]:
    return {f"p{axis}": [str(value) for value in range(values)] for axis in range(axes)}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (ALIAS_BOMB, "has more than 50000 values, including those behind aliases"),
        ("[" * DEEP, "nested deeper than 50 levels"),
        ("{a: " * DEEP, "nested deeper than 50 levels"),
        ("steps: {a: &a [*a]}", "nested deeper than 50 levels"),
        ("a: " + "x" * 2**21, "has more than 1 MiB"),
        ('steps: {hello: {command: ["\\ud800"]}}', "half of a character"),
    ],
    ids=["alias bomb", "deep lists", "deep mappings", "itself", "long", "surrogate"],
)
def test_a_workflow_is_refused(measured, text, message):
    try:
        problems = parse(text, "wide.yaml").problems
    except InvalidWorkflowError as fault:
        problems = fault.problems
    assert message in " ".join(map(str, problems))


def test_a_workflow_file_without_an_end_is_refused(measured):
    batch = connect(outputs=stack_outputs().to_mapping())
    with pytest.raises(InvalidWorkflowError, match="has more than 1 MiB"):
        batch.load_workflow("/dev/zero")


def test_a_sweep_over_more_points_than_there_can_be_is_refused(measured):
    batch = connect(outputs=stack_outputs().to_mapping())
    with pytest.raises(InvalidSubmissionError, match="= 10,000,000,000,000,000 points"):
        batch.prepare_sweep("hello", over=over(100, 8))


def test_a_step_over_more_points_than_there_can_be_is_refused(measured):
    workflow = connect(outputs=stack_outputs().to_mapping()).workflow("wide")
    workflow.sweep("hello", over=over(100, 8))
    with pytest.raises(InvalidWorkflowError, match="points, and a sweep has at most 1,000,000"):
        workflow.plan()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a":' * DEEP, "nested too deep"),
        ("[" * DEEP + "]" * DEEP, "nested too deep"),
        (f'{{"a": "{"x" * 5_000_000}"}}', "no stack's outputs have more than"),
    ],
    ids=["objects", "lists", "long"],
)
def test_outputs_are_refused(measured, tmp_path, text, message):
    path = tmp_path / "outputs.json"
    path.write_text(text)
    with pytest.raises(ConnectionSettingsError, match=message):
        connect(outputs=path)


def test_an_outputs_file_without_an_end_is_refused(measured):
    with pytest.raises(ConnectionSettingsError, match="no stack's outputs have more than"):
        connect(outputs="/dev/zero")


def test_deep_values_where_outputs_have_others_are_refused(measured):
    deep: list[object] = []
    for _ in range(DEEP):
        deep = [deep]
    with pytest.raises(StackOutputsError, match="region: expected a string, got"):
        connect(outputs=stack_outputs().to_mapping() | {"region": deep})
    assert len(str(Problem("field", deep, "rule", "fix"))) < 200
    while deep:  # or the interpreter recurses as deep to let go of it
        (deep,) = deep


def test_a_price_table_that_is_nested_deep_is_refused(measured, tmp_path):
    path = tmp_path / "prices.toml"
    path.write_text("a = " + "[" * DEEP)
    with pytest.raises(InvalidArgumentError, match="cannot be read"):
        PriceTable.load(path, stack_outputs())


def test_a_message_that_is_nested_deep_is_no_event(measured):
    assert read_event("[" * DEEP) is None


@given(st.text(st.sampled_from("[]{}:,&*a!|>\"'-?#%@`\n \t\\ud8\x1b\u202e0"), max_size=200))
@settings(max_examples=200, deadline=None)
def test_whatever_a_workflow_file_has_the_answer_is_a_workflow_or_problems(text):
    try:
        found = parse(text, "any.yaml").problems
    except InvalidWorkflowError as fault:
        found = fault.problems
    assert all(isinstance(each, Problem) for each in found)


def test_the_command_line_refuses_them_in_one_line(tmp_path):
    workflow, deep, good = (tmp_path / name for name in ("bomb.yaml", "deep.json", "good.json"))
    workflow.write_text(ALIAS_BOMB)
    deep.write_text("[" * DEEP)
    good.write_text(json.dumps(stack_outputs().to_mapping()))
    for arguments, message in (
        (["--outputs", str(deep), "list"], "nested too deep"),
        (["--outputs", str(good), "run", str(workflow), "--dry-run"], "more than 50000 values"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "batchsdk", *arguments],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == 2
        assert done.stderr.startswith("error: ")
        assert message in done.stderr
        assert "Traceback" not in done.stderr
