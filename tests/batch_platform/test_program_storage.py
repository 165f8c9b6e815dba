"""The stack's storage: closed, encrypted, kept in versions; who may do what below it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from batch_platform.storage.place import LONGEST_NAME, bucket_name
from batchsdk.contract import StackOutputs
from tests.batch_platform.program_config import ECR, config
from tests.batch_platform.recorded_run import Answer, Run, RunProgram
from tests.batch_platform.stack_files import changed, refusals

KEY = "arn:aws:kms:ap-northeast-1:123456789012:key/1234abcd"
BUCKET = "test-storage-123456789012-ap-northeast-1"
ARN = f"arn:aws:s3:::{BUCKET}"
OF_BUCKET = (
    "BucketLifecycleConfiguration",
    "BucketOwnershipControls",
    "BucketPolicy",
    "BucketPublicAccessBlock",
    "BucketServerSideEncryptionConfiguration",
    "BucketVersioning",
)


def stored(block: str) -> str:
    return f"  batch-platform:storage: {block}\n"


WHOLE = config(
    "{mode: public}",
    more=stored("{enabled: true, expireDays: 9}")
    + "  batch-platform:consumers: {managedPolicies: true}\n",
).replace("memory: 100}", "memory: 100, permissions: {}}")
"""All that has to do with storage; recorded once."""


def statements(run: Run, kind: str, name: str) -> dict[str, Any]:
    """Return the statements about storage of one policy, by their Sid."""
    found = json.loads(run.only(kind, name).inputs["policy"])["Statement"]
    return {each["Sid"]: each for each in found if "s3" in str(each)}


def test_there_is_none_unless_the_config_says_so(run_program: RunProgram) -> None:
    run = run_program(config("{mode: public}"))
    assert [one for one in run.resources if ":s3/" in one.typ] == []
    assert StackOutputs.from_mapping(run.outputs).storage is None


def test_the_bucket_is_closed_encrypted_and_forgets_nothing_at_once(
    run_program: RunProgram,
) -> None:
    run = run_program(WHOLE)

    bucket = run.only("Bucket")
    assert bucket.inputs["bucket"] == BUCKET
    assert bucket.inputs["forceDestroy"] is False
    settings = {kind: run.only(kind).inputs for kind in OF_BUCKET}
    blocked = settings["BucketPublicAccessBlock"]
    assert [blocked[key] for key in sorted(blocked) if key != "bucket"] == [True] * 4
    assert settings["BucketOwnershipControls"]["rule"] == {"objectOwnership": "BucketOwnerEnforced"}
    assert settings["BucketVersioning"]["versioningConfiguration"] == {"status": "Enabled"}
    (rule,) = settings["BucketServerSideEncryptionConfiguration"]["rules"]
    assert rule["applyServerSideEncryptionByDefault"] == {"sseAlgorithm": "AES256"}
    (deny,) = json.loads(settings["BucketPolicy"]["policy"])["Statement"]
    assert (deny["Effect"], deny["Action"]) == ("Deny", "s3:*")
    assert deny["Resource"] == [ARN, f"{ARN}/*"]
    assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert StackOutputs.from_mapping(run.outputs).storage == f"s3://{BUCKET}"


def test_values_and_tables_expire_and_the_ledger_never(run_program: RunProgram) -> None:
    run = run_program(WHOLE)
    rules = {each["id"]: each for each in run.only("BucketLifecycleConfiguration").inputs["rules"]}
    expiring = {
        rule["filter"]["prefix"]: rule["expiration"]
        for rule in rules.values()
        if "expiration" in rule
    }
    assert expiring == {"runs/": {"days": 9}, "sweeps/": {"days": 9}}
    rest = rules["old-versions"]
    assert rest["filter"] == {"prefix": ""}
    assert rest["noncurrentVersionExpiration"] == {"noncurrentDays": 9}
    assert rest["abortIncompleteMultipartUpload"] == {"daysAfterInitiation": 7}


def test_nothing_expires_where_the_config_says_so(run_program: RunProgram) -> None:
    run = run_program(config("{mode: public}", more=stored("{enabled: true, expireDays: 0}")))
    (rule,) = run.only("BucketLifecycleConfiguration").inputs["rules"]
    assert "expiration" not in rule
    assert rule["noncurrentVersionExpiration"] == {"noncurrentDays": 30}


def test_each_may_do_what_is_theirs_below_it(run_program: RunProgram) -> None:
    run = run_program(WHOLE)

    jobs = statements(run, "RolePolicy", "test-job")
    assert jobs["UseStorage"]["Resource"] == [f"{ARN}/runs/*", f"{ARN}/sweeps/*"]
    assert jobs["UseStorage"]["Action"] == [
        "s3:AbortMultipartUpload",
        "s3:GetObject",
        "s3:PutObject",
    ]
    assert jobs["ListStorage"] == {
        "Sid": "ListStorage",
        "Effect": "Allow",
        "Action": ["s3:ListBucket"],
        "Resource": [ARN],
    }
    submitters = statements(run, "Policy", "test-default-submitters")
    assert submitters["UseStorage"]["Resource"] == [
        f"{ARN}/ledger/*",
        f"{ARN}/runs/*",
        f"{ARN}/sweeps/*",
    ]
    assert submitters["RemoveRuns"]["Action"] == ["s3:DeleteObject"]
    assert submitters["RemoveRuns"]["Resource"] == [f"{ARN}/ledger/*"]
    observers = statements(run, "Policy", "test-observers")
    assert observers.keys() == {"ListStorage", "ReadLedger"}
    assert observers["ReadLedger"]["Action"] == ["s3:GetObject"]
    assert observers["ReadLedger"]["Resource"] == [f"{ARN}/ledger/*"]


def test_a_definition_with_a_role_of_its_own_uses_it_too(run_program: RunProgram) -> None:
    run = run_program(WHOLE)
    own = statements(run, "RolePolicy", "test-job-hello")
    assert own["UseStorage"]["Resource"] == [f"{ARN}/runs/*", f"{ARN}/sweeps/*"]


def test_the_key_of_ones_own_encrypts_and_may_be_used_through_s3_alone(
    run_program: RunProgram,
) -> None:
    block = stored(f"{{enabled: true, kmsKeyId: '{KEY}'}}")
    more = block + "  batch-platform:consumers: {managedPolicies: true}\n"
    run = run_program(config("{mode: public}", more=more))
    (rule,) = run.only("BucketServerSideEncryptionConfiguration").inputs["rules"]
    by_default = {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": KEY}
    assert rule == {"applyServerSideEncryptionByDefault": by_default, "bucketKeyEnabled": True}
    through = {"StringEquals": {"kms:ViaService": ["s3.ap-northeast-1.amazonaws.com"]}}
    for kind, name, actions in (
        ("RolePolicy", "test-job", ["kms:Decrypt", "kms:GenerateDataKey"]),
        ("Policy", "test-default-submitters", ["kms:Decrypt", "kms:GenerateDataKey"]),
        ("Policy", "test-observers", ["kms:Decrypt"]),
    ):
        used = statements(run, kind, name)["UseKeyOfStorage"]
        assert (used["Action"], used["Resource"], used["Condition"]) == (actions, [KEY], through)


def own(answer: dict[str, Any] | str) -> list[Answer]:
    return [("getBucket", {"bucket": "data-team"}, answer)]


OWN = stored("{enabled: true, bucket: data-team, prefix: batch/}")


def test_a_bucket_of_ones_own_is_used_below_its_prefix(run_program: RunProgram) -> None:
    answers = own({"bucketRegion": "ap-northeast-1"})
    text = config("{mode: endpoints}", image=ECR, more=OWN)
    run = run_program(text, answers=answers)
    assert [one for one in run.resources if ":s3/" in one.typ] == []
    assert StackOutputs.from_mapping(run.outputs).storage == "s3://data-team/batch"
    jobs = statements(run, "RolePolicy", "test-job")
    below = "arn:aws:s3:::data-team/batch"
    assert jobs["UseStorage"]["Resource"] == [f"{below}/runs/*", f"{below}/sweeps/*"]
    assert jobs["ListStorage"]["Condition"] == {
        "StringLikeIfExists": {"s3:prefix": ["batch", "batch/*"]}
    }
    gateway = next(
        one for one in run.every("VpcEndpoint") if one.inputs["serviceName"].endswith(".s3")
    )
    assert "arn:aws:s3:::data-team/*" in gateway.inputs["policy"]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("reading S3 Bucket (data-team): couldn't find resource", "there is no bucket data-team"),
        ({"bucketRegion": "us-east-1"}, "data-team is in us-east-1, and the stack in ap-northeast"),
    ],
)
def test_a_bucket_that_cannot_be_used_is_refused(
    run_program: RunProgram, answer: dict[str, Any] | str, said: str
) -> None:
    run = run_program(config("{mode: public}", more=OWN), answers=own(answer))
    assert run.resources == []
    (line,) = run.refused
    assert said in line
    assert "storage.bucket" in line


def test_a_bucket_that_may_not_be_looked_at_is_taken_with_a_warning(
    run_program: RunProgram,
) -> None:
    answers = own("reading S3 Bucket (data-team): StatusCode: 403, api error Forbidden")
    run = run_program(config("{mode: public}", more=OWN), answers=answers)
    assert StackOutputs.from_mapping(run.outputs).storage == "s3://data-team/batch"
    assert any("data-team cannot be looked at" in each for each in run.warnings)


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ({"expireDays": 3}, "storage.expireDays: it is set, but `enabled` is false"),
        ({"enabled": True, "expireDays": -1}, "storage.expireDays"),
        ({"enabled": True, "expireDays": 3651}, "storage.expireDays"),
        ({"enabled": True, "expireDays": "30"}, "storage.expireDays"),
        ({"enabled": True, "prefix": "batch"}, "storage.prefix: the bucket that the stack makes"),
        ({"enabled": True, "bucket": "s3://a"}, "is not the name of a bucket"),
        ({"enabled": True, "bucket": "Data"}, "is not the name of a bucket"),
        ({"enabled": True, "bucket": ""}, "is not the name of a bucket"),
        ({"enabled": True, "bucket": "data", "prefix": "a/*"}, "is not a prefix of keys"),
        ({"enabled": True, "bucket": "data", "prefix": "/a"}, "is not a prefix of keys"),
        ({"enabled": True, "bucket": "data", "prefix": "a\tb"}, "is not a prefix of keys"),
        ({"enabled": True, "bucket": "data", "prefix": "größe"}, "is not a prefix of keys"),
        ({"enabled": True, "bucket": "data", "prefix": "a" * 65}, "is not a prefix of keys"),
        ({"enabled": True, "bucket": "data", "forceDestroy": True}, "storage.forceDestroy"),
        ({"enabled": True, "bucket": "data", "expireDays": 3}, "storage.expireDays: the bucket is"),
        ({"enabled": True, "kmsKeyId": "alias/own"}, "is not the ARN of a KMS key"),
    ],
)
def test_what_cannot_be_meant_is_refused(block: dict[str, Any], said: str, tmp_path: Path) -> None:
    (line,) = refusals(changed("storage", block), tmp_path)
    assert said in line


@pytest.mark.parametrize(
    "stack", ["dev", "Dev", "dev_", "a_b", "a-b", "x" * 40, "X" * 40, "0", "team-a_PROD-2"]
)
def test_the_name_of_the_bucket_is_one_that_s3_takes(stack: str) -> None:
    names = [bucket_name(stack, "123456789012", each) for each in ("us-east-1", "us-gov-west-1")]
    for name in names:
        assert 3 <= len(name) <= LONGEST_NAME
        assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
        assert not name.startswith("-")


def test_no_two_stacks_have_the_same_bucket() -> None:
    stacks = ["dev", "Dev", "DEV", "de_v", "de-v", *("x" * length for length in range(20, 41))]
    names = {bucket_name(each, "123456789012", "us-east-1") for each in stacks}
    assert len(names) == len(stacks)
