"""The JSON Schema of stack files: current, valid, and of one mind with the loader."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from batch_platform.settings import read_stack_file
from batch_platform.settings.schema import schema_text, stack_schema
from tests.batch_platform.schema_validation import SCHEMA, faults, schema
from tests.batch_platform.stack_files import CE, JOB, VALID, changed, refusals

ROOT = Path(__file__).parents[2]
STACK_FILES = sorted(
    [*ROOT.glob("Pulumi.*.yaml"), *ROOT.glob("examples/**/Pulumi.*.yaml")],
    key=lambda path: path.name,
)
DRAFTS = [jsonschema.Draft202012Validator, jsonschema.Draft7Validator]
"""The one that it is written in, and the one that editors know best."""


def test_the_schema_is_current() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == schema_text(), "run `make docs`"


def test_the_schema_is_printed() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "batch_platform", "schema"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    assert done.stderr == b""
    assert json.loads(done.stdout) == schema()


@pytest.mark.parametrize("draft", DRAFTS)
def test_the_schema_is_itself_valid(draft: Any) -> None:
    draft.check_schema(schema())


def test_every_reference_of_the_schema_leads_to_a_definition() -> None:
    references = set(re.findall(r'"#/\$defs/([^"]+)"', schema_text()))
    assert references == set(schema()["$defs"]), "each is there, and each is needed"


def test_stack_files_are_found() -> None:
    assert len(STACK_FILES) >= 8


@pytest.mark.parametrize("path", STACK_FILES, ids=lambda path: path.name)
def test_a_stack_file_names_the_schema_and_keeps_it(path: Path) -> None:
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    named = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
    assert named, f"{path.name} begins with {first!r}"
    assert (path.parent / named[1]).resolve() == SCHEMA
    assert faults(read_stack_file(path)) == []


VOLUME = {"containerPath": "/data", "efs": {"fileSystemId": "fs-12345678", "readOnly": True}}
BROKEN: list[tuple[str, object]] = [
    # unknown keys
    ("jobQueue", {}),
    (f"{CE}/maxvcpus", 1),
    (f"{CE}/eksConfiguration", {}),
    (f"{CE}/bidPercentage", 50),  # of SPOT alone
    (f"{CE}", {"type": "FARGATE", "minVcpus": 0}),
    ("network/natGateways", "single"),  # of mode nat alone
    (f"{JOB}/volumes", {"data": VOLUME}),
    (f"{JOB}/containerProperties", {"imag": "x"}),
    (f"{JOB}/containerProperties", {"linuxParameters": {"tmpfs": [{"siz": 1}]}}),
    # types
    (f"{CE}/maxVcpus", "8"),
    (f"{CE}/maxVcpus", 1.5),
    (f"{CE}/maxVcpus", True),
    (f"{CE}/maxVcpus", None),
    (f"{CE}/instanceTypes", "c4.large"),
    (f"{CE}/instanceTypes", [5]),
    (CE, None),
    (f"{JOB}/propagateTags", "yes"),
    (f"{JOB}/environment", {"PORT": 80}),
    (f"{JOB}/command", "echo hello"),
    (f"{JOB}/containerProperties", {"privileged": "yes"}),
    ("tags", {"team": True}),
    ("logGroup", None),
    ("jobDefinitions", []),
    # out of range
    (f"{CE}/maxVcpus", 0),
    (f"{CE}/minVcpus", -1),
    (f"{CE}", {"type": "SPOT", "bidPercentage": 101}),
    ("network/availabilityZones", 7),
    ("network/availabilityZones", []),
    ("network/cidr", "10.0.0.0/8"),
    ("jobQueues/default/priority", 1001),
    ("jobQueues/default/computeEnvironments", []),
    ("jobQueues/default/computeEnvironments", ["a", "b", "c", "d"]),
    (f"{JOB}/memory", 3),
    (f"{JOB}/gpus", 0),
    (f"{JOB}/timeout", {"attemptDurationSeconds": 59}),
    (f"{JOB}/retry", {"on": [256]}),
    (f"{JOB}/retry", {"on": ["spot"], "attempts": 11}),
    (f"{JOB}/retryStrategy", {"attempts": 0}),
    ("logGroup/retentionInDays", 2),
    ("monitoring", {"enabled": True, "failedJobs": {"period": 59}}),
    ("computeEnvironments", {}),
    # enumerations and forms
    (f"{CE}/type", "FARGAT"),
    (f"{CE}/allocationStrategy", "CHEAPEST"),
    (f"{CE}/imageType", "ECS_AL2"),
    ("network/mode", "moon"),
    (f"{JOB}/platform", "ec2"),
    (f"{JOB}/retry", {"on": ["spott"]}),
    (f"{JOB}/logConfiguration", {"logDriver": "awslog"}),
    (f"{JOB}/secrets", {"KEY": "hunter 2"}),
    (f"{JOB}/environment", {"AWS_BATCH_X": "1"}),
    (f"{JOB}/user", " "),
    (f"{JOB}/permissions", {"s3Read": ["bucket"]}),
    (f"{JOB}/containerProperties", {"logConfiguration": {"logDriver": "awslog"}}),
    (f"{JOB}/retryStrategy", {"attempts": 2, "evaluateOnExit": [{"onReason": "a*b"}]}),
    (f"{CE}/instanceTypes", ["c5", "c5"]),
    (f"{CE}/imageIdOverride", "ami"),
    (f"{CE}/launchTemplate", {"ecsAgent": {"ECS_CLUSTER": "mine"}}),
    (f"{CE}/launchTemplate", {"rootVolume": {"kmsKeyId": "alias/mine"}}),
    ("tags", {"aws:team": "data"}),
    ("tags", {f"tag{number}": "" for number in range(46)}),
    ("roles/permissionsBoundary", "admin"),
    ("computeEnvironments/my.env", {"type": "EC2"}),
    ("aws:region", "nowhere"),
    # lacking
    (f"{CE}", {}),
    ("network", {}),
    ("network", {"mode": "existing", "vpcId": "vpc-0", "subnetIds": ["subnet-0"]}),
    ("network/securityGroupIds", [f"sg-{number}" for number in range(5)]),
    ("jobQueues/default", {}),
    (f"{JOB}/retryStrategy", {}),
    (f"{JOB}/volumes", {"data": {}}),
    (f"{JOB}/nodeProperties", {"numNodes": 2}),
]


@pytest.mark.parametrize(("path", "value"), BROKEN)
def test_the_schema_refuses_what_the_loader_refuses(
    path: str, value: object, tmp_path: Path
) -> None:
    config = changed(path, value)
    assert refusals(config, tmp_path)
    assert [draft for draft in DRAFTS if draft(schema()).is_valid({"config": config})] == []


@pytest.mark.parametrize("key", [key for key in VALID if not key.endswith(":jobDefinitions")])
def test_neither_does_without_a_required_block(key: str, tmp_path: Path) -> None:
    config = {name: value for name, value in VALID.items() if name != key}
    assert refusals(config, tmp_path)
    assert not jsonschema.Draft202012Validator(schema()).is_valid({"config": config})


def test_what_is_of_the_engine_and_its_providers_is_let_alone() -> None:
    whole = {"encryptionsalt": "v1:x", "environment": ["shared"]}
    config = {**VALID, "aws:profile": "me", "pulumi:tags": {"team": {"secure": "x"}}}
    assert jsonschema.Draft202012Validator(schema()).is_valid({**whole, "config": config})


def test_a_config_key_wants_its_namespace_and_the_file_its_config() -> None:
    validator = jsonschema.Draft202012Validator(schema())
    assert validator.is_valid({"config": VALID})
    assert not validator.is_valid({"config": {**VALID, "tags": {}}})
    assert not validator.is_valid({"config": VALID, "confg": {}})
    assert not validator.is_valid({})


LIMITED = {
    "array": ("minItems", "maxItems", "uniqueItems"),
    "object": ("minProperties", "maxProperties", "propertyNames"),
    "string": ("minLength", "maxLength", "pattern"),
}


def _values(part: object, place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(part, dict):
        if isinstance(part.get("type"), str | list):
            yield place, part
        for name, each in part.items():
            yield from _values(each, f"{place}/{name}")
    elif isinstance(part, list):
        for number, each in enumerate(part):
            yield from _values(each, f"{place}/{number}")


def _types(value: dict[str, Any]) -> list[str]:
    return value["type"] if isinstance(value["type"], list) else [value["type"]]


def test_every_limit_is_one_of_its_type() -> None:
    values = list(_values(schema()))
    assert len(values) > 500
    assert [
        f"{place}: {limit} of {value['type']}"
        for place, value in values
        for kind, limits in LIMITED.items()
        for limit in limits
        if limit in value and kind not in _types(value)
    ] == []


def _keys(definitions: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, block in definitions.items():
        if "of the AWS Batch API: https://" not in block["description"]:
            for key, value in block["properties"].items():
                yield f"{name}.{key}", value


def test_every_block_and_key_is_described() -> None:
    made = stack_schema()
    blocks = {**made["$defs"], **made["properties"], **made["properties"]["config"]["properties"]}
    lacking = [name for name, block in blocks.items() if not block.get("description")]
    lacking += [name for name, value in _keys(made["$defs"]) if not value.get("description")]
    assert lacking == [], "say it under `Attributes:` in the docstring of the class"
