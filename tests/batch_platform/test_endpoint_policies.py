"""What the policies of VPC endpoints let through."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.batch_platform.program_config import ECR, config
from tests.batch_platform.recorded_run import RunProgram
from tests.batch_platform.stack_files import changed, refusals

ACCOUNT = "123456789012"
NEEDED = "ecs, ecs-agent, ecs-telemetry, ecr.api, ecr.dkr, logs"


def policies(run_program: RunProgram, network: str, **more: Any) -> dict[str, Any]:
    """Return the policy of each endpoint, by its name after the region."""
    run = run_program(config(network, image=ECR, **more))
    assert run.refused == []
    return {
        one.inputs["serviceName"].removeprefix("com.amazonaws.ap-northeast-1."): (
            json.loads(one.inputs["policy"]) if "policy" in one.inputs else None
        )
        for one in run.every("VpcEndpoint")
    }


def resources(policy: dict[str, Any], sid: str) -> list[str]:
    (statement,) = [one for one in policy["Statement"] if one["Sid"] == sid]
    return list(statement["Resource"])


def test_interface_endpoints_let_through_identities_of_the_account_alone(
    run_program: RunProgram,
) -> None:
    found = policies(run_program, f"{{mode: endpoints, endpoints: [{NEEDED}, secretsmanager]}}")

    for name in ("ecs", "ecr.api", "ecr.dkr", "logs", "secretsmanager"):
        (statement,) = found[name]["Statement"]
        assert statement["Effect"] == "Allow"
        assert statement["Principal"] == "*"
        assert statement["Condition"] == {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}


def test_services_that_take_no_policy_get_none(run_program: RunProgram) -> None:
    found = policies(run_program, f"{{mode: endpoints, endpoints: [{NEEDED}, future-service]}}")

    assert found["ecs-agent"] is found["ecs-telemetry"] is found["future-service"] is None


def test_s3_is_the_accounts_buckets_image_layers_and_packages(run_program: RunProgram) -> None:
    s3 = policies(run_program, "{mode: endpoints}")["s3"]

    by_sid = {one["Sid"]: one for one in s3["Statement"]}
    assert set(by_sid) == {"OwnBuckets", "ImageLayersAndPackages"}
    assert by_sid["OwnBuckets"]["Condition"] == {"StringEquals": {"aws:ResourceAccount": ACCOUNT}}
    layers = by_sid["ImageLayersAndPackages"]
    assert layers["Action"] == "s3:GetObject"
    assert "Condition" not in layers  # ECR signs the addresses of layers, not this account
    assert layers["Resource"] == [
        "arn:aws:s3:::prod-ap-northeast-1-starport-layer-bucket/*",
        "arn:aws:s3:::al2023-repos-ap-northeast-1-de612dc2/*",
    ]


def test_buckets_that_are_declared_or_named_are_let_through_whoever_owns_them(
    run_program: RunProgram,
) -> None:
    declared = f"""\
    wide:
      image: "{ECR}"
      memory: 100
      permissions: {{s3Read: [s3://partner-data/in], s3Write: [s3://results]}}
"""
    s3 = policies(run_program, "{mode: endpoints, s3Buckets: [open-data]}", more=declared)["s3"]

    assert resources(s3, "NamedBuckets") == [
        "arn:aws:s3:::open-data",
        "arn:aws:s3:::open-data/*",
        "arn:aws:s3:::partner-data",
        "arn:aws:s3:::partner-data/*",
        "arn:aws:s3:::results",
        "arn:aws:s3:::results/*",
    ]


def test_open_policies_are_written_out_so_that_they_replace_narrow_ones(
    run_program: RunProgram,
) -> None:
    found = policies(run_program, "{mode: endpoints, endpointPolicies: open}")

    for name in ("s3", "ecs", "logs"):
        (statement,) = found[name]["Statement"]
        assert statement == {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
    assert found["ecs-agent"] is None


def test_the_same_config_is_the_same_text(run_program: RunProgram) -> None:
    texts = []
    for order in ("[aaa, bbb]", "[bbb, aaa]"):
        run = run_program(config(f"{{mode: endpoints, s3Buckets: {order}}}", image=ECR))
        texts.append(run.only("VpcEndpoint", "test-s3").inputs["policy"])
    assert texts[0] == texts[1]


def test_more_buckets_than_a_policy_holds_are_refused(run_program: RunProgram) -> None:
    buckets = ", ".join(f"a-bucket-with-a-rather-long-name-{number:030}" for number in range(150))
    run = run_program(config(f"{{mode: endpoints, s3Buckets: [{buckets}]}}", image=ECR))

    assert run.resources == []
    (sentence,) = run.refused
    assert "network.s3Buckets" in sentence
    assert "an endpoint policy holds 20480" in sentence


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"endpointPolicies": "none"}, "'none' is not one of account, open"),
        ({"s3Buckets": ["s3://data"]}, "is not the name of a bucket"),
        ({"s3Buckets": ["data", "data"]}, "'data' is in the list twice"),
        ({"s3Buckets": ["data"], "endpointPolicies": "open"}, "every bucket is allowed"),
    ],
)
def test_a_mistake_in_the_policies_keys(tmp_path: Any, keys: dict[str, Any], said: str) -> None:
    lines = refusals(changed("network", {"mode": "endpoints", **keys}), tmp_path)

    assert any(said in line for line in lines), lines
