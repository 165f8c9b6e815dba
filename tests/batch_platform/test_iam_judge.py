"""Every role and policy of every stack, judged by an evaluator of IAM that nobody here wrote."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

import tests.batch_platform.iam_calls as calls
from localaws.iam import evaluation
from localaws.iam.documents import Policy, read_policy
from tests import example_environments as examples
from tests.batch_platform import iam_stack
from tests.batch_platform.iam_calls import ACCOUNT, Call
from tests.batch_platform.iam_stack import Principal, Stack
from tests.batch_platform.recorded_run import RunProgram
from tests.batch_platform.terraform_plan import with_real_arns
from tests.tool_environment import node_packages

JUDGE = Path(__file__).parent / "iam_judge"
ROOT = Path(__file__).parents[2]
TABLE = ROOT / "docs" / "permissions.md"
EVERYTHING = "everything"
TEXTS = {
    **{name: examples.text(name) for name in examples.NAMES},
    "dev": (ROOT / "Pulumi.dev.yaml").read_text(),
    "local": (ROOT / "Pulumi.local.yaml").read_text().replace("us-east-1", calls.REGION),
    EVERYTHING: (JUDGE / "everything.yaml").read_text(),
}
KEY_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": "kms:*",
            "Resource": "*",
        }
    ],
}
"""The policy of a KMS key that leaves it to the policies of the account."""

OWN_BUCKET = ("getBucket", {"bucket": "storage-of-all"}, {"bucketRegion": calls.REGION})
"""The bucket of another team that the stack with every feature names."""

pytestmark = [pytest.mark.scanners, pytest.mark.timeout(900)]  # installing it is in it


WANTED = json.loads((JUDGE / "package.json").read_text())["dependencies"]
VERSION = WANTED["@cloud-copilot/iam-simulate"]


@pytest.fixture(scope="module")
def folder() -> Path:
    """Where the evaluator is installed, once for all clones of this user."""
    found = node_packages("scanners-iam-simulate", JUDGE)
    shutil.copy(JUDGE / "simulate.mjs", found)
    return found


@pytest.fixture(scope="module")
def known() -> dict[str, dict[str, set[Call]]]:
    """What has been judged, by stack: once for all tests of this module."""
    return {}


def judged(
    folder: Path, documents: Mapping[str, Any], simulations: Iterable[Mapping[str, Any]]
) -> list[bool]:
    """Return whether each simulation is allowed."""
    keys = [json.dumps(one, sort_keys=True) for one in simulations]
    once = list(dict.fromkeys(keys))  # calls have requests in common, and the judge is slow
    asked = {
        "documents": {**documents, "key": KEY_POLICY},
        "simulations": [json.loads(key) for key in once],
    }
    done = subprocess.run(
        ["node", folder / "simulate.mjs"],
        input=json.dumps(asked), capture_output=True, text=True, check=True,
    )  # fmt: skip
    answers = dict(zip(once, json.loads(done.stdout), strict=True))
    for one, answer in answers.items():
        assert "error" not in answer, (one, answer)
    return [answers[key]["result"] == "Allowed" for key in keys]


def verdicts(folder: Path, found: Stack) -> dict[str, set[Call]]:
    """Return what each principal of a stack may do, of all that is tried."""
    tried = [(each, one) for each in found.principals.values() for one in iam_stack.universe(found)]
    simulations = [
        {
            "principal": each.arn,
            "action": request.action,
            "resource": request.resource,
            "context": calls.contexts(request),
            "policies": each.policies,
            "boundary": each.boundary,
            "of_resource": "key" if request.action.startswith("kms:") else None,
        }
        for each, one in tried
        for request in one.requests
    ]
    answers = iter(judged(folder, found.documents, simulations))
    allowed: dict[str, set[Call]] = {name: set() for name in found.principals}
    for each, one in tried:
        of_requests = [next(answers) for _ in one.requests]
        if all(of_requests):
            allowed[each.name].add(one)
    return allowed


@pytest.fixture
def stacks(run_program: RunProgram) -> dict[str, Stack]:
    """Every example, both stacks of the repository, and one with all that asks for a permission."""
    found = {}
    for name, text in TEXTS.items():
        run = run_program(text, stack=name, answers=[*examples.NETWORK, OWN_BUCKET])
        assert run.refused == []
        found[name] = iam_stack.stack(name, text, run.resources)
    return found


def told(each: Principal, allowed: set[Call]) -> dict[str, list[str]]:
    """Return what a principal should be allowed and is not, and the other way round."""
    beyond = allowed & set(calls.NEVER) if each.is_broad else allowed - each.needs
    found = {"lacks": each.needs - allowed, "beyond": beyond}
    return {key: sorted(one.about for one in some) for key, some in found.items() if some}


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_everybody_may_do_what_is_needed_and_nothing_else_of_what_was_tried(
    folder: Path, stacks: dict[str, Stack], known: dict[str, dict[str, set[Call]]], name: str
) -> None:
    found = stacks[name]
    allowed = known[name] = verdicts(folder, found)
    wrong = {each.name: told(each, allowed[each.name]) for each in found.principals.values()}
    assert {key: one for key, one in wrong.items() if one} == {}


def test_a_policy_that_lacks_or_allows_too_much_is_found(
    folder: Path, stacks: dict[str, Stack]
) -> None:
    found = stacks["teams"]
    lacking = found.documents["execution inline"]
    lacking["Statement"] = [one for one in lacking["Statement"] if one["Sid"] != "WriteLogs"]
    submit = found.documents["analytics-may-submit"]["Statement"][0]
    del submit["Condition"]
    allowed = verdicts(folder, found)
    group = "/aws/batch/job/teams"
    assert told(found.principals["execution"], allowed["execution"])["lacks"] == [
        f"logs:CreateLogStream in {group}",
        f"logs:PutLogEvents in {group}",
    ]
    beyond = told(found.principals["analytics-may-submit"], allowed["analytics-may-submit"])
    assert "submit teams-query to teams-shared as research1 with tags" in beyond["beyond"]


def test_the_simulator_of_the_local_aws_judges_likewise(
    folder: Path, stacks: dict[str, Stack], known: dict[str, dict[str, set[Call]]]
) -> None:
    found = stacks[EVERYTHING]
    allowed = known.get(EVERYTHING) or verdicts(folder, found)
    policies = {
        name: read_policy(name, json.dumps(document))
        for principal in found.principals.values()
        for name in (*principal.policies, *filter(None, [principal.boundary]))
        for document in [found.documents[name]]
    }
    for each in found.principals.values():
        boundary = policies[each.boundary] if each.boundary else None
        own = {
            one
            for one in iam_stack.universe(found)
            if all(
                simulated(request, [policies[name] for name in each.policies], boundary)
                for request in one.requests
            )
        }
        differing = sorted(one.about for one in own ^ allowed[each.name])
        assert differing == [], each.name


def simulated(request: calls.Request, policies: list[Policy], boundary: Policy | None) -> bool:
    """Return whether the simulator of the local AWS allows a request."""
    context = {
        key.lower(): (value,) if isinstance(value, str) else tuple(value)
        for key, value in calls.contexts(request).items()
    }
    asked = evaluation.Request(request.action, request.resource, context)
    verdict = evaluation.evaluate(asked, policies, boundary)
    return verdict.decision is evaluation.Decision.ALLOWED


def test_the_table_is_what_was_judged(
    folder: Path, stacks: dict[str, Stack], known: dict[str, dict[str, set[Call]]]
) -> None:
    found = stacks[EVERYTHING]
    allowed = known.get(EVERYTHING) or verdicts(folder, found)
    written = page(found, allowed)
    if os.environ.get("BATCH_PLATFORM_WRITE_TABLE"):
        TABLE.write_text(written, encoding="utf-8")
    assert TABLE.read_text(encoding="utf-8") == written


def page(found: Stack, allowed: Mapping[str, set[Call]]) -> str:
    """Return docs/permissions.md."""
    names = sorted(found.principals)
    lines = [
        HEAD.format(judge=VERSION),
        f"| | {' | '.join(f'`{name}`' for name in names)} |",
        f"|---|{'---|' * len(names)}",
    ]  # fmt: skip
    for one in iam_stack.universe(found):
        marks = ["allowed" if one in allowed[name] else "" for name in names]
        lines.append(f"| {one.about} | {' | '.join(marks)} |")
    return "\n".join(lines) + "\n"


HEAD = """\
# Who may do what

Each column is a role, or somebody with a managed policy, of a stack that has every feature which
asks for a permission (`tests/batch_platform/iam_judge/everything.yaml`); each row is a call of AWS
with the resource that it is about. An empty cell was tried and denied. The verdicts are those of
[@cloud-copilot/iam-simulate](https://www.npmjs.com/package/@cloud-copilot/iam-simulate) {judge}, an
evaluator of IAM policies that is no part of this project; CI asks it about this stack, every
example environment, `Pulumi.dev.yaml` and `Pulumi.local.yaml`, with the permissions boundary of
[configuration.md](configuration.md#what-a-permissions-boundary-must-allow) where a stack has one.

`service` and `spot-fleet` have policies of AWS, which allow more than is needed. `…-submitters` are
the policies of `consumers.managedPolicies`, `…-may-submit` those of `consumers.submitters`. A
submission is allowed where the queue, the definition, the job and, with tags, TagResource on all
three are; one to a queue of another platform AWS Batch itself refuses.

`BATCH_PLATFORM_WRITE_TABLE=1 pytest -m scanners tests/batch_platform/test_iam_judge.py` writes
this page.
"""


# --- policies of resources, and trust


def sends(folder: Path, found: Stack, kind: str, key: str, action: str) -> dict[str, list[bool]]:
    """Ask of each queue or topic: its own rule, another rule, by HTTP, and another service."""
    result = {}
    for policy in found.every(kind):
        document = json.loads(with_real_arns(policy.inputs["policy"]))
        (resource,) = {each["Resource"] for each in document["Statement"]}
        (source, *_) = next(
            each["Condition"]["ArnEquals"]["aws:SourceArn"]
            for each in document["Statement"]
            if each["Effect"] == "Allow"
        )
        asked = [
            ("events.amazonaws.com", {"aws:SourceArn": source, "aws:SecureTransport": "true"}),
            (
                "events.amazonaws.com",
                {"aws:SourceArn": f"{source}x", "aws:SecureTransport": "true"},
            ),
            ("events.amazonaws.com", {"aws:SourceArn": source, "aws:SecureTransport": "false"}),
            ("lambda.amazonaws.com", {"aws:SourceArn": source, "aws:SecureTransport": "true"}),
        ]
        simulations = [
            {"principal": who, "action": action, "resource": resource, "context": context,
             "policies": [], "boundary": None, "of_resource": "it"}
            for who, context in asked
        ]  # fmt: skip
        result[policy.name] = judged(folder, {"it": document}, simulations)
    return result


def test_only_the_stacks_rules_send_to_its_queues_and_topics(
    folder: Path, stacks: dict[str, Stack]
) -> None:
    found = stacks[EVERYTHING]
    for kind, action in (("QueuePolicy", "sqs:SendMessage"), ("TopicPolicy", "sns:Publish")):
        answers = sends(folder, found, kind, "policy", action)
        assert answers
        assert set(map(tuple, answers.values())) == {(True, False, False, False)}, answers


SERVICES = {
    "instance": ("ec2.amazonaws.com", {}),
    "spot-fleet": ("spotfleet.amazonaws.com", {}),
    "service": ("batch.amazonaws.com", {"source": "batch", "name": "compute-environment/{}-a"}),
    "schedule-nightly": (
        "scheduler.amazonaws.com",
        {"source": "scheduler", "name": "schedule-group/{}-schedules-1a2b3c4"},
    ),
    "trigger-upload": (
        "events.amazonaws.com",
        {"source": "events", "name": "rule/{}-upload-1a2b3c4"},
    ),
    "flow-logs": ("vpc-flow-logs.amazonaws.com", {"source": "ec2", "name": "vpc-flow-log/fl-1"}),
}
TASKS = ("ecs-tasks.amazonaws.com", {"source": "ecs", "name": "task/AWSBatch-a/1"})


def test_only_its_service_assumes_a_role_and_only_for_this_account(
    folder: Path, stacks: dict[str, Stack]
) -> None:
    found = stacks[EVERYTHING]
    roles = [each for each in found.principals.values() if f"{each.name} trust" in found.documents]
    assert len(roles) > 6
    for each in roles:
        service, source = SERVICES.get(each.name, TASKS)
        context = {}
        if source:
            named = calls.arn(source["source"], source["name"].format(found.name))
            context = {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": named}
        other = {key: value.replace(ACCOUNT, "210987654321") for key, value in context.items()}
        asked = [
            (service, context, True),
            ("lambda.amazonaws.com", context, False),
            (f"arn:aws:iam::{ACCOUNT}:user/any", context, False),
            *([(service, other, False)] if source else []),
        ]
        simulations = [
            {"principal": who, "action": "sts:AssumeRole", "resource": each.arn, "context": known,
             "policies": [], "boundary": None, "of_resource": f"{each.name} trust"}
            for who, known, _ in asked
        ]  # fmt: skip
        answers = judged(folder, found.documents, simulations)
        assert answers == [expected for *_, expected in asked], each.name
