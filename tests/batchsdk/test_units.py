"""Memory and times may be given with a unit, wherever they are given."""

from __future__ import annotations

import json
from datetime import timedelta

import click
import pytest
from click.testing import CliRunner

from batchsdk import (
    Escalate,
    InvalidArgumentError,
    InvalidSubmissionError,
    InvalidWorkflowError,
    Override,
    Submission,
)
from batchsdk.cli import command_line
from batchsdk.cli.numbers import Time
from batchsdk.submit.overrides import OVERRIDE_FIELDS
from batchsdk.submit.submission import JOB_FIELDS
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
    with pytest.raises(
        InvalidWorkflowError, match=r"w.yaml:2: .*timeout = '1 hour'.*a text such as 1h"
    ):
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
    assert "a whole number, or a text such as 2GiB" in done.stderr


def placed(fields, place):
    """Return the numbers that a place takes: of a job, or of one container or node."""
    return [
        pytest.param(place, each, id=f"{place}-{each.name}")
        for each in fields.values()
        if each.kind in (int, float)
    ]


NUMBERS = [
    *placed(JOB_FIELDS, "job"),
    *placed(OVERRIDE_FIELDS, "container"),
    *placed(OVERRIDE_FIELDS, "node"),
]
"""Every field that is a number, wherever it can be given."""


def in_python(place, field, given):
    """Return the field as a submission in Python takes it."""
    if place == "job":
        return getattr(Submission(job_definition="hello", **{field.name: given}), field.name)
    return getattr(Override(**{field.name: given}), field.name)


def file_with(batch, place, field, given, path):
    """Return the workflow of a file that gives the field."""
    body = {field.camel_case: given}
    step = body if place == "job" else {f"{place}s": {"0": body}}
    path.write_text(f"workflow: w\nsteps: {json.dumps({'hello': step})}\n")
    return batch.load_workflow(path)


def in_a_file(batch, place, field, given, path):
    """Return the field as a workflow file gives it."""
    workflow = file_with(batch, place, field, given, path)
    wanted = workflow.definition.steps[0].submission
    return getattr(wanted if place == "job" else getattr(wanted, f"{place}s")["0"], field.name)


def in_the_shell(place, field, given):
    """Return what the command line makes of the field's option, or how it refuses the text."""
    if place == "job":
        arguments = [field.options[-1], given]
    else:
        arguments = [f"--{place}", f"0:{field.name}={given}"]
    submit = command_line.get_command(command_line.make_context("batchsdk", ["submit"]), "submit")
    whole = submit.make_context("submit", ["hello", *arguments])
    owner = whole.params if place == "job" else vars(whole.params[f"{place}s"]["0"])
    return owner[field.name]


@pytest.mark.parametrize(("place", "field"), NUMBERS)
def test_every_number_takes_the_same_texts_everywhere(place, field, tmp_path):
    texts = {"2": 2, "+2": 2, "300": 300}
    if field.kind is float:
        texts |= {"0.5": 0.5, ".5": 0.5, "2.": 2.0, "5e-1": 0.5}
    if field.about.unit == "MiB":
        texts |= dict(MEMORY[:-1])
    if field.about.unit == "seconds":
        texts |= dict(TIMES)
    batch = connect(FakeTransport())
    for text, number in texts.items():
        assert in_a_file(batch, place, field, text, tmp_path / "w.yaml") == number, text
        assert in_the_shell(place, field, text) == number, text
        in_code = text if field.about.with_unit and not text.strip("+").isdecimal() else number
        assert in_python(place, field, in_code) == number, text


@pytest.mark.parametrize(("place", "field"), NUMBERS)
def test_every_number_is_refused_with_the_same_words_everywhere(place, field, tmp_path):
    outputs, path = tmp_path / "outputs.json", tmp_path / "w.yaml"
    outputs.write_text(json.dumps(stack_outputs().to_mapping()))
    batch = connect(FakeTransport())
    texts = ["2GB", "1_0", " 2", "2 ", "٣", "0x10", "much", "nan", "inf", "1 hour", "--5", ""]
    for text in texts:
        fields = {field.name: text}
        fields = fields if place == "job" else {f"{place}s": {"0": Override(**fields)}}
        with pytest.raises(InvalidSubmissionError) as in_code:
            batch.submit("hello", **fields)
        told = {each.field.rpartition(".")[2]: each for each in in_code.value.problems}[field.name]
        if "without quotes" in told.fix:
            continue  # in a file, and in the shell, nothing has quotes
        workflow = file_with(batch, place, field, text, path)
        with pytest.raises(InvalidWorkflowError) as in_file:
            workflow.check()
        found = {each.field.rpartition(".")[2]: each for each in in_file.value.problems}
        assert (found[field.camel_case].rule, found[field.camel_case].fix) == (told.rule, told.fix)
        given = f"{field.options[-1]}={text}"
        if place != "job":
            given = f"--{place}=0:{field.name}={text}"
        refused = CliRunner().invoke(
            command_line, ["--outputs", str(outputs), "submit", "hello", "--dry-run", given]
        )
        assert refused.exit_code == 2, refused.output
        assert f"{told.rule}; {told.fix}" in " ".join(refused.stderr.split())


@pytest.mark.parametrize(("name", "key"), [("memory", "memoryCap"), ("timeout", "timeoutCap")])
def test_the_caps_of_escalation_are_refused_with_the_same_words(name, key, tmp_path):
    given = Escalate(**{f"{name}_factor": 2, f"{name}_cap": "2GB"})
    batch = connect(FakeTransport())
    with pytest.raises(InvalidArgumentError) as in_code:
        batch.workflow("w", on_failure={"OUT_OF_MEMORY": given})
    path = tmp_path / "w.yaml"
    rules = {"OUT_OF_MEMORY": {f"{name}Factor": 2, key: "2GB"}}
    path.write_text(f"workflow: w\nonFailure: {json.dumps(rules)}\nsteps: {{hello: {{}}}}\n")
    with pytest.raises(InvalidWorkflowError) as in_file:
        batch.load_workflow(path).check()
    told, found = in_code.value.problem, in_file.value.problems[0]
    assert (found.rule, found.fix) == (told.rule, told.fix)
    assert "or a text such as" in told.fix


def times_of_the_command_line():
    """Return every option that is a time: verb, option, and the seconds of its own unit."""
    context = command_line.make_context("batchsdk", ["top"])
    return [
        pytest.param(verb, each, id=f"{verb} {each.opts[0]}")
        for verb in command_line.list_commands(context)
        for each in command_line.get_command(context, verb).params
        if isinstance(each.type, Time | click.types.FloatParamType)
    ]


@pytest.mark.parametrize(("verb", "option"), times_of_the_command_line())
def test_every_time_of_the_command_line_takes_units(verb, option):
    context = click.Context(command_line, info_name=verb)
    seconds = {"SECONDS": 1, "HOURS": 3600, "DAYS": 86_400}[option.make_metavar(context)]
    assert option.type.convert("18h", option, context) * seconds == 18 * 3600
    assert option.type.convert("12", option, context) == 12
    for text in ("12_0", " 12", "nan", "1e99", "-1", "1 hour", ""):
        with pytest.raises(click.BadParameter, match=r"must be .*, or a text such as "):
            option.type.convert(text, option, context)
