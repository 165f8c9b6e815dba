"""Each sentence of AWS Batch's model that is a rule is kept: refused, waited for, or told why not.

A newer botocore with a further sentence fails here: ``python -m tests.batch_model.untold``
prints it, and a row of ``rules/`` or a line of ``no_rules.txt`` takes it.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from batch_platform.plan import Account, make_plan
from batch_platform.settings import SettingsError
from batch_platform.workable import refuse_unworkable
from batchsdk import InvalidSubmissionError, Retry
from localaws import LocalAws
from localaws.batch.operations import OPERATIONS
from tests.aws_clients import client_of
from tests.batch_model.bases import BASES, CONFIG, DEFINITIONS, SPOT
from tests.batch_model.sentences import MODEL, REFUSED_BY_NAME, sentences
from tests.batch_model.table import (
    Row,
    changed,
    expanded,
    last_name,
    names_of_tests,
    no_rules,
    rows,
)
from tests.batch_model.untold import untold
from tests.batch_platform.stack_files import load
from tests.batch_requests import EC2, FARGATE, ROLE, environment, queue, refusal, unique
from tests.batchsdk.fakes import FakeTransport, connect
from tests.conftest import eventually

TESTS = Path(__file__).parents[1]
ROWS = rows()
ACCOUNT = Account("123456789012", tuple(f"ap-northeast-1{zone}" for zone in "acd"), {})


def stack_file(changes: dict[str, Any]) -> dict[str, Any]:
    """Return the stack file of ``CONFIG`` with changes, with those definitions that change."""
    touched = {path.split("/")[1] for path in changes if path.startswith("jobDefinitions/")}
    known = CONFIG["jobDefinitions"]
    kept = {key: known[key] for key in known if not changes or key in {"hello", *touched}}
    blocks = changed({**CONFIG, "jobDefinitions": kept}, changes)
    return {
        "aws:region": "ap-northeast-1",
        **{f"batch-platform:{key}": value for key, value in blocks.items()},
    }


def named(kind: str, what: type) -> Any:
    """Try each distinct example once: one often breaks several sentences."""
    chosen = [row for row in ROWS if isinstance(getattr(row, kind), what)]
    tells = {"config": "config_tells", "request": "tells"}.get(kind, kind)
    distinct = {str((getattr(row, kind), getattr(row, tells))): row for row in reversed(chosen)}
    rows = list(reversed(distinct.values()))
    return pytest.mark.parametrize("row", rows, ids=[row.place for row in rows])


def test_every_sentence_of_the_model_is_in_the_table() -> None:
    assert untold() == {}


def test_the_table_has_no_sentence_that_the_model_has_not() -> None:
    known = sentences()
    assert [row.says for row in ROWS if not set(row.of) <= known.get(row.says, set())] == []
    assert no_rules() - known.keys() == set()
    assert no_rules() & {row.says for row in ROWS} == set()


def test_each_row_says_what_is_done() -> None:
    for row in ROWS:
        done = [row.request or row.config, row.shown, row.scope]
        assert sum(map(bool, done)) == 1 or row.waits, row
        if row.request or row.config:
            assert row.config, row
            assert row.request or row.waits, row
            operation = BASES[row.request[0]][0] if isinstance(row.request, list) else ""
            assert operation != "SubmitJob" or row.submission is not None or row.note, row


def test_the_tests_that_the_table_names_exist() -> None:
    known = set(names_of_tests(TESTS))
    told = {name for row in ROWS for name in (row.shown, row.waits) if name}
    assert {name.partition("[")[0] for name in told} - known == set()


def test_the_stack_file_that_rows_change_is_valid(tmp_path: Path) -> None:
    load(stack_file({}), tmp_path)


@pytest.mark.sampled(3)
@named("config", dict)
def test_a_stack_file_that_breaks_it_is_refused(row: Row, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        refuse_unworkable(make_plan(load(stack_file(row.config), tmp_path), ACCOUNT))
    told = "\n".join(caught.value.lines)
    assert (row.config_tells or last_name(row.config)) in told


def arm64_image(local: LocalAws) -> str:
    arm64 = [{"Name": "architecture", "Values": ["arm64"]}]
    images = client_of(local, "ec2").describe_images(Filters=arm64)["Images"]
    return str(images[0]["ImageId"])


def until_invalid(batch: Any, name: str) -> None:
    def described() -> Any:
        return batch.describe_compute_environments(computeEnvironments=[name])[
            "computeEnvironments"
        ][0]

    eventually(lambda: described()["status"] == "INVALID" or None, lambda: str(described()))


@pytest.fixture(scope="module")
def made(local: LocalAws) -> dict[str, str]:
    """What requests name: environments, queues, a policy and definitions, by ``<name>``."""
    batch = client_of(local, "batch")
    environments = {
        "environment": environment(batch, EC2),
        "fargate environment": environment(batch, FARGATE),
        "arm environment": environment(batch, {**EC2, "instanceTypes": ["c6g.large"]}),
        "updatable": environment(batch, {**EC2, "minvCpus": 2, **UPDATABLE}),
    }
    own = [{"imageType": "ECS_AL2023", "imageIdOverride": arm64_image(local)}]
    invalid = unique()
    batch.create_compute_environment(
        computeEnvironmentName=invalid,
        type="MANAGED",
        computeResources={**EC2, "ec2Configuration": own},
    )
    until_invalid(batch, invalid)
    policy = batch.create_scheduling_policy(name=unique(), fairsharePolicy={})["arn"]
    resource = unique()
    batch.create_consumable_resource(consumableResourceName=resource, totalQuantity=1)
    names = {}
    for name, request in DEFINITIONS.items():
        names[name] = unique()
        batch.register_job_definition(**request | {"jobDefinitionName": names[name]})
    found = {
        **environments,
        **names,
        "invalid environment": invalid,
        "policy": policy,
        "resource": resource,
        "queue": queue(batch, environments["environment"]),
        "fargate queue": queue(batch, environments["fargate environment"]),
        "shares queue": queue(batch, environments["environment"], schedulingPolicyArn=policy),
    }
    return {f"<{name}>": value for name, value in found.items()}


UPDATABLE = {"allocationStrategy": "BEST_FIT_PROGRESSIVE"}


def filled(value: Any, made: dict[str, str]) -> Any:
    """Return a request with the names of what was made; ``<new>`` is a name of its own."""
    if isinstance(value, dict):
        return {key: filled(each, made) for key, each in value.items()}
    if isinstance(value, list):
        return [filled(each, made) for each in value]
    return made.get(value, unique() if value == "<new>" else value)


@functools.cache
def _unchecked(_: str, local: LocalAws) -> Any:
    return boto3.client(
        "batch", **local.client_arguments, config=Config(parameter_validation=False)
    )


def call(local: LocalAws, operation: str, request: dict[str, Any]) -> str:
    """Send a request that botocore does not check, and return what refuses it."""
    client = _unchecked(local.client_arguments["endpoint_url"], local)
    method = next(
        name for name, each in client.meta.method_to_api_mapping.items() if each == operation
    )
    return refusal(getattr(client, method), **request)


@pytest.mark.sampled(3)
@named("request", list)
def test_a_request_that_breaks_it_is_refused(
    row: Row, local: LocalAws, made: dict[str, str]
) -> None:
    base, changes = row.request
    operation, request = BASES[base]
    told = call(local, operation, filled(changed(request, changes), made))
    assert (row.tells or last_name(changes)) in told


@named("submission", dict)
def test_a_submission_that_breaks_it_is_refused_before_it_is_sent(row: Row) -> None:
    transport = FakeTransport()
    arguments = expanded(row.submission)
    if "attempts" in arguments:
        arguments = {"retry": Retry(attempts=arguments["attempts"])}
    with pytest.raises(InvalidSubmissionError) as caught:
        connect(transport).submit("hello", **arguments)
    assert transport.calls == []
    first = next(iter(arguments))
    assert any(problem.field.startswith(first) for problem in caught.value.problems)


def test_what_the_local_batch_does_not_have_is_refused_by_name(local: LocalAws) -> None:
    """The shapes that the table leaves out are reached by what is refused here."""
    for operation in MODEL["operations"].keys() - OPERATIONS.keys():
        assert REFUSED_BY_NAME.search(operation) or "ServiceJob" in operation
        assert call(local, operation, {}) == (
            f"{operation} is not supported by the local Batch yet"
        )


BY_NAME = {
    "Eks": (
        "environment",
        {"eksConfiguration": {"eksClusterArn": "x", "kubernetesNamespace": "x"}},
    ),
    "ManagedInstances": ("environment", {"computeResources/type": "ECS_MANAGED_INSTANCES"}),
    "ServiceEnvironment": (
        "queue",
        {"serviceEnvironmentOrder": [{"order": 1, "serviceEnvironment": "x"}]},
    ),
    "Quota": ("policy", {"quotaSharePolicy": {"idleResourceAssignmentStrategy": "FIFO"}}),
}


@pytest.mark.parametrize("name", BY_NAME)
def test_shapes_that_the_table_leaves_out_are_refused_by_name(
    name: str, local: LocalAws, made: dict[str, str]
) -> None:
    base, changes = BY_NAME[name]
    operation, request = BASES[base]
    told = call(local, operation, filled(changed(request, changes), made))
    assert "support" in told


def test_the_requests_that_rows_change_are_taken(local: LocalAws, made: dict[str, str]) -> None:
    batch = client_of(local, "batch")
    for name in ("environment", "Spot environment", "Fargate environment", "unmanaged environment"):
        batch.create_compute_environment(**filled(BASES[name][1], made))
    for name in ("job", "task job", "nodes job", "Fargate job", "shares job"):
        job = batch.submit_job(**filled(BASES[name][1], made))
        batch.terminate_job(jobId=job["jobId"], reason="over")
    assert SPOT["type"] == "SPOT"
    assert ROLE
