"""The queue of job events: encrypted, with dead letters, open to its own rules alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from batch_platform.observability import events
from batchsdk.contract import StackOutputs
from tests.batch_platform.program_config import config
from tests.batch_platform.recorded_run import RunProgram
from tests.batch_platform.stack_files import changed, refusals

KEY = "arn:aws:kms:ap-northeast-1:123456789012:key/1234abcd"
ENABLED = "  batch-platform:jobEvents: {enabled: true}\n"


def test_there_is_none_unless_the_config_says_so(run_program: RunProgram) -> None:
    run = run_program(config("{mode: public}"))
    assert [*run.every("Queue"), *run.every("EventRule")] == []
    assert StackOutputs.from_mapping(run.outputs).job_events is None


def test_the_queue_is_encrypted_and_open_to_its_rule_alone(run_program: RunProgram) -> None:
    run = run_program(config("{mode: public}", more=ENABLED))

    queue, dead = run.only("Queue", "test-job-events"), run.only("Queue", "test-job-events-dead")
    for each in (queue, dead):
        assert each.inputs["sqsManagedSseEnabled"] is True
        assert "name" not in each.inputs
    redrive = json.loads(queue.inputs["redrivePolicy"])
    assert redrive["deadLetterTargetArn"] == "arn:Queue/test-job-events-dead-1a2b3c4"
    pattern = json.loads(run.only("EventRule").inputs["eventPattern"])
    assert pattern["detail"] == {"jobQueue": ["arn:JobQueue/test-default-1a2b3c4"]}
    target = run.only("EventTarget").inputs
    assert target["arn"] == "arn:Queue/test-job-events-1a2b3c4"
    assert target["deadLetterConfig"] == {"arn": "arn:Queue/test-job-events-dead-1a2b3c4"}
    for each in run.every("QueuePolicy"):
        allow, deny = json.loads(each.inputs["policy"])["Statement"]
        assert allow["Principal"] == {"Service": "events.amazonaws.com"}
        assert allow["Action"] == "sqs:SendMessage"
        assert allow["Resource"] == f"arn:{each.inputs['queueUrl']}-1a2b3c4"
        rule = "arn:EventRule/test-job-events-1a2b3c4"
        assert allow["Condition"] == {"ArnEquals": {"aws:SourceArn": [rule]}}
        assert deny["Effect"] == "Deny"
        assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert StackOutputs.from_mapping(run.outputs).job_events == "Queue/test-job-events"


def test_a_key_of_ones_own_encrypts_both(run_program: RunProgram) -> None:
    more = f"  batch-platform:jobEvents: {{enabled: true, kmsKeyId: '{KEY}'}}\n"
    run = run_program(config("{mode: public}", more=more))
    for queue in run.every("Queue"):
        assert queue.inputs["kmsMasterKeyId"] == KEY
        assert "sqsManagedSseEnabled" not in queue.inputs


def test_a_preview_knows_the_queue_and_its_rule(run_program: RunProgram) -> None:
    run = run_program(config("{mode: public}", more=ENABLED), preview=True)
    assert len(run.every("Queue")) == 2
    assert len(run.every("EventRule")) == 1


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"enabled": "yes"}, "'yes' is not true or false"),
        ({"enabled": True, "kmsKeyId": "alias/mine"}, "'alias/mine' is not the ARN of a KMS key"),
        ({"queue": True}, "queue: unknown key"),
    ],
)
def test_mistakes(value: object, said: str, tmp_path: Path) -> None:
    (line,) = refusals(changed("jobEvents", value), tmp_path)
    assert said in line


def test_pain_18_patterns_stay_within_eventbridges_limit_with_all_50_queues() -> None:
    names = {f"queue-{number}": f"production-queue-{number}" for number in range(50)}
    groups = events.groups(names)
    assert [key for group in groups for key in group] == sorted(names)
    for group in groups:
        prefix = "arn:aws:batch:ap-northeast-1:123456789012:job-queue"
        arns = [f"{prefix}/{names[key]}-1a2b3c4" for key in group]
        for pattern in (
            events.state_changes(arns),
            events.failures(arns),
            events.blocked(arns),
            events.invalid_environments(arns),
        ):
            assert len(json.dumps(pattern)) <= events.LONGEST_PATTERN
