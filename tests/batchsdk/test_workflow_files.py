"""Workflows in YAML: the same as in Python, checked with places, run by the command line."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from hypothesis import given, settings

import batchsdk
from batchsdk import InvalidWorkflowError, Retry, RetryOn, failed, n_to_n
from batchsdk.contract.carried_workflow import pack
from batchsdk.workflow import document
from batchsdk.workflow.loading import FileWorkflow
from batchsdk.workflow.steps import WorkflowDefinition
from batchsdk.workflow.yaml_file import parse, read_workflow_file
from tests.batchsdk.fakes import FakeTransport, connect
from tests.batchsdk.test_workflow_planning import GRAPHS, random_workflow

pytestmark = pytest.mark.sampled(2)

NIGHTLY = """\
workflow: nightly
parameters:
  day:                       # each run must give it
  mode: full
steps:
  extract:
    jobDefinition: hello
    parameters: {Target: "${parameters.day}"}
    retry: {attempts: 3, onlyOn: [SPOT_RECLAIMED]}
    timeout: 600
  transform:
    jobDefinition: hello
    over: {Target: [2026-01-31, 010, on]}
    after: extract
  again:
    jobDefinition: hello
    arraySize: 3
    nToN: [transform]
    sequential: true
  repair:
    jobDefinition: hello
    when: {again: FAILED}
  report:
    jobDefinition: hello
    environment: {MODE: "${parameters.mode}"}
    afterAny: [again, repair]
"""


def in_python() -> WorkflowDefinition:
    wf = connect(FakeTransport()).workflow("nightly", parameters={"day": None, "mode": "full"})
    extract = wf.submit(
        "hello",
        name="extract",
        parameters={"Target": "${parameters.day}"},
        retry=Retry.only_on(RetryOn.SPOT_RECLAIMED),
        timeout=600,
    )
    transform = wf.sweep(
        "hello", name="transform", over={"Target": ("2026-01-31", "010", "on")}, after=extract
    )
    again = wf.submit(
        "hello", name="again", array_size=3, after=[n_to_n(transform), batchsdk.SEQUENTIAL]
    )
    repair = wf.submit("hello", name="repair", when=failed(again))
    wf.submit(
        "hello",
        name="report",
        environment={"MODE": "${parameters.mode}"},
        after_any=[again, repair],
    )
    return wf.definition


def test_a_file_is_the_same_as_the_builder():
    read = parse(NIGHTLY, "nightly.yaml")
    assert read.problems == ()
    assert read.definition == in_python()


def test_json_ready_data_and_back():
    definition = in_python()
    plain = json.loads(json.dumps(document.to_mapping(definition)))
    read, problems = document.from_mapping(plain)
    assert problems == []
    assert document.to_mapping(read) == document.to_mapping(definition)


@settings(deadline=None)
@given(**GRAPHS)
def test_any_workflow_survives_being_data(count, seed):
    definition, _ = random_workflow(count, seed)
    read, problems = document.from_mapping(json.loads(json.dumps(document.to_mapping(definition))))
    assert (read, problems) == (definition, [])


BAD = """\
workflow: bad
parametres: {}
steps:
  extract:
    jobDefinition: helo
    timeout: soon
    retry: {attempts: 3, onlyOn: [SPOT_RECLAIM]}
  load:
    jobDefinition: hello
    after: [extrakt, load]
    memory: 2
    parameters:
      Target: ${parameters.day}
    when: {extract: BROKEN}
    sequential: yes
  load:
    jobDefinition: hello
  a: {jobDefinition: hello, after: b}
  b: {jobDefinition: hello, after: a}
  c: {jobDefinition: hello, over: {Target: x}, vcpu: 1}
"""


def test_every_fault_comes_at_once_with_its_place():
    with pytest.raises(InvalidWorkflowError) as caught:
        load(BAD).run()
    found = {(each.location, each.field): str(each) for each in caught.value.problems}
    assert list(found) == [
        ("bad.yaml:2", "parametres"),
        ("bad.yaml:5", "steps.extract.jobDefinition"),
        ("bad.yaml:6", "steps.extract.timeout"),
        ("bad.yaml:7", "steps.extract.retry.onlyOn[0]"),
        ("bad.yaml:8", "steps.load"),
        ("bad.yaml:10", "steps.load.after[0]"),
        ("bad.yaml:11", "steps.load.memory"),
        ("bad.yaml:13", "steps.load.parameters.Target"),
        ("bad.yaml:14", "steps.load.when.extract"),
        ("bad.yaml:15", "steps.load.sequential"),
        ("bad.yaml:16", "steps.load"),
        ("bad.yaml:18", "steps.a"),
        ("bad.yaml:20", "steps.c.over.Target"),
        ("bad.yaml:20", "steps.c.vcpu"),
    ]
    assert "already on line 8" in found["bad.yaml:16", "steps.load"]
    assert "a -> b -> a" in found["bad.yaml:18", "steps.a"]
    assert "comes after itself" in found["bad.yaml:8", "steps.load"]
    assert "did you mean 'extract'?" in found["bad.yaml:10", "steps.load.after[0]"]
    assert "did you mean 'vcpus'?" in found["bad.yaml:20", "steps.c.vcpu"]
    assert "did you mean 'SPOT_RECLAIMED'?" in found["bad.yaml:7", "steps.extract.retry.onlyOn[0]"]


def load(text):
    return FileWorkflow(connect(FakeTransport())._session, parse(text, "bad.yaml"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("steps: [", "malformed YAML"),
        ("steps: {a: {}}\nsteps: {b: {}}", "already on line 1"),
        ("", "needs at least one step"),
        ("- a", "must be a mapping"),
        ("steps: {a: {after: &x [*x]}}", "nested deeper than 50 levels"),
        ("steps: {hello: {<<: {}}}", "a key must be plain text"),
        ("steps: {hello: {timeout: 1.5}}", "must be a whole number"),
        ("steps: {hello: {retry: {onlyOn: OUT_OF_MEMORY}}}", "needs attempts"),
        ("steps: {hello: {over: 3}}", "values by name"),
        ("steps: {hello: {command: ls}}", "must be a list"),
        ("steps: {hello: {parameters: {Target: [1]}}}", "must be text"),
        ("parameters: {9: a}\nsteps: {hello: }", "no digit at its start"),
        ("storage: bucket\nsteps: {hello: }", "must be s3://bucket"),
        ("barrier: nothing\nsteps: {hello: }", "no job definition"),
        ("steps: {hello: {sequential: true}}", "only for array jobs"),
        (f"steps: {{hello: {{arraySize: 2, nToN: [{'x, ' * 18}]}}}}", "at most 17 arrays"),
        (f"steps: {{{'x' * 41}: {{jobDefinition: hello}}}}", "a name has 1-40"),
        ("steps: {a-b: {jobDefinition: hello}, A_b: {jobDefinition: hello}}", "only in case"),
        (
            "steps: {hello: {parameters: {Target: '${steps.hello.prefix}'}}}",
            "no storage for values",
        ),
    ],
)
def test_what_is_refused(text, message):
    with pytest.raises(InvalidWorkflowError) as refused:
        load(text).check()
    assert message in " | ".join(map(str, refused.value.problems))


@pytest.mark.parametrize(
    "step",
    [
        "consumableResources: {seats: 1.5}",
        "after: hello, when: {hello: {exitCode: some}}",
        "onFailure: {OUT_OF_MEMORY: {memoryFactor: 2, memoryCap: 2GB}}",
        "memory: 2GB",
        "nodes: {0: {containers: {a: {vcpus: many}}}}",
    ],
)
def test_what_cannot_be_read_is_told_of_once(step):
    text = f"steps:\n  hello: {{}}\n  other: {{jobDefinition: hello, {step}}}\n"
    with pytest.raises(InvalidWorkflowError) as refused:
        load(text).check()
    fields = [each.field for each in refused.value.problems]
    fields = [each for each in fields if each != "steps.other.nodes"]  # hello has none
    assert len(fields) == 1, refused.value


def test_a_file_in_a_variable_is_as_one_on_disk(monkeypatch):
    monkeypatch.setenv("BATCHSDK_WORKFLOW", pack("nightly.yaml", NIGHTLY))
    carried = read_workflow_file("env:BATCHSDK_WORKFLOW")
    assert carried == parse(NIGHTLY, "nightly.yaml")
    monkeypatch.setenv("BATCHSDK_WORKFLOW", pack("nightly.yaml", "steps: {"))
    with pytest.raises(InvalidWorkflowError, match=r"nightly\.yaml:1"):
        read_workflow_file("env:BATCHSDK_WORKFLOW")


@pytest.mark.parametrize("name", ["env:", "env:A\0", "env:NOT_THERE", "env:NO_WORKFLOW"])
def test_a_variable_without_a_file_is_refused(name, monkeypatch):
    monkeypatch.setenv("NO_WORKFLOW", "steps: {}")
    refused = "is not a workflow file that a stack has packed"
    with pytest.raises(InvalidWorkflowError, match=refused) as caught:
        connect(FakeTransport()).load_workflow(name)
    assert [each.fix for each in caught.value.problems] == [
        "let a schedule of the stack start it, or name a file"
    ]


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InvalidWorkflowError, match="cannot be read: No such file"):
        connect(FakeTransport()).load_workflow(tmp_path / "none.yaml")


def test_without_pyyaml_the_error_says_what_to_install():
    code = """
import sys
sys.modules["yaml"] = None
from batchsdk import UsageError
from batchsdk.workflow.yaml_file import parse, read_workflow_file
try:
    parse("steps: {}", "x.yaml")
except UsageError as error:
    print(error.hint)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "Install it: pip install 'batchsdk[yaml]'\n"


@pytest.fixture
def pipeline(stack, tmp_path, monkeypatch):
    monkeypatch.setenv("BATCHSDK_LEDGER", str(tmp_path / "ledger.sqlite3"))
    path = tmp_path / "pipeline.yaml"
    path.write_text(
        """
parameters: {day:}
steps:
  extract:
    jobDefinition: hello
    parameters: {Target: "of ${parameters.day}"}
  load:
    jobDefinition: fail
    after: extract
  publish:
    jobDefinition: hello
    after: load
  report:
    jobDefinition: hello
    afterAny: publish
"""
    )
    return path


def test_the_command_line_runs_shows_and_resumes(stack, pipeline):
    planned = stack.run("run", str(pipeline), "--dry-run", "-p", "day=1")
    assert planned.returncode == 0, planned.stderr
    assert [line.split("\t")[1:] for line in planned.stdout.splitlines()[1:]] == [
        ["extract", "", "", "at the start"],
        ["load", "", "extract (DEPENDS_ON)", "at the start"],
        ["publish", "", "load (DEPENDS_ON)", "at the start"],
        ["report", "", "publish (CLIENT: whatever becomes of it)", "by the client"],
    ]
    assert "step report needs a client" in planned.stderr
    assert list(stack.batch.list_jobs()) == []

    unknown = stack.run("run", str(pipeline), "--dry-run", "-p", "dai=1")
    assert unknown.returncode == 2
    assert "did you mean 'day'?" in unknown.stderr

    missing = stack.run("run", str(pipeline))
    assert missing.returncode == 2
    assert "parameters.day" in missing.stderr
    assert "pipeline.yaml:2" in missing.stderr

    ran = stack.run("run", str(pipeline), "-p", "day=1", "--name", "night-1")
    assert ran.returncode == 1
    assert [line.split("\t")[:2] for line in ran.stdout.splitlines()[1:]] == [
        ["extract", "SUCCEEDED"],
        ["load", "FAILED"],
        ["publish", "UPSTREAM_FAILED"],
        ["report", "SUCCEEDED"],
    ]
    assert "load FAILED: Essential container in task exited (exit code 3)" in ran.stderr
    assert "never ran: publish" in ran.stderr
    assert "batchsdk resume night-1" in ran.stderr

    count = len(list(stack.batch.list_jobs()))
    left = stack.run("resume", "night-1", "--dry-run", "--json")
    assert left.returncode == 0, left.stderr
    plan = json.loads(left.stdout)
    assert plan["run"] == "night-1"
    assert [job["step"] for job in plan["plan"]["jobs"]] == ["load", "publish", "report"]
    assert (plan["plan"]["done"], plan["plan"]["goingOn"]) == (["extract"], [])
    assert len(list(stack.batch.list_jobs())) == count

    again = stack.run("resume", "night-1", "--json")
    assert again.returncode == 1
    steps = {each["step"]: each for each in json.loads(again.stdout)["steps"]}
    assert {step: each["status"] for step, each in steps.items()} == {
        "extract": "SUCCEEDED",
        "load": "FAILED",
        "publish": "UPSTREAM_FAILED",
        "report": "SUCCEEDED",
    }
    assert steps["extract"]["jobIds"][0] in ran.stdout
    assert steps["load"]["jobIds"][0] not in ran.stdout

    pipeline.write_text(pipeline.read_text().replace("jobDefinition: fail", "jobDefinition: hello"))
    mended = stack.run("run", str(pipeline), "--name", "night-1")
    assert mended.returncode == 0, mended.stderr
    assert stack.run("attach", "night-1").returncode == 0

    listed = json.loads(stack.run("runs", "--json").stdout)
    assert [(each["name"], each["workflow"]) for each in listed] == [("night-1", "pipeline")]


@pytest.mark.every_case
def test_the_command_line_follows_and_ends_any_run(stack, pipeline):
    wf = stack.batch.workflow("long")
    wf.submit("sleep", parameters={"WaitTime": "600"})
    wf.run("long-1")
    with stack.batch.run("plain") as run:
        run.submit("one", "sleep", parameters={"WaitTime": "600"})
    late = stack.run("attach", "long-1", "--wait-timeout", "0.2")
    assert late.returncode == 124, late.stderr
    for name in ("long-1", "plain"):
        planned = stack.run("attach", name, "--cancel", "--dry-run", "--reason", "not needed")
        (request,) = json.loads(planned.stdout)
        assert stack.batch.job(request["jobId"]).status != "FAILED"
        assert request["reason"] == "not needed"
        ended = stack.run("attach", name, "--cancel")
        assert ended.returncode == 0, ended.stderr
        assert "FAILED" in ended.stdout
        assert stack.run("attach", name).returncode == 1
        assert json.loads(stack.run("attach", name, "--cancel", "--dry-run").stdout) == []
    assert stack.run("attach", "long-1", "--dry-run").returncode == 2
    program = stack.run("resume", "plain")
    assert program.returncode == 2
    assert "is not a run of a workflow" in program.stderr
    unknown = stack.run("attach", "lang-1")
    assert unknown.returncode == 2
    assert "did you mean 'long-1'?" in unknown.stderr


def test_old_runs_are_pruned_when_asked_for_alone(stack):
    with stack.batch.run("young") as run:
        run.submit("one", "hello").wait(300)
    listed = stack.run("runs", "--prune", "30", "--json")
    assert json.loads(listed.stdout) == []
    assert stack.run("runs", "--dry-run").returncode == 2
    assert [each.name for each in stack.batch.runs()] == ["young"]
    gone = stack.run("runs", "--prune", "0.000001", "--json")
    assert [each["name"] for each in json.loads(gone.stdout)] == ["young"]
    assert stack.batch.runs() == []


def test_a_ledger_that_cannot_be_used_is_no_wrong_input(stack, tmp_path):
    refused = stack.run("runs", "--ledger", str(tmp_path))
    assert refused.returncode == 3
    assert refused.stderr.startswith(f"error: ledger {tmp_path}: ")


def test_the_command_that_resumes_a_run_names_its_ledger(stack, tmp_path):
    wf = stack.batch.workflow("other")
    wf.submit("fail")
    run = wf.run("other-1", ledger=tmp_path / "other ledger")
    with pytest.raises(batchsdk.WorkflowFailedError) as caught:
        run.wait(300)
    assert caught.value.hint.endswith(f"resume other-1 --ledger '{tmp_path / 'other ledger'}'")
    run.close()
