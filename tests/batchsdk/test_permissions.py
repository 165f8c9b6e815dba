"""What each verb asks of AWS, what the docs say that it needs, and what the policies grant."""

from __future__ import annotations

import ast
import dataclasses
import json
import re
import sys
import uuid
from hashlib import shake_256

import pytest

from batch_platform.iam import consumers
from batchsdk import cli
from tests.batchsdk.conftest import ROOT
from tests.batchsdk.forked_command_line import RECORD
from tests.conftest import eventually
from tests.localaws.principals import ACCOUNT, Principals, allow

ACTIONS = {
    "ListObjectsV2": "ListBucket",
    "DeleteObjects": "DeleteObject",
    "DeleteMessageBatch": "DeleteMessage",
    "ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
}
"""Operations that are authorised by an action of another name (Service Authorization Reference)."""

WORKFLOWS = {
    "fails.yaml": """\
onEnd: trouble
steps:
  first: {jobDefinition: hello, tags: {a: b}}
  second: {jobDefinition: fail, after: first}
""",
    "slow.yaml": """\
steps:
  first: {jobDefinition: sleep, parameters: {WaitTime: "60"}}
""",
}


def documented() -> dict[str, set[str]]:
    """Return the permissions of each verb, as the table in the guide has them."""
    page = (ROOT / "docs" / "batchsdk.md").read_text(encoding="utf-8")
    table = page.partition("## Permissions\n")[2].partition("\n## ")[0]
    found: dict[str, set[str]] = {}
    for verbs, needed in re.findall(r"^\| (`.+?) \| (`.+?) \|", table, re.MULTILINE):
        for verb in re.findall(r"`([a-z -]+)`", verbs):
            found.setdefault(verb, set()).update(re.findall(r"`([a-z0-9]+:\w+)`", needed))
    return found


def granted() -> set[str]:
    """Return every action of the policies for consumers, and of storage in S3."""
    groups = (
        consumers.SUBMITS,
        consumers.ENDS,
        consumers.HEARS,
        consumers.LOOKS,
        consumers.LOOKS_AT_A_QUEUE,
        consumers.READS_LOGS,
        consumers.READS_OUTPUTS,
        consumers.DIAGNOSES,
        consumers.DIAGNOSES_CAPACITY,
        consumers.DIAGNOSES_ROLES,
        consumers.STORES,
        consumers.PRICES,
        consumers.EXECUTES,
        consumers.TELLS,
    )
    return {action for group in groups for action in group}


def asked_by_the_code() -> set[str]:
    """Return what the checks of the doctor ask, as their calls of ``read`` and ``find`` say."""
    found = set()
    for path in (ROOT / "batchsdk" / "diagnosis").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                constants = [arg.value for arg in node.args[:2] if isinstance(arg, ast.Constant)]
                if node.func.attr in {"read", "find"} and len(constants) == 2:
                    service, operation = constants
                    found.add(f"{service.replace('-', '')}:{operation}")
    return found


@pytest.fixture
def scope(stack) -> consumers.Scope:
    """The stack as the policies of its consumers are limited to it; the outputs are elsewhere."""
    role = f"arn:aws:iam::{ACCOUNT}"
    return consumers.Scope(
        partition="aws",
        region="us-east-1",
        account_id=ACCOUNT,
        log_groups=(f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:{stack.outputs.log_group.name}",),
        parameter=f"arn:aws:ssm:us-east-1:{ACCOUNT}:parameter/batch/{stack.outputs.environment}",
        roles=(f"{role}:instance-profile/any", f"{role}:role/instances"),
    )


@pytest.fixture
def enforced(local):
    """A local AWS that holds every call against the policies of the caller."""
    local.enforce_iam = True
    yield Principals(local)
    local.enforce_iam = False


def submitter(stack, scope, events_arn=None):
    """Return the statements of the policy for those who submit to the stack's queue."""
    queues = [queue.arn for queue in stack.outputs.job_queues.values()]
    definitions = [each.name for each in stack.outputs.job_definitions.values()]
    policy = consumers.submitter(scope, queues, definitions, events_arn=events_arn)
    return policy["Statement"]


@pytest.fixture
def calls(stack, scope, enforced, tmp_path):
    """Run verbs with the outputs in SSM, job events and storage; return the actions they need.

    Who runs them has the submitters' policy, and storage, and no more.
    """
    sqs, s3, sns, ssm = map(enforced.root, ("sqs", "s3", "sns", "ssm"))
    unique = uuid.uuid4().hex[:8]
    url = sqs.create_queue(QueueName=f"events-{unique}")["QueueUrl"]
    s3.create_bucket(Bucket=f"store-{unique}")
    topic = sns.create_topic(Name=f"dev-trouble-{unique}")["TopicArn"]
    outputs = dataclasses.replace(
        stack.outputs,
        job_events=url,
        storage=f"s3://store-{unique}/a",
        trouble_topic_arn=topic,
    )
    text = json.dumps(outputs.to_mapping())
    ssm.put_parameter(Name=f"/batch/{unique}", Type="String", Value=text, Tier="Advanced")
    for name, workflow in WORKFLOWS.items():
        (tmp_path / name).write_text(workflow)
    file = tmp_path / "calls"
    own = dataclasses.replace(
        scope,
        parameter=f"arn:aws:ssm:us-east-1:{ACCOUNT}:parameter/batch/{unique}",
        trouble_topic=f"arn:aws:sns:us-east-1:{ACCOUNT}:dev-trouble-*",
    )
    events_arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:events-{unique}"
    stores = allow(
        list(consumers.STORES), [f"arn:aws:s3:::store-{unique}", f"arn:aws:s3:::store-{unique}/*"]
    )
    prices = allow([*consumers.PRICES, *consumers.EXECUTES], ["*"])
    role = enforced.role(*submitter(stack, own, events_arn), stores, prices)
    somebody = enforced.session(role)

    def run(*arguments: str, code: int = 0) -> tuple[set[str], str]:
        file.write_text("")
        environ = {
            **somebody.environ,
            "BATCHSDK_OUTPUTS": "",
            "BATCHSDK_SSM": f"/batch/{unique}",
            "BATCHSDK_LEDGER": f"s3://store-{unique}/runs",
            RECORD: str(file),
        }
        done = stack.run(*arguments, **environ)
        assert done.returncode == code, done.stdout + done.stderr
        return {action for line in file.read_text().splitlines() for action in needed(line)}, (
            done.stdout
        )

    return run


def needed(line: str) -> set[str]:
    call = json.loads(line)
    operation = ACTIONS.get(call["operation"], call["operation"])
    tags = {"batch:TagResource"} if operation == "SubmitJob" and '"tags"' in call["body"] else set()
    return {f"{call['service']}:{operation}", *tags}


WHERE_IT_APPLIES = {
    "sqs:ChangeMessageVisibility": "a message about another's job came",
    "sqs:DeleteMessage": "a message about its own job came",
    "batch:DescribeJobDefinitions": "the definition is not as the outputs have it",
    "run batch:TerminateJob": "Ctrl-C ends its jobs",
    "resume batch:TerminateJob": "likewise",
    "resume batch:TagResource": "steps have tags",
    "doctor batch:ListJobs": "other jobs hold the capacity",
    "attach sns:Publish": "the run ends meanwhile",
}
"""What a verb asks in few cases alone; all else of the table is seen to be asked."""
WITHOUT_A_STACK = {
    f"{verb} {action}"
    for verb in ("submit", "sweep", "run", "resume", "export", "report")
    for action in (
        "batch:DescribeComputeEnvironments",
        "batch:DescribeJobDefinitions",
        "batch:DescribeJobQueues",
        "ec2:DescribeInstanceTypes",
    )
}
"""What a queue is asked about that no outputs describe: test_any_queue.py."""
ANYBODY = {"sts:GetCallerIdentity"}
"""Needs no permission (Security Token Service API)."""


@pytest.fixture
def open_job(stack, enforced):
    """A job that runs, with ECS Exec turned on and a role that may speak to Systems Manager."""
    batch = enforced.root("batch")
    channels = allow("ssmmessages:*", ["*"])
    role = enforced.role(channels, trusts={"Service": "ecs-tasks.amazonaws.com"})
    made = batch.register_job_definition(
        jobDefinitionName=f"open-{uuid.uuid4().hex[:8]}",
        type="container",
        containerProperties={
            "image": "busybox",
            "command": ["sleep", "600"],
            "vcpus": 1,
            "memory": 100,
            "jobRoleArn": role,
            "enableExecuteCommand": True,
        },
    )
    queue = stack.outputs.job_queues["default"].name
    job_id = batch.submit_job(
        jobName="open", jobQueue=queue, jobDefinition=made["jobDefinitionArn"]
    )["jobId"]
    eventually(
        lambda: batch.describe_jobs(jobs=[job_id])["jobs"][0]["status"] == "RUNNING" or None,
        lambda: "not RUNNING",
    )
    yield job_id
    batch.terminate_job(jobId=job_id, reason="seen")


@pytest.mark.deployments
@pytest.mark.timeout(900)  # 35 commands, some of which wait
def test_every_verb_asks_what_the_table_says_and_no_more(calls, stack, open_job):
    recorded: dict[str, set[str]] = {}

    def run(verb: str, *arguments: str, code: int = 0) -> str:
        actions, output = calls(verb, *arguments, code=code)
        recorded.setdefault(verb, set()).update(actions)
        return output

    failed = run("submit", "fail", "--tag", "a=b").strip()
    run("submit", "hello", "--follow")
    run("submit", "sleep", "-p", "WaitTime=10", "--wait")
    hello = stack.outputs.job_definitions["hello"]
    run("submit", f"{hello.name}:1")
    run("submit", f"{hello.name}:2", code=2)
    long = run("submit", "sleep", "-p", "WaitTime=600").strip()
    run("wait", long, "--timeout", "5", code=124)
    run("wait", failed, code=1)
    run("list", "--status", "failed")
    run("show", failed)
    run("logs", failed)
    run("prices", "update")
    run("usage", failed)
    run("usage", "--queue", "default")
    run("report", failed, "-o", "page.html")
    run("top", "--once")
    large = ",".join(shake_256(bytes([number])).hexdigest(2_000) for number in range(4))
    program = (sys.executable, "-c", "print('done')")
    run("sweep", "hello", "--over", f"x={large}", "--tag", "a=b", "--", *program)
    run("sweep", "sleep", "--over", "WaitTime=9,10", "--wait")
    run("run", "fails.yaml", "--name", "mine", code=1)
    run("runs")
    run("export", "slow.yaml", "--to", "stepfunctions")
    run("attach", "mine", code=1)
    run("resume", "mine", code=1)
    run("report", "mine", "-o", "page.html")
    run("run", "slow.yaml", "--name", "slow", "--no-wait")
    run("attach", "slow", "--wait-timeout", "5", code=124)
    run("attach", "slow", "--cancel")
    run("runs", "--prune", "0.000001")
    stuck = run("submit", "hello", "--memory", "5000").strip()
    eventually(lambda: stack.batch.job(stuck).describe().status_reason, lambda: "no reason")
    run("show", stuck)
    run("doctor", stuck, code=1)
    run("doctor", code=1)
    run("exec", open_job, "--", "true")
    run("cancel", stuck)
    run("terminate", long)
    table = documented()
    unwritten = {verb: found - table[verb] - ANYBODY for verb, found in recorded.items()}
    assert not any(unwritten.values()), unwritten
    rare = (
        WITHOUT_A_STACK
        | WHERE_IT_APPLIES.keys()
        | {f"doctor {action}" for action in asked_by_the_code()}
    )
    never = {
        f"{verb} {action}"
        for verb, wanted in table.items()
        for action in wanted - recorded[verb]
        if not {action, f"{verb} {action}"} & rare
    }
    assert never == set()


@pytest.mark.deployments
def test_an_observer_looks_at_jobs_and_does_nothing_to_them(stack, scope, enforced):
    job_id = stack.run("submit", "sleep", "-p", "WaitTime=600").stdout.strip()
    ended = stack.run("submit", "hello").stdout.strip()
    stack.run("wait", ended)
    observer = enforced.session(enforced.role(*consumers.observer(scope)["Statement"]))
    for verb in (("list",), ("show", job_id), ("logs", ended), ("top", "--once"), ("usage", ended)):
        done = stack.run(*verb, **observer.environ)
        assert done.returncode == 0, done.stdout + done.stderr
    for verb in (("submit", "hello"), ("cancel", job_id), ("terminate", job_id)):
        done = stack.run(*verb, **observer.environ)
        assert done.returncode not in (0, 1), done.stdout
        assert f"User: {observer.arn} is not authorized to perform: batch:" in done.stderr
    assert stack.batch.job(job_id).describe().status != "FAILED"
    stack.run("terminate", job_id)


@pytest.mark.deployments
def test_a_submitter_has_its_queue_and_its_definitions_alone(stack, scope, enforced, new_cluster):
    other = new_cluster()
    others = other.register(["true"])
    somebody = enforced.session(enforced.role(*submitter(stack, scope)))
    batch = somebody.client("batch")
    queue, definition = (
        next(iter(each.values())).name
        for each in (stack.outputs.job_queues, stack.outputs.job_definitions)
    )
    job = {"jobName": "job", "jobQueue": queue, "jobDefinition": definition}
    assert batch.submit_job(**job, tags={"a": "b"})["jobId"]
    denied = [
        ("batch", "submit_job", {**job, "jobQueue": other.queue}),
        ("batch", "submit_job", {**job, "jobDefinition": others}),
        ("batch", "get_job_queue_snapshot", {"jobQueue": other.queue}),
        ("batch", "update_job_queue", {"jobQueue": queue, "state": "DISABLED"}),
        ("batch", "deregister_job_definition", {"jobDefinition": f"{definition}:1"}),
        ("logs", "describe_log_groups", {}),
        ("logs", "get_log_events", {"logGroupName": "/aws/batch/job", "logStreamName": "a"}),
        ("ssm", "get_parameter", {"Name": "/batch/others"}),
        ("iam", "get_role", {"RoleName": "batch"}),
        ("s3", "list_buckets", {}),
    ]
    for service, operation, request in denied:
        _, message, _ = somebody.denied(service, operation, **request)
        assert f"User: {somebody.arn} is not authorized to perform: {service}:" in message


def test_the_table_has_every_verb_and_every_action_of_the_policies():
    table = documented()
    context = cli.command_line.make_context("batchsdk", ["--help"], resilient_parsing=True)
    assert table.keys() == set(cli.command_line.list_commands(context)) - {"completion"}
    assert set().union(*table.values()) == granted()


def test_the_doctors_row_is_what_its_checks_ask():
    own = asked_by_the_code()
    assert own <= documented()["doctor"]
    assert own >= {*consumers.DIAGNOSES_CAPACITY, *consumers.DIAGNOSES_ROLES}
