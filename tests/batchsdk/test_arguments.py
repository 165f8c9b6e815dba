"""What callers give: taken where its meaning is plain, else one error of this library."""

from __future__ import annotations

import asyncio
import dataclasses
import decimal
import enum
import fractions
import inspect
import itertools
import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

import batchsdk
from batchsdk import (
    SEQUENTIAL,
    BatchSdkError,
    Dependency,
    InvalidArgumentError,
    InvalidSubmissionError,
    InvalidWorkflowError,
    Job,
    Retry,
    RetryOn,
    RetryRule,
    Submission,
    n_to_n,
)
from tests.batchsdk.fakes import FakeTransport, connect, job


class WholeNumber:
    """A whole number as numpy and pandas have it: no int, but good for an index."""

    def __init__(self, value: int) -> None:
        self.value = value

    def __index__(self) -> int:
        return self.value


class OtherFloat:
    """A float as numpy has it in another size: neither a float nor good for an index."""

    def __init__(self, value: float) -> None:
        self.value = value

    def __float__(self) -> float:
        return self.value

    def __int__(self) -> int:
        return int(self.value)

    def __eq__(self, other: object) -> bool:
        return self.value == other

    __hash__ = None  # type: ignore[assignment]


class OtherBool:
    """A truth value as numpy has it."""

    def __init__(self, value: bool) -> None:
        self.value = value

    def item(self) -> bool:
        return self.value


class Shell(enum.StrEnum):
    BASH = "bash"


class AlwaysSucceeded(FakeTransport):
    """Knows every job, and each has SUCCEEDED."""

    def describe_jobs(self, job_ids: Sequence[str]) -> Sequence[Mapping[str, Any]]:
        self.calls.append(("DescribeJobs", list(job_ids)))
        return [job("SUCCEEDED", job_id) for job_id in job_ids]


def sent(**fields: Any) -> dict[str, Any]:
    """Submit, and return the request."""
    transport = FakeTransport()
    connect(transport).submit("hello", **fields)
    ((_, request),) = transport.calls
    return dict(request)


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ({"command": (each for each in ["echo", "hi"])}, {"command": ["echo", "hi"]}),
        ({"command": deque(["ls", PurePosixPath("/data"), 5])}, {"command": ["ls", "/data", "5"]}),
        ({"command": [Shell.BASH]}, {"command": ["bash"]}),
        ({"parameters": [("Target", "x")]}, {"parameters": {"Target": "x"}}),
        ({"parameters": iter([("Target", "x")])}, {"parameters": {"Target": "x"}}),
        ({"parameters": {"Target": WholeNumber(5)}}, {"parameters": {"Target": "5"}}),
        ({"environment": {"DATA": Path("/data")}}, {"environment": {"DATA": "/data"}}),
        ({"tags": (("team", "a"),)}, {"tags": {"team": "a"}}),
        (
            {"consumable_resources": [("licence", WholeNumber(2))]},
            {"consumable_resources": {"licence": 2}},
        ),
        ({"memory": WholeNumber(128)}, {"memory": 128}),
        ({"memory": 128.0}, {"memory": 128}),
        ({"memory": decimal.Decimal("128.0")}, {"memory": 128}),
        ({"memory": fractions.Fraction(256, 2)}, {"memory": 128}),
        ({"memory": OtherFloat(128.0)}, {"memory": 128}),
        ({"timeout": OtherFloat(60.0)}, {"timeout": 60}),
        ({"vcpus": OtherFloat(2.0)}, {"vcpus": 2}),
        ({"propagate_tags": OtherBool(True)}, {"propagate_tags": True}),
        ({"propagate_tags": OtherBool(False)}, {"propagate_tags": False}),
        ({"vcpus": WholeNumber(2)}, {"vcpus": 2}),
        ({"vcpus": decimal.Decimal(2)}, {"vcpus": 2}),
        ({"vcpus": fractions.Fraction(4, 2)}, {"vcpus": 2}),
        ({"array_size": WholeNumber(3)}, {"array_size": 3}),
        ({"timeout": WholeNumber(60)}, {"timeout": 60}),
        ({"retry": 3}, {"retry": Retry(3)}),
        ({"retry": WholeNumber(3)}, {"retry": Retry(3)}),
        (
            {"retry": Retry(WholeNumber(2), iter([RetryOn.OUT_OF_MEMORY]))},
            {"retry": Retry(2, (RetryOn.OUT_OF_MEMORY,))},
        ),
        (
            {"retry": Retry(2, (RetryRule(action="RETRY", on_exit_code=137),))},
            {"retry": Retry(2, (RetryOn.exit_code(137),))},
        ),
        ({"depends_on": (each for each in ["a", "b"])}, {"depends_on": ["a", "b"]}),
        ({"depends_on": {"a": "id-a"}}, {"depends_on": ["id-a"]}),
        ({"depends_on": [Dependency(job_id=Job(None, "a"))]}, {"depends_on": ["a"]}),
        ({"depends_on": None}, {}),
        ({"parameters": None, "command": None, "memory": None}, {}),
    ],
)
def test_a_plain_meaning_is_taken(given: dict[str, Any], plain: dict[str, Any]) -> None:
    expected = sent(name="j", **plain)
    assert sent(name="j", **given) == expected
    json.dumps(expected)


@pytest.mark.parametrize(
    ("given", "field", "rule", "fix"),
    [
        ({"memory": "128"}, "memory", "whole number of MiB", "write 128 without quotes"),
        ({"memory": 128.5}, "memory", "whole number of MiB", "give a whole number"),
        ({"memory": float("nan")}, "memory", "whole number of MiB", "give a whole number"),
        ({"memory": [128]}, "memory", "whole number of MiB", "give a whole number"),
        ({"memory": OtherFloat(128.5)}, "memory", "whole number of MiB", "give a whole number"),
        (
            {"memory": decimal.Decimal("nan")},
            "memory",
            "whole number of MiB",
            "give a whole number",
        ),
        ({"environment": [("A", "b"), ("A", "c")]}, "environment", "'A' is given twice", "once"),
        ({"tags": [("a", "b"), ("a", "b")]}, "tags", "'a' is given twice", "once"),
        (
            {"containers": {"a": {"memry": 3}}},
            "containers['a'].memry",
            "there is no such field",
            "did you mean 'memory'",
        ),
        ({"memory": True}, "memory", "whole number of MiB", "give a whole number"),
        ({"gpus": "1"}, "gpus", "whole number", "write 1 without quotes"),
        ({"timeout": {}}, "timeout", "whole number of seconds", "give a whole number"),
        ({"array_size": object()}, "array_size", "whole number", "give a whole number"),
        (
            {"scheduling_priority": "9", "share_identifier": "a"},
            "scheduling_priority",
            "whole",
            "9",
        ),
        ({"vcpus": "0.5"}, "vcpus", "must be a number", "write 0.5 without quotes"),
        ({"vcpus": []}, "vcpus", "must be a number", "give a number"),
        ({"share_identifier": 5}, "share_identifier", "must be a string", "write '5'"),
        ({"name": 5}, "name", "must be a string", "write '5'"),
        ({"queue": 5}, "queue", "must be a string", "write '5'"),
        ({"queue": ["default"]}, "queue", "must be a string", "write it as a string"),
        ({"propagate_tags": "yes"}, "propagate_tags", "True or False", "give one of the two"),
        ({"propagate_tags": 1}, "propagate_tags", "True or False", "give one of the two"),
        ({"retry": "3"}, "retry", "a number of attempts", "batchsdk.Retry(3)"),
        ({"retry": {"attempts": 3}}, "retry", "a number of attempts", "batchsdk.Retry(3)"),
        ({"retry": Retry(2, 5)}, "retry.rules", "a list of RetryRule", "RetryOn"),  # type: ignore[arg-type]
        ({"retry": Retry(2, ("x",))}, "retry.rules[0]", "must be a RetryRule", "RetryOn"),  # type: ignore[arg-type]
        (
            {"retry": Retry(2, (RetryRule(action="RETRY", on_reason=b"x"),))},  # type: ignore[arg-type]
            "retry.rules[0].onReason",
            "must be a string",
            "write it as a string",
        ),
        ({"command": {"a": "b"}}, "command", "not a dict", "['sh', '-c'"),
        ({"command": {"ls"}}, "command", "not a set", "['sh', '-c'"),
        ({"command": b"ls"}, "command", "not a bytes", "['sh', '-c'"),
        ({"command": 5}, "command", "not a int", "['sh', '-c'"),
        ({"command": ["ls", 5.5]}, "command[1]", "must be a string", "write '5.5'"),
        ({"command": ["ls", None]}, "command[1]", "must be a string", "write it as a string"),
        ({"parameters": "Target=x"}, "parameters", "not a str", "{'name': 'value'}"),
        ({"parameters": ["Target=x"]}, "parameters", "not a list", "{'name': 'value'}"),
        ({"parameters": 5}, "parameters", "not a int", "{'name': 'value'}"),
        ({"environment": {5: "x"}}, "environment[5]", "a name must be a string", "write '5'"),
        ({"environment": {"A": None}}, "environment['A']", "must be a string", "as a string"),
        ({"tags": {"team": True}}, "tags['team']", "must be a string", "write 'True'"),
        (
            {"consumable_resources": {"a": "2"}},
            "consumable_resources['a']",
            "whole number",
            "write 2",
        ),
        (
            {"consumable_resources": {"a": True}},
            "consumable_resources['a']",
            "whole",
            "give a whole",
        ),
        (
            {"consumable_resources": ["a"]},
            "consumable_resources",
            "not a list",
            "{'name': 'value'}",
        ),
        ({"depends_on": 5}, "depends_on[0]", "a job or its id", "drop it"),
        ({"depends_on": [None]}, "depends_on[0]", "a job or its id", "drop it"),
        (
            {"depends_on": [Dependency(job_id="a", type="NTON")], "array_size": 2},
            "depends_on[0].type",
            "must be N_TO_N or SEQUENTIAL",
            "batchsdk.n_to_n(job)",
        ),
        (
            {"depends_on": [Dependency(type="N_TO_N")], "array_size": 2},
            "depends_on[0]",
            "needs the job",
            "give job_id",
        ),
        ({"depends_on": [Dependency()]}, "depends_on[0]", "needs the job", "give job_id"),
    ],
)
def test_another_type_is_refused_with_the_rule_and_a_fix(
    given: dict[str, Any], field: str, rule: str, fix: str
) -> None:
    transport = FakeTransport()
    with pytest.raises(InvalidSubmissionError) as caught:
        connect(transport).submit("hello", **given)
    found = {each.field: each for each in caught.value.problems}
    assert field in found, caught.value
    assert rule in found[field].rule
    assert fix in found[field].fix
    assert transport.calls == []


def test_one_error_names_wrong_types_beside_broken_rules() -> None:
    with pytest.raises(InvalidSubmissionError) as caught:
        connect(FakeTransport()).submit(
            "helo", queue=5, memory="1", timeout=1, environment={"AWS_BATCH_X": "1", "B": 1.5}
        )
    assert [each.field for each in caught.value.problems] == [
        "queue",
        "environment['B']",
        "memory",
        "job_definition",
        "environment['AWS_BATCH_X']",
        "timeout",
    ]


def test_an_iterable_without_end_is_refused() -> None:
    endless = itertools.repeat("x")
    with pytest.raises(InvalidSubmissionError, match="8192"):
        connect(FakeTransport()).submit("hello", command=endless)
    with pytest.raises(InvalidSubmissionError, match="at most 1,000,000"):
        connect(FakeTransport()).sweep("hello", over={"Target": itertools.repeat("x")})
    with pytest.raises(InvalidSubmissionError, match="more than 1,000,000 points"):
        connect(FakeTransport()).sweep("hello", over=itertools.repeat({"Target": "x"}))


def table_of(over: Any, **fields: Any) -> str:
    prepared = connect(FakeTransport()).prepare_sweep("hello", over=over, **fields)
    (request,) = prepared.submissions
    (variable,) = request.request["containerOverrides"]["environment"]
    return str(variable["value"])


@pytest.mark.parametrize(
    "over",
    [
        {"Target": range(3)},
        {"Target": (str(each) for each in range(3))},
        {"Target": [WholeNumber(0), 1, "2"]},
        ({"Target": each} for each in range(3)),
        [{"Target": "0"}, {"Target": 1}, {"Target": WholeNumber(2)}],
    ],
)
def test_a_sweep_goes_over_any_iterable(over: Any) -> None:
    assert table_of(over) == table_of({"Target": ["0", "1", "2"]})


@pytest.mark.parametrize(
    ("over", "field", "fix"),
    [
        (5, "over", "give {name: [values]}"),
        ("day", "over", "give {name: [values]}"),
        ({"Target": 5}, "over['Target']", "write [...] around the values"),
        ({"Target": "day"}, "over['Target']", "write [...] around the values"),
        ({"Target": {"b", "a"}}, "over['Target']", "sorted(...)"),
        (["day"], "over[0]", "not a str"),
        ([{"Target": "x"}, 5], "over[1]", "not a int"),
        ({5: ["x"]}, "over[5]", "rename it"),
    ],
)
def test_what_is_no_sweep_is_refused(over: Any, field: str, fix: str) -> None:
    with pytest.raises(InvalidSubmissionError) as caught:
        connect(FakeTransport()).sweep("hello", over=over)
    assert [each.field for each in caught.value.problems] == [field]
    assert fix in caught.value.problems[0].fix

    workflow = connect(FakeTransport()).workflow("w")
    workflow.sweep("hello", over=over)
    with pytest.raises(InvalidWorkflowError) as refused:
        workflow.check()
    fields = [each.field for each in refused.value.problems]
    assert f"steps.hello.{field}" in fields


def test_a_generator_reaches_every_kind_of_submission(tmp_path: Path) -> None:
    def command() -> Iterator[str]:
        return iter(["echo", "hi"])

    batch = connect(transport := FakeTransport())
    batch.submit_many(Submission(job_definition="hello", command=command()) for _ in range(2))
    with batch.run("nightly", ledger=tmp_path / "ledger.sqlite3") as run:
        run.submit("a", "hello", command=command())
        run.submit_many({"b": Submission(job_definition="hello", command=command())})
    with batch.workflow("w") as workflow:
        workflow.submit("hello", command=command())
    workflow.run(ledger=tmp_path / "ledger.sqlite3")
    batch.sweep("hello", over={"x": ["1", "2"]}, command=command(), through="task")
    requests = [request for name, request in transport.calls if name == "SubmitJob"]
    assert [each["containerOverrides"]["command"] for each in requests] == [["echo", "hi"]] * 6


def test_jobs_ids_sweeps_and_runs_can_be_waited_for(tmp_path: Path) -> None:
    transport = AlwaysSucceeded()
    batch = connect(transport)
    transport.submit_answers.extend({"jobId": f"job-{number}"} for number in range(5))
    first = batch.submit("hello")
    sweep = batch.sweep("hello", over={"Target": ["a", "b"]}, as_separate_jobs=True)
    with batch.run("nightly", ledger=tmp_path / "ledger.sqlite3") as run:
        jobs = run.submit_many({"x": Submission(job_definition="hello")})
        ids = [each.job.id for each in batch.wait(iter([first, "job-9", sweep, run]))]
        assert ids == ["job-0", "job-9", "job-1", "job-2", "job-3"]
        assert [each.job.id for each in batch.wait(jobs)] == ["job-3"]
    assert [each.job.id for each in batch.wait("job-7")] == ["job-7"]
    assert {each.job.id for each in batch.as_completed(sweep)} == {"job-1", "job-2"}
    request = dict(batch.prepare(Submission(job_definition="hello", depends_on=sweep)).request)
    assert request["dependsOn"] == [{"jobId": "job-1"}, {"jobId": "job-2"}]
    with pytest.raises(InvalidArgumentError, match=r"jobs\[1\] = 5: must be a job or its id"):
        batch.wait([first, 5])  # type: ignore[list-item]


@pytest.mark.parametrize("timeout", [-1, float("nan"), -0.5])
def test_a_wait_takes_no_time_that_is_none(timeout: float) -> None:
    batch = connect(AlwaysSucceeded())
    with pytest.raises(InvalidArgumentError, match=r"timeout = .*: must be 0 seconds or more"):
        batch.job("job-1").wait(timeout)


@pytest.mark.parametrize(
    ("given", "fix"),
    [
        ({"timeout": "10m"}, "timeout = '10m': must be a number, not of type str; .*seconds: 600"),
        ({"runnable_timeout": timedelta(minutes=5)}, "give seconds: 300"),
        ({"timeout": "soon"}, "leave it out, or correct it"),
    ],
)
def test_a_wait_is_told_the_number_of_seconds_of_a_time_with_a_unit(
    given: dict[str, Any], fix: str
) -> None:
    with pytest.raises(InvalidArgumentError, match=fix):
        connect(FakeTransport()).wait(["job-1"], **given)


def test_a_flag_may_be_of_another_library_and_a_mapping_names_everything_once() -> None:
    batch = connect(AlwaysSucceeded())
    assert batch.wait(["job-1"], check=OtherBool(True))[0].succeeded  # type: ignore[arg-type]
    with pytest.raises(InvalidArgumentError, match="'a' is given twice; give each name once"):
        batch.workflow("w", parameters=[("a", "1"), ("a", "2")])  # type: ignore[arg-type]
    with pytest.raises(InvalidArgumentError, match="did you mean 'RUNNING'"):
        list(batch.list_jobs(status="running"))


def test_parameters_of_a_workflow_are_pairs_or_a_mapping_and_are_not_shown(tmp_path: Path) -> None:
    batch = connect(FakeTransport())
    workflow = batch.workflow("w", parameters=[("day", None)])  # type: ignore[arg-type]
    workflow.submit("hello", parameters={"Target": "${parameters.day}"})
    plan = workflow.plan(parameters=[("day", "2026-01-31")])  # type: ignore[arg-type]
    assert plan.jobs
    for wrong in ({"day": ["hunter2"]}, [("day", ("hunter2",))], "hunter2", ["hunter2"]):
        with pytest.raises(InvalidArgumentError, match="mapping of a string to a string") as caught:
            workflow.plan(parameters=wrong)  # type: ignore[arg-type]
        assert "hunter2" not in f"{caught.value} {caught.value.to_mapping()}"


def test_a_message_tells_of_the_first_ten_problems_and_counts_the_others() -> None:
    names = [f"N{number}" for number in range(1000)]
    with pytest.raises(InvalidSubmissionError) as caught:
        connect(FakeTransport()).submit("hello", parameters=dict.fromkeys(names, "x"))
    error = caught.value
    assert len(error.problems) == 1000
    assert "1000 problems: parameters['N0']" in error.message
    assert "parameters['N9']" in error.message
    assert "parameters['N10']" not in error.message
    assert error.message.endswith("and 990 more, all in .problems")


# Every public function, each argument in turn, with values of every other type.

JUNK: tuple[Callable[[], Any], ...] = (
    lambda: None,
    lambda: 5,
    lambda: -1,
    lambda: 2.5,
    lambda: float("nan"),
    lambda: True,
    lambda: "",
    lambda: "x",
    lambda: "\0\n${parameters.x}",
    lambda: b"x",
    object,
    list,
    lambda: [5],
    lambda: [None],
    dict,
    lambda: {5: 5},
    lambda: {"x": 5},
    lambda: {"x"},
    lambda: (each for each in [object()]),
    lambda: lambda *_given: None,
    lambda: Path("x"),
    lambda: datetime(2026, 1, 31, tzinfo=UTC),
    lambda: SEQUENTIAL,
    lambda: n_to_n("x"),
    lambda: WholeNumber(3),
    lambda: Retry(2),
    lambda: Submission(job_definition="hello"),
)

INJECTED = {"transport", "clock", "randomness", "polling", "environ"}
"""Objects that a program passes in for others; what they do is theirs."""


FIELDS = dataclasses.fields(Submission)


@dataclasses.dataclass
class Ground:
    """Objects of every public class, on a service that only says yes."""

    folder: Path

    def __post_init__(self) -> None:
        self.transport = AlwaysSucceeded()
        self.batch = connect(self.transport)

    @property
    def ledger(self) -> Path:
        return self.folder / "ledger.sqlite3"

    def make(self, name: str) -> Any:
        """Return a new object of a class."""
        match name:
            case "Batch":
                return self.batch
            case "Job":
                return self.batch.job("job-1")
            case "Sweep":
                return self.batch.sweep("hello", over={"Target": ["a", "b"]}, as_separate_jobs=True)
            case "Run":
                return self.batch.run("nightly", ledger=self.ledger)
            case "Workflow":
                workflow = self.batch.workflow("w")
                workflow.submit("hello")
                return workflow
            case "WorkflowRun":
                return self.make("Workflow").run(ledger=self.ledger)
        return batchsdk

    def plain(self, function: str) -> dict[str, Any]:
        """Return the arguments that a function needs, and a ledger of this test's."""
        wanted = Submission(job_definition="hello")
        needed: dict[str, dict[str, Any]] = {
            "Batch.submit": {"job_definition": "hello"},
            "Batch.submit_async": {"job_definition": "hello"},
            "Batch.wait_async": {"jobs": ["job-1"]},
            "Batch.prepare": {"wanted": wanted},
            "Batch.send": {"prepared": self.batch.prepare(wanted)},
            "Batch.job": {"job_id": "job-1"},
            "Batch.wait": {"jobs": ["job-1"]},
            "Batch.as_completed": {"jobs": ["job-1"]},
            "Batch.submit_many": {"submissions": [wanted]},
            "Batch.sweep": {"job_definition": "hello", "over": {"Target": ["a"]}},
            "Batch.sweep_async": {"job_definition": "hello", "over": {"Target": ["a"]}},
            "Batch.prepare_sweep": {"job_definition": "hello", "over": {"Target": ["a"]}},
            "Batch.attach_sweep": {
                "prepared": self.batch.prepare_sweep("hello", over={"Target": ["a"]}),
                "job_ids": ["job-1"],
            },
            "Batch.executor": {"job_definition": "hello", "storage": "s3://bucket"},
            "Batch.function": {"job_definition": "hello", "storage": "s3://bucket"},
            "Batch.run": {"name": "nightly", "ledger": self.ledger},
            "Batch.runs": {"ledger": self.ledger},
            "Batch.prune_runs": {"days": 1, "ledger": self.ledger},
            "Batch.workflow": {"name": "w"},
            "Batch.load_workflow": {"path": self.folder / "none.yaml"},
            "Batch.attach": {"name": "w", "ledger": self.ledger},
            "Batch.plan_resume": {"name": "w", "ledger": self.ledger},
            "Batch.resume": {"name": "w", "ledger": self.ledger},
            "Job.add_done_callback": {"callback": print},
            "Job.cancel": {"reason": "r"},
            "Job.terminate": {"reason": "r"},
            "Job.failure": {"detail": self.batch.job("job-1").describe()},
            "Sweep.terminate": {"reason": "r"},
            "Batch.exec": {"job": "job-1", "command": ["sh"]},
            "Run.submit": {"key": "a", "what": "hello"},
            "Run.submit_async": {"key": "a", "what": "hello"},
            "Run.submit_many": {"submissions": {"a": wanted}},
            "Run.write_document": {"text": "t"},
            "Run.command_to": {"verb": "resume"},
            "Workflow.submit": {"job_definition": "hello", "name": "b"},
            "Workflow.sweep": {"job_definition": "hello", "name": "b", "over": {"Target": ["a"]}},
            "Workflow.run": {"ledger": self.ledger},
            "Workflow.resume": {"ledger": self.ledger},
            "WorkflowRun.failure": {"steps": {}},
            "connect": {"outputs": self.batch.outputs.to_mapping()},
            "n_to_n": {"array": "job-1"},
            "succeeded": {"step": "a"},
            "failed": {"step": "a"},
            "exit_code": {"step": "a"},
            "wait": {"jobs": [], "timeout": 1},
            "as_completed": {"jobs": [], "timeout": 1},
        }
        return needed.get(function, {})


FUNCTIONS = [
    f"{kind.__name__}.{name}"
    for kind in (
        batchsdk.Batch,
        batchsdk.Job,
        batchsdk.Sweep,
        batchsdk.Run,
        batchsdk.Workflow,
        batchsdk.WorkflowRun,
    )
    for name, member in vars(kind).items()
    if inspect.isfunction(member) and not name.startswith("_")
] + ["connect", "n_to_n", "succeeded", "failed", "exit_code", "wait", "as_completed"]


@pytest.mark.sampled(10)
@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_any_argument_of_any_type_is_taken_or_refused(
    function: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # some of the values are good names of files
    ground = Ground(tmp_path)
    kind, _, name = function.rpartition(".")
    parameters = inspect.signature(getattr(getattr(batchsdk, kind, batchsdk), name)).parameters
    # All functions take the fields of a submission in one way: one of them tries every value.
    fields = set() if function == "Batch.submit" else {each.name for each in FIELDS}
    wrong = []
    for (place, make), parameter in itertools.product(enumerate(JUNK), parameters.values()):
        if parameter.name == "self" or parameter.name in INJECTED:
            continue
        # The forms for asyncio hand the fields on to the other forms.
        if parameter.name in fields and (place % 7 or name.endswith("_async")):
            continue
        value = make()
        try:
            _call(ground, kind, name, parameters, {**ground.plain(function), parameter.name: value})
        except BatchSdkError as fault:
            if not str(fault):
                wrong.append(f"{parameter.name}={value!r}: an error without a message")
        except Exception as fault:  # what is looked for
            wrong.append(f"{parameter.name}={value!r}: {type(fault).__name__}: {fault}")
    assert wrong == []


def _call(
    ground: Ground,
    kind: str,
    name: str,
    parameters: Mapping[str, inspect.Parameter],
    given: dict[str, Any],
) -> None:
    made = ground.make(kind)
    try:
        by_place = {inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.VAR_POSITIONAL}
        if any(each.kind is each.VAR_POSITIONAL for each in parameters.values()):
            by_place.add(inspect.Parameter.POSITIONAL_OR_KEYWORD)
        positional = [
            given.pop(each.name)
            for each in parameters.values()
            if each.kind in by_place and each.name in given
        ]
        result = getattr(made, name)(*positional, **given)
        if kind == "Workflow" and name in ("submit", "sweep"):
            made.check()
        if inspect.isgenerator(result) or isinstance(result, Iterator):
            list(itertools.islice(result, 3))
        if inspect.iscoroutine(result):
            result = asyncio.run(result)
        if hasattr(result, "close"):
            result.close()
    finally:
        if hasattr(made, "close"):
            made.close()
