"""From the points of a sweep to a child's parameters: in Python, and in every shell there is."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batchsdk import InvalidSubmissionError, TaskError, task
from batchsdk.sweep_task import decode
from batchsdk.sweeps.points import Points
from batchsdk.sweeps.shell import COMPRESSED, PLAIN, wrapped
from batchsdk.sweeps.table import compressed, encode

SHELLS = [
    command
    for command in (["sh"], ["bash"], ["bash", "--posix"], ["dash"], ["busybox", "sh"])
    if shutil.which(command[0])
]
VALUES = st.text(
    st.characters(codec="utf-8", exclude_characters="\n\r\0", exclude_categories=["Cs"]),
    max_size=6,
)
NAMES = st.from_regex(r"[a-zA-Z][a-z_]{0,5}", fullmatch=True).filter(
    lambda name: name not in os.environ and name not in {"PATH", "IFS", "PWD", "_"}
)
GRIDS = st.dictionaries(NAMES, st.lists(VALUES, min_size=1, max_size=4), min_size=1, max_size=3)
AWKWARD = {
    "day": ["2026-01-01", "it's", 'a "b" c', "$HOME `id` $(id) \\ *", "", " ", "-n", "ü—ß"],
    "model": ["a b", "x;y&z|w<>", "~", "#no"],
}


@st.composite
def rows(draw: st.DrawFn) -> list[dict[str, str]]:
    names = draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))
    row = st.fixed_dictionaries(dict.fromkeys(names, VALUES))
    return draw(st.lists(row, min_size=1, max_size=8))


def in_shell(shell: list[str], table: str, child: int, command: list[str]) -> list[str]:
    done = subprocess.run(
        [*shell, *command[1:]],
        env={
            "PATH": os.environ["PATH"],
            "BATCHSDK_SWEEP": table,
            "AWS_BATCH_JOB_ARRAY_INDEX": str(child),
        },
        capture_output=True,
        check=True,
    )
    assert done.stderr == b""
    return done.stdout.decode().split("\n")[:-1]


@given(GRIDS | rows(), st.data())
def test_every_child_finds_its_own_parameters(over: Any, data: st.DataObject) -> None:
    points = Points.over(over)
    every = range(len(points))
    indices = sorted(data.draw(st.sets(st.sampled_from(every), min_size=1)))
    table = encode(points, indices)
    for child, index in enumerate(indices):
        found = decode(table, child)
        assert (found.index, found.parameters) == (index, points[index])
    with pytest.raises(IndexError):
        decode(table, len(indices))


def test_a_grid_is_every_combination_and_the_last_name_changes_fastest():
    points = Points.over({"day": ["1", "2"], "model": ["a", "b", "c"]})
    assert [" ".join(points[index].values()) for index in range(len(points))] == [
        "1 a", "1 b", "1 c", "2 a", "2 b", "2 c",
    ]  # fmt: skip


def test_a_grid_is_written_as_its_axes_and_a_few_of_its_points_as_rows():
    points = Points.over({"day": [f"day-{n}" for n in range(100)], "model": ["a", "b"]})
    assert encode(points, range(200)).startswith("grid 0-199\nmodel a b\nday day-0 day-1 ")
    assert encode(points, [3, 4, 5, 17]) == (
        "rows 3-5 17\n'day model' day-1 b day-2 a day-2 b day-8 b"
    )


@pytest.mark.sampled(4)
@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
@pytest.mark.parametrize("indices", [range(32), [0, 1, 2, 7, 9, 31]], ids=["grid", "rows"])
@pytest.mark.parametrize("read", [PLAIN, COMPRESSED], ids=["plain", "compressed"])
def test_the_shell_finds_what_python_finds(shell: list[str], indices: Any, read: str) -> None:
    points = Points.over(AWKWARD)
    table = encode(points, indices)
    if read == COMPRESSED:
        table = compressed(table)
        assert decode(table, 3).parameters == points[indices[3]]
    command = wrapped(
        ["printf", "%s\n", "Ref::day", "Ref::model", "li'teral $day", "Ref::other"],
        points.names,
        read,
    )
    assert command[-1] == "Ref::other"  # for Batch to replace
    command[-1] = "*"
    for child, index in enumerate(indices):
        found = in_shell(shell, table, child, command)
        assert found == [*points[index].values(), "li'teral $day", "*"]


def test_an_image_without_the_tools_for_a_compressed_table_says_so(tmp_path):
    points = Points.over(AWKWARD)
    table = compressed(encode(points, range(32)))
    done = subprocess.run(
        [str(shutil.which("sh")), *wrapped(["echo", "Ref::day"], points.names, COMPRESSED)[1:]],
        env={"PATH": str(tmp_path), "BATCHSDK_SWEEP": table},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (127, "")
    assert "this sweep needs base64 and gzip in the image; else give as_separate" in done.stderr


def test_a_compressed_table_that_is_cut_is_refused():
    table = compressed(encode(Points.over(AWKWARD), range(32)))
    with pytest.raises(TaskError, match="cannot be decompressed"):
        task({"BATCHSDK_SWEEP": table[:-40]})


def test_a_compressed_table_is_the_same_text_every_time():
    """A run tells a changed request by its text."""
    assert compressed("grid 0-1\nday 1 2") == (
        "gzip H4sIAAAAAAAC/0svykxRMNA15EpJrFQwVDACAOomMdgQAAAA"
    )


@settings(max_examples=15, deadline=None)
@given(GRIDS | rows())
def test_any_text_gets_through_the_shell(over: Any) -> None:
    points = Points.over(over)
    command = wrapped(["printf", r"%s\n", *(f"Ref::{name}" for name in points.names)], points.names)
    last = len(points) - 1
    found = in_shell(["sh"], encode(points, range(len(points))), last, command)
    assert found == list(points[last].values())


def test_the_shell_exports_the_values_and_the_index():
    points = Points.over(AWKWARD)
    command = wrapped(["sh", "-c", 'echo "$BATCHSDK_INDEX $day $model"'], points.names)
    assert in_shell(["sh"], encode(points, [5, 12]), 1, command) == ["12 $HOME `id` $(id) \\ * a b"]


def test_a_failing_command_keeps_its_exit_code():
    command = wrapped(["sh", "-c", "exit 7"], ["day"])
    done = subprocess.run(
        command, check=False, env={"PATH": os.environ["PATH"], "BATCHSDK_SWEEP": "grid 0\nday 1"}
    )
    assert done.returncode == 7


@pytest.mark.parametrize(
    ("over", "field", "rule"),
    [
        ({}, "over", "no points"),
        ([], "over", "no points"),
        ([{}], "over", "no points"),
        ({"day": []}, "over['day']", "must not be empty"),
        ({"day": "2026"}, "over['day']", "list of strings"),
        ({"day": [1.5]}, "over['day'][0]", "must be a string"),
        ({"day": ["a\nb"]}, "over['day'][0]", "line break"),
        ({"a-b": ["1"]}, "over['a-b']", "letters, digits and '_'"),
        ({"AWS_BATCH_X": ["1"]}, "over['AWS_BATCH_X']", "AWS_BATCH"),
        ({"__p": ["1"]}, "over['__p']", "__"),
        ([{"day": "1"}, {"dya": "2"}], "over[1]", "names of the first: day"),
        ([{"day": "1"}, {"day": None}], "over[1]['day']", "must be a string"),
    ],
)
def test_what_cannot_reach_a_job_is_refused(over: Any, field: str, rule: str) -> None:
    with pytest.raises(InvalidSubmissionError) as caught:
        Points.over(over)
    (problem,) = caught.value.problems
    assert problem.field == field
    assert rule in problem.rule


def test_a_program_that_is_no_job_of_a_sweep_is_told_so():
    with pytest.raises(TaskError, match="neither BATCHSDK_SWEEP nor BATCHSDK_SWEEP_OBJECT is set"):
        task({})


@pytest.mark.parametrize("table", ["", "table 0\nday 1", "rows 0-1\nday 1 2", "rows 0-4\nday 1 2"])
def test_a_table_that_has_nothing_for_the_child_is_an_error(table: str) -> None:
    with pytest.raises(TaskError, match="nothing for AWS_BATCH_JOB_ARRAY_INDEX=3"):
        task({"BATCHSDK_SWEEP": table, "AWS_BATCH_JOB_ARRAY_INDEX": "3"})


def test_a_job_that_is_no_array_is_the_first_child():
    found = task({"BATCHSDK_SWEEP": "rows 41\nday '2026-01-01 12:00'"})
    assert (found.index, found["day"]) == (41, "2026-01-01 12:00")
