"""A stack in China or GovCloud names nothing of another partition; further ones are refused."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import botocore.session
import pytest

from batch_platform.partitions import SUPPORTED, UNSUPPORTED, domain, partition, service_name
from batch_platform.settings import SettingsError, parse_stack_file, validate_stack_file
from tests import example_environments as examples
from tests.batch_platform.recorded_run import RunProgram
from tests.batch_platform.stack_files import VALID, changed, load, refusals

SESSION = botocore.session.get_session()
JUDGE = Path(__file__).parent / "iam_judge"
HOME = "ap-northeast-1"
REGIONS = ["eu-west-1", "cn-north-1", "cn-northwest-1", "us-gov-west-1", "us-gov-east-1"]

UNIVERSAL = {
    *("batch", "cloudwatch", "ecs-tasks", "events", "scheduler", "spotfleet", "vpc-flow-logs"),
}
"""Service principals that end in amazonaws.com everywhere (aws/aws-cdk region-info)."""


def moved(text: str, region: str) -> str:
    """Return the stack file with everything that it names in another region."""
    text = text.replace(f".{HOME}.amazonaws.com/", f".{region}.{domain(region)}/")
    if partition(region) == "aws-cn":
        text = text.replace(".on.aws/", ".on.amazonwebservices.com.cn/")
    text = text.replace("awslogs-region: us-east-1", f"awslogs-region: {region}")
    return text.replace(HOME, region).replace("arn:aws:", f"arn:{partition(region)}:")


TEXTS = {
    "every feature": (JUDGE / "everything.yaml").read_text(),
    "without internet": examples.text("prod-isolated"),
    "fargate": examples.text("fargate"),
    "gpu": examples.text("gpu"),
}


@pytest.mark.sampled(4)
@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("name", TEXTS)
def test_what_is_registered_is_of_the_region_s_partition(
    name: str, region: str, run_program: RunProgram
) -> None:
    own_bucket = ("getBucket", {"bucket": "storage-of-all"}, {"bucketRegion": region})
    run = run_program(moved(TEXTS[name], region), answers=[own_bucket])
    assert run.refused == []
    everything = json.dumps([[one.inputs for one in run.resources], run.outputs])

    assert set(re.findall(r"arn:(aws[a-z-]*):", everything)) == {partition(region)}
    registries = set(re.findall(r"[0-9]{12}\.dkr\.ecr\.[a-z0-9.-]+", everything))
    assert registries <= {f"123456789012.dkr.ecr.{region}.{domain(region)}"}
    principals = set(re.findall(r"[^\"/]+\.amazonaws\.com(?:\.cn)?(?=\\?\")", everything))
    of_services = {
        each.removesuffix(".amazonaws.com") for each in principals if each.endswith(".com")
    }
    via = {f"{service}.{region}" for service in ("s3", "secretsmanager", "sns", "sqs", "ssm")}
    if domain(region) == "amazonaws.com":
        via.add("ec2")
        via |= {each for each in of_services if ".ecr." in each}
    assert of_services <= UNIVERSAL | via
    if name in {"every feature", "without internet", "gpu"}:
        assert f"ec2.{domain(region)}" in principals


def test_endpoint_services_of_china_have_their_own_names(run_program: RunProgram) -> None:
    run = run_program(moved(TEXTS["without internet"], "cn-north-1"))
    assert {one.inputs["serviceName"] for one in run.every("VpcEndpoint")} == {
        "cn.com.amazonaws.cn-north-1.ecr.api",
        "cn.com.amazonaws.cn-north-1.ecr.dkr",
        "com.amazonaws.cn-north-1.ecs",
        "com.amazonaws.cn-north-1.ecs-agent",
        "com.amazonaws.cn-north-1.ecs-telemetry",
        "com.amazonaws.cn-north-1.logs",
        "com.amazonaws.cn-north-1.s3",
        "com.amazonaws.cn-north-1.secretsmanager",
    }
    assert service_name("us-gov-west-1", "ecr.api") == "com.amazonaws.us-gov-west-1.ecr.api"


def test_every_region_that_botocore_knows_has_its_partition() -> None:
    for name in SESSION.get_available_partitions():
        assert name in {*SUPPORTED, *UNSUPPORTED.values()}, "a new partition: support or refuse it"
        for region in SESSION.get_available_regions("ec2", name):
            assert partition(region) == name


@pytest.mark.parametrize(("start", "name"), UNSUPPORTED.items())
def test_a_region_of_another_partition_is_refused_by_name(
    start: str, name: str, tmp_path: Path
) -> None:
    region = f"{start}{'de-' if start == 'eusc-' else ''}east-1"
    (line,) = refusals(VALID | {"aws:region": region}, tmp_path)
    assert f"'{region}' is in the partition {name}, where domains" in line
    assert "fix: use a region of aws, aws-cn, aws-us-gov" in line


JOB = "jobDefinitions/hello"
ECR = "123456789012.dkr.ecr"


@pytest.mark.parametrize(
    ("region", "path", "value", "said"),
    [
        (
            "cn-north-1",
            f"{JOB}/image",
            f"{ECR}.us-east-1.amazonaws.com/app",
            (
                "for which a role of aws-cn has no credentials; fix: copy it to "
                "<account>.dkr.ecr.cn-north-1.amazonaws.com.cn/…"
            ),
        ),
        (
            "cn-north-1",
            f"{JOB}/image",
            f"{ECR}.cn-north-1.amazonaws.com/app:1",
            (
                "registries of cn-north-1 are not in amazonaws.com; fix: write "
                f"{ECR}.cn-north-1.amazonaws.com.cn/app"
            ),
        ),
        (
            "eu-west-1",
            f"{JOB}/image",
            f"{ECR}.eu-west-1.amazonaws.com.cn/app",
            "registries of eu-west-1 are not in amazonaws.com.cn",
        ),
        (
            "us-gov-west-1",
            "logGroup",
            {"kmsKeyId": "arn:aws:kms:us-gov-west-1:123456789012:key/1"},
            (
                "123456789012:key/1' is of the partition aws, and "
                "us-gov-west-1 is in aws-us-gov; fix: write what is in this partition, arn:aws-us-"
            ),
        ),
        (
            "cn-north-1",
            f"{JOB}/logConfiguration",
            {"logDriver": "awslogs", "options": {"awslogs-region": "us-east-1"}},
            "options.awslogs-region: 'us-east-1' is in the partition aws, for which a role of",
        ),
        (
            "cn-north-1",
            f"{JOB}/containerProperties",
            {"jobRoleArn": "arn:aws:iam::123456789012:role/own"},
            "containerProperties.jobRoleArn: 'arn:aws:iam::123456789012:role/own' is of the",
        ),
    ],
)
def test_what_is_of_another_partition_is_refused(
    region: str, path: str, value: Any, said: str, tmp_path: Path
) -> None:
    (line,) = refusals(changed(path, value) | {"aws:region": region}, tmp_path)
    assert said in line


def test_texts_of_jobs_may_name_any_partition(tmp_path: Path) -> None:
    of_jobs = {"environment": {"A": "arn:aws-cn:s3:::a"}, "parameters": {"b": "arn:aws-cn:s3:::b"}}
    for key, value in of_jobs.items():
        load(changed(f"{JOB}/{key}", value), tmp_path)


def test_images_of_china_are_pulled_without_internet(tmp_path: Path) -> None:
    text = moved(TEXTS["without internet"], "cn-northwest-1")
    path = tmp_path / "Pulumi.prod.yaml"
    assert validate_stack_file(parse_stack_file(text, path)).region == "cn-northwest-1"
    elsewhere = re.sub("image: .*", "image: busybox", text)
    with pytest.raises(SettingsError) as caught:
        validate_stack_file(parse_stack_file(elsewhere, path))
    assert len(caught.value.lines) == text.count("image: ")
    for line in caught.value.lines:
        assert "copy it to <account>.dkr.ecr.cn-northwest-1.amazonaws.com.cn/… (a mirror" in line
