"""What an executor of functions refuses, before anything is sent; and what it pickles."""

from __future__ import annotations

import ast
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

import batchsdk
from batchsdk import (
    Escalate,
    InvalidArgumentError,
    InvalidSubmissionError,
    Retry,
    RetryOn,
    RetryRule,
    UsageError,
)
from batchsdk.functions import executor, task
from batchsdk.functions.pickling import Pickling
from batchsdk.functions.retries import attempts_of
from batchsdk.sweep_task import TaskError
from tests.batchsdk.conftest import ROOT
from tests.batchsdk.fakes import FakeTransport, connect

LOCK = threading.Lock()
S3 = "s3://bucket/prefix"


@pytest.fixture
def transport() -> FakeTransport:
    return FakeTransport()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, r"storage: functions, arguments and results go through S3, and dev has no storage"),
        ({"storage": "bucket"}, r"storage = 'bucket': must be s3://bucket/prefix"),
        ({"storage": S3, "memory": "2GB"}, "memory"),
        ({"storage": S3, "memory": 1}, "at least 4"),
        ({"storage": S3, "queue": "other"}, "queue"),
        ({"storage": S3, "name": "no name"}, "name"),
        ({"storage": S3, "environment": {"X": "x" * 9000}}, "8192"),
        ({"storage": S3, "on_failure": {"OUT_OF_MEMORY": Escalate()}}, "changes nothing"),
        ({"storage": S3, "python": []}, "python.*must be the interpreter"),
        ({"storage": S3, "python": ["python", ""]}, "python.*must be the interpreter"),
        ({"storage": S3, "python": 3}, "python = 3: must be"),
        ({"storage": S3, "ship": [3]}, r"ship\[0\] = 3: must be a module or its name"),
        ({"storage": S3, "ship": ["no_such\nmodule"]}, r"ship\[0\].*cannot be imported"),
        ({"storage": S3, "ship": "json..é"}, r"ship\[0\].*cannot be imported"),
        ({"storage": S3, "ignore_versions": [1]}, "ignore_versions.*must be names"),
        ({"storage": S3, "on_progress": "x"}, "on_progress"),
    ],
)
def test_what_cannot_work_is_refused(
    transport: FakeTransport, given: dict[str, Any], message: str
) -> None:
    with pytest.raises((InvalidSubmissionError, InvalidArgumentError), match=f"(?s){message}"):
        connect(transport).executor("hello", **given)
    assert not transport.calls


def test_fields_that_functions_do_not_have_are_refused(transport: FakeTransport) -> None:
    for field in ("command", "array_size", "parameters", "depends_on"):
        with pytest.raises(TypeError, match=field):
            connect(transport).executor("hello", storage=S3, **{field: []})


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda pool: pool.submit("pow", 1), r"fn = 'pow': must be a function"),
        (lambda pool: pool.submit(len, threading.Lock()), "an argument of len cannot be pickled"),
        (lambda pool: pool.map(len, [sys._getframe()]), "an argument of len cannot be pickled"),
        (lambda pool: pool.submit(lambda: LOCK), "the function .*lambda"),
    ],
)
def test_what_cannot_be_pickled_is_refused(
    transport: FakeTransport, call: Any, message: str
) -> None:
    pool = connect(transport).executor("hello", storage=S3)
    with pytest.raises(InvalidArgumentError, match=message):
        call(pool)
    with pytest.raises(ValueError, match="chunksize must be >= 1"):
        pool.map(len, ["a"], chunksize=0)
    assert list(pool.map(len, [])) == []
    pool.shutdown()
    assert not transport.calls


def test_arguments_that_are_too_large_are_refused(
    transport: FakeTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executor, "LARGEST_CALL", 2**20)
    pool = connect(transport).executor("hello", storage=S3)
    with pytest.raises(InvalidArgumentError, match="takes at most 1 MiB; store them"):
        pool.submit(len, b"x" * 2**20)


def test_without_the_extra_one_line_says_what_to_install() -> None:
    code = f"""
import sys
sys.modules["cloudpickle"] = None
from tests.batchsdk.fakes import FakeTransport, connect
connect(FakeTransport()).executor("hello", storage={S3!r})
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.stderr.strip().endswith("Install it: pip install 'batchsdk[functions]'")


def test_a_pickle_names_the_packages_that_it_depends_on() -> None:
    import yaml  # noqa: PLC0415

    pickling = Pickling([], [])
    assert [*pickling.pickle(pow, "fn", "pow").packages] == ["cloudpickle"]
    made = pickling.pickle((lambda: yaml.safe_load, [{"a": yaml.Loader}]), "fn", "it")
    assert [*made.packages] == ["PyYAML", "cloudpickle"]
    assert [*Pickling([], ["PyYAML"]).pickle(yaml.Loader, "fn", "it").packages] == ["cloudpickle"]
    assert [*Pickling([yaml], []).pickle(yaml.safe_load, "fn", "it").packages] == ["cloudpickle"]


@pytest.mark.parametrize("other", [b"", b"x", b"y" * 40])
def test_a_seal_holds_for_its_key_its_name_and_its_content(other: bytes) -> None:
    sealed = task.seal(b"key", "calls/0#1", {"a": "é\n"}, b"\n\0body")
    assert task.unseal(b"key", "calls/0#1", sealed) == ({"a": "é\n"}, b"\n\0body")
    for key, name, content in [
        (b"other", "calls/0#1", sealed),
        (b"key", "calls/0#2", sealed),
        (b"key", "calls/0#1", sealed + b"\0"),
        (b"key", "calls/0#1", other),
    ]:
        with pytest.raises(TaskError, match="was changed, or was written with another key"):
            task.unseal(key, name, content)


def test_each_part_of_an_object_is_two_reads() -> None:
    parts = [b"first", b"", b"third" * 1000]
    content = task.packed(parts)
    for number, part in enumerate(parts):
        spans: list[tuple[int, int]] = []

        def read(span: tuple[int, int], spans: list[tuple[int, int]] = spans) -> bytes:
            spans.append(span)
            return content[slice(*span)]

        assert task.read_part(read, number) == part
        assert len(spans) == 2


@pytest.mark.parametrize(
    ("retry", "attempts"),
    [
        (Retry(), 1),
        (Retry(3), 3),
        (Retry.spot(attempts=4), 1),
        (Retry(5, (RetryOn.OUT_OF_MEMORY, RetryOn.exit_code(1), RetryOn.OTHERWISE_EXIT)), 5),
        (Retry(5, (RetryOn.exit_code(2), RetryOn.SPOT_RECLAIMED)), 5),
        (Retry(5, (RetryRule(action="EXIT", on_status_reason="essential*"),)), 1),
        (Retry(5, (RetryRule(action="EXIT", on_exit_code="1*", on_reason="x*"),)), 5),
    ],
)
def test_an_exception_is_final_where_batch_does_not_retry(retry: Retry, attempts: int) -> None:
    assert attempts_of(retry.to_request()) == attempts


def test_an_older_python_can_read_the_side_in_the_container() -> None:
    source = Path(task.__file__).read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 9))
    assert "import sweep_task" not in source, "Python 3.9 finds no module by __getattr__"


def test_the_container_says_that_it_is_no_job_of_an_executor() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "batchsdk.functions.task"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == 1
    assert "BATCHSDK_FUNCTION_STORE is not set: this is not a job of batch" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_error_of_other_versions_names_both_and_the_fix() -> None:
    error = batchsdk.FunctionVersionError(
        "job-1", "fn", [{"name": "numpy", "pickled": "2.1.0", "job": None}]
    )
    assert str(error) == (
        "fn was not called: numpy is 2.1.0 here and missing in the image\n"
        "Install numpy==2.1.0 in the image, or the version of the image here. If the difference "
        "does no harm: ignore_versions=['numpy']."
    )
    assert error.to_mapping()["different"][0]["name"] == "numpy"
    assert isinstance(error, batchsdk.JobError)
    assert not isinstance(error, UsageError)
