"""What a definition wants of an environment besides room: log drivers, swap, Windows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from batch_platform.job_definitions.containers import document
from batch_platform.job_definitions.defaults import defaults
from batch_platform.plan import Account, make_plan
from localaws import LocalAws
from tests.aws_clients import client_of
from tests.batch_platform.planned import loaded
from tests.batch_platform.test_fit import EC2, check, config
from tests.batch_requests import ROLE, unique

SPLUNK = {"logConfiguration": {"logDriver": "splunk"}}
DRIVERS = "ECS_AVAILABLE_LOGGING_DRIVERS"
AGENT = {"launchTemplate": {"ecsAgent": {DRIVERS: '["awslogs","splunk"]'}}}
SCRIPT = {
    "contentType": "text/x-shellscript",
    "content": f"#!/bin/sh\necho '{DRIVERS}=[\"splunk\"]' >> /etc/ecs/ecs.config\n",
}
WINDOWS = {"runtimePlatform": {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}}
ON_WINDOWS = {
    "platform": "FARGATE",
    "vcpus": 1,
    "memory": 2048,
    "containerProperties": WINDOWS,
}
SWAP = {"linuxParameters": {"maxSwap": 512, "swappiness": 10}}


def test_a_log_driver_that_no_agent_registers_is_refused_with_the_setting(tmp_path: Path) -> None:
    code, _, told = check(config({"default": EC2}, SPLUNK), tmp_path)
    assert code == 1
    assert "in default, the ECS agent registers no log driver splunk" in told
    assert 'launchTemplate.ecsAgent: {ECS_AVAILABLE_LOGGING_DRIVERS: \'["splunk"' in told


@pytest.mark.parametrize(
    "more",
    [
        AGENT,
        {"launchTemplate": {"userData": [SCRIPT]}},
        {"imageIdOverride": "ami-0123456789abcdef0"},
    ],
)
def test_a_log_driver_may_be_there(more: dict[str, Any], tmp_path: Path) -> None:
    code, _, told = check(config({"default": {**EC2, **more}}, SPLUNK), tmp_path)
    assert (code, "splunk" in told) == (0, False), told


@pytest.mark.parametrize("driver", ["syslog", "fluentd", "json-file"])
def test_drivers_of_the_optimized_image_are_there(driver: str, tmp_path: Path) -> None:
    job = {"logConfiguration": {"logDriver": driver}}
    assert check(config({"default": EC2}, job), tmp_path)[0] == 0


def test_windows_runs_on_fargate_and_never_on_fargate_spot(tmp_path: Path) -> None:
    both = {"spot": {"type": "FARGATE_SPOT"}, "on-demand": {"type": "FARGATE"}}
    assert check(config(both, ON_WINDOWS), tmp_path)[0] == 0
    code, _, told = check(config({"spot": both["spot"]}, ON_WINDOWS), tmp_path)
    assert code == 1
    assert "in spot, which is FARGATE_SPOT, there are no Windows containers" in told


@pytest.mark.parametrize(
    "form",
    [
        {"vcpus": 1, "memory": 2048, "image": "windows", "containerProperties": WINDOWS},
        {
            "ecsProperties": {
                "taskProperties": [
                    {
                        **WINDOWS,
                        "containers": [
                            {
                                "image": "windows",
                                "resourceRequirements": [
                                    {"type": "VCPU", "value": "1"},
                                    {"type": "MEMORY", "value": "2048"},
                                ],
                            }
                        ],
                    }
                ]
            }
        },
    ],
    ids=["one container", "a task"],
)
def test_what_the_stack_makes_of_a_windows_definition_is_taken(
    form: dict[str, Any], local: LocalAws
) -> None:
    """Its defaults of hardening are for Linux: AWS Batch refuses them on Windows."""
    wanted = config({"default": {"type": "FARGATE"}}, {"platform": "FARGATE"})
    wanted["jobDefinitions"]["hello"] = {"platform": "FARGATE", **form}
    wanted["jobDefaults"] = {"user": "1000:1000", "readonlyRootFilesystem": True}
    zones = tuple(f"ap-northeast-1{zone}" for zone in "acd")
    plan = make_plan(loaded(wanted), Account("123456789012", zones))
    given = defaults(plan, "hello", log_group="logs", execution_role=ROLE, job_role=ROLE)
    made = document(plan.settings.job_definitions["hello"], given)
    assert "readonlyRootFilesystem" not in json.dumps(made)
    client_of(local, "batch").register_job_definition(
        jobDefinitionName=unique(),
        type="container",
        platformCapabilities=["FARGATE"],
        **{next(key for key in ("containerProperties", "ecsProperties") if key in form): made},
    )


def test_swap_that_no_instance_has_is_warned_of(tmp_path: Path) -> None:
    code, told, _ = check(config({"default": EC2}, SWAP), tmp_path)
    assert code == 0
    assert "jobDefinitions.hello: it asks for swap (maxSwap)" in told
    own = {**EC2, "launchTemplate": {"userData": [SCRIPT]}}
    assert "swap" not in check(config({"default": own}, SWAP), tmp_path)[1]
