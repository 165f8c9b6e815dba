"""Who calls what of AWS, on which resources: what the policies of a stack are judged by.

A call is what AWS authorises at once: one or several pairs of action and resource, all of which
must be allowed. Nothing here reads a policy of the program.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

PARTITION, REGION, ACCOUNT = "aws", "ap-northeast-1", "123456789012"
USUAL_GROUP = "/aws/batch/job/"


@dataclass(frozen=True)
class Request:
    """One pair of action and resource, with the context that AWS knows of it."""

    action: str
    resource: str = "*"
    context: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Call:
    """What is authorised at once.

    Attributes:
        about: in words, e.g. ``ecs:Poll of its cluster``.
        requests: all must be allowed.
    """

    about: str
    requests: tuple[Request, ...]


def call(about: str, action: str, resource: str = "*", **context: str) -> Call:
    """Return a call of one request; keys of the context are spelled with ``__`` for the colon."""
    known = tuple((key.replace("__", ":"), value) for key, value in context.items())
    return Call(f"{action} {about}".strip(), (Request(action, resource, known),))


def arn(service: str, resource: str, region: str = REGION) -> str:
    """Return an ARN of the account."""
    return f"arn:{PARTITION}:{service}:{region}:{ACCOUNT}:{resource}"


def of_the_agent(environment: str) -> Iterator[Call]:
    """Yield what the ECS agent asks on an instance of a compute environment."""
    name = f"AWSBatch-{environment}-0a1b2c3d"
    cluster, about = arn("ecs", f"cluster/{name}"), f"of {environment}"
    instance = arn("ecs", f"container-instance/{name}/0123")
    yield call("", "ecs:DiscoverPollEndpoint")
    for action in ("RegisterContainerInstance", "DeregisterContainerInstance",
                   "SubmitTaskStateChange", "SubmitContainerStateChange",
                   "SubmitAttachmentStateChanges"):  # fmt: skip
        yield call(about, f"ecs:{action}", cluster)
    for action in ("Poll", "StartTelemetrySession", "UpdateContainerInstancesState"):
        yield call(about, f"ecs:{action}", instance, ecs__cluster=cluster)
    created = {"ecs__CreateAction": "RegisterContainerInstance"}
    yield call(f"{about} (itself)", "ecs:TagResource", instance, **created)
    yield call(f"{about} (a task)", "ecs:ListTagsForResource", arn("ecs", f"task/{name}/1"))


def writes_logs(region: str, group: str, *, creates: bool = False) -> Iterator[Call]:
    """Yield what writes a log."""
    stream = arn("logs", f"log-group:{group}:log-stream:a/default/1", region)
    for action in ("CreateLogStream", "PutLogEvents"):
        yield call(f"in {group}", f"logs:{action}", stream)
    if creates:
        yield call(group, "logs:CreateLogGroup", arn("logs", f"log-group:{group}", region))


def pulls(repository: str, *, first: bool = False) -> Iterator[Call]:
    """Yield what pulls an image of ECR.

    Args:
        repository: its ARN.
        first: through a cache that has it not yet.
    """
    name = repository.partition("repository/")[2]
    yield call("", "ecr:GetAuthorizationToken")
    for action in ("BatchCheckLayerAvailability", "BatchGetImage", "GetDownloadUrlForLayer"):
        yield call(name, f"ecr:{action}", repository)
    for action in ("BatchImportUpstreamImage", "CreateRepository") if first else ():
        yield call(name, f"ecr:{action}", repository)


def reads_secret(reference: str) -> Call:
    """Return what reads a secret by its ARN, or a parameter by its name."""
    if ":secretsmanager:" in reference:
        secret = ":".join(reference.split(":")[:7])
        return call(secret.rpartition(":")[2], "secretsmanager:GetSecretValue", secret)
    parameter = arn("ssm", f"parameter/{reference.removeprefix('/')}")
    return call(reference, "ssm:GetParameters", parameter)


def uses_key(key: str, service: str, action: str = "Decrypt") -> Call:
    """Return what uses a KMS key by way of a service of the key's own region."""
    region = key.split(":")[3]
    via = {"kms__ViaService": f"{service}.{region}.amazonaws.com"}
    return call(f"by {service}, {key.rpartition('/')[2]}", f"kms:{action}", key, **via)


def reads_s3(place: str) -> Iterator[Call]:
    """Yield what reads below a place of S3, and lists it."""
    bucket, _, key = place.removeprefix("s3://").partition("/")
    folder = f"{key.rstrip('/')}/" if key else ""
    yield call(f"{place}…", "s3:GetObject", f"arn:aws:s3:::{bucket}/{folder}part-1")
    yield call(place, "s3:ListBucket", f"arn:aws:s3:::{bucket}", s3__prefix=folder)


def writes_s3(place: str, action: str = "PutObject") -> Call:
    """Return what writes (or deletes) an object: the one of that name, or one below a folder."""
    key = place.removeprefix("s3://")
    name = f"{key}/part-1" if "/" not in key or key.endswith("/") else key
    return call(place, f"s3:{action}", f"arn:aws:s3:::{name.replace('//', '/')}")


def stores(place: str, folders: Iterable[str], key: str | None) -> Iterator[Call]:
    """Yield what uses folders of a stack's storage, and lists it."""
    yield from lists_storage(place)
    for folder in folders:
        for action in ("GetObject", "PutObject", "AbortMultipartUpload"):
            name = f"arn:aws:s3:::{place}/{folder}/a/b"
            yield call(f"storage {folder}/", f"s3:{action}", name)
    for action in ("Decrypt", "GenerateDataKey") if key else ():
        yield uses_key(str(key), "s3", action)


def lists_storage(place: str) -> Iterator[Call]:
    """Yield what lists a stack's storage, and what tells an absent object from a denied one."""
    bucket, _, prefix = place.partition("/")
    within = {"s3__prefix": f"{prefix}/ledger/"} if prefix else {"s3__prefix": "ledger/"}
    yield call("storage ledger/", "s3:ListBucket", f"arn:aws:s3:::{bucket}", **within)
    yield call("an absent object of storage", "s3:ListBucket", f"arn:aws:s3:::{bucket}")


def reads_ledger(place: str, key: str | None) -> Iterator[Call]:
    """Yield what reads the ledger of runs in a stack's storage."""
    yield from lists_storage(place)
    yield call("storage ledger/", "s3:GetObject", f"arn:aws:s3:::{place}/ledger/a/b")
    if key:
        yield uses_key(key, "s3")


def removes_runs(place: str) -> Call:
    """Return what removes a run from the ledger."""
    return call("storage ledger/", "s3:DeleteObject", f"arn:aws:s3:::{place}/ledger/a/b")


def mounts(file_system: str, actions: Iterable[str]) -> Iterator[Call]:
    """Yield what a task does on a file system of EFS."""
    for action in actions:
        resource = arn("elasticfilesystem", f"file-system/{file_system}")
        yield call(file_system, f"elasticfilesystem:{action}", resource)


def submits(queue: str, definition: str, share: str = "", *, tags: bool = False) -> Call:
    """Return a submission: AWS Batch judges queue, definition and job.

    Args:
        queue: its ARN.
        definition: its name.
        share: that the job names.
        tags: of the job, which are judged as TagResource on all three.
    """
    context = (("batch:ShareIdentifier", share),) if share else ()
    on = (queue, arn("batch", f"job-definition/{definition}:7"), arn("batch", "job/0123"))
    actions = ("batch:SubmitJob", *(["batch:TagResource"] if tags else []))
    requests = tuple(
        Request(action, resource, context if action == "batch:SubmitJob" else ())
        for action in actions
        for resource in on
    )
    with_tags = " with tags" if tags else ""
    with_share = f" as {share}" if share else ""
    name = queue.rpartition("/")[2].removesuffix("-1a2b3c4")
    return Call(f"submit {definition} to {name}{with_share}{with_tags}", requests)


def ends_jobs() -> Iterator[Call]:
    """Yield what ends jobs."""
    for action in ("CancelJob", "TerminateJob"):
        yield call("", f"batch:{action}", arn("batch", "job/0123"))


def looks(environment: str, groups: Iterable[tuple[str, str]], role: str) -> Iterator[Call]:
    """Yield what `batchsdk` asks to look at jobs, their logs, and why they do not run.

    Args:
        environment: name of the stack.
        groups: region and name of each log group.
        role: of instances, with its path.
    """
    for action in ("DescribeJobs", "ListJobs", "DescribeJobDefinitions", "DescribeJobQueues",
                   "DescribeComputeEnvironments"):  # fmt: skip
        yield call("", f"batch:{action}")
    for region, group in groups:
        stream = arn("logs", f"log-group:{group}:log-stream:a/default/1", region)
        yield call(f"of {group}", "logs:GetLogEvents", stream)
    yield call("the outputs", "ssm:GetParameter", arn("ssm", f"parameter/batch/{environment}"))
    for action in ("DescribeInstanceTypes", "DescribeInstanceTypeOfferings", "DescribeInstances",
                   "DescribeSubnets", "DescribeRouteTables", "DescribeVpcEndpoints",
                   "DescribeSecurityGroups", "DescribeNetworkAcls",
                   "DescribeNatGateways",
                   "DescribeSpotFleetRequests"):  # fmt: skip
        yield call("", f"ec2:{action}")
    for action in ("DescribeAutoScalingGroups", "DescribeScalingActivities"):
        yield call("", f"autoscaling:{action}")
    yield call("", "ec2:DescribeVpcAttribute", arn("ec2", "vpc/vpc-1"))
    fleet = arn("ec2", "spot-fleet-request/sfr-1")
    yield call("", "ec2:DescribeSpotFleetRequestHistory", fleet)
    yield call("", "ecs:ListContainerInstances", arn("ecs", "cluster/AWSBatch-a"))
    instance = arn("ecs", "container-instance/AWSBatch-a/1")
    yield call("", "ecs:DescribeContainerInstances", instance)
    licences = arn("batch", "consumable-resource/licences")
    yield call("", "batch:DescribeConsumableResource", licences)
    yield call("", "servicequotas:GetServiceQuota", arn("servicequotas", "fargate/L-1"))
    role = f"arn:aws:iam::{ACCOUNT}:role{role}"
    for action in ("GetRole", "ListAttachedRolePolicies", "ListRolePolicies",
                   "SimulatePrincipalPolicy"):  # fmt: skip
        yield call("of the stack's roles", f"iam:{action}", role)
    yield call("", "iam:GetInstanceProfile", role.replace(":role/", ":instance-profile/"))


def looks_at_queue(queue: str) -> Call:
    """Return what shows the jobs at the head of a queue."""
    name = queue.rpartition("/")[2].removesuffix("-1a2b3c4")
    return call(name, "batch:GetJobQueueSnapshot", queue)


def hears(queue: str, key: str | None) -> Iterator[Call]:
    """Yield what reads the queue of job events."""
    for action in ("ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility"):
        yield call("of job events", f"sqs:{action}", queue)
    if key:
        yield uses_key(key, "sqs")


BATCH = [
    call("", "ec2:DescribeInstances"),
    call("", "ec2:DescribeLaunchTemplateVersions"),
    call("", "ec2:RunInstances", arn("ec2", "instance/i-1")),
    call("", "ec2:TerminateInstances", arn("ec2", "instance/i-1")),
    call("", "autoscaling:DescribeScalingActivities"),
    call(
        "",
        "autoscaling:CreateAutoScalingGroup",
        arn("autoscaling", "autoScalingGroup:1:autoScalingGroupName/AWSBatch-a"),
    ),
    call("", "ecs:RegisterTaskDefinition", arn("ecs", "task-definition/a:1")),
    call("", "ecs:RunTask", arn("ecs", "task-definition/a:1")),
]
"""Some of what AWS Batch does by a custom service role."""

SPOT_FLEET = [
    call("", "ec2:DescribeSubnets"),
    call("", "ec2:RequestSpotInstances"),
    call("", "ec2:RunInstances", arn("ec2", "instance/i-1")),
    call("", "ec2:TerminateInstances", arn("ec2", "instance/i-1")),
]
"""Some of what a spot fleet does by its role."""

NEVER = [
    call("", "iam:CreateUser", f"arn:aws:iam::{ACCOUNT}:user/any"),
    call("admin", "sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/admin"),
    call("of others", "s3:GetObject", "arn:aws:s3:::of-others/a"),
    call("of others", "s3:PutObject", "arn:aws:s3:::of-others/a"),
    call("of others", "secretsmanager:GetSecretValue", arn("secretsmanager", "secret:x-AbCdEf")),
    call("of others", "sqs:ReceiveMessage", arn("sqs", "of-others")),
    uses_key(arn("kms", "key/of-others"), "s3"),
    call(
        "of others", "elasticfilesystem:ClientMount", arn("elasticfilesystem", "file-system/fs-9")
    ),
]
"""What no role of a stack may do, not even those with AWS's own policies."""

BESIDE_STORAGE = [
    call("storage of others", "s3:PutObject", "arn:aws:s3:::storage-of-all/others/runs/a"),
    call("storage, any folder", "s3:PutObject", "arn:aws:s3:::storage-of-all/team/a"),
    call("storage runs/", "s3:DeleteObject", "arn:aws:s3:::storage-of-all/team/runs/a/b"),
    call("storage of others", "s3:ListBucket", "arn:aws:s3:::storage-of-all", s3__prefix="others/"),
]
"""What nobody may do with the bucket of the stack's storage."""

OF_OTHERS = [
    *BESIDE_STORAGE,
    *list(of_the_agent("others-default-1a2b3c4"))[1:],
    *writes_logs(REGION, "/aws/batch/job/others"),
    *list(pulls(arn("ecr", "repository/others/app")))[1:],
    call("of others", "logs:GetLogEvents", arn("logs", "log-group:/others:log-stream:a")),
    call("of others", "ssm:GetParameter", arn("ssm", "parameter/batch/others")),
    call("of others", "iam:GetRole", f"arn:aws:iam::{ACCOUNT}:role/others-instance"),
    submits(arn("batch", "job-queue/others"), "others-hello"),
    looks_at_queue(arn("batch", "job-queue/others")),
    call("", "batch:DeleteJobQueue", arn("batch", "job-queue/others")),
    call("", "batch:RegisterJobDefinition", arn("batch", "job-definition/mine")),
    call("", "ecs:StopTask", arn("ecs", "task/AWSBatch-a/1")),
    call("", "ecs:CreateCluster", arn("ecs", "cluster/mine")),
    call("", "ec2:DescribeTags"),
    call("", "logs:FilterLogEvents", arn("logs", "log-group:/others")),
]
"""The same of another stack, and what would change this one: for nobody but AWS Batch."""


def contexts(request: Request) -> Mapping[str, Any]:
    """Return the context of a request as the judge takes it."""
    return dict(request.context)
