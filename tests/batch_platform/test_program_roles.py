"""The stack's roles: what each may do, and roles that another team made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from batchsdk.contract import StackOutputs
from tests.batch_platform.full_configs import KMS_KEY, POLICY, ROLE
from tests.batch_platform.program_config import ECR
from tests.batch_platform.recorded_run import Run, RunProgram
from tests.batch_platform.stack_files import JOB, VALID, changed, refusals

ACCOUNT = "123456789012"
ECS, LOGS = (f"arn:aws:{name}:ap-northeast-1:{ACCOUNT}" for name in ("ecs", "logs"))
PROFILE = f"arn:aws:iam::{ACCOUNT}:instance-profile/team/own"
SIZE = [{"type": "MEMORY", "value": "100"}, {"type": "VCPU", "value": "1"}]


def run_with(
    run_program: RunProgram, definition: dict[str, Any], roles: dict[str, Any] | None = None
) -> Run:
    config = {**changed(JOB, definition), **({"batch-platform:roles": roles} if roles else {})}
    if "nodeProperties" in definition:  # whose tasks never have a public address
        config["batch-platform:network"] = {"mode": "nat"}
    run = run_program(yaml.safe_dump({"config": config}))
    assert run.refused == []
    return run


def statements(run: Run, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run.only("RolePolicy", name).inputs["policy"])[
        "Statement"
    ]
    return found


def named(run: Run, name: str) -> dict[str, Any]:
    return {each["Sid"]: each for each in statements(run, name) if "Sid" in each}


HELLO = {"image": "busybox", "memory": 100}


# --- the instance role, which every job of one node can reach


def test_instances_may_join_the_stacks_clusters_and_little_more(run_program: RunProgram) -> None:
    run = run_with(run_program, {**HELLO, "image": ECR})
    assert [a.name for a in run.every("RolePolicyAttachment")] == []
    found = named(run, "test-instance")
    clusters = [f"{ECS}:cluster/AWSBatch-test-*", f"{ECS}:cluster/test-*_Batch_*"]
    assert found["JoinClusters"]["Resource"] == clusters
    assert found["ServeClusters"]["Condition"] == {"ArnLike": {"ecs:cluster": clusters}}
    assert found["FindEndpoint"] == {
        "Sid": "FindEndpoint",
        "Effect": "Allow",
        "Action": ["ecs:DiscoverPollEndpoint"],
        "Resource": "*",
    }
    assert found["WriteLogs"]["Resource"] == f"{LOGS}:log-group:/aws/batch/job/test:*"
    assert found["PullImages"]["Resource"].endswith(f":{ACCOUNT}:repository/busybox")
    everything = {action for each in found.values() for action in each["Action"]}
    assert not {one for one in everything if "*" in one}
    assert everything.isdisjoint({"ecs:CreateCluster", "ec2:DescribeTags", "ecs:RunTask"})
    profile = run.only("InstanceProfile")
    assert run.only("RolePolicy", "test-instance").urn in profile.dependencies


def test_an_agent_that_copies_the_tags_of_ec2_may_read_them(run_program: RunProgram) -> None:
    agent = {"ecsAgent": {"ECS_CONTAINER_INSTANCE_PROPAGATE_TAGS_FROM": "ec2_instance"}}
    config = changed("computeEnvironments/default/launchTemplate", agent)
    run = run_program(yaml.safe_dump({"config": config}))
    actions = named(run, "test-instance")["FindEndpoint"]["Action"]
    assert actions == ["ecs:DiscoverPollEndpoint", "ec2:DescribeTags"]


def test_the_config_extends_the_instance_role(run_program: RunProgram) -> None:
    more = {
        "managedPolicies": ["AmazonSSMManagedInstanceCore", POLICY],
        "statements": [
            {
                "actions": ["cloudwatch:PutMetricData"],
                "resources": ["*"],
                "condition": {"StringEquals": {"cloudwatch:namespace": ["team"]}},
            }
        ],
    }
    run = run_with(run_program, HELLO, {"instanceRole": more})
    attached = {a.inputs["policyArn"] for a in run.every("RolePolicyAttachment")}
    assert attached == {"arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore", POLICY}
    assert statements(run, "test-instance")[-1] == {
        "Effect": "Allow",
        "Action": ["cloudwatch:PutMetricData"],
        "Resource": ["*"],
        "Condition": {"StringEquals": {"cloudwatch:namespace": ["team"]}},
    }
    environment = run.every("ComputeEnvironment")[0]
    for each in run.every("RolePolicyAttachment"):
        assert each.urn in environment.dependencies


# --- roles of another team


def test_roles_that_another_team_made_are_used_and_none_is_made_in_their_place(
    run_program: RunProgram,
) -> None:
    given = {
        "serviceRoleArn": f"{ROLE}-service",
        "executionRoleArn": f"{ROLE}-execution",
        "jobRoleArn": f"{ROLE}-job",
        "instanceProfileArn": PROFILE,
    }
    run = run_with(run_program, HELLO, given)
    for kind in ("Role", "RolePolicy", "RolePolicyAttachment", "InstanceProfile"):
        assert run.every(kind) == [], kind
    environment = run.only("ComputeEnvironment", "test-default").inputs
    assert environment["serviceRole"] == f"{ROLE}-service"
    assert environment["computeResources"]["instanceRole"] == PROFILE
    container = json.loads(run.only("JobDefinition").inputs["containerProperties"])
    assert container["executionRoleArn"] == f"{ROLE}-execution"
    assert container["jobRoleArn"] == f"{ROLE}-job"
    roles = StackOutputs.from_mapping(run.outputs).roles
    assert (roles.execution.name, roles.execution.arn) == ("own-execution", f"{ROLE}-execution")
    assert roles.job.arn == f"{ROLE}-job"
    assert roles.service is not None
    assert roles.service.arn == f"{ROLE}-service"
    assert (roles.instance, roles.instance_profile_arn) == (None, PROFILE)


def test_a_definition_with_permissions_has_its_own_role_beside_a_given_one(
    run_program: RunProgram,
) -> None:
    definition = {**HELLO, "permissions": {"s3Read": ["s3://incoming"]}}
    run = run_with(run_program, definition, {"jobRoleArn": ROLE})
    container = json.loads(run.only("JobDefinition").inputs["containerProperties"])
    assert container["jobRoleArn"] == "arn:Role/test-job-hello-1a2b3c4"
    assert StackOutputs.from_mapping(run.outputs).roles.job.arn == ROLE


@pytest.mark.parametrize(
    ("roles", "said"),
    [
        (
            {"serviceRoleArn": ROLE, "serviceRole": "custom"},
            "roles.serviceRoleArn: it is given beside serviceRole",
        ),
        (
            {"executionRoleArn": ROLE, "executionRole": {"kms": [KMS_KEY]}},
            "roles.executionRoleArn: it is given beside executionRole",
        ),
        (
            {"jobRoleArn": ROLE, "jobRole": {"managedPolicyArns": [POLICY]}},
            "roles.jobRoleArn: it is given beside jobRole",
        ),
        (
            {"instanceProfileArn": PROFILE, "instanceRole": {"managedPolicies": [POLICY]}},
            "roles.instanceProfileArn: it is given beside instanceRole",
        ),
        ({"instanceProfileArn": ROLE}, "is not the ARN of an instance profile"),
        ({"jobRoleArn": "jobs"}, "'jobs' is not the ARN of an IAM role"),
        ({"instanceRole": {"managedPolicies": ["a b"]}}, "'a b' is neither the name of a managed"),
        (
            {"instanceRole": {"statements": [{"actions": ["s3:*"], "resources": ["*"]}]}},
            "statements[0].actions[0]: 's3:*' is not an action of IAM",
        ),
        (
            {"instanceRole": {"statements": [{"actions": ["s3:Get*"], "resources": ["b/*"]}]}},
            "statements[0].resources[0]: 'b/*' is not an ARN",
        ),
        (
            {"executionRole": {"pullThroughCaches": ["docker-hub"]}},
            "executionRole.pullThroughCaches[0]: 'docker-hub' begins the repository of no",
        ),
    ],
)
def test_roles_that_cannot_be_meant_are_refused(
    roles: dict[str, Any], said: str, tmp_path: Path
) -> None:
    (line,) = refusals({**VALID, "batch-platform:roles": roles}, tmp_path)
    assert said in line


# --- the execution role


@pytest.mark.sampled(5)
@pytest.mark.parametrize(
    ("registry", "account", "region"),
    [
        (f"{ACCOUNT}.dkr.ecr.ap-northeast-1.amazonaws.com", ACCOUNT, "ap-northeast-1"),
        ("210987654321.dkr.ecr.us-east-1.amazonaws.com", "210987654321", "us-east-1"),
        (f"{ACCOUNT}.dkr-ecr.ap-northeast-1.on.aws", ACCOUNT, "ap-northeast-1"),
        (f"{ACCOUNT}.dkr.ecr-fips.us-west-2.amazonaws.com", ACCOUNT, "us-west-2"),
        (f"{ACCOUNT}.dkr-ecr-fips.us-west-2.on.aws", ACCOUNT, "us-west-2"),
    ],
)
@pytest.mark.parametrize("tag", ["", ":v1", f"@sha256:{'0' * 64}"])
def test_images_of_ecr_may_be_pulled_by_any_of_its_names(
    run_program: RunProgram, registry: str, account: str, region: str, tag: str
) -> None:
    run = run_with(run_program, {**HELLO, "image": f"{registry}/team/app{tag}"})
    for role in ("test-execution", "test-instance"):
        found = named(run, role)
        assert found["PullImages"]["Resource"] == (
            f"arn:aws:ecr:{region}:{account}:repository/team/app"
        )
        assert found["LogInToRegistry"]["Resource"] == "*"


def test_images_of_china_may_be_pulled(run_program: RunProgram) -> None:
    for host in ("dkr.ecr.cn-north-1.amazonaws.com.cn",
                 "dkr-ecr.cn-north-1.on.amazonwebservices.com.cn"):  # fmt: skip
        config = {**changed(JOB, {**HELLO, "image": f"{ACCOUNT}.{host}/app"})}
        run = run_program(yaml.safe_dump({"config": {**config, "aws:region": "cn-north-1"}}))
        pull = named(run, "test-execution")["PullImages"]
        assert pull["Resource"] == f"arn:aws-cn:ecr:cn-north-1:{ACCOUNT}:repository/app"


def test_public_images_need_no_permission(run_program: RunProgram) -> None:
    run = run_with(run_program, {**HELLO, "image": "public.ecr.aws/a/b"})
    assert named(run, "test-execution").keys() == {"WriteLogs"}


def test_the_first_pull_through_a_cache_imports_the_image(run_program: RunProgram) -> None:
    cached = ECR.replace("busybox", "docker-hub/library/busybox")
    roles = {"executionRole": {"pullThroughCaches": ["docker-hub"]}}
    found = named(run_with(run_program, {**HELLO, "image": cached}, roles), "test-execution")
    assert found["FillCaches"]["Action"] == ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"]
    assert found["FillCaches"]["Resource"].endswith(":repository/docker-hub/library/busybox")
    without = named(run_with(run_program, {**HELLO, "image": cached}), "test-execution")
    assert "FillCaches" not in without


LOGGING = {"logDriver": "awslogs", "options": {"awslogs-group": "/team/a"}}
CREATING = {
    "logDriver": "awslogs",
    "options": {
        "awslogs-group": "/team/b",
        "awslogs-region": "eu-west-1",
        "awslogs-create-group": "true",
    },
}
IN_THE_APIS_FORM = [
    {"containerProperties": {"image": "a", "resourceRequirements": SIZE}},
    {"nodeProperties": {"numNodes": 1, "mainNode": 0, "nodeRangeProperties": [
        {"targetNodes": "0", "container": {"image": "a", "resourceRequirements": SIZE}}]}},
    {"ecsProperties": {"taskProperties": [
        {"containers": [{"image": "a", "resourceRequirements": SIZE}]}]}},
]  # fmt: skip


def logging(definition: dict[str, Any], configuration: dict[str, Any]) -> dict[str, Any]:
    """Return a definition in the API's form whose container has a log configuration."""

    def within(value: Any) -> Any:
        if isinstance(value, dict):
            more = {"logConfiguration": configuration} if "image" in value else {}
            return {key: within(item) for key, item in value.items()} | more
        return [within(each) for each in value] if isinstance(value, list) else value

    changed_definition: dict[str, Any] = within(definition)
    return changed_definition


@pytest.mark.sampled(4)
@pytest.mark.parametrize("form", [HELLO, *IN_THE_APIS_FORM])
def test_logs_may_be_written_wherever_a_definition_says(
    run_program: RunProgram, form: dict[str, Any]
) -> None:
    own = f"{LOGS}:log-group:/aws/batch/job/test:*"
    run = run_with(run_program, logging(form, LOGGING))
    for role in ("test-execution", "test-instance"):
        found = named(run, role)
        assert found["WriteLogs"]["Resource"] == [own, f"{LOGS}:log-group:/team/a:*"]
        assert "CreateLogGroups" not in found
    run = run_with(run_program, logging(form, CREATING))
    other = f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:/team/b"
    found = named(run, "test-execution")
    assert found["WriteLogs"]["Resource"] == [own, f"{other}:*"]
    assert found["CreateLogGroups"]["Action"] == ["logs:CreateLogGroup"]
    assert found["CreateLogGroups"]["Resource"] == [other, f"{other}:*"]


# --- job roles


def efs_of(form: str, user: str | None, *, read_only: bool = False) -> dict[str, Any]:
    """Return a definition with a file system that asks IAM, by short keys or in the API's form."""
    by_user = {"user": user} if user else {}
    if form == "short":
        volume = {"containerPath": "/d", "readOnly": read_only,
                  "efs": {"fileSystemId": "fs-0123abcd", "iam": True}}  # fmt: skip
        return {**HELLO, **by_user, "volumes": {"data": volume}}
    volume = {"name": "data", "efsVolumeConfiguration": {
        "fileSystemId": "fs-0123abcd", "transitEncryption": "ENABLED",
        "authorizationConfig": {"iam": "ENABLED"}}}  # fmt: skip
    mount = {"sourceVolume": "data", "containerPath": "/d", "readOnly": read_only}
    container = {"image": "a", "resourceRequirements": SIZE, "mountPoints": [mount], **by_user}
    if form == "container":
        return {"containerProperties": {**container, "volumes": [volume]}}
    if form == "nodes":
        groups = [{"targetNodes": "0", "container": {**container, "volumes": [volume]}}]
        return {"nodeProperties": {"numNodes": 1, "mainNode": 0, "nodeRangeProperties": groups}}
    return {"ecsProperties": {"taskProperties": [{"containers": [container], "volumes": [volume]}]}}


@pytest.mark.sampled(4)
@pytest.mark.parametrize("form", ["short", "container", "task", "nodes"])
@pytest.mark.parametrize(
    ("user", "is_root"), [(None, True), ("0", True), ("root:root", True), ("1000", False)]
)
def test_a_file_system_that_asks_iam_lets_root_be_root(
    run_program: RunProgram, form: str, user: str | None, is_root: bool
) -> None:
    root = ["ClientRootAccess"] if is_root else []
    for read_only, writes in ((False, ["ClientWrite"]), (True, [])):
        run = run_with(run_program, efs_of(form, user, read_only=read_only))
        (statement,) = statements(run, "test-job-hello")
        actions = [action.partition(":")[2] for action in statement["Action"]]
        assert actions == ["ClientMount", *root, *writes]


def test_the_default_user_of_all_jobs_counts(run_program: RunProgram) -> None:
    config = {**changed(JOB, efs_of("short", None)), "batch-platform:jobDefaults": {"user": "1000"}}
    run = run_program(yaml.safe_dump({"config": config}))
    (statement,) = statements(run, "test-job-hello")
    assert "elasticfilesystem:ClientRootAccess" not in statement["Action"]


def test_a_place_in_s3_is_an_object_and_what_is_below_it(run_program: RunProgram) -> None:
    permissions = {
        "s3Read": ["s3://a-bucket/one.csv", "s3://b-bucket/folder/"],
        "s3Write": ["s3://c-bucket/report.html", "s3://c-bucket"],
        "s3Delete": ["s3://d-bucket/x/y"],
    }
    run = run_with(run_program, {**HELLO, "permissions": permissions})
    found = named(run, "test-job-hello")
    s3 = "arn:aws:s3:::"
    assert found["ReadObjects"]["Resource"] == [
        f"{s3}a-bucket/one.csv",
        f"{s3}a-bucket/one.csv/*",
        f"{s3}b-bucket/folder/*",
    ]
    assert found["WriteObjects"]["Resource"] == [
        f"{s3}c-bucket/*",
        f"{s3}c-bucket/report.html",
        f"{s3}c-bucket/report.html/*",
    ]
    assert found["DeleteObjects"]["Resource"] == [f"{s3}d-bucket/x/y", f"{s3}d-bucket/x/y/*"]
    lists = {
        each["Resource"][0]: each["Condition"]["StringLike"]["s3:prefix"]
        for each in statements(run, "test-job-hello")
        if each["Action"] == ["s3:ListBucket"]
    }
    assert lists == {
        f"{s3}a-bucket": ["one.csv", "one.csv/*"],
        f"{s3}b-bucket": ["folder", "folder/*"],
    }


def test_keys_are_used_by_way_of_the_services_of_their_own_region(run_program: RunProgram) -> None:
    elsewhere = KMS_KEY.replace("ap-northeast-1", "eu-west-1")
    secret = f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:db-AbCdEf"
    definition = {
        **HELLO,
        "secrets": {"DB": secret},
        "permissions": {"secrets": [secret], "kms": [KMS_KEY, elsewhere]},
    }
    run = run_with(run_program, definition, {"executionRole": {"kms": [elsewhere]}})
    for role, services in (("execution", ("secretsmanager", "ssm")),
                           ("job-hello", ("secretsmanager",))):  # fmt: skip
        via = {
            each["Resource"][0]: each["Condition"]["StringEquals"]["kms:ViaService"]
            for each in statements(run, f"test-{role}")
            if "kms:Decrypt" in each["Action"]
        }
        assert via.pop(elsewhere) == [f"{name}.eu-west-1.amazonaws.com" for name in services]
        assert set(via) <= {KMS_KEY}
        for names in via.values():
            assert names == ["secretsmanager.ap-northeast-1.amazonaws.com"]


EXEC = [
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
]


@pytest.mark.parametrize(
    "definition",
    [
        {**HELLO, "containerProperties": {"enableExecuteCommand": True}},
        {"ecsProperties": {"taskProperties": [{"enableExecuteCommand": True, "containers": [
            {"image": "a", "resourceRequirements": SIZE}]}]}},
        {"nodeProperties": {"numNodes": 1, "mainNode": 0, "nodeRangeProperties": [
            {"targetNodes": "0", "container": {
                "enableExecuteCommand": True, "image": "a", "resourceRequirements": SIZE}}]}},
    ],
)  # fmt: skip
def test_ecs_exec_has_what_its_agent_needs(
    run_program: RunProgram, definition: dict[str, Any]
) -> None:
    run = run_with(run_program, definition)
    assert named(run, "test-job-hello")["ExecuteCommands"]["Action"] == EXEC


def test_ecs_exec_without_internet_asks_for_its_endpoint(tmp_path: Path) -> None:
    private = {"image": ECR, "memory": 100, "containerProperties": {"enableExecuteCommand": True}}
    config = {**changed(JOB, private), "batch-platform:network": {"mode": "endpoints"}}
    (line,) = refusals(config, tmp_path)
    assert "add ssmmessages to network.endpoints, or drop enableExecuteCommand" in line


@pytest.mark.parametrize("name", ["dkr-ecr.ap-northeast-1.on.aws",
                                  "dkr.ecr-fips.ap-northeast-1.amazonaws.com"])  # fmt: skip
def test_a_name_of_ecr_to_which_no_endpoint_answers_is_told_with_the_one_that_does(
    name: str, tmp_path: Path
) -> None:
    config = {
        **changed(JOB, {"image": f"{ACCOUNT}.{name}/team/app", "memory": 100}),
        "batch-platform:network": {"mode": "endpoints"},
    }
    (line,) = refusals(config, tmp_path)
    assert f"fix: write {ACCOUNT}.dkr.ecr.ap-northeast-1.amazonaws.com/team/app" in line


# --- the service role


def test_a_custom_service_role_may_tag_the_tasks_of_its_clusters(run_program: RunProgram) -> None:
    run = run_with(run_program, HELLO, {"serviceRole": "custom"})
    (statement,) = statements(run, "test-service")
    assert statement["Action"] == ["ecs:TagResource"]
    assert statement["Resource"] == f"{ECS}:task/AWSBatch-test-*/*"
    assert run.only("RolePolicy", "test-service").urn in (
        run.every("ComputeEnvironment")[0].dependencies
    )
