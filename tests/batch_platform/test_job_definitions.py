"""Job definitions: what the config says, and the text that AWS Batch gets for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

import batchsdk
from batch_platform.settings import fargate
from batch_platform.settings.retry_strategies import NAMED_RULES, OTHERWISE_EXIT, Retry
from batchsdk import limits
from tests.batch_platform.program_config import ECR
from tests.batch_platform.recorded_run import Run, RunProgram
from tests.batch_platform.stack_files import JOB, VALID, changed, load, refusals

SECRET = "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:db-AbCdEf"
KEY = "arn:aws:kms:ap-northeast-1:123456789012:key/1234abcd"
NAT = {"mode": "nat"}


def stack(definitions: dict[str, Any], **more: Any) -> str:
    """Return a stack file with both platforms and these definitions."""
    config = {
        **VALID,
        "batch-platform:computeEnvironments": {
            "default": {"type": "EC2"},
            "fargate": {"type": "FARGATE"},
            "gpu": {"type": "EC2", "instanceTypes": ["g5"]},
        },
        "batch-platform:jobQueues": {
            key: {"computeEnvironments": [key]} for key in ("default", "fargate", "gpu")
        },
        "batch-platform:jobDefinitions": definitions,
        **{f"batch-platform:{key}": value for key, value in more.items()},
    }
    return yaml.safe_dump({"config": config}, sort_keys=False)


def registered(run: Run, key: str = "hello", form: str = "containerProperties") -> dict[str, Any]:
    assert run.refused == []
    text = run.only("JobDefinition", f"test-{key}").inputs[form]
    value: dict[str, Any] = json.loads(text)
    assert text == json.dumps(value, sort_keys=True, separators=(",", ":"))
    return value


def policy(run: Run, name: str) -> dict[str, Any]:
    """Return the statements of an inline policy by their Sids, or by their first actions."""
    statements = json.loads(run.only("RolePolicy", name).inputs["policy"])["Statement"]
    return {each.get("Sid", each["Action"][0]): each for each in statements}


EVERYTHING: dict[str, Any] = {
    "image": "busybox",
    "memory": 512,
    "vcpus": 2,
    "gpus": 1,
    "environment": {"B": "2", "A": "1"},
    "secrets": {"DB": f"{SECRET}:password::", "API": "/app/api", "AB": "plain"},
    "volumes": {
        "data": {
            "containerPath": "/data",
            "readOnly": True,
            "efs": {"fileSystemId": "fs-0123abcd", "accessPointId": "fsap-0123abcd", "iam": True},
        },
        "scratch": {"containerPath": "/scratch", "host": "/mnt/nvme"},
        "tmp": {"containerPath": "/tmp"},
    },
    "ulimits": {"nofile": {"softLimit": 1024, "hardLimit": 65536}},
    "linuxParameters": {
        "initProcessEnabled": True,
        "sharedMemorySize": 64,
        "tmpfs": [{"containerPath": "/run", "size": 16, "mountOptions": ["noexec"]}],
        "devices": [{"hostPath": "/dev/fuse", "permissions": ["READ", "WRITE"]}],
    },
    "logConfiguration": {"logDriver": "awslogs", "options": {"mode": "non-blocking"}},
    "user": "1000:1000",
    "readonlyRootFilesystem": True,
    "privileged": False,
    "schedulingPriority": 7,
    "tags": {"owner": "data"},
    "retry": {"attempts": 4, "on": ["spot", "imagePullFailed", 137]},
    "timeout": {"attemptDurationSeconds": 60},
}


def test_every_short_key_becomes_the_apis_form(run_program: RunProgram) -> None:
    run = run_program(stack({"hello": EVERYTHING}))

    made = registered(run)
    assert made["resourceRequirements"] == [
        {"type": "GPU", "value": "1"},
        {"type": "MEMORY", "value": "512"},
        {"type": "VCPU", "value": "2"},
    ]
    assert [each["name"] for each in made["environment"]] == ["A", "B"]
    assert made["secrets"] == [
        {"name": "AB", "valueFrom": "plain"},
        {"name": "API", "valueFrom": "/app/api"},
        {"name": "DB", "valueFrom": f"{SECRET}:password::"},
    ]
    assert made["volumes"] == [
        {
            "name": "data",
            "efsVolumeConfiguration": {
                "fileSystemId": "fs-0123abcd",
                "transitEncryption": "ENABLED",
                "authorizationConfig": {"accessPointId": "fsap-0123abcd", "iam": "ENABLED"},
            },
        },
        {"name": "scratch", "host": {"sourcePath": "/mnt/nvme"}},
        {"name": "tmp"},
    ]
    assert made["mountPoints"][0] == {
        "sourceVolume": "data",
        "containerPath": "/data",
        "readOnly": True,
    }
    assert made["ulimits"] == [{"name": "nofile", "softLimit": 1024, "hardLimit": 65536}]
    assert made["linuxParameters"] == {
        "initProcessEnabled": True,
        "sharedMemorySize": 64,
        "tmpfs": [{"containerPath": "/run", "size": 16, "mountOptions": ["noexec"]}],
        "devices": [{"hostPath": "/dev/fuse", "permissions": ["READ", "WRITE"]}],
    }
    assert made["logConfiguration"]["options"] == {
        "awslogs-group": "/aws/batch/job/test",
        "awslogs-region": "ap-northeast-1",
        "awslogs-stream-prefix": "hello",
        "mode": "non-blocking",
    }
    assert (made["user"], made["readonlyRootFilesystem"]) == ("1000:1000", True)
    inputs = run.only("JobDefinition").inputs
    assert inputs["schedulingPriority"] == 7
    assert inputs["tags"] == {"owner": "data", "batch-platform:environment": "test"}


def test_pain_17_two_runs_and_another_order_give_the_same_text(run_program: RunProgram) -> None:
    def backwards(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: backwards(value[key]) for key in reversed(value)}
        return value

    other = {**backwards(EVERYTHING), "volumes": EVERYTHING["volumes"], "command": []}
    texts = {
        run_program(stack({"hello": each})).only("JobDefinition").inputs["containerProperties"]
        for each in (EVERYTHING, EVERYTHING, other)
    }

    assert len(texts) == 1


def test_the_execution_role_may_read_the_named_secrets_and_no_others(
    run_program: RunProgram,
) -> None:
    own = {"image": "b", "memory": 4, "secrets": {"X": "/not/ours"}}
    own["containerProperties"] = {"executionRoleArn": "arn:aws:iam::123456789012:role/own"}
    run = run_program(
        stack({"hello": EVERYTHING, "own": own}, roles={"executionRole": {"kms": [KEY]}})
    )

    statements = policy(run, "test-execution")
    assert statements["ReadSecrets"]["Resource"] == [SECRET]
    parameters = "arn:aws:ssm:ap-northeast-1:123456789012:parameter"
    assert statements["ReadParameters"]["Resource"] == [
        f"{parameters}/app/api",
        f"{parameters}/plain",
    ]
    assert statements["UseKeys"]["Resource"] == [KEY]
    assert statements["UseKeys"]["Condition"]["StringEquals"]["kms:ViaService"] == [
        "secretsmanager.ap-northeast-1.amazonaws.com",
        "ssm.ap-northeast-1.amazonaws.com",
    ]
    assert set(policy(run_program(stack({"hello": VALID_JOB})), "test-execution")) == {"WriteLogs"}


VALID_JOB = {"image": "busybox", "memory": 100}


def test_declared_needs_make_a_role_for_one_definition_alone(run_program: RunProgram) -> None:
    managed = "arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess"
    needs = {
        "s3Read": ["s3://incoming/raw", "s3://all"],
        "s3Write": ["s3://out/day/"],
        "secrets": [f"{SECRET}:password::"],
        "kms": [KEY],
        "managedPolicyArns": [managed],
    }
    run = run_program(stack({"hello": VALID_JOB, "etl": {**VALID_JOB, "permissions": needs}}))

    assert registered(run)["jobRoleArn"] == "arn:Role/test-job-1a2b3c4"
    assert registered(run, "etl")["jobRoleArn"] == "arn:Role/test-job-etl-1a2b3c4"
    statements = json.loads(run.only("RolePolicy", "test-job-etl").inputs["policy"])["Statement"]
    lists = [each for each in statements if each["Action"] == ["s3:ListBucket"]]
    assert [(each["Resource"], each.get("Condition")) for each in lists] == [
        (["arn:aws:s3:::all"], None),
        (["arn:aws:s3:::incoming"], {"StringLike": {"s3:prefix": ["raw", "raw/*"]}}),
    ]
    named = policy(run, "test-job-etl")
    assert named["ReadObjects"]["Resource"] == [
        "arn:aws:s3:::all/*",
        "arn:aws:s3:::incoming/raw",
        "arn:aws:s3:::incoming/raw/*",
    ]
    assert named["WriteObjects"]["Resource"] == ["arn:aws:s3:::out/day/*"]
    assert named["ReadSecrets"]["Resource"] == [SECRET]
    assert named["UseKeys"]["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    assert named["UseKeys"]["Condition"]["StringEquals"]["kms:ViaService"] == [
        "s3.ap-northeast-1.amazonaws.com",
        "secretsmanager.ap-northeast-1.amazonaws.com",
    ]
    attached = next(
        a for a in run.every("RolePolicyAttachment") if a.inputs["policyArn"] == managed
    )
    definition = run.only("JobDefinition", "test-etl")
    assert {attached.urn, run.only("RolePolicy", "test-job-etl").urn} <= set(
        definition.dependencies
    )
    assert attached.urn not in run.only("JobDefinition", "test-hello").dependencies


def test_empty_permissions_are_a_role_that_may_do_nothing(run_program: RunProgram) -> None:
    run = run_program(stack({"hello": {**VALID_JOB, "permissions": {}}}))

    assert registered(run)["jobRoleArn"] == "arn:Role/test-job-hello-1a2b3c4"
    assert {each.name for each in run.every("RolePolicy")} == {"test-execution", "test-instance"}


def test_a_volume_that_asks_iam_gives_the_role_its_file_system_and_the_network_a_way(
    run_program: RunProgram,
) -> None:
    run = run_program(stack({"hello": EVERYTHING}))

    (statement,) = policy(run, "test-job-hello").values()
    prefix = "arn:aws:elasticfilesystem:ap-northeast-1:123456789012"
    assert statement["Action"] == ["elasticfilesystem:ClientMount"]  # read only, and not as root
    assert statement["Resource"] == [f"{prefix}:file-system/fs-0123abcd"]
    assert statement["Condition"] == {
        "StringEquals": {"elasticfilesystem:AccessPointArn": f"{prefix}:access-point/fsap-0123abcd"}
    }
    ports = [each.inputs["fromPort"] for each in run.every("SecurityGroupEgressRule")]
    assert 2049 in ports


FARGATE = {"image": "busybox", "platform": "FARGATE", "vcpus": 0.25, "memory": 512}


@pytest.mark.parametrize(
    ("network", "expected"), [("{mode: public}", "ENABLED"), ("{mode: endpoints}", "DISABLED")]
)
def test_a_task_on_fargate_has_a_public_ip_where_it_needs_one(
    run_program: RunProgram, network: str, expected: str
) -> None:
    job = {**FARGATE, "image": ECR}
    run = run_program(stack({"hello": job}, network=yaml.safe_load(network)))

    made = registered(run)
    assert made["networkConfiguration"] == {"assignPublicIp": expected}
    assert made["resourceRequirements"][1] == {"type": "VCPU", "value": "0.25"}
    assert run.only("JobDefinition").inputs["platformCapabilities"] == ["FARGATE"]
    assert run.outputs["jobDefinitions"]["hello"]["vcpus"] == 0.25


def test_options_of_fargate(run_program: RunProgram) -> None:
    options = {
        "platformVersion": "1.4.0",
        "assignPublicIp": False,
        "ephemeralStorage": 50,
        "cpuArchitecture": "ARM64",
    }
    made = registered(run_program(stack({"hello": {**FARGATE, "fargate": options}})))

    assert made["fargatePlatformConfiguration"] == {"platformVersion": "1.4.0"}
    assert made["networkConfiguration"] == {"assignPublicIp": "DISABLED"}
    assert made["ephemeralStorage"] == {"sizeInGiB": 50}
    assert made["runtimePlatform"] == {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}


def needs(vcpus: str, memory: str) -> list[dict[str, str]]:
    return [{"type": "VCPU", "value": vcpus}, {"type": "MEMORY", "value": memory}]


NODES = {
    "numNodes": 2,
    "mainNode": 0,
    "nodeRangeProperties": [
        {
            "targetNodes": "0:1",
            "container": {
                "image": "mpi",
                "resourceRequirements": needs("2", "1024"),
                "environment": [{"name": "B", "value": "2"}, {"name": "A", "value": "1"}],
                "secrets": [{"name": "S", "valueFrom": "/nodes/secret"}],
                "command": [],
            },
        }
    ],
}
TASK: dict[str, Any] = {
    "taskProperties": [
        {
            "containers": [
                {
                    "name": "main",
                    "image": "app",
                    "resourceRequirements": needs("1", "1024"),
                    "dependsOn": [{"containerName": "proxy", "condition": "START"}],
                },
                {
                    "name": "proxy",
                    "image": "proxy",
                    "essential": False,
                    "resourceRequirements": needs("1", "512"),
                },
            ]
        }
    ]
}


def test_several_nodes_get_the_stacks_log_group_and_roles(run_program: RunProgram) -> None:
    run = run_program(stack({"hello": {"nodeProperties": NODES, "permissions": {}}}, network=NAT))

    assert run.only("JobDefinition").inputs["type"] == "multinode"
    group = registered(run, form="nodeProperties")["nodeRangeProperties"][0]["container"]
    assert group["jobRoleArn"] == "arn:Role/test-job-hello-1a2b3c4"
    assert group["executionRoleArn"] == "arn:Role/test-execution-1a2b3c4"
    assert group["logConfiguration"]["options"]["awslogs-stream-prefix"] == "hello"
    assert [each["name"] for each in group["environment"]] == ["A", "B"]
    assert "command" not in group
    resource = policy(run, "test-execution")["ReadParameters"]["Resource"]
    assert resource == ["arn:aws:ssm:ap-northeast-1:123456789012:parameter/nodes/secret"]


def test_several_containers_share_the_roles_of_their_task(run_program: RunProgram) -> None:
    run = run_program(stack({"hello": {"ecsProperties": TASK}}))

    (task,) = registered(run, form="ecsProperties")["taskProperties"]
    assert task["taskRoleArn"] == "arn:Role/test-job-1a2b3c4"
    assert task["executionRoleArn"] == "arn:Role/test-execution-1a2b3c4"
    assert all("logConfiguration" in container for container in task["containers"])
    output = run.outputs["jobDefinitions"]["hello"]
    assert (output["vcpus"], output["memory"]) == (2, 1536)
    assert "containerProperties" not in run.only("JobDefinition").inputs


def test_a_stack_hardens_every_container_that_does_not_say_otherwise(
    run_program: RunProgram,
) -> None:
    own = {**VALID_JOB, "user": "root", "readonlyRootFilesystem": False}
    definitions = {
        "hello": VALID_JOB,
        "own": own,
        "pair": {"ecsProperties": TASK},
        "mpi": {"nodeProperties": NODES},
    }
    hardening = {"user": "1000:1000", "readonlyRootFilesystem": True}
    run = run_program(stack(definitions, jobDefaults=hardening, network=NAT))

    (task,) = registered(run, "pair", "ecsProperties")["taskProperties"]
    (group,) = registered(run, "mpi", "nodeProperties")["nodeRangeProperties"]
    for container in (registered(run), *task["containers"], group["container"]):
        assert container.items() >= hardening.items()
    made = registered(run, "own")
    assert (made["user"], made["readonlyRootFilesystem"]) == ("root", False)
    # The image's user stays where the block names none.
    assert "user" not in registered(run_program(stack({"hello": VALID_JOB})))


def test_named_rules_are_those_of_batchsdk() -> None:
    on = batchsdk.RetryOn
    named = {
        "spot": batchsdk.Retry.spot().rules[:-1],
        "spotReclaimed": (on.SPOT_RECLAIMED,),
        "fargateSpotInterrupted": (on.FARGATE_SPOT_INTERRUPTED,),
        "imagePullFailed": (on.IMAGE_PULL_FAILED,),
        "outOfMemory": (on.OUT_OF_MEMORY,),
    }
    constants = {name for name in vars(on) if name.isupper()} - {"OTHERWISE_EXIT"}
    as_camel_case = {
        "".join([first.lower(), *(word.capitalize() for word in rest)])
        for first, *rest in (name.split("_") for name in constants)
    }

    assert set(NAMED_RULES) == {"spot", *as_camel_case}
    for name, rules in named.items():
        ours = [rule.model_dump(by_alias=True, exclude_none=True) for rule in NAMED_RULES[name]]
        assert ours == [{**rule.conditions(), "action": rule.action} for rule in rules]
    last = OTHERWISE_EXIT.model_dump(by_alias=True, exclude_none=True)
    assert last == {**on.OTHERWISE_EXIT.conditions(), "action": on.OTHERWISE_EXIT.action}


def test_a_retry_by_names_is_what_batchsdk_would_send(run_program: RunProgram) -> None:
    run = run_program(
        stack({"hello": {**VALID_JOB, "retry": {"attempts": 4, "on": ["spot", 137]}}})
    )
    strategy = run.only("JobDefinition").inputs["retryStrategy"]
    sent = batchsdk.Retry.only_on(
        *batchsdk.Retry.spot().rules[:-1], batchsdk.RetryOn.exit_code(137), attempts=4
    ).to_request()

    assert strategy["attempts"] == sent["attempts"]
    # Filled up with copies of the last rule, which never decide.
    assert strategy["evaluateOnExits"] == [*sent["evaluateOnExit"], sent["evaluateOnExit"][-1]]
    default = Retry.model_validate_json('{"on": ["spot"]}').strategy()
    assert default.attempts == batchsdk.Retry.spot().attempts


def test_the_sizes_of_fargate_are_those_of_batchsdk() -> None:
    assert fargate.MEMORY_BY_VCPUS == limits.FARGATE_MEMORY_MIB


def nodes(**change: Any) -> dict[str, Any]:
    return {"nodeProperties": {**NODES, **change}}


def task(index: int, **change: Any) -> dict[str, Any]:
    changed_task: dict[str, Any] = json.loads(json.dumps(TASK))
    changed_task["taskProperties"][0]["containers"][index] |= change
    return {"ecsProperties": changed_task}


@pytest.mark.parametrize(
    ("job", "said"),
    [
        # the API's shape, however deep
        (
            {**VALID_JOB, "containerProperties": {"linuxParameters": {"tmpfs": [{"siz": 1}]}}},
            "containerProperties.linuxParameters.tmpfs[0].siz: unknown key (did you mean 'size'?)",
        ),
        (
            {**VALID_JOB, "containerProperties": {"secrets": [{"name": "A"}]}},
            "secrets[0].valueFrom: missing, and the API's Secret needs it",
        ),
        (
            {**VALID_JOB, "containerProperties": {"logConfiguration": {"logDriver": "awslog"}}},
            "logConfiguration.logDriver: 'awslog' is not one of json-file",
        ),
        (task(0, imag="x"), "taskProperties[0].containers[0].imag: unknown key"),
        (task(0, essential="yes"), "containers[0].essential: 'yes' is not true or false"),
        (nodes(numNodes="2"), "nodeProperties.numNodes: '2' is not a whole number; fix: take the"),
        # several containers
        (task(1, name="main"), "containers[1].name: 'main' is the name of another container"),
        (task(0, essential=False), "no container is essential"),
        (
            task(0, dependsOn=[{"containerName": "prox", "condition": "START"}]),
            "dependsOn[0].containerName: 'prox' is the name of no other container (did you mean",
        ),
        (
            task(0, resourceRequirements=needs("1", "x")),
            "containers[0].resourceRequirements[1].value: 'x' is not a whole number in quotes",
        ),
        (task(0, resourceRequirements=[]), "it has no VCPU and no MEMORY"),
        ({**task(0), "platform": "FARGATE"}, "does not offer 1536 MiB with 2 vCPUs"),
        ({**task(0), "image": "b"}, "hello.image: it belongs to a single container, and ecsProp"),
        ({**task(0), "nodeProperties": NODES}, "nodeProperties: it is given beside ecsProperties"),
        # several nodes
        (nodes(mainNode=2), "mainNode: 2 is not a node: nodes are 0 to 1"),
        (nodes(numNodes=3), "nodeRangeProperties: node 2 is in no range"),
        (nodes(numNodes=1), "[0].targetNodes: '0:1' is not within the 1 nodes"),
        ({**nodes(), "platform": "FARGATE"}, "multi-node jobs run only on EC2"),
        # short keys
        ({**VALID_JOB, "secrets": {"A": SECRET[:-7]}}, "secrets.A: 'arn:aws:secretsmanager:"),
        ({**VALID_JOB, "gpus": 0}, "gpus: 0 is below 1 GPU"),
        ({**VALID_JOB, "vcpus": 1.5}, "vcpus: 1.5 is not a whole number of vCPUs"),
        ({**VALID_JOB, "vcpus": "2"}, "vcpus: '2' is not a number; fix: take the quotes off: 2"),
        ({**VALID_JOB, "schedulingPriority": 10000}, "schedulingPriority: 10000 is above 9999"),
        (
            {**VALID_JOB, "ulimits": {"nofile": {"softLimit": 9, "hardLimit": 8}}},
            "ulimits.nofile.hardLimit: 8 is below softLimit 9",
        ),
        ({**VALID_JOB, "linuxParameters": {"swappiness": 5}}, "it does nothing without maxSwap"),
        (
            {**VALID_JOB, "user": "1", "containerProperties": {"user": "2"}},
            "hello.user: it is given here and as `containerProperties.user`",
        ),
        (
            {**VALID_JOB, "volumes": {"a": {"containerPath": "data"}}},
            "volumes.a.containerPath: 'data' is not an absolute path",
        ),
        (
            {
                **VALID_JOB,
                "volumes": {
                    "a": {
                        "containerPath": "/a",
                        "efs": {
                            "fileSystemId": "fs-0123abcd",
                            "transitEncryption": "DISABLED",
                            "iam": True,
                        },
                    }
                },
            },
            "volumes.a.efs.iam: AWS requires encryption in transit with it",
        ),
        # permissions
        (
            {**VALID_JOB, "permissions": {"s3Read": ["s3://b/*"]}},
            "permissions.s3Read[0]: 's3://b/*'",
        ),
        ({**VALID_JOB, "permissions": {"kms": ["alias/x"]}}, "kms[0]: 'alias/x' is not the ARN"),
        (
            {
                **VALID_JOB,
                "permissions": {},
                "containerProperties": {"jobRoleArn": "arn:aws:iam::123456789012:role/x"},
            },
            "permissions: it is given here and as `containerProperties.jobRoleArn`",
        ),
        # retry
        ({**VALID_JOB, "retry": {"on": ["spott"]}}, "retry.on[0]: 'spott' is not an end that has"),
        ({**VALID_JOB, "retry": {"on": [256]}}, "retry.on[0]: 256 is not an exit code"),
        ({**VALID_JOB, "retry": {"on": ["spot", 1, 2, 3]}}, "retry.on: 5 rules and the last one"),
        (
            {**VALID_JOB, "retry": {"on": ["spot"]}, "retryStrategy": {"attempts": 2}},
            "retry: it is given here and as `retryStrategy`",
        ),
        # Fargate
        ({**FARGATE, "memory": 513}, "does not offer 513 MiB with 0.25 vCPUs; fix: use 512, 1024"),
        ({**FARGATE, "vcpus": 3}, "Fargate has no 3 vCPUs; fix: use one of 0.25, 0.5, 1"),
        ({**FARGATE, "gpus": 1}, "gpus: Fargate has no GPUs"),
        ({**FARGATE, "privileged": True}, "privileged: Fargate does not have it, only EC2"),
        (
            {**FARGATE, "linuxParameters": {"sharedMemorySize": 1}},
            "linuxParameters.sharedMemorySize: Fargate does not have it",
        ),
        (
            {**FARGATE, "volumes": {"a": {"containerPath": "/a", "host": "/b"}}},
            "volumes.a.host: Fargate has no directory of a host",
        ),
        (
            {**FARGATE, "logConfiguration": {"logDriver": "gelf"}},
            "Fargate has no log driver 'gelf'",
        ),
        ({**FARGATE, "fargate": {"ephemeralStorage": 20}}, "ephemeralStorage: 20 is below 21"),
        ({**VALID_JOB, "fargate": {}}, "fargate: it applies only to Fargate"),
        (FARGATE, "platform: FARGATE, and no compute environment is of type FARGATE or FARGATE_S"),
    ],
)
def test_a_faulty_definition_is_told_where_and_why(
    tmp_path: Path, job: dict[str, Any], said: str
) -> None:
    lines = refusals(changed(JOB, job), tmp_path)

    assert any(said in line for line in lines), lines
    assert all("; fix: " in line for line in lines)
    # A fault is told once, and makes no others.
    places = [line.split(": ")[1] for line in lines]
    assert len(places) == len(set(places))


def test_all_faults_of_a_document_are_told_at_once(tmp_path: Path) -> None:
    lines = refusals(
        changed(JOB, nodes(numNodes="2", mainNode="0") | {"retry": {"on": []}}), tmp_path
    )

    assert [line.split(": ")[1].rpartition(".")[2] for line in lines] == [
        "numNodes",
        "mainNode",
        "on",
    ]


@pytest.mark.parametrize(
    ("job", "service"),
    [
        ({**VALID_JOB, "secrets": {"A": SECRET}}, "secretsmanager"),
        ({"nodeProperties": NODES}, "ssm"),
    ],
)
def test_pain_20_secrets_that_an_agent_without_internet_cannot_read(
    run_program: RunProgram, job: dict[str, Any], service: str
) -> None:
    text = stack({"hello": job}, network={"mode": "endpoints"})
    refused = run_program(text.replace("busybox", ECR).replace("image: mpi", f"image: {ECR}"))
    assert refused.resources == []
    (line,) = refused.refused
    assert f"hello.secrets: a secret is read from {service}" in line

    every = ["ecs", "ecs-agent", "ecs-telemetry", "ecr.api", "ecr.dkr", "logs", service]
    reached = stack({"hello": job}, network={"mode": "endpoints", "endpoints": every})
    run = run_program(reached.replace("busybox", ECR).replace("image: mpi", f"image: {ECR}"))
    assert run.refused == []


def test_a_role_whose_name_iam_would_refuse(tmp_path: Path) -> None:
    key = "x" * 60
    config = changed(f"jobDefinitions/{key}", {**VALID_JOB, "permissions": {}})
    (line,) = refusals(config, tmp_path)
    assert "IAM allows 56" in line
    assert load(changed(f"jobDefinitions/{key}", VALID_JOB), tmp_path).job_definitions[key]


def test_credentials_of_a_registry_are_read_from_secrets_manager_by_arn_or_name(
    run_program: RunProgram,
) -> None:
    def container(credentials: str) -> dict[str, Any]:
        return {"repositoryCredentials": {"credentialsParameter": credentials}}

    run = run_program(
        stack(
            {
                "hello": {**VALID_JOB, "containerProperties": container("registries/hub")},
                "whole": {**VALID_JOB, "containerProperties": container(SECRET)},
            }
        )
    )
    statements = policy(run, "test-execution")
    named = "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:registries/hub-??????"
    assert statements["ReadSecrets"]["Resource"] == [SECRET, named]
    assert "ReadParameters" not in statements
