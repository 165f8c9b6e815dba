"""Which jobs a sweep becomes, and what is refused: nothing is sent here."""

from __future__ import annotations

import json
import random
import shlex
import string
import uuid
from typing import Any

import pytest

from batchsdk import (
    SEQUENTIAL,
    InvalidSubmissionError,
    PreparedSweep,
    contract,
    limits,
    n_to_n,
)
from batchsdk.sweep_task import decode
from tests.batchsdk.fakes import FakeTransport, connect, stack_outputs


def prepared(
    definition: str = "hello", transport: FakeTransport | None = None, **arguments: Any
) -> PreparedSweep:
    outputs = arguments.pop("outputs", None)
    return connect(transport or FakeTransport(), outputs=outputs).prepare_sweep(
        definition, **arguments
    )


def environment(request: Any) -> dict[str, str]:
    listed = request.request["containerOverrides"]["environment"]
    return {each["name"]: each["value"] for each in listed}


def sizes(sweep: PreparedSweep) -> list[int | None]:
    return [each.request.get("arrayProperties", {}).get("size") for each in sweep.submissions]


def numbers(count: int) -> dict[str, list[str]]:
    return {"Target": [str(number) for number in range(count)]}


def identifiers(count: int) -> list[str]:
    """Return UUIDs, which compression makes hardly shorter."""
    chance = random.Random(1)
    return [str(uuid.UUID(int=chance.getrandbits(128))) for _ in range(count)]


def long_values(count: int, length: int = 100) -> dict[str, list[str]]:
    return {"day": [f"{number:0{length}}" for number in range(count)]}


def test_a_thousand_jobs_are_one_request():
    sweep = prepared(over=numbers(1000), name="nightly", tags={"team": "data"})
    (only,) = sweep.submissions
    assert only.job_name == "nightly"
    assert sizes(sweep) == [1000]
    assert only.request["tags"] == {"team": "data"}
    assert environment(only)["BATCHSDK_SWEEP"].startswith("grid 0-999\nTarget 0 1 2 ")


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (1, [None]),
        (2, [2]),
        (10_000, [10_000]),
        (10_001, [5000, 5001]),
        (25_000, [8333, 8333, 8334]),
    ],
)
def test_ten_thousand_to_an_array_and_never_one(count, expected):
    sweep = prepared(over={"a": ["x"] * count}, storage="s3://bucket")
    assert sizes(sweep) == expected
    seen = [index for part in sweep.parts for index in part.indices]
    assert seen == list(range(count))


def test_each_part_of_a_large_sweep_knows_its_own_points():
    over = {"a": [str(n) for n in range(150)], "b": [str(n) for n in range(150)]}
    sweep = prepared(over=over, name="big", through="task")
    assert [each.job_name for each in sweep.submissions] == ["big-0", "big-1", "big-2"]
    for part, request in zip(sweep.parts, sweep.submissions, strict=True):
        table = environment(request)["BATCHSDK_SWEEP"]
        for child in (0, len(part.indices) - 1):
            found = decode(table, child)
            assert found.index == part.indices[child]
            assert found.parameters == sweep.plan.points[found.index]


def test_a_table_that_is_too_long_goes_into_one_object_of_s3():
    transport = FakeTransport()
    over = long_values(1000)
    sweep = prepared("hello", transport, over=over, storage="s3://bucket/some/prefix/")
    assert sizes(sweep) == [1000]
    (table,) = sweep.tables
    assert table.uri.startswith("s3://bucket/some/prefix/sweeps/")
    assert environment(sweep.submissions[0]) == {
        "BATCHSDK_SWEEP_OBJECT": table.uri,
        "BATCHSDK_SWEEP_REGION": "us-east-1",
    }
    assert decode(table.text, 999).parameters == {"day": over["day"][999]}
    assert transport.calls == []


def test_the_object_is_stored_before_the_job_is_submitted():
    transport = FakeTransport()
    connect(transport).sweep("hello", over=long_values(100), storage="s3://bucket")
    assert [name for name, _ in transport.calls] == ["PutObject", "SubmitJob"]


def test_the_stacks_storage_is_taken_if_none_is_given():
    outputs = stack_outputs(storage="s3://of-the-stack/batch")
    sweep = prepared(over=long_values(100), outputs=outputs)
    assert sweep.tables[0].bucket == "of-the-stack"


@pytest.mark.parametrize("definition", ["hello", "sleep"])
def test_a_table_that_is_too_long_is_compressed_for_python_and_for_a_shell(definition):
    name = "WaitTime" if definition == "sleep" else "day"
    sweep = prepared(definition, over={name: long_values(10_000)["day"][:400]})
    assert sweep.plan.uses_shell == (definition == "sleep")
    (only,) = sweep.submissions
    assert environment(only)["BATCHSDK_SWEEP"].startswith("gzip ")
    assert decode(environment(only)["BATCHSDK_SWEEP"], 399).parameters == {name: f"{399:0100}"}


@pytest.mark.parametrize(
    ("definition", "storage", "calls"), [("hello", None, 36), ("sleep", "s3://of-the-stack", 40)]
)
def test_ten_thousand_uuids_become_forty_arrays_at_most(definition, storage, calls):
    """The guide says in how many calls."""
    shell = definition == "sleep"
    name = "WaitTime" if shell else "id"
    over = {name: identifiers(10_000)}
    sweep = prepared(definition, over=over, outputs=stack_outputs(storage=storage))
    assert sweep.plan.uses_shell == shell
    assert sweep.tables == ()
    assert len(sweep.parts) == calls
    found = [
        decode(environment(request)["BATCHSDK_SWEEP"], child).parameters[name]
        for part, request in zip(sweep.parts, sweep.submissions, strict=True)
        for child in (0, len(part.indices) - 1)
    ]
    assert found == [
        over[name][index]
        for part in sweep.parts
        for index in part.indices[:: len(part.indices) - 1]
    ]
    for request in sweep.submissions:
        overrides = json.dumps(request.request["containerOverrides"], separators=(",", ":"))
        assert len(overrides) <= limits.OVERRIDES_LENGTH


def test_a_shell_reads_a_table_from_the_storage_that_its_sweep_was_given():
    over = {"WaitTime": identifiers(10_000)}
    sweep = prepared("sleep", over=over, storage="s3://bucket/some prefix")
    (only,) = sweep.submissions
    (table,) = sweep.tables
    assert decode(table.text, 9_999).parameters == {"WaitTime": over["WaitTime"][-1]}
    script = only.request["containerOverrides"]["command"][2]
    assert "__q bucket/some%20prefix/sweeps/" in script
    assert environment(only)["BATCHSDK_SWEEP_OBJECT"] == table.uri


@pytest.mark.parametrize("storage", [None, "s3://of-the-stack"])
def test_what_a_hundred_arrays_do_not_hold_goes_into_storage_or_is_refused(storage):
    chance = random.Random(1)
    letters = string.ascii_letters + string.digits
    over = {"WaitTime": ["".join(chance.choices(letters, k=5000)) for _ in range(101)]}
    outputs = stack_outputs(storage=storage)
    if storage is not None:
        assert len(prepared("sleep", over=over, outputs=outputs).tables) == 1
        return
    with pytest.raises(InvalidSubmissionError) as caught:
        prepared("sleep", over=over, outputs=outputs)
    (problem,) = caught.value.problems
    assert problem.field == "over"
    assert "101 points, " in str(problem.value)
    assert "8192 characters" in problem.rule
    assert "100 arrays" in problem.rule
    assert "storage='s3://bucket/prefix' (the image needs aws or curl)" in problem.fix


def test_a_swept_placeholder_is_looked_up_by_a_shell_and_others_stay_batchs():
    sweep = prepared(
        "sleep",
        over={"WaitTime": ["1", "2"]},
        command=["run", "Ref::WaitTime", "Ref::mode", "it's"],
        parameters={"mode": "fast"},
    )
    request = sweep.submissions[0].request
    assert request["parameters"] == {"mode": "fast"}
    first, option, script, *rest = request["containerOverrides"]["command"]
    assert (first, option, rest) == ("sh", "-c", ["sh", "Ref::mode"])
    assert script.endswith("""exec run "$WaitTime" "${1}" 'it'"'"'s'""")


def test_names_that_the_command_does_not_use_leave_it_alone():
    sweep = prepared(over={"day": ["1", "2"]})
    assert "command" not in sweep.submissions[0].request["containerOverrides"]


def test_separate_jobs_have_the_values_as_parameters_and_in_their_table():
    sweep = prepared(
        over={"Target": ["a", "b"], "extra": ["x"]}, name="each", as_separate_jobs=True
    )
    assert [each.job_name for each in sweep.submissions] == ["each-0", "each-1"]
    assert sizes(sweep) == [None, None]
    second = sweep.submissions[1]
    assert second.request["parameters"] == {"Target": "b"}
    assert environment(second) == {"BATCHSDK_SWEEP": "rows 1\n'Target extra' b x"}
    assert "command" not in second.request["containerOverrides"]


def test_separate_jobs_have_no_table_if_all_values_are_parameters():
    sweep = prepared(over={"Target": ["a", "b"]}, as_separate_jobs=True)
    assert sweep.submissions[1].request["parameters"] == {"Target": "b"}
    assert "containerOverrides" not in sweep.submissions[1].request


def test_separate_jobs_through_the_shell_have_the_values_in_their_environment():
    sweep = prepared(over={"day": ["1", "2"]}, through="shell", as_separate_jobs=True)
    assert environment(sweep.submissions[1]) == {"day": "2", "BATCHSDK_INDEX": "1"}


def test_what_the_sweep_waits_for_is_in_every_job():
    sweep = prepared(over={"a": [str(n) for n in range(20_000)], "b": ["x"]}, after="job-7",
                     storage="s3://bucket")  # fmt: skip
    assert [each.request["dependsOn"] for each in sweep.submissions] == [[{"jobId": "job-7"}]] * 2


def test_an_array_may_be_paired_with_another():
    request = prepared(over=numbers(3), after=[n_to_n("job-7"), SEQUENTIAL]).submissions[0].request
    assert request["dependsOn"] == [{"jobId": "job-7", "type": "N_TO_N"}, {"type": "SEQUENTIAL"}]


@pytest.mark.parametrize(
    ("arguments", "field", "rule"),
    [
        ({"over": {"bad name": ["1"]}}, "over['bad name']", "letters"),
        ({"memory": 1}, "memory", "at least 4"),
        ({"parameters": {"Target": "x"}}, "parameters['Target']", "the sweep goes over"),
        ({"environment": {"Target": "x"}}, "environment['Target']", "the sweep goes over"),
        ({"storage": "bucket/prefix"}, "storage", "s3://bucket/prefix"),
        ({"storage": "s3://"}, "storage", "s3://bucket/prefix"),
        ({"through": "ssh"}, "through", "auto, shell or task"),
        ({"after": [f"job-{n}" for n in range(21)]}, "depends_on", "at most 20"),
        ({"name": "x" * 129}, "name", "it has 129 characters"),
        ({"over": {"Target": ["".join(identifiers(400))]}}, "over", "at most 8192"),
        (
            {"over": {"a": ["x"] * 10_001}, "after": SEQUENTIAL, "storage": "s3://b"},
            "after[0]",
            "this sweep is 2 arrays",
        ),
    ],
)
def test_what_cannot_be_carried_out_is_refused(arguments, field, rule):
    with pytest.raises(InvalidSubmissionError) as caught:
        prepared(**({"over": {"Target": ["1", "2"]}} | arguments))
    (problem,) = caught.value.problems
    assert problem.field.startswith(field)
    assert rule in problem.rule


def test_a_command_in_the_image_cannot_be_run_by_a_shell():
    silent = contract.JobDefinition(name="dev-silent", arn="arn:aws:batch:::x/y:1", revision=1)
    outputs = stack_outputs(job_definitions={"silent": silent})
    with pytest.raises(InvalidSubmissionError, match="is in the image") as caught:
        prepared("silent", over={"day": ["1", "2"]}, through="shell", outputs=outputs)
    assert caught.value.problems[0].fix == "give command=[...]"


def test_a_definition_that_the_outputs_do_not_describe_is_asked_for_once():
    transport = FakeTransport()
    transport.definitions = [
        {"revision": 2, "containerProperties": {"command": ["echo", "Ref::day"]}}
    ]
    sweep = prepared("other:2", transport, over={"day": identifiers(400)})
    assert len(sweep.submissions) > 1
    assert sweep.plan.uses_shell
    assert [name for name, _ in transport.calls] == ["DescribeJobDefinitions"]


@pytest.mark.parametrize("text", ["echo $day", 'echo "day=${day}"', "test ${day:-none} = 1"])
def test_a_shell_that_expands_a_name_of_the_sweep_gets_its_values(text):
    arguments = {"over": {"day": ["1", "2"]}, "command": ["sh", "-c", text]}
    sweep = prepared(**arguments)
    assert sweep.plan.found_by == "shell"
    wrapped = sweep.submissions[0].request["containerOverrides"]["command"]
    assert wrapped[:2] == ["sh", "-c"]
    assert wrapped[2].endswith(f"exec sh -c {shlex.quote(text)}")
    separate = prepared(**arguments, as_separate_jobs=True)
    assert environment(separate.submissions[1]) == {"day": "2", "BATCHSDK_INDEX": "1"}


@pytest.mark.parametrize("command", [["sh", "-c", "echo $daylight"], ["echo", "$day"], ["sh"]])
def test_other_commands_ask_for_their_values(command):
    assert prepared(over={"day": ["1", "2"]}, command=command).plan.found_by == "task"


@pytest.mark.parametrize("through", ["auto", "shell", "task"])
def test_a_reference_inside_an_element_is_refused_as_nothing_replaces_it(through):
    command = ["sh", "-c", "exit Ref::code"]
    with pytest.raises(InvalidSubmissionError) as refused:
        prepared(over={"code": ["0", "3"]}, command=command, through=through)
    (problem,) = refused.value.problems
    assert (problem.field, problem.value) == ("command", "Ref::code")
    assert "only a part of an element" in problem.rule
    assert "$code" in problem.fix
