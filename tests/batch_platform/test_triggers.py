"""Triggers: what is refused, what is registered, and what EventBridge gives a job."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from batch_platform.plan import assumed_plan
from batch_platform.settings import SettingsError
from batch_platform.workable import refuse_unworkable
from tests.batch_platform.program_config import config
from tests.batch_platform.recorded_run import RunProgram
from tests.batch_platform.stack_files import VALID, load, refusals

UPLOAD: dict[str, Any] = {"bucket": "uploads", "jobDefinition": "load", "jobQueue": "default"}
LOAD = {"image": "busybox", "memory": 100, "command": ["load", "Ref::object"]}


def with_trigger(entry: dict[str, Any], key: str = "upload", **blocks: Any) -> dict[str, Any]:
    blocks = {"jobDefinitions": {"load": {**LOAD, "parameters": {"object": ""}}}, **blocks}
    given = {f"batch-platform:{name}": value for name, value in blocks.items()}
    return {**VALID, **given, "batch-platform:triggers": {key: entry}}


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({**UPLOAD, "bucket": "s3://uploads"}, "'s3://uploads' is not the name of a bucket"),
        ({**UPLOAD, "bucket": "UP"}, "'UP' is not the name of a bucket"),
        ({**UPLOAD, "prefix": "in/*"}, "prefix: 'in/*' is no part of a key"),
        ({**UPLOAD, "suffix": ""}, "suffix: '' is no part of a key"),
        ({**UPLOAD, "suffix": "a\nb"}, "is no part of a key"),
        ({**UPLOAD, "jobQueue": "defualt"}, "(did you mean 'default'?)"),
        ({**UPLOAD, "jobDefinition": "laod"}, "(did you mean 'load'?)"),
        ({**UPLOAD, "parameters": {"objekt": "{key}"}}, "(did you mean 'object'?)"),
        ({**UPLOAD, "parameters": {"object": "{kye}"}}, "no {kye} (did you mean 'key'?)"),
        ({**UPLOAD, "parameters": {"object": "<key>"}}, "has '<' or '>'"),
        ({**UPLOAD, "attempts": 11}, "attempts: 11 is above 10"),
        ({**UPLOAD, "arraySize": 10_001}, "arraySize: 10001 is above 10000"),
        ({**UPLOAD, "shareIdentifier": "a"}, "shareIdentifier: unknown key"),
        ({**UPLOAD, "retryPolicy": {"maximumEventAgeInSeconds": 5}}, "5 is below 60"),
    ],
)
def test_mistakes(entry: dict[str, Any], said: str, tmp_path: Path) -> None:
    lines = refusals(with_trigger(entry), tmp_path)
    assert len(lines) == 1
    assert said in lines[0]


def test_what_a_rule_cannot_submit(tmp_path: Path) -> None:
    fair = {"default": {"computeEnvironments": ["default"], "fairsharePolicy": {}}}
    (line,) = refusals(with_trigger(UPLOAD, jobQueues=fair), tmp_path)
    assert "'default' has fair share, and a target of EventBridge can name no share" in line
    lacks = {"load": LOAD}
    (line,) = refusals(with_trigger(UPLOAD, jobDefinitions=lacks), tmp_path)
    assert "the command has Ref::object, which has neither a value here nor a default" in line
    (line,) = refusals(with_trigger(UPLOAD, "a" * 53), tmp_path)
    assert "and EventBridge allows 56 characters" in line
    long = {**UPLOAD, "parameters": {"object": "x" * 8200}}
    with pytest.raises(SettingsError, match="and EventBridge takes 8192"):
        refuse_unworkable(assumed_plan(load(with_trigger(long), tmp_path)))


TRIGGER = """\
    load: {image: busybox, memory: 100, command: [load, "Ref::object"]}
  batch-platform:triggers:
    upload:
      bucket: uploads
      prefix: in/
      suffix: .csv
      jobDefinition: load
      jobQueue: default
      parameters: {object: "s3://{bucket}/{key}"}
      attempts: 2
"""


def test_there_is_nothing_unless_the_config_has_triggers(run_program: RunProgram) -> None:
    run = run_program(config("{mode: public}"))
    assert [*run.every("Triggers"), *run.every("EventRule"), *run.every("Queue")] == []


def test_a_rule_submits_its_job_by_a_role_that_may_do_that_alone(run_program: RunProgram) -> None:
    run = run_program(config("{mode: public}", more=TRIGGER))

    rule, target = run.only("EventRule"), run.only("EventTarget").inputs
    assert json.loads(rule.inputs["eventPattern"]) == {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {
            "bucket": {"name": ["uploads"]},
            "object": {"key": [{"wildcard": "in/*.csv"}]},
        },
    }
    assert target["arn"] == "arn:JobQueue/test-default-1a2b3c4"
    assert target["batchTarget"] == {
        "jobDefinition": "test-load",
        "jobName": "upload",
        "jobAttempts": 2,
    }
    transformer = target["inputTransformer"]
    assert transformer["inputPaths"] == {
        "bucket": "$.detail.bucket.name",
        "key": "$.detail.object.key",
    }
    assert json.loads(transformer["inputTemplate"]) == {
        "Parameters": {"object": "s3://<bucket>/<key>"}
    }
    assert target["deadLetterConfig"] == {"arn": "arn:Queue/test-not-started-1a2b3c4"}
    allow, deny = json.loads(run.only("QueuePolicy").inputs["policy"])["Statement"]
    sender = {"aws:SourceArn": ["arn:EventRule/test-upload-1a2b3c4"]}
    assert allow["Condition"] == {"ArnEquals": sender}
    assert deny["Effect"] == "Deny"

    role = run.only("Role", "test-trigger-upload")
    (trust,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
    assert trust["Principal"] == {"Service": "events.amazonaws.com"}
    assert trust["Condition"]["ArnLike"] == sender
    (submit,) = json.loads(run.only("RolePolicy", "test-trigger-upload").inputs["policy"])[
        "Statement"
    ]
    assert submit["Action"] == ["batch:SubmitJob"]
    assert submit["Resource"][0] == "arn:JobQueue/test-default-1a2b3c4"


@pytest.mark.parametrize(
    ("keys", "filters"),
    [("", None), ("prefix: in/, ", [{"prefix": "in/"}]), ("suffix: .gz, ", [{"suffix": ".gz"}])],
)
def test_the_pattern_has_what_the_config_limits(
    keys: str, filters: object, run_program: RunProgram
) -> None:
    head, _, tail = TRIGGER.partition("      prefix: in/\n      suffix: .csv\n")
    line = f"      {keys.rstrip(', ')}\n" if keys else ""
    rule = run_program(config("{mode: public}", more=head + line + tail)).only("EventRule")
    found = json.loads(rule.inputs["eventPattern"])["detail"]
    assert found.get("object", {}).get("key") == filters


def test_the_documented_triggers_are_valid(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text(encoding="utf-8")
    block = page.partition("## `triggers`")[2].split("```yaml\n")[1].partition("```")[0]
    entries = yaml.safe_load(block)["batch-platform:triggers"]
    config = {**with_trigger({}), "batch-platform:triggers": entries}
    assert len(load(config, tmp_path).triggers) == len(entries)
