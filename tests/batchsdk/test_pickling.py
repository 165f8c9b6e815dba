"""Errors, jobs and results cross the borders of processes, and are copied, without loss."""

from __future__ import annotations

import copy
import dataclasses
import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import batchsdk
from batchsdk import (
    BatchSdkError,
    ConnectionSettingsError,
    ContractError,
    Diagnosis,
    FailedChild,
    Failure,
    FailureKind,
    Finding,
    FunctionVersionError,
    InvalidArgumentError,
    InvalidSubmissionError,
    InvalidWorkflowError,
    Job,
    JobFailedError,
    JobLostError,
    JobsFailedError,
    JobStatus,
    Problem,
    RunConflictError,
    RunForgottenError,
    RunnableTimeoutError,
    ServiceError,
    StackOutputsError,
    StepStatus,
    SubmissionUnknownError,
    SubmitManyError,
    SweepFailedError,
    SweepResult,
    Verdict,
    WaitTimeoutError,
    WorkflowFailedError,
)
from tests.batchsdk.fakes import FakeTransport, connect, stack_outputs

PROBLEM = Problem("parameters['Token']", "a secret", "must be another", "change it", "a.yaml:1")
JOB = batchsdk.connect(outputs=stack_outputs().to_mapping()).job("job-1")
RESULT = SweepResult(
    index=1,
    parameters={"x": "1"},
    status=JobStatus.FAILED,
    job_id="job-1:1",
    exit_code=3,
    reason="r",
)
CHILD = FailedChild(
    job_id="job-1:3",
    index=3,
    failure=Failure(kind=FailureKind.UNKNOWN, evidence="r"),
    exit_code=1,
)
DIAGNOSIS = Diagnosis(
    job_id="job-1",
    status=JobStatus.RUNNABLE,
    verdict=Verdict.MISCONFIGURED,
    findings=(Finding(evidence="the environment is DISABLED", fix="enable it"),),
)
SPECIAL: dict[type[BatchSdkError], BatchSdkError] = {
    type(each): each
    for each in (
        StackOutputsError(ContractError("jobQueues", "is missing"), "outputs.json"),
        InvalidSubmissionError([PROBLEM, PROBLEM]),
        InvalidWorkflowError("w", [PROBLEM]),
        InvalidArgumentError(PROBLEM),
        RunConflictError("nightly", "a", "FAILED"),
        RunForgottenError("nightly", "ledger.sqlite3"),
        SubmissionUnknownError("j", "q", "a timeout", hint="look"),
        JobsFailedError({"job-1": "exit code 3"}, count=2),
        SubmitManyError([JOB, None], {1: JobLostError("job-2", "lost")}),
        WorkflowFailedError("nightly", {"a": StepStatus.FAILED}, {"a": "exit code 3"}, hint="h"),
        SweepFailedError([RESULT], 4),
        WaitTimeoutError("job-1", "m", status="RUNNING", hint="h", diagnosis=DIAGNOSIS),
        RunnableTimeoutError("job-1", "m", hint="h", diagnosis=DIAGNOSIS),
        FunctionVersionError("job-1", "f", [{"name": "Python", "pickled": "3.12", "job": "3.9"}]),
        JobFailedError(
            "job-1",
            name="j",
            reason="r",
            exit_code=3,
            log_tail=["a", "b"],
            hint="h",
            failed_children=[CHILD],
            failed_children_count=1,
        ),
    )
}


def every_error() -> list[BatchSdkError]:
    """Return one of each class."""

    def below(kind: type[BatchSdkError]) -> list[type[BatchSdkError]]:
        return [kind] + [each for sub in kind.__subclasses__() for each in below(sub)]

    found = []
    for kind in dict.fromkeys(below(BatchSdkError)):
        if kind in SPECIAL:
            found.append(SPECIAL[kind])
        elif issubclass(kind, ServiceError):
            found.append(kind("m", operation="SubmitJob", code="c", hint="h"))
        elif issubclass(kind, batchsdk.JobError):
            found.append(kind("job-1", "m", hint="h"))
        else:
            found.append(kind("m", hint="h"))
    return found


ERRORS = every_error()


@pytest.mark.parametrize("error", ERRORS, ids=lambda each: type(each).__name__)
@pytest.mark.parametrize(
    "sent", [lambda each: pickle.loads(pickle.dumps(each)), copy.copy, copy.deepcopy]
)
def test_an_error_keeps_its_text_and_attributes(error: BatchSdkError, sent: Any) -> None:
    found = sent(error)
    assert type(found) is type(error)
    assert str(found) == str(error)
    assert found.args == error.args
    assert found.to_mapping() == error.to_mapping()
    for name, value in vars(error).items():
        other = getattr(found, name)
        assert repr(other) == repr(value), name


def fails(kind: str) -> None:
    raise next(each for each in ERRORS if type(each).__name__ == kind)


def test_errors_come_back_from_pools_of_processes() -> None:
    context = multiprocessing.get_context("forkserver")
    names = ["JobFailedError", "SubmitManyError", "InvalidSubmissionError", "WaitTimeoutError"]
    with ProcessPoolExecutor(2, mp_context=context) as executor:
        futures = {name: executor.submit(fails, name) for name in names}
        for name, future in futures.items():
            assert type(future.exception(60)).__name__ == name
    with context.Pool(1) as pool, pytest.raises(JobsFailedError, match="exit code 3"):
        pool.apply_async(fails, ("JobsFailedError",)).get(60)


def test_a_job_is_its_id_in_another_process(stack: Any) -> None:
    job = stack.batch.submit("hello", parameters={"Target": "x"})
    job.wait(300)
    again = pickle.loads(pickle.dumps([job, job]))
    assert again[0] == job
    assert {*again, job} == {job}
    assert again[0] != stack.batch.job("another")
    assert again[0] != job.id
    assert copy.deepcopy(job) == job
    assert again[0]._session is again[1]._session
    assert again[0].describe() == job.describe()
    assert again[0].name == job.name
    context = multiprocessing.get_context("spawn")  # with this environment
    with ProcessPoolExecutor(1, mp_context=context) as executor:
        assert executor.submit(Job.wait, job, 60).result(300) == job.describe()
        (outcome,) = stack.batch.wait([job])
        assert executor.submit(copy.copy, outcome).result(300) == outcome


def test_a_sweep_and_its_results_go_to_another_process(stack: Any) -> None:
    sweep = stack.batch.sweep("hello", over={"Target": ["a", "b"]}, through="shell")
    results = sweep.wait(300)
    again = pickle.loads(pickle.dumps(sweep))
    assert [dataclasses.asdict(each) for each in again.results()] == [
        dataclasses.asdict(each) for each in results
    ]
    assert pickle.loads(pickle.dumps(results)) == results


def test_objects_of_one_process_alone_say_so(tmp_path: Path) -> None:
    batch = connect(FakeTransport())
    with pytest.raises(TypeError, match="of its own cannot be pickled"):
        pickle.dumps(batch.job("job-1"))
    assert copy.deepcopy(batch.job("job-1")) == batch.job("job-1")
    with pytest.raises(ConnectionSettingsError) as missing:
        batchsdk.connect(outputs=str(tmp_path / "none.json"))
    assert pickle.loads(pickle.dumps(missing.value)).hint == missing.value.hint
