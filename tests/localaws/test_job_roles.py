"""Whose credentials a job has, and what the ECS agent may do for it."""

from __future__ import annotations

import json
import sys
import uuid

import boto3
import pytest

from tests.batch_requests import FARGATE, environment, queue, unique
from tests.conftest import BUSYBOX, make_cluster
from tests.localaws.principals import ACCOUNT, Principals, allow
from tests.localaws.real_server import Server

pytestmark = pytest.mark.sampled(3)

TASKS = {"Service": "ecs-tasks.amazonaws.com"}
PYTHON = "import boto3, os; s = boto3.client('{service}'); {call}"
KEYS = {"AccessKeyId": "aws_access_key_id", "SecretAccessKey": "aws_secret_access_key",
        "Token": "aws_session_token"}  # fmt: skip


@pytest.fixture
def principals(local):
    return Principals(local)


@pytest.fixture
def enforced(local):
    local.enforce_iam = True
    yield local
    local.enforce_iam = False


@pytest.fixture(scope="module")
def machine(local):
    return make_cluster(local, instance_type="c4.xlarge")


@pytest.fixture(scope="module")
def containers(busybox, tmp_path_factory):
    """Return a server of its own, and a cluster whose jobs are containers."""
    server = Server(tmp_path_factory.mktemp("home"))
    server.start("--executor", "container", "--stop-timeout", "1", "--enforce-iam")
    yield server, make_cluster(server)
    server.run("stop")


def program(service, call):
    return [sys.executable, "-c", PYTHON.format(service=service, call=call)]


WHO = program("sts", "print(s.get_caller_identity()['Arn'])")


def of_container(**properties):
    return {"containerProperties": properties}


def run(cluster, command, **properties):
    """Run a job to its end; return it with what it wrote."""
    definition = cluster.register(command, **of_container(**properties))
    job = cluster.until(cluster.submit(definition), "SUCCEEDED", "FAILED")
    is_started = job["container"].get("exitCode") is not None
    return job, cluster.messages(job) if is_started else []


def task_id(job):
    return job["container"]["taskArn"].rpartition("/")[2]


def test_a_job_is_its_role(machine, principals):
    role = principals.role(trusts=TASKS, path="/jobs/")
    job, said = run(machine, WHO, jobRoleArn=role)
    name = role.rpartition("/")[2]
    assert said == [f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/{task_id(job)}"]


def test_a_job_has_no_other_key(machine, principals):
    _, said = run(machine, ["env"], jobRoleArn=principals.role(trusts=TASKS))
    names = {line.partition("=")[0] for line in said}
    assert {"AWS_ENDPOINT_URL", "AWS_REGION", "AWS_CONTAINER_CREDENTIALS_FULL_URI"} <= names
    assert not names & {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}


def test_a_job_without_a_role_is_its_instance(machine):
    job, said = run(machine, WHO)
    instance = machine.job(job["jobId"])["container"]["containerInstanceArn"]
    (found,) = said
    assert found.startswith(f"arn:aws:sts::{ACCOUNT}:assumed-role/instances/i-")
    assert instance


@pytest.mark.container
def test_a_container_is_its_role(containers):
    server, cluster = containers
    principals = Principals(server)
    role = principals.role(trusts=TASKS)
    fetch = ["sh", "-c", "wget -q -O - $AWS_CONTAINER_CREDENTIALS_FULL_URI"]
    job, said = run(cluster, fetch, jobRoleArn=role)
    given = json.loads("".join(said))
    keys = {name: given[each] for each, name in KEYS.items()}
    sts = boto3.client("sts", **{**server.client_arguments, **keys})
    name = role.rpartition("/")[2]
    arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/{task_id(job)}"
    assert sts.get_caller_identity()["Arn"] == arn
    assert given["RoleArn"] == role


def fargate(local):
    """Make a queue of Fargate; return its name."""
    batch = make_cluster(local).batch
    return queue(batch, environment(batch, FARGATE))


def on_fargate(cluster, queue, command, execution, **properties):
    name = unique()
    needs = [{"type": "VCPU", "value": "0.25"}, {"type": "MEMORY", "value": "512"}]
    cluster.batch.register_job_definition(
        jobDefinitionName=name,
        type="container",
        platformCapabilities=["FARGATE"],
        containerProperties={
            "image": BUSYBOX,
            "command": command,
            "resourceRequirements": needs,
            "executionRoleArn": execution,
            **properties,
        },
    )
    job_id = cluster.batch.submit_job(jobName="job", jobQueue=queue, jobDefinition=name)["jobId"]
    return cluster.until(job_id, "SUCCEEDED", "FAILED")


def test_a_fargate_job_without_a_role_has_no_credentials(local, machine, principals):
    execution = principals.role(trusts=TASKS)
    job = on_fargate(machine, fargate(local), ["env"], execution)
    assert "AWS_CONTAINER_CREDENTIALS" not in "\n".join(machine.messages(job))


def test_a_job_may_do_what_its_role_may(enforced, machine, principals):
    bucket = unique()
    principals.root("s3").create_bucket(Bucket=bucket)
    writes = program("s3", f"s.put_object(Bucket='{bucket}', Key='a', Body=b'1')")
    role = principals.role(trusts=TASKS)
    job, said = run(machine, writes, jobRoleArn=role)
    assert job["status"] == "FAILED"
    assert (
        f'is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::{bucket}/a"'
        in (said[-1])
    )
    grant = allow("s3:PutObject", f"arn:aws:s3:::{bucket}/*")
    job, said = run(machine, writes, jobRoleArn=principals.role(grant, trusts=TASKS))
    assert job["status"] == "SUCCEEDED", said


def reason(job):
    assert job["status"] == "FAILED", job
    return job["container"]["reason"]


LOGS = allow(["logs:CreateLogStream", "logs:PutLogEvents"])


def test_a_role_that_ecs_may_not_assume_starts_no_task(enforced, machine, principals):
    of_batch = principals.role(trusts={"Service": "batch.amazonaws.com"})
    nowhere = f"arn:aws:iam::{ACCOUNT}:role/nowhere"
    other_account = {"StringEquals": {"aws:SourceAccount": "210987654321"}}
    elsewhere = principals.role(trusts=TASKS, Condition=other_account)
    for role in (of_batch, nowhere, elsewhere):
        job, _ = run(machine, ["true"], jobRoleArn=role)
        assert reason(job).startswith(
            f"ECS was unable to assume the role '{role}' that was provided for this task."
        )


def test_the_agent_makes_log_streams_as_the_execution_role(enforced, machine, principals):
    job, _ = run(machine, ["true"], executionRoleArn=principals.role(trusts=TASKS))
    assert "CannotStartContainerError: " in reason(job)
    assert "is not authorized to perform: logs:CreateLogStream on resource: " in reason(job)
    job, _ = run(machine, ["true"], executionRoleArn=principals.role(LOGS, trusts=TASKS))
    assert job["status"] == "SUCCEEDED"
    group = unique()
    own_group = {
        "logDriver": "awslogs",
        "options": {"awslogs-group": group, "awslogs-create-group": "true"},
    }
    execution = principals.role(LOGS, trusts=TASKS)
    job, _ = run(machine, ["true"], executionRoleArn=execution, logConfiguration=own_group)
    assert "logs:CreateLogGroup on resource: " in reason(job)


def test_the_agent_works_as_the_instance_without_an_execution_role(local, enforced, principals):
    cluster = make_cluster(local)
    job, _ = run(cluster, ["true"])
    assert job["status"] == "SUCCEEDED"
    iam = principals.root("iam")
    no_logs = {"Version": "2012-10-17", "Statement": [{**LOGS, "Effect": "Deny"}]}
    iam.put_role_policy(
        RoleName="instances", PolicyName="no-logs", PolicyDocument=json.dumps(no_logs)
    )
    try:
        job, _ = run(cluster, ["true"])
    finally:
        iam.delete_role_policy(RoleName="instances", PolicyName="no-logs")
    assert ":assumed-role/instances/i-" in reason(job)
    assert "with an explicit deny in an identity-based policy" in reason(job)


def test_the_agent_pulls_images_of_ecr_by_its_role(enforced, machine, principals):
    repository = f"team/{uuid.uuid4().hex[:8]}"
    image = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/{repository}:1"
    job, _ = run(machine, ["true"], image=image, executionRoleArn=principals.role(trusts=TASKS))
    assert reason(job).startswith("CannotPullECRContainerError: AccessDeniedException: User: ")
    assert "ecr:GetAuthorizationToken" in reason(job)
    logs_in = allow("ecr:GetAuthorizationToken")
    execution = principals.role(logs_in, trusts=TASKS)
    job, _ = run(machine, ["true"], image=image, executionRoleArn=execution)
    assert reason(job).startswith("CannotPullContainerError: ")
    arn = f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/{repository}"
    assert f"ecr:BatchGetImage on resource: {arn} " in reason(job)
    pulls = allow(["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], arn)
    execution = principals.role(logs_in, pulls, LOGS, trusts=TASKS)
    job, _ = run(machine, ["true"], image=image, executionRoleArn=execution)
    assert job["status"] == "SUCCEEDED"


def test_the_agent_reads_secrets_by_its_role(enforced, machine, principals):
    secret = principals.root("secretsmanager").create_secret(Name=unique(), SecretString="s")["ARN"]
    secrets = [{"name": "A", "valueFrom": f"{secret}:key::"}, {"name": "B", "valueFrom": "/b"}]
    parameter = f"arn:aws:ssm:us-east-1:{ACCOUNT}:parameter/b"
    reads = allow("secretsmanager:GetSecretValue", secret)
    for grants, denied in (
        ([LOGS], f"secretsmanager:GetSecretValue on resource: {secret} "),
        ([LOGS, reads], f"ssm:GetParameters on resource: {parameter} "),
    ):
        execution = principals.role(*grants, trusts=TASKS)
        job, _ = run(machine, ["true"], secrets=secrets, executionRoleArn=execution)
        assert reason(job).startswith("ResourceInitializationError: unable to pull secrets")
        assert denied in reason(job)
    everything = [LOGS, reads, allow("ssm:GetParameters", parameter)]
    execution = principals.role(*everything, trusts=TASKS)
    job, _ = run(machine, ["true"], secrets=secrets, executionRoleArn=execution)
    assert job["status"] == "SUCCEEDED"
