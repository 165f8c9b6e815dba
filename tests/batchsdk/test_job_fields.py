"""A field of a submission is declared once; whatever takes fields takes it from there."""

from __future__ import annotations

import dataclasses
import json
import os
import pydoc
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_origin, get_type_hints

import pytest
from click.testing import CliRunner

import batchsdk
from batchsdk import InvalidSubmissionError, InvalidWorkflowError, Submission
from batchsdk.cli import command_line
from batchsdk.submit.submission import SubmitFields
from batchsdk.workflow.yaml_file import parse
from tests.batchsdk.conftest import ROOT
from tests.batchsdk.fakes import FakeTransport, connect, stack_outputs

FIELDS = [each.name for each in dataclasses.fields(Submission) if each.name != "job_definition"]


def test_the_keywords_that_type_checkers_see_are_the_fields_of_a_submission():
    keywords = get_type_hints(SubmitFields)
    declared = get_type_hints(Submission)
    for name in FIELDS:
        if get_origin(declared[name]) is Mapping:
            declared[name] |= None
    assert keywords == {name: declared[name] for name in FIELDS}


def entry(shown: str, field: str) -> str:
    """Return what a help text says of a field, on one line."""
    found = re.search(rf"^ +{field} \(.*?(?=^ +\S+ \(|^ *$)", shown, re.MULTILINE | re.DOTALL)
    assert found, f"{field} is not in:\n{shown}"
    return " ".join(found[0].split())


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("name", "name (str): Name of the job. 1 to 128 letters, digits, '-' and '_', of which"),
        ("queue", "Default: the only one, or 'default'."),
        ("parameters", "parameters (Mapping[str, str]): Values of the Ref:: placeholders"),
        ("command", "command (Sequence[str]): Command of the container"),
        ("environment", "Names that begin with AWS_BATCH are reserved for AWS Batch."),
        ("vcpus", "vcpus (float): vCPUs of the container. "),
        ("vcpus", "On EC2 a whole number, at least 1; on Fargate one of 0.25, 0.5, 1, 2, 4, 8, 16"),
        ("memory", "memory (int | str): Memory of the container, in MiB, or with a unit: 2GiB. At"),
        ("gpus", "At least 1; Fargate has none. Default: the definition's."),
        ("depends_on", "At most 20. Default: none."),
        ("consumable_resources", "consumable_resources (Mapping[str, int]): Units that the job"),
        ("array_size", "2 to 10000. Default: one job, without children."),
        ("retry", "1 to 10 attempts, at most 5 rules. Default: the definition's strategy."),
        ("timeout", "Longest run time of an attempt, in seconds, or with a unit: 1h. At least 60."),
        ("tags", "At most 50; keys of 1 to 128 characters"),
        ("propagate_tags", "propagate_tags (bool): Copy the tags to the ECS task."),
        ("share_identifier", "1 to 255 letters and digits."),
        ("scheduling_priority", "0 to 9999. Default: the definition's."),
    ],
)
def test_help_of_submit_says_type_unit_limits_and_default_of_every_field(field, said):
    shown = pydoc.render_doc(batchsdk.Batch.submit, renderer=pydoc.plaintext)
    for each in FIELDS:
        assert "Default: " in entry(shown, each)
        assert re.search(rf"\b{each}: '.+?' = ", shown), "not in the signature"
    assert said in entry(shown, field)


@pytest.mark.parametrize(
    ("function", "without"),
    [
        (batchsdk.Batch.sweep, {"depends_on", "array_size"}),
        (batchsdk.Run.submit, {"name"}),
        (batchsdk.Workflow.submit, {"name", "depends_on"}),
        (batchsdk.Workflow.sweep, {"name", "depends_on", "array_size"}),
        (Submission, set()),
    ],
)
def test_help_of_whatever_takes_fields_explains_those_that_it_takes(function, without):
    shown = pydoc.render_doc(function, renderer=pydoc.plaintext)
    explained = {name for name in FIELDS if re.search(rf"^ [ |]+{name} \(", shown, re.MULTILINE)}
    assert explained == set(FIELDS) - without


def wrong_keyword(where: str, keyword: str, tmp_path: Path) -> str:
    """Give a keyword that does not exist, and return the error."""
    transport = FakeTransport()
    batch = connect(transport)
    over = {"Target": ["a", "b"]}
    given: Any = {keyword: 1}
    calls = {
        "Batch.submit": lambda: batch.submit("hello", **given),
        "Batch.sweep": lambda: batch.sweep("hello", over=over, **given),
        "Batch.prepare_sweep": lambda: batch.prepare_sweep("hello", over=over, **given),
        "Run.submit": lambda: batch.run("r", ledger=tmp_path / "l").submit("k", "hello", **given),
        "Workflow.submit": lambda: batch.workflow("w").submit("hello", **given),
        "Workflow.sweep": lambda: batch.workflow("w").sweep("hello", over=over, **given),
        "Submission.__init__": lambda: Submission(job_definition="hello", **given),
    }
    with pytest.raises(TypeError) as caught:
        calls[where]()
    assert transport.calls == []
    assert f"{where}() got an unexpected keyword argument {keyword!r}" in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    "where",
    [
        "Batch.submit",
        "Batch.sweep",
        "Batch.prepare_sweep",
        "Run.submit",
        "Workflow.submit",
        "Workflow.sweep",
        "Submission.__init__",
    ],
)
def test_a_wrong_keyword_is_refused_with_the_nearest_one(where, tmp_path):
    assert "did you mean 'memory'?" in wrong_keyword(where, "memmory", tmp_path)
    assert "known: " in wrong_keyword(where, "nonsense", tmp_path)


@pytest.mark.parametrize(
    ("where", "keyword"),
    [
        ("Batch.sweep", "array_size"),
        ("Batch.sweep", "depends_on"),
        ("Workflow.submit", "depends_on"),
        ("Workflow.sweep", "depends_on"),
    ],
)
def test_a_field_that_has_no_effect_somewhere_is_refused_there(where, keyword, tmp_path):
    assert keyword not in wrong_keyword(where, keyword, tmp_path).partition("known: ")[2]


def test_a_field_that_something_makes_itself_is_refused_with_the_reason(tmp_path):
    batch = connect(FakeTransport())
    with batch.run("r", ledger=tmp_path / "ledger") as run:
        fields: Any = {"name": "mine"}
        with pytest.raises(InvalidSubmissionError, match="a run chooses the names of its jobs"):
            run.submit("key", "hello", **fields)
    wf = batch.workflow("w")
    fields = {"array_size": 3}
    wf.sweep("hello", over={"Target": ["a", "b"]}, **fields)
    with pytest.raises(InvalidWorkflowError, match="a sweep has as many children as points"):
        wf.check()


def test_none_stands_for_no_values_wherever_values_are_given_by_name(tmp_path):
    transport = FakeTransport()
    batch = connect(transport)
    nothing: Any = {"parameters": None, "environment": None, "tags": None}
    batch.submit("hello", **nothing)
    batch.run("r", ledger=tmp_path / "ledger").submit("key", "hello", **nothing)
    sent = [request for name, request in transport.calls if name == "SubmitJob"]
    assert len(sent) == 2
    for request in sent:
        assert request.keys() == {"jobName", "jobQueue", "jobDefinition"}
    (prepared,) = batch.prepare_sweep("hello", over=[{"x": "1"}], **nothing).submissions
    assert prepared.request.keys().isdisjoint({"parameters", "tags"})
    wf = batch.workflow("w")
    wf.submit("hello", **nothing)
    wf.check()


def test_quantities_are_whole_numbers_in_a_file_and_on_the_command_line(tmp_path):
    outputs = tmp_path / "outputs.json"
    outputs.write_text(json.dumps(stack_outputs().to_mapping()), encoding="utf-8")

    def submit(quantity):
        option = ("--consumable-resource", f"seats={quantity}", "--dry-run")
        return CliRunner().invoke(
            command_line, ["--outputs", str(outputs), "submit", "hello", *option]
        )

    request = json.loads(submit("2").stdout)
    assert request["consumableResourcePropertiesOverride"] == {
        "consumableResourceList": [{"consumableResource": "seats", "quantity": 2}]
    }
    refused = submit("two")
    assert (refused.exit_code, "seats=two: must be a whole number" in refused.stderr) == (2, True)

    text = "steps: {hello: {consumableResources: {seats: 2, others: two}}}"
    read = parse(text, "w.yaml")
    assert [problem.field for problem in read.problems] == [
        "steps.hello.consumableResources.others"
    ]
    read = parse(text.replace(", others: two", ""), "w.yaml")
    assert read.definition.steps[0].submission.consumable_resources == {"seats": 2}


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ({"propagate_tags": "yes"}, "must be True or False"),
        ({"memory": True}, "must be a whole number of MiB, at least 4"),
        ({"timeout": 60.5}, "must be a whole number of seconds, at least 60"),
        ({"array_size": "3"}, "must be a whole number, 2 to 10000"),
    ],
)
def test_the_declared_type_and_bounds_are_checked(given, rule):
    transport = FakeTransport()
    with pytest.raises(InvalidSubmissionError) as caught:
        connect(transport).submit("hello", **given)
    assert transport.calls == []
    assert [each.rule for each in caught.value.problems] == [rule]


NEW_FIELD = """\
    instance_type: str | None = field(
        default=None,
        metadata={
            ABOUT: About(
                text="Instance type of a multi-node job",
                otherwise="the definition's",
                api="containerOverrides.instanceType",
            )
        },
    )

    def overrides(self)"""

USERS = """
import json, pydoc, sys
from click.testing import CliRunner
import batchsdk
from batchsdk.cli import command_line
from batchsdk.workflow import document
from batchsdk.workflow.yaml_file import parse
from tests.batchsdk.fakes import FakeTransport, connect

transport = FakeTransport()
batch = connect(transport)
new = {"instance_type": "c5.large"}
found = {}

def sent():
    return transport.calls[-1][1]["containerOverrides"]["instanceType"]

batch.submit("hello", **new)
found["submit"] = sent()
batch.submit_many([batchsdk.Submission(job_definition="hello", **new)])
found["submit_many"] = sent()
batch.run("r", ledger="ledger").submit("key", "hello", **new)
found["Run.submit"] = sent()
batch.sweep("hello", over=[{"x": "1"}], **new)
found["sweep"] = sent()
wf = batch.workflow("w")
wf.submit("hello", name="a", **new)
wf.sweep("hello", name="b", over=[{"x": "1"}], instance_type="${run.name}")
wf.run("c5.large", ledger="ledger")
found["a step"], found["a sweep's step"] = (
    each[1]["containerOverrides"]["instanceType"] for each in transport.calls[-2:]
)
text = "steps: {hello: {instanceType: c5.large}}"
read = parse(text, "w.yaml")
found["a file"] = read.definition.steps[0].submission.instance_type
found["a file's problems"] = [str(each) for each in read.problems]
found["the ledger"] = document.to_mapping(read.definition)["steps"]["hello"]["instanceType"]

def shown(*arguments):
    done = CliRunner().invoke(command_line, ["--outputs", "outputs.json", *arguments])
    assert done.exit_code == 0, done.output
    return done.stdout

option = ("--instance-type", "c5.large", "--dry-run")
request = json.loads(shown("submit", "hello", *option))
found["the command line"] = request["containerOverrides"]["instanceType"]
(request,) = json.loads(shown("sweep", "hello", "--over", "x=1", *option))["requests"]
found["the command line's sweep"] = request["containerOverrides"]["instanceType"]
found["--help"] = "Instance type of a multi-node job" in shown("submit", "--help")
found["help"] = "instance_type (str): Instance" in pydoc.render_doc(batch.submit)
print(json.dumps(found))
"""


def test_a_new_field_is_declared_in_one_file_and_taken_by_everything(tmp_path):
    """It is added to a copy of the package, in submit/submission.py and nowhere else."""
    shutil.copytree(ROOT / "batchsdk", tmp_path / "batchsdk")
    declaration = tmp_path / "batchsdk" / "submit" / "submission.py"
    text = declaration.read_text(encoding="utf-8")
    keyword = "    scheduling_priority: int | None\n"
    assert text.count(keyword) == text.count("    def overrides(self)") == 1
    text = text.replace(keyword, f"{keyword}    instance_type: str | None\n")
    text = text.replace("    def overrides(self)", NEW_FIELD)
    declaration.write_text(text, encoding="utf-8")
    outputs = json.dumps(stack_outputs().to_mapping())
    (tmp_path / "outputs.json").write_text(outputs, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", USERS],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found.pop("a file's problems") == []
    assert found.pop("--help")
    assert found.pop("help")
    assert set(found.values()) == {"c5.large"}
    assert len(found) == 10
