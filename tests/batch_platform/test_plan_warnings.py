"""`batch-platform plan` tells of what hurts while an edit applies; no engine, no AWS."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from batch_platform.__main__ import main
from batch_platform.changes.compare import changes
from batch_platform.changes.hazards import HAZARDS, PlanWarning, warnings
from tests.batch_platform.program_config import config
from tests.batch_platform.recorded_run import RunProgram
from tests.batch_platform.stack_exports import deployment
from tests.batch_platform.stack_files import VALID, snapshot

REGION = "ap-northeast-1"
JOB = {"image": f"123456789012.dkr.ecr.{REGION}.amazonaws.com/busybox", "memory": 100}
EXISTING = {
    "mode": "existing",
    "vpcId": "vpc-1",
    "subnetIds": ["subnet-1"],
    "securityGroupIds": ["sg-1"],
    "reachability": "assumed",
}
SECOND = {"protocol": "tcp", "fromPort": 5432, "toPort": 5432, "cidr": "10.9.0.0/16"}
SECOND["description"] = "database"


def network(**block: Any) -> dict[str, Any]:
    return {"network": block}


def zones(*letters: str) -> dict[str, Any]:
    return network(mode="public", availabilityZones=[f"{REGION}{letter}" for letter in letters])


NAT, ENDPOINTS = network(mode="nat"), network(mode="endpoints")

# Each row: the blocks before and after, and what is told, by the hazard: what it concerns.
EDITS: list[tuple[dict[str, Any], dict[str, Any], dict[str, set[str]]]] = [
    (
        NAT,
        ENDPOINTS,
        {
            "default-route-removed": {"private-1", "private-2", "public"},
            "nat-gateway-removed": {"nat-1"},
            "subnet-removed": {"public-1"},
            "egress-removed": {"instances-https"},
        },
    ),
    (
        ENDPOINTS,
        NAT,
        {
            "endpoint-removed": {"ecr.api", "ecr.dkr", "ecs", "ecs-agent", "ecs-telemetry", "logs"},
            "egress-removed": {"instances-endpoints", "instances-s3"},
        },
    ),
    (
        NAT,
        network(mode="public"),
        {
            "default-route-removed": {"private-1", "private-2"},
            "nat-gateway-removed": {"nat-1"},
            "subnet-removed": {"private-1", "private-2"},
            "update-outlasts-provider": {"default", "spot"},
        },
    ),
    (
        network(mode="nat", natGateways="perZone"),
        NAT,
        {
            "default-route-moved": {"private-2"},
            "nat-gateway-removed": {"nat-2"},
            "subnet-removed": {"public-2"},
        },
    ),
    (
        network(mode="public", cidr="10.0.0.0/16"),
        network(mode="public", cidr="10.1.0.0/16"),
        {"vpc-replaced": {"vpc"}, "update-outlasts-provider": {"default", "spot"}},
    ),
    (
        network(mode="public"),
        {"network": EXISTING},
        {
            "default-route-removed": {"public"},
            "vpc-removed": {"vpc"},
            "subnet-removed": {"public-1", "public-2"},
            "endpoint-removed": {"s3"},
            "egress-removed": {"instances-https"},
            "update-outlasts-provider": {"default", "spot"},
        },
    ),
    (
        zones("a", "c"),
        zones("a", "d"),
        {"subnet-overlaps": {"public-2"}, "update-outlasts-provider": {"default", "spot"}},
    ),
    (
        zones("a", "c", "d"),
        zones("a", "c"),
        {"subnet-removed": {"public-3"}, "update-outlasts-provider": {"default", "spot"}},
    ),
    (zones("a"), zones("a", "c"), {"update-outlasts-provider": {"default", "spot"}}),
    (
        network(mode="public", egress=[SECOND]),
        network(mode="public"),
        {"egress-removed": {"instances-tcp-5432-5432-10.9.0.0/16"}},
    ),
    (
        network(mode="nat", ipv6=True),
        network(mode="nat"),
        {
            "default-route-removed": {"private-1-ipv6", "private-2-ipv6"},
            "egress-removed": {"instances-https-ipv6"},
            "ipv6-removed": {"vpc"},
        },
    ),
    (network(mode="nat"), network(mode="nat", ipv6=True), {}),
    (
        network(mode="nat", ipv6=True, secondaryCidrs=["100.64.0.0/20", "100.65.0.0/20"]),
        network(mode="nat", ipv6=True, secondaryCidrs=["100.65.0.0/20"]),
        {
            "default-route-removed": {
                f"private-{number}-100.64.0.0/20{way}" for number in (1, 2) for way in ("", "-ipv6")
            },
            "ipv6-moves": {"private-1-100.65.0.0/20", "private-2-100.65.0.0/20"},
            "subnet-removed": {"private-1-100.64.0.0/20", "private-2-100.64.0.0/20"},
            "update-outlasts-provider": {"default", "spot"},
        },
    ),
    (
        {"logGroup": {"retentionInDays": 30}},
        {"logGroup": {"retentionInDays": 7}},
        {
            "logs-kept-shorter": {"jobs"},
        },
    ),
    ({"logGroup": {"retentionInDays": 7}}, {"logGroup": {"retentionInDays": 30}}, {}),
    ({"storage": {"enabled": True}}, {}, {"storage-removed": {"storage"}}),
    ({}, {"storage": {"enabled": True}}, {}),
    (
        {"storage": {"enabled": True}},
        {"storage": {"enabled": True, "bucket": "data"}},
        {"storage-removed": {"storage"}, "storage-moved": {"job"}},
    ),
    (
        {"storage": {"enabled": True, "bucket": "data"}},
        {"storage": {"enabled": True, "bucket": "data", "prefix": "batch"}},
        {"storage-moved": {"job"}},
    ),
    (
        {"storage": {"enabled": True, "expireDays": 0}},
        {"storage": {"enabled": True, "expireDays": 9}},
        {"storage-kept-shorter": {"storage"}},
    ),
    (
        {"storage": {"enabled": True}},
        {"storage": {"enabled": True, "expireDays": 9}},
        {"storage-kept-shorter": {"storage"}},
    ),
    ({"storage": {"enabled": True, "expireDays": 9}}, {"storage": {"enabled": True}}, {}),
    ({"jobEvents": {"enabled": True}}, {}, {"events-removed": {"job-events", "job-events-dead"}}),
    ({}, {"outputs": {"ssmParameter": False}}, {"outputs-removed": {"outputs"}}),
    (
        {"consumers": {"managedPolicies": True}},
        {},
        {"policy-removed": {"default-submitters", "observers"}},
    ),
    ({}, {"tags": {"team": "data"}}, {"update-outlasts-provider": {"default", "spot"}}),
    ({}, {"jobQueues": {"default": {"computeEnvironments": ["default"], "priority": 5}}}, {}),
]


def told(old: dict[str, Any], new: dict[str, Any], folder: Path) -> dict[str, PlanWarning]:
    """Return the warnings for an edit of blocks of the valid config, by their names."""
    jobs = {"jobDefinitions": {"hello": JOB}}
    before, after = (
        snapshot(
            VALID | {f"batch-platform:{key}": each for key, each in {**jobs, **blocks}.items()},
            folder,
        )
        for blocks in (old, new)
    )
    return {each.hazard: each for each in warnings(changes(before, after), before, after)}


@pytest.mark.sampled(4)
@pytest.mark.parametrize(("old", "new", "expected"), EDITS)
def test_an_edit_that_hurts_is_told(
    old: dict[str, Any], new: dict[str, Any], expected: dict[str, set[str]], tmp_path: Path
) -> None:
    found = told(old, new, tmp_path)
    assert {name: set(each.concerns) for name, each in found.items()} == expected


def test_every_hazard_has_a_row_here() -> None:
    of_groups = {"group-removed", "group-shrinks"}  # in test_unmanaged.py
    assert {name for _, _, expected in EDITS for name in expected} | of_groups >= {
        hazard.name for hazard in HAZARDS
    }


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("policy", "minutes"),
    [
        (None, 30),
        ({}, 30),
        ({"jobExecutionTimeoutMinutes": 360}, 360),
        ({"jobExecutionTimeoutMinutes": 20}, 20),
        ({"jobExecutionTimeoutMinutes": 19}, None),
        ({"terminateJobsOnUpdate": True}, None),
    ],
)
def test_an_infrastructure_update_that_may_outlast_the_provider_is_told(
    policy: dict[str, Any] | None, minutes: int | None, tmp_path: Path
) -> None:
    spot = {"type": "SPOT"}
    old = {"type": "EC2"} | ({} if policy is None else {"updatePolicy": policy})
    new = old | {"instanceTypes": ["c5"]}
    found = told(
        {"computeEnvironments": {"default": old, "spot": spot}},
        {"computeEnvironments": {"default": new, "spot": spot}},
        tmp_path,
    )
    warning = found.get("update-outlasts-provider")
    assert (warning is None) == (minutes is None)
    if warning:
        assert warning.concerns == ("default",)
        assert f"may continue for {minutes} minutes" in warning.reason


def test_an_update_policy_that_stays_though_it_was_taken_out_counts(tmp_path: Path) -> None:
    ends = {"type": "EC2", "updatePolicy": {"terminateJobsOnUpdate": True}}
    spot = {"type": "SPOT"}
    old = {"computeEnvironments": {"default": ends, "spot": spot}}
    new = {"computeEnvironments": {"default": {"type": "EC2", "ec2KeyPair": "ops"}, "spot": spot}}
    assert told(old, new, tmp_path) == {}


def test_a_disabled_environment_that_would_be_made_is_told(tmp_path: Path) -> None:
    spot, disabled = {"type": "SPOT"}, {"type": "EC2", "state": "DISABLED"}
    there = {"computeEnvironments": {"default": disabled, "spot": spot}}
    ways: list[dict[str, Any]] = [
        {"default": disabled, "spot": spot, "more": disabled},
        {"default": {**disabled, "placementGroup": "near"}, "spot": spot},
    ]
    for way, key in zip(ways, ("more", "default"), strict=True):
        found = told(there, {"computeEnvironments": way}, tmp_path)
        assert found["made-disabled"].concerns == (key,)
    enabled = {"computeEnvironments": {"default": {"type": "EC2"}, "spot": spot}}
    assert told(enabled, there, tmp_path) == {}
    first = snapshot(VALID | {"batch-platform:computeEnvironments": there["computeEnvironments"]},
                     tmp_path)  # fmt: skip
    (told_first,) = warnings(changes(None, first), None, first)
    assert told_first.concerns == ("default",)


def test_a_replacement_and_fargate_wait_for_no_job(tmp_path: Path) -> None:
    old = {"computeEnvironments": {"default": {"type": "EC2"}, "spot": {"type": "SPOT"}}}
    new = json.loads(json.dumps(old))
    new["computeEnvironments"]["default"]["placementGroup"] = "near"
    assert told(old, new, tmp_path) == {}


def test_a_stack_whose_state_was_made_under_another_name_is_told(
    tmp_path: Path,
    run_program: RunProgram,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = config("{mode: public}")
    # As `pulumi stack rename dev` does: the URNs, and not the names of the resources.
    state = deployment(run_program(text)).replace("urn:pulumi:test::", "urn:pulumi:dev::")
    (tmp_path / "Pulumi.dev.yaml").write_text(text)
    (tmp_path / "state.json").write_text(state)
    arguments = ["plan", "--stack", "dev", "--directory", str(tmp_path)]
    assert main([*arguments, "--against", str(tmp_path / "state.json")]) == 0
    said = capsys.readouterr().out
    assert "!  test, dev: the stack seems to have been 'test'" in said
    assert "made anew" in said
    assert "fix: to keep it, keep its name: `pulumi stack rename test`" in said


def test_a_stack_file_that_was_renamed_in_git_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def git(*arguments: str) -> None:
        identity = ("-c", "user.name=x", "-c", "user.email=x@example.com")
        subprocess.run(["git", *identity, *arguments], cwd=tmp_path, check=True)

    def said() -> str:
        assert main(["plan", "--stack", "live", "--directory", str(tmp_path)]) == 0
        return capsys.readouterr().out

    git("init", "--quiet")
    old, new = tmp_path / "Pulumi.prod.yaml", tmp_path / "Pulumi.live.yaml"
    old.write_text(config("{mode: public}"))
    git("add", "--all")
    git("commit", "--quiet", "--message", "first")
    new.write_text(old.read_text())
    assert "stack-renamed" not in said(), "a further stack is none that was renamed"

    old.unlink()
    assert "fix: to keep it, keep its name: `pulumi stack rename prod`" in said()


def test_warnings_are_in_the_data_for_programs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "old.yaml").write_text(config("{mode: nat}"))
    (tmp_path / "Pulumi.test.yaml").write_text(config("{mode: public}"))
    arguments = ["plan", "--stack", "test", "--directory", str(tmp_path), "--output", "json"]
    assert main([*arguments, "--against", str(tmp_path / "old.yaml")]) == 0
    data = json.loads(capsys.readouterr().out)
    found = next(each for each in data["warnings"] if each["hazard"] == "nat-gateway-removed")
    assert found["concerns"] == ["nat-1"]
    assert "public address" in found["reason"]
    assert found["instead"]
    assert found["source"]
