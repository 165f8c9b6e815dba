"""Workflows as state machines: every field is in them or refused, and nothing is sent."""

from __future__ import annotations

import dataclasses
import json
import re

import botocore.session
import pytest

import batchsdk
from batchsdk import (
    SEQUENTIAL,
    Escalate,
    InvalidArgumentError,
    InvalidWorkflowError,
    Override,
    Retry,
    RetryOn,
    contract,
    exit_code,
    failed,
    n_to_n,
)
from batchsdk.submit.submission import JOB_FIELDS
from batchsdk.workflow.steps import Step, WorkflowDefinition
from tests.batchsdk import forked_command_line
from tests.batchsdk.fakes import FakeTransport, connect, stack_outputs

pytestmark = pytest.mark.sampled(2)

SEVERAL = contract.JobDefinition(
    name="dev-several",
    arn="arn:aws:batch:us-east-1:123456789012:job-definition/dev-several:1",
    revision=1,
    kind="multiContainer",
    containers=(
        contract.Container(name="main", command=("run",), vcpus=1, memory=100),
        contract.Container(name="side", command=("watch",), vcpus=1, memory=100),
    ),
)
NODES = contract.JobDefinition(
    name="dev-nodes",
    arn="arn:aws:batch:us-east-1:123456789012:job-definition/dev-nodes:1",
    revision=1,
    kind="multiNode",
    num_nodes=2,
    main_node=0,
    node_ranges=(contract.NodeRange(target_nodes="0:", command=("run",), vcpus=1, memory=100),),
)
OUTPUTS = stack_outputs(
    job_definitions={
        **stack_outputs().job_definitions,
        "several": SEVERAL,
        "nodes": NODES,
        "noop": dataclasses.replace(SEVERAL, name="dev-noop", kind=None, containers=None),
    },
    job_queues={
        "default": dataclasses.replace(
            stack_outputs().job_queues["default"],
            scheduling_policy_arn="arn:aws:batch:us-east-1:123456789012:scheduling-policy/fair",
        ),
        "other": dataclasses.replace(
            stack_outputs().job_queues["default"],
            name="other",
            scheduling_policy_arn="arn:aws:batch:us-east-1:123456789012:scheduling-policy/fair",
        ),
    },
)


@pytest.fixture
def batch():
    transport = FakeTransport()
    yield connect(transport, outputs=OUTPUTS)
    assert transport.calls == []  # nothing is sent, and nothing asked


def states(machine, part):
    found = machine.definition["States"]
    return {name: each for name, each in found.items() if part in name}


def request(machine, step):
    return machine.definition["States"][f"Submit {step}"]["Parameters"]


def refusals(workflow):
    with pytest.raises(InvalidWorkflowError) as caught:
        workflow.to_stepfunctions()
    return {each.field: each.rule for each in caught.value.problems}


OF_A_JOB = {
    "job_definition": ("hello", {}),
    "queue": ("hello", {"queue": "other"}),
    "parameters": ("hello", {"parameters": {"Target": "me"}}),
    "command": ("hello", {"command": ["ls"]}),
    "environment": ("hello", {"environment": {"A": "1"}}),
    "vcpus": ("hello", {"vcpus": 2}),
    "memory": ("hello", {"memory": "1GiB"}),
    "gpus": ("hello", {"gpus": 1}),
    "containers": ("several", {"containers": {"side": Override(memory=200)}}),
    "nodes": ("nodes", {"nodes": {"1": Override(memory=200)}}),
    "num_nodes": ("nodes", {"num_nodes": 3}),
    "consumable_resources": ("hello", {"consumable_resources": {"license": 1}}),
    "array_size": ("hello", {"array_size": 5}),
    "retry": ("hello", {"retry": Retry.only_on(RetryOn.SPOT_RECLAIMED)}),
    "timeout": ("hello", {"timeout": "1h"}),
    "tags": ("hello", {"tags": {"team": "x"}}),
    "propagate_tags": ("hello", {"propagate_tags": True}),
    "share_identifier": ("hello", {"share_identifier": "b"}),
    "scheduling_priority": ("hello", {"scheduling_priority": 7}),
}
"""Field of a submission -> a job definition, and a value of the field that is not the default."""


NOT_OF_A_STEP = ("name", "depends_on")


def one_step(batch, definition="hello", **fields):
    workflow = batch.workflow("w")
    workflow.submit(definition, name="s", **({"share_identifier": "a"} | fields))
    return workflow


@pytest.mark.parametrize(
    "field", [each for each in JOB_FIELDS if each not in ("name", "depends_on")]
)
def test_each_field_of_a_job_is_in_its_request_in_the_apis_own_form(batch, field):
    definition, given = OF_A_JOB[field]
    plain = "sleep" if field == "job_definition" else definition
    more = {"parameters": {"WaitTime": "1"}} if plain == "sleep" else {}
    before = request(one_step(batch, plain, **more).to_stepfunctions(), "s")
    after = request(one_step(batch, definition, **given).to_stepfunctions(), "s")
    assert after != before
    wanted = batchsdk.Submission(job_definition=definition, **({"share_identifier": "a"} | given))
    sent = dict(batch.prepare(wanted).request)
    del sent["jobName"]
    shape = botocore.session.get_session().get_service_model("batch").shape_for("SubmitJobRequest")
    shown = as_api_has_it(after, shape)
    assert shown.pop("jobName.$") == "States.Format('{}-s', $$.Execution.Name)"
    assert without_variables_of_runs(shown) == without_variables_of_runs(sent)


def as_api_has_it(template, shape):
    """Return a payload template as the API has it, by botocore's model; strict about the names."""
    if shape.type_name == "structure":
        members = {name[0].upper() + name[1:]: name for name in shape.members}
        return {
            members.get(name, f"{name[0].lower()}{name[1:]}"): as_api_has_it(
                value, shape.members[members[name]]
            )
            if name in members
            else value
            for name, value in template.items()
        }
    if shape.type_name == "list":
        return [as_api_has_it(each, shape.member) for each in template]
    return template


def without_variables_of_runs(request):
    """Return a request without the variables that every step of a workflow gets."""
    if isinstance(request, dict):
        found = {name: without_variables_of_runs(each) for name, each in request.items()}
        return {name: each for name, each in found.items() if each not in ([], {})}
    if isinstance(request, list):
        kept = [each for each in request if not is_variable_of_runs(each)]
        # A container, or nodes, of which nothing else is changed.
        found = [without_variables_of_runs(each) for each in kept]
        return [each for each in found if not isinstance(each, dict) or each.keys() - LABELS]
    return request


LABELS = {"name", "targetNodes"}


def is_variable_of_runs(item):
    return isinstance(item, dict) and str(item.get("name")).startswith("BATCHSDK_")


def arrays(batch, **changes):
    """Return a workflow of two sweeps, of which the second has something changed."""
    workflow = batch.workflow("w")
    workflow.submit("hello", name="first", share_identifier="a")
    given = {"over": {"Target": ["1", "2"]}, "share_identifier": "a"} | changes
    workflow.sweep("hello", name="parts", over={"Target": ["1", "2"]}, share_identifier="a")
    workflow.sweep("hello", name="s", **given)
    return workflow


OF_A_STEP = {
    "name": None,  # of its own test
    "submission": None,
    "over": {"over": {"Target": ["1", "3"]}},
    "as_separate_jobs": {"as_separate_jobs": True},
    "through": {"through": "task"},
    "after": {"after": ["first"]},
    "n_to_n": {"after": [n_to_n("parts")]},
    "sequential": {"after": [SEQUENTIAL]},
    "after_any": {"after_any": ["first"]},
    "when": {"when": failed("first")},
    "on_failure": None,  # these are refused, of their own test
    "cache": None,
    "cache_inputs": None,
    "cache_outputs": None,
}


@pytest.mark.parametrize("field", [each.name for each in dataclasses.fields(Step)])
def test_each_field_of_a_step_changes_the_state_machine(batch, field):
    changes = OF_A_STEP[field]
    if changes is None:
        return
    plain, changed = (
        wf.to_stepfunctions().to_json() for wf in (arrays(batch), arrays(batch, **changes))
    )
    assert plain != changed


def test_names_of_steps_and_jobs(batch):
    workflow = batch.workflow("w")
    workflow.submit("hello", name="s-1", share_identifier="a")
    points = {"Target": ["1", "2"]}
    workflow.sweep("hello", name="many", over=points, as_separate_jobs=True, share_identifier="a")
    machine = workflow.to_stepfunctions()
    assert [each["Parameters"]["JobName.$"] for each in states(machine, "Submit ").values()] == [
        f"States.Format('{{}}-{job}', $$.Execution.Name)" for job in ("s-1", "many-0", "many-1")
    ]
    variables = request(machine, "s-1")["ContainerOverrides"]["Environment"]
    assert variables == [
        {"Name": "BATCHSDK_RUN", "Value.$": "$$.Execution.Name"},
        {"Name": "BATCHSDK_STEP", "Value": "s-1"},
    ]


WORKFLOWS = {
    "name": {"name": "other"},
    "steps": None,  # of the tests above
    "parameters": {"parameters": {"day": "1"}},
    "barrier": {"barrier": "noop"},
    "storage": {"storage": "s3://bucket/here"},
    "cache": {"cache": True},
    "on_failure": {"on_failure": {"OUT_OF_MEMORY": Escalate(memory_factor=2, memory_cap="1GiB")}},
    "on_end": {"on_end": "arn:aws:sns:us-east-1:123456789012:runs"},
}


@pytest.mark.parametrize("field", [each.name for each in dataclasses.fields(WorkflowDefinition)])
def test_each_field_of_a_workflow_is_in_the_state_machine_or_refused(batch, field):
    changes = WORKFLOWS[field]
    if changes is None:
        return

    def with_a_join(name="w", **given):
        workflow = batch.workflow(name, **given)
        many = [
            workflow.submit("hello", name=f"s{number}", share_identifier="a")
            for number in range(21)
        ]
        workflow.submit("hello", name="join", after=many, share_identifier="a")
        return workflow

    if field == "on_failure":
        assert "is not resumed" in refusals(with_a_join(**changes))["on_failure"]
        return
    if field == "on_end":
        assert "the client tells how a run ended" in refusals(with_a_join(**changes))["on_end"]
        return
    if field == "cache":
        assert "takes results of earlier runs" in refusals(with_a_join(**changes))["cache"]
        return
    if field == "barrier":  # the one of the workflow needs a share, as every job of the queue
        assert "barrier.share_identifier" in refusals(with_a_join(**changes))
        return
    plain, changed = (
        wf.to_stepfunctions().to_json() for wf in (with_a_join(), with_a_join(**changes))
    )
    assert plain != changed


def test_a_join_of_more_than_20_jobs_has_barriers_where_a_run_has_them():
    batch = connect(FakeTransport())
    workflow = batch.workflow("w", barrier="hello")
    many = [workflow.submit("hello", name=f"s{number}") for number in range(25)]
    workflow.submit("hello", name="join", after=many)
    machine = workflow.to_stepfunctions()
    barriers = states(machine, "Submit barrier-")
    plan = workflow.plan()
    assert len(barriers) == len([job for job in plan.jobs if job.step is None]) == 1
    assert sum(len(each["Parameters"]["DependsOn"]) for each in barriers.values()) == 6
    assert len(request(machine, "join")["DependsOn"]) == 20


def test_what_a_state_machine_cannot_do_is_refused_with_all_else_at_once(batch):
    rules = {"SPOT_RECLAIM": Escalate(queue="other")}
    workflow = batch.workflow("w", parameters={"q": "default", "day": "1", "team": "a"})
    workflow.submit("hello", name="a", queue="${parameters.q}", share_identifier="a")
    workflow.submit("${parameters.q}", name="b", share_identifier="${parameters.team}")
    workflow.submit("hello", name="c", on_failure=rules, share_identifier="a", memory=1)
    workflow.sweep("hello", name="d", over={"Target": ["${parameters.day}"]}, share_identifier="a")
    workflow.submit("hello", name="e", cache=True, share_identifier="a")
    found = refusals(workflow)
    assert {
        "steps.a.queue",
        "steps.b.job_definition",
        "steps.b.share_identifier",
        "steps.c.on_failure",
        "steps.c.memory",
        "steps.d.over['Target'][0]",
        "steps.e.cache",
    } <= found.keys()
    assert "is decided when the workflow is exported" in found["steps.a.queue"]


def test_what_only_the_jobs_tell_is_refused(batch):
    workflow = batch.workflow("w", parameters={"day": None}, storage="s3://bucket/p")
    run = ["sh", "-c", "echo $Target ${parameters.day}"]
    points = {"Target": ["1", "2"]}
    workflow.sweep("hello", name="quoted", over=points, command=run, share_identifier="a")
    several = workflow.submit("several", name="several", share_identifier="a")
    workflow.submit("hello", name="asks", when=exit_code(several, 3), share_identifier="a")
    found = refusals(workflow)
    assert "quoted for the shell" in found["steps.quoted.command"]
    assert "exit code of a job of several containers" in found["steps.asks.when.several"]
    big = {"Target": [f"{number:040}{hash(str(number))}" for number in range(3000)]}
    stored = batch.workflow("w", storage="s3://bucket/p")
    stored.sweep("hello", name="long", over=big, through="task", share_identifier="a")
    assert "stores it in S3" in refusals(stored)["steps.long.over"]


def test_a_key_that_would_be_a_path_is_refused(batch):
    workflow = one_step(batch, parameters={"Target.$": "x"}, command=["Ref::Target.$"])
    assert "means a path" in refusals(workflow)["steps.s.parameters"]


def test_a_state_machine_that_is_too_large_is_refused(batch):
    workflow = batch.workflow("w", parameters={"day": None})
    long = {f"A{number}": "é" * 200 + "${parameters.day}" for number in range(20)}
    for number in range(15):
        own = {name: f"{number} {name} {value}" for name, value in long.items()}
        workflow.submit("hello", name=f"s{number}", environment=own, share_identifier="a")
    assert "bytes of data" in refusals(workflow)["steps"]


@pytest.mark.parametrize("every", [0, -1, 86_401, True])
def test_how_often_it_looks_has_bounds(batch, every):
    with pytest.raises(InvalidArgumentError, match="every"):
        one_step(batch).to_stepfunctions(every=every)


def test_values_of_the_input_stand_where_they_are_used(batch):
    workflow = batch.workflow("w", parameters={"my-day": None, "mode": "full"})
    workflow.submit(
        "hello",
        name="s",
        share_identifier="a",
        command=["sh", "-c", "echo '{}' \"${parameters.mode}\"", "${parameters.my-day}", "$${x}"],
        environment={"WHERE": "run ${run.name}", "PLAIN": "$.x"},
        tags={"day": "${parameters.my-day}"},
    )
    machine = workflow.to_stepfunctions()
    asked = request(machine, "s")
    begin = machine.definition["States"]["Begin"]["Parameters"]
    assert asked["Tags"] == {"day.$": "$.parameters.p0_my_day"}
    assert begin["parameters"]["p0_my_day.$"] == "$.all['my-day']"
    overrides = asked["ContainerOverrides"]
    assert {"Name": "PLAIN", "Value": "$.x"} in overrides["Environment"]
    assert {
        "Name": "WHERE",
        "Value.$": "States.Format('{}{}', 'run ', $$.Execution.Name)",
    } in overrides["Environment"]
    assert begin["texts"] == ["echo '{}' \"", '"', "${x}"]
    assert overrides["Command.$"] == (
        "States.Array('sh', '-c', States.Format('{}{}{}', $.texts[0], $.parameters.p1_mode, "
        "$.texts[1]), $.parameters.p0_my_day, $.texts[2])"
    )


def test_the_roles_policy_names_what_is_submitted_and_nothing_else(batch):
    workflow = one_step(batch, tags={"a": "1"})
    (submit, look) = workflow.to_stepfunctions().role_policy["Statement"]
    assert submit["Action"] == ["batch:SubmitJob", "batch:TagResource"]
    start = "arn:aws:batch:us-east-1:123456789012:"
    assert [each.removeprefix(start) for each in submit["Resource"]] == [
        "job-definition/dev-hello",
        "job-definition/dev-hello:*",
        "job-queue/default-1a2b",
        "job/*",
    ]
    assert look == {
        "Sid": "Look",
        "Effect": "Allow",
        "Action": "batch:DescribeJobs",
        "Resource": "*",
    }
    (plain, _) = one_step(batch, "dev-hello:3").to_stepfunctions().role_policy["Statement"]
    assert plain["Action"] == ["batch:SubmitJob"]
    assert f"{start}job-definition/dev-hello:3" in plain["Resource"]
    assert not any(each.endswith(":*") for each in plain["Resource"])


def test_secrets_that_a_refusal_is_about_are_not_shown(batch):
    workflow = one_step(batch, parameters={"Target": "${parameters.token} s3cret"})
    with pytest.raises(InvalidWorkflowError) as caught:
        workflow.to_stepfunctions()
    assert "s3cret" not in str(caught.value)


FILE = """\
workflow: nightly
parameters: {day: }
steps:
  extract: {jobDefinition: hello, parameters: {Target: "${parameters.day}"}}
  load: {jobDefinition: hello, after: extract}
"""


@pytest.fixture
def command_line(tmp_path):
    (tmp_path / "outputs.json").write_text(json.dumps(stack_outputs().to_mapping()))
    (tmp_path / "nightly.yaml").write_text(FILE)

    def run(*arguments):
        whole = ["--outputs", str(tmp_path / "outputs.json"), "export", *arguments]
        return forked_command_line.run(whole, {}, tmp_path)

    return run


def test_the_command_line_writes_it(command_line, tmp_path):
    done = command_line("nightly.yaml", "--to", "stepfunctions", "--every", "300")
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    assert made["States"]["Wait"]["Seconds"] == 300
    hours = float(re.search(r"for ([0-9.]+) hours at most", done.stderr)[1])
    assert 150 < hours < 200
    done = command_line("nightly.yaml", "--to", "stepfunctions", "-o", "it.json")
    assert (done.returncode, done.stdout) == (0, "")
    written = json.loads((tmp_path / "it.json").read_text())
    assert written["States"]["Wait"]["Seconds"] == 60
    done = command_line("nightly.yaml", "--to", "stepfunctions", "--role-policy")
    assert json.loads(done.stdout)["Statement"][0]["Sid"] == "Submit"
    assert done.stderr == ""


def test_the_command_line_refuses(command_line, tmp_path):
    for arguments, told in {
        ("nightly.yaml",): "--to",
        ("nightly.yaml", "--to", "airflow"): "stepfunctions",
        ("nightly.yaml", "--to", "stepfunctions", "--every", "0"): "--every",
        ("none.yaml", "--to", "stepfunctions"): "none.yaml",
        ("nightly.yaml", "--to", "stepfunctions", "-o", "no/such/folder"): "no/such/folder",
    }.items():
        done = command_line(*arguments)
        assert done.returncode == 2, arguments
        assert told in done.stderr
    text = FILE.replace("after: extract}", "after: extract, queue: '${parameters.day}'}")
    (tmp_path / "nightly.yaml").write_text(text)
    done = command_line("nightly.yaml", "--to", "stepfunctions")
    assert done.returncode == 2
    assert "nightly.yaml:5: steps.load.queue: ${parameters.day} is known when" in done.stderr
