"""Python functions as jobs: on a local AWS, in processes of a real Python."""

from __future__ import annotations

import asyncio
import concurrent.futures
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import batchsdk
from batchsdk import (
    CallCounts,
    Escalate,
    FunctionError,
    FunctionExecutor,
    FunctionVersionError,
    JobFailedError,
    RemoteTraceback,
    Retry,
)
from batchsdk.aws.gateway import AwsGateway
from localaws import LocalAws
from localaws.faults import Faults
from tests.aws_clients import client_of
from tests.batchsdk.called import outcomes
from tests.batchsdk.conftest import ROOT, Stack
from tests.batchsdk.test_sweep_on_local_aws import Counting

BUCKET = "functions"
FUNCTIONS = {
    "storage": f"s3://{BUCKET}/some prefix",
    "python": sys.executable,
    "environment": {"PYTHONPATH": str(ROOT)},
}
"""Arguments of an executor whose image is this machine."""

Make = Callable[..., FunctionExecutor]


@pytest.fixture
def bucket(local: LocalAws) -> str:
    client_of(local, "s3").create_bucket(Bucket=BUCKET)
    return BUCKET


@pytest.fixture
def make(stack: Stack, bucket: str) -> Make:
    def made(**more: Any) -> FunctionExecutor:
        return stack.batch.executor("hello", **{**FUNCTIONS, **more})

    return made


@pytest.fixture
def faults(local: LocalAws) -> Iterator[Faults]:
    yield local.faults
    local.faults.clear()


def test_whatever_becomes_of_a_call_is_known(make: Make) -> None:
    counts: list[CallCounts] = []
    cases = ["fine", "raises", "exits", "dies", "lock", "unreadable", "imports", "large"]
    with make(on_progress=counts.append) as pool:
        futures = {each: pool.submit(outcomes, each) for each in cases}
        results = pool.map(lambda number: 6 // number, [3, 0, 1])
        assert futures["fine"].result(60) == "fine"
        assert futures["large"].result(60) == b"x" * 10_000_000
        assert next(results) == 2
        with pytest.raises(ZeroDivisionError):
            next(results)
    errors = {each: futures[each].exception() for each in cases}
    raised = errors["raises"]
    assert isinstance(raised, KeyError)
    assert isinstance(raised.__cause__, RemoteTraceback)
    assert 'return inner["b"]' in str(raised.__cause__)
    assert "functions/task.py" not in str(raised.__cause__), "frames of the library"
    assert isinstance(errors["exits"], SystemExit)
    assert isinstance(errors["dies"], JobFailedError)
    assert errors["dies"].exit_code == 7
    assert isinstance(errors["lock"], FunctionError)
    assert "outcomes returned a lock, which cannot be pickled" in errors["lock"].message
    assert isinstance(errors["unreadable"], FunctionError)
    assert "UnreadableError: 1 and 2" in errors["unreadable"].message
    assert "UnreadableError(1, 2)" in str(errors["unreadable"].__cause__)
    assert isinstance(errors["imports"], ModuleNotFoundError)
    assert "ship=" in errors["imports"].__notes__[0]
    assert counts[-1].total == 11
    assert counts[-1].left == 0
    assert counts[-1].returned >= 3
    assert counts[-1].raised == 7


@pytest.mark.every_case
def test_a_thousand_calls_are_a_dozen_requests(stack: Stack, bucket: str) -> None:
    counting = Counting(AwsGateway(stack.outputs.region))
    batch = batchsdk.connect(outputs=stack.outputs_file, transport=lambda _: counting)
    with batch.executor("hello", **FUNCTIONS) as pool:
        squares = list(pool.map(pow, range(1000), [2] * 1000, chunksize=5))
    assert squares == [each**2 for each in range(1000)]
    batch_calls = {
        name: count
        for name, count in counting.calls.items()
        if not name.endswith(("object", "objects"))
    }
    assert batch_calls.pop("submit_job") == 1
    assert sum(batch_calls.values()) <= 11, batch_calls
    # One object of arguments, one function; a result each, and looks for them.
    assert counting.calls["put_object"] <= 3
    assert counting.calls["get_object"] == 200
    assert counting.calls["list_objects"] <= 100


def test_calls_of_a_moment_are_one_array_and_end_in_their_order(stack: Stack, bucket: str) -> None:
    counting = Counting(AwsGateway(stack.outputs.region))
    batch = batchsdk.connect(outputs=stack.outputs_file, transport=lambda _: counting)
    with batch.executor("hello", **FUNCTIONS) as pool:
        waits = [pool.submit(time.sleep, each) for each in (3, 0)]
        total = pool.submit(sum, [1, 2], start=3)
        ended = list(concurrent.futures.as_completed([*waits, total], timeout=60))
    assert total.result() == 6
    assert ended[-1] is waits[0]
    assert counting.calls["submit_job"] == 1


PRETENDS = """
import importlib.metadata, runpy, sys
version, cloudpickle = sys.argv[1:3]
del sys.argv[1:4]
real = importlib.metadata.version
importlib.metadata.version = lambda name: real(name) if cloudpickle == "-" else cloudpickle
if version != "-":
    sys.version_info = tuple(map(int, version.split(".")))
runpy.run_module(sys.argv[1], run_name="__main__")
"""


@pytest.mark.every_case
@pytest.mark.parametrize(
    ("version", "cloudpickle", "message"),
    [
        ("3.9.1", "-", r"Python is 3\.\d+ here and 3\.9 in the image.*Python 3\.9\."),
        ("-", "2.2.1", r"cloudpickle is 3\.\d.* here and 2\.2\.1 in the image.*ignore_versions"),
    ],
)
def test_another_version_is_refused_before_anything_is_unpickled(
    make: Make, version: str, cloudpickle: str, message: str
) -> None:
    python = [sys.executable, "-c", PRETENDS, version, cloudpickle]
    with make(python=python) as pool:
        future = pool.submit(outcomes, "raises")
        with pytest.raises(FunctionVersionError, match=f"(?s)outcomes was not called: {message}"):
            future.result(60)
    if cloudpickle != "-":
        with make(python=python, ignore_versions=["cloudpickle"]) as pool:
            assert pool.submit(outcomes, "fine").result(60) == "fine"


@pytest.mark.every_case
def test_code_of_ones_own_is_named_or_sent(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "own_package"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "inner.py").write_text("def double(x):\n    return twice() * x\n\n")
    with (package / "inner.py").open("a") as file:
        file.write("def twice():\n    return 2\n")
    monkeypatch.syspath_prepend(tmp_path)
    from own_package import inner  # noqa: PLC0415

    with make() as pool, pytest.raises(FunctionError, match=r"no module 'own_package'") as caught:
        pool.submit(inner.double, 4).result(60)
    assert "ship=['own_package']" in caught.value.hint
    with make(ship=["own_package"]) as pool:
        assert pool.submit(inner.double, 4).result(60) == 8


@pytest.mark.every_case
def test_an_image_without_the_library_is_told_what_it_needs(make: Make) -> None:
    with make(python=[sys.executable, "-I", "-S"]) as pool:
        future = pool.submit(outcomes, "fine")
        with pytest.raises(JobFailedError, match="pip install --no-deps batchsdk cloudpickle"):
            future.result(60)


@pytest.mark.every_case
def test_a_cancelled_call_is_stopped(stack: Stack, make: Make) -> None:
    with make() as pool:
        futures = [pool.submit(time.sleep, 3600), pool.submit(outcomes, "fine")]
        assert futures[1].result(60) == "fine"
        assert futures[0].cancel()
        assert futures[0].cancelled()
        assert not futures[1].cancel()
        early = pool.submit(outcomes, "early")
        assert early.cancel()
        done, not_done = concurrent.futures.wait([*futures, early], timeout=10)
    assert len(done) == 3
    assert not not_done
    (array,) = stack.batch.list_jobs()
    stack.batch.wait([array.job_id], 60, check=False)
    with pytest.raises(RuntimeError, match="after shutdown"):
        pool.submit(outcomes, "late")


@pytest.mark.every_case
@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_exception_in_with_terminates_the_jobs(
    stack: Stack, make: Make, error: type[BaseException]
) -> None:
    def interrupted() -> None:
        with make() as pool:
            next(pool.map(time.sleep, [0, 3600, 3600]))
            futures.append(pool.submit(time.sleep, 3600))
            raise error

    futures: list[concurrent.futures.Future[None]] = []
    with pytest.raises(error):
        interrupted()
    assert futures[0].cancelled()
    jobs = [each.job_id for each in stack.batch.list_jobs()]
    ended = stack.batch.wait(jobs, 60, check=False)
    assert {str(each.detail.status) for each in ended if each.detail} == {"FAILED"}


@pytest.mark.every_case
def test_shutting_down_can_cancel_what_has_not_started(
    stack: Stack, make: Make, faults: Faults
) -> None:
    pool = make()
    assert pool.submit(outcomes, "fine").result(60) == "fine"
    faults.add("no-capacity")
    waiting = [pool.submit(outcomes, "fine") for _ in range(3)]
    while len(list(stack.batch.list_jobs())) < 2:
        time.sleep(0.05)
    pool.shutdown(wait=True, cancel_futures=True)
    assert all(each.cancelled() for each in waiting)


@pytest.mark.every_case
def test_a_function_that_raises_is_retried_as_its_jobs_are(make: Make, tmp_path: Path) -> None:
    def second_time(path: str) -> int:
        first = not os.path.exists(path)  # noqa: PTH110
        open(path, "w").close()  # noqa: PTH123
        if first:
            raise ValueError("the first time")
        return 2

    with make(retry=Retry(2)) as pool:
        good, bad = (
            pool.submit(second_time, str(tmp_path / "mark")),
            pool.submit(outcomes, "raises"),
        )
        assert good.result(60) == 2
        assert isinstance(bad.exception(60), KeyError)


@pytest.mark.every_case
def test_a_lost_call_is_submitted_again_with_what_its_rule_says(
    stack: Stack, make: Make, faults: Faults
) -> None:
    faults.add("host-loss", times=1)
    rules = {"SPOT_RECLAIM": Escalate(memory_factor=2, memory_cap=400)}
    with make(on_failure=rules, memory=100) as pool:
        results = list(pool.map(lambda number: (number, time.sleep(1)), range(3)))
    assert [each for each, _ in results] == [0, 1, 2]
    jobs = [stack.batch.job(each.job_id).describe() for each in stack.batch.list_jobs()]
    assert sorted((each.memory, bool(each.array)) for each in jobs) == [(100, True), (200, False)]


@pytest.mark.every_case
def test_results_that_others_wrote_are_not_unpickled(
    local: LocalAws, make: Make, tmp_path: Path
) -> None:
    s3 = client_of(local, "s3")
    seen = tmp_path / "seen"

    def slow(path: str) -> None:
        import pathlib  # noqa: PLC0415
        import time  # noqa: PLC0415

        while not pathlib.Path(path).exists():
            time.sleep(0.05)

    with make(storage=f"s3://{BUCKET}/shared") as pool:
        future = pool.submit(slow, str(seen))
        while not (found := s3.list_objects_v2(Bucket=BUCKET, Prefix="shared").get("Contents")):
            time.sleep(0.05)
        key = f"{found[0]['Key'].rpartition('/')[0].rpartition('/')[0]}/results/0/0.1"
        s3.put_object(Bucket=BUCKET, Key=f"{key.rpartition('/')[0]}/other", Body=b"x")
        s3.put_object(Bucket=BUCKET, Key=key, Body=b"cos\nsystem\n(S'touch owned'\ntR.")
        with pytest.raises(FunctionError, match="was changed, or was written with another key"):
            future.result(60)
        seen.touch()


@pytest.mark.every_case
def test_exceptions_need_no_list_of_jobs(stack: Stack, bucket: str) -> None:
    counting = Counting(AwsGateway(stack.outputs.region))
    batch = batchsdk.connect(outputs=stack.outputs_file, transport=lambda _: counting)
    with batch.executor("hello", **FUNCTIONS) as pool:
        futures = [pool.submit(outcomes, each) for each in ["raises"] * 10 + ["lock", "fine"]]
    assert sum(each.exception() is not None for each in futures) == 11
    assert counting.calls["list_jobs"] == 0
    assert counting.calls["describe_jobs"] <= 5


@pytest.mark.every_case
def test_results_that_are_late_are_not_waited_for(stack: Stack, make: Make) -> None:
    with make() as pool:
        with pytest.raises(TimeoutError):
            next(pool.map(time.sleep, [3600], timeout=0.2))
        future = pool.submit(time.sleep, 3600)
        with pytest.raises(TimeoutError):
            future.result(0.2)
        assert future.cancel()
    jobs = stack.batch.wait([each.job_id for each in stack.batch.list_jobs()], 60, check=False)
    assert {str(each.detail.status) for each in jobs if each.detail} <= {"FAILED"}


@pytest.mark.every_case
def test_ctrl_c_while_it_waits_terminates_the_jobs(stack: Stack, bucket: str) -> None:
    program = f"""
import batchsdk, os, signal, threading, time
with batchsdk.connect().executor("hello", **{FUNCTIONS!r}) as pool:
    futures = [pool.submit(time.sleep, 3600) for _ in range(2)]
    pool.submit(pow, 2, 2).result(60)
    threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
"""
    done = stack.run_program(program)
    assert "KeyboardInterrupt" in done.stderr
    jobs = stack.batch.wait([each.job_id for each in stack.batch.list_jobs()], 60, check=False)
    assert {str(each.detail.status) for each in jobs if each.detail} == {"FAILED"}


@pytest.mark.every_case
def test_in_asyncio(make: Make) -> None:
    async def main() -> list[Any]:
        loop = asyncio.get_running_loop()
        with make() as pool:
            calls = [loop.run_in_executor(pool, pow, 2, each) for each in range(3)]
            wrapped = asyncio.wrap_future(pool.submit(outcomes, "fine"))
            return await asyncio.gather(*calls, wrapped)

    assert asyncio.run(main()) == [1, 2, 4, "fine"]


@pytest.mark.every_case
def test_a_decorated_function_is_called_here_or_in_jobs(stack: Stack, bucket: str) -> None:
    batch = stack.batch

    @batch.function("hello", **FUNCTIONS)
    def factorial(number: int) -> int:
        """Of a number."""
        return number * factorial(number - 1) if number else 1

    assert factorial(4) == 24
    assert factorial.__doc__ == "Of a number."
    future = factorial.submit(5)
    assert list(factorial.map([1, 2, 3], chunksize=2)) == [1, 2, 6]
    assert future.result(60) == 120


@pytest.mark.every_case
def test_a_program_that_ends_waits_for_its_calls(stack: Stack, bucket: str) -> None:
    program = f"""
import batchsdk
pool = batchsdk.connect().executor("hello", **{FUNCTIONS!r})
for each in range(3):
    pool.submit(pow, each, 2).add_done_callback(lambda future: print(future.result()))
"""
    done = stack.run_program(program)
    assert sorted(done.stdout.split()) == ["0", "1", "4"], done.stderr
    assert done.returncode == 0
