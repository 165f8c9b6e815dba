"""IAM policies for the users of a stack: submitters to queues, and observers.

What they may do is what ``batchsdk`` asks of AWS, on this stack's resources. Sources: Service
Authorization Reference, AWS Batch; user guide, "Supported resource-level permissions". Most
Describe and List actions know no resources; what does is limited.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from batch_platform.job_definitions import log_groups
from batch_platform.storage import access

if TYPE_CHECKING:
    from batch_platform.iam.policies import Document
    from batch_platform.plan import Plan
    from batch_platform.settings.consumers import Submitters
    from batch_platform.storage.place import Place

LONGEST_POLICY = 6144
"""Characters of a managed policy (IAM quotas)."""

OBSERVERS = "observers"
"""Last part of the name of the observers' policy."""

SUBMITS = ("batch:SubmitJob", "batch:TagResource")
"""What it takes to submit: a job with tags is judged as TagResource too, on the job, its queue and
its definition (Service Authorization Reference, TagResource: job, job-queue, job-definition)."""

ENDS = ("batch:CancelJob", "batch:TerminateJob")
"""They know jobs alone, and so no queue."""

HEARS = ("sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:ReceiveMessage")
"""Of the queue of job events."""

TELLS = ("sns:Publish",)
"""Of a workflow's ``onEnd: trouble``."""

ENCRYPTS = ("kms:Decrypt", "kms:GenerateDataKey")
"""What SNS asks of the key in a publisher's name (SNS guide, "Key management")."""

LOOKS = (
    "batch:DescribeComputeEnvironments",
    "batch:DescribeJobDefinitions",
    "batch:DescribeJobQueues",
    "batch:DescribeJobs",
    "batch:ListJobs",
)
"""What a client of jobs asks of AWS Batch."""

LOOKS_AT_A_QUEUE = ("batch:GetJobQueueSnapshot",)
READS_LOGS = ("logs:GetLogEvents",)
READS_OUTPUTS = ("ssm:GetParameter",)

DIAGNOSES = (
    "autoscaling:DescribeAutoScalingGroups",
    "autoscaling:DescribeScalingActivities",
    "ec2:DescribeInstanceTypeOfferings",
    "ec2:DescribeInstanceTypes",
    "ec2:DescribeInstances",
    "ec2:DescribeNatGateways",
    "ec2:DescribeNetworkAcls",
    "ec2:DescribeRouteTables",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSpotFleetRequests",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcEndpoints",
)
"""What `batchsdk` asks to tell why a job does not run."""

# UNKNOWN_ACTION of parliament: its data is older than consumable resources.
DIAGNOSES_CAPACITY = (
    "batch:DescribeConsumableResource",
    "ec2:DescribeSpotFleetRequestHistory",
    "ec2:DescribeVpcAttribute",
    "ecs:DescribeContainerInstances",
    "ecs:ListContainerInstances",
    "servicequotas:GetServiceQuota",
)
"""The part of it that knows resources, none of which has a name of the stack."""

DIAGNOSES_ROLES = (
    "iam:GetInstanceProfile",
    "iam:GetRole",
    "iam:ListAttachedRolePolicies",
    "iam:ListRolePolicies",
    "iam:SimulatePrincipalPolicy",
)
"""The part of it that is about the stack's roles."""

STORES = ("s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:PutObject")
"""What a ledger of runs, and the table of a sweep, need below a prefix in a bucket of the user's,
which no policy of the stack grants; for its own storage: ``batch_platform/storage/access.py``."""

PRICES = ("ec2:DescribeSpotPriceHistory", "pricing:GetProducts")
"""What `batchsdk prices update` asks. No policy of the stack grants it: prices are no resources of
a stack, and who looks at costs need not be who looks at jobs."""

EXECUTES = ("ecs:DescribeTasks", "ecs:ExecuteCommand")
"""What `batchsdk exec` asks. No policy of the stack grants it: it is all that the job's role may
do, as root in the container."""


@dataclass(frozen=True)
class Scope:
    """Where the policies hold.

    Attributes:
        partition: of the ARNs, e.g. ``aws``.
        region: AWS region of the stack.
        account_id: twelve digits.
        log_groups: ARNs of the log groups of jobs.
        parameter: ARN of the SSM parameter with the outputs.
        roles: ARNs of the roles and instance profiles of the compute environments.
        events_key: ARN of the customer's key that encrypts the queue of job events, if any.
        storage: the stack's storage, if it has one.
        trouble_topic: ARN of the topic that is told of trouble, with ``*`` for its suffix, if any.
        topic_key: ARN of the customer's key that encrypts it, if any.
    """

    partition: str
    region: str
    account_id: str
    log_groups: tuple[str, ...]
    parameter: str
    roles: tuple[str, ...]
    events_key: str | None = None
    storage: Place | None = None
    trouble_topic: str | None = None
    topic_key: str | None = None

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of a resource of this account and region."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account_id}:{resource}"


def scope(plan: Plan) -> Scope:
    """Return the scope of a stack."""
    prefix = f"arn:{plan.partition}:iam::{plan.account_id}"
    of_region = f"{plan.settings.region}:{plan.account_id}"
    monitoring = plan.settings.monitoring
    named = f"{plan.settings.roles.path}{plan.iam_name('*')}"
    return Scope(
        partition=plan.partition,
        region=plan.settings.region,
        account_id=plan.account_id,
        log_groups=tuple(
            dict.fromkeys(
                group.arn(plan.partition, plan.account_id) for group in log_groups.of_stack(plan)
            )
        ),
        parameter=(f"arn:{plan.partition}:ssm:{of_region}:parameter{plan.parameter_name}"),
        roles=(f"{prefix}:instance-profile{named}", f"{prefix}:role{named}", *_given(plan, prefix)),
        events_key=plan.settings.job_events.kms_key_id,
        storage=plan.storage,
        trouble_topic=(
            f"arn:{plan.partition}:sns:{of_region}:{plan.name('trouble')}-*"
            if monitoring.enabled
            else None
        ),
        topic_key=monitoring.kms_key_id,
    )


def _given(plan: Plan, prefix: str) -> Iterator[str]:
    """Yield the roles of the compute environments that another team made."""
    roles = plan.settings.roles
    yield from filter(None, (roles.service_role_arn, roles.spot_fleet_role_arn))
    if roles.instance_profile_arn is not None:
        yield from (roles.instance_profile_arn, f"{prefix}:role/*")  # nobody says which role


def runnable(plan: Plan, queues: Iterable[str]) -> list[str]:
    """Return the names of the definitions that some of the queues could run, by their platform.

    Args:
        plan: of the stack.
        queues: keys of ``jobQueues``.
    """
    settings = plan.settings
    platforms = {
        "FARGATE" if settings.compute_environments[key].type.startswith("FARGATE") else "EC2"
        for queue in queues
        for key in settings.job_queues[queue].compute_environments
    }
    return sorted(
        plan.name(key)
        for key, definition in settings.job_definitions.items()
        if definition.platform in platforms
    )


def submitter(
    where: Scope,
    queue_arns: Sequence[str],
    definitions: Sequence[str],
    *,
    shares: Sequence[str] = (),
    events_arn: str | None = None,
) -> Document:
    """Return what it takes to submit definitions to queues, and to run every verb of `batchsdk`.

    A request names a definition's newest revision or a certain one, and AWS Batch judges the ARN
    with the revision (user guide, "Restrict to job definition prefix on job submission"); both
    forms are here. The Service Authorization Reference also wants the job, the guide does not: an
    allowance on jobs alone lets nobody submit.

    Cancelling and terminating cannot be limited to a queue: they know only jobs.

    Args:
        where: the stack.
        queue_arns: of the job queues.
        definitions: names of job definitions.
        shares: the only shares that may be named, with ``*`` as a wildcard; empty for any.
        events_arn: the SQS queue of job events, if there is one.
    """
    names = [where.arn("batch", f"job-definition/{name}") for name in definitions]
    jobs = where.arn("batch", "job/*")
    # AwsSolutions-IAM5 Resource: revisions, jobs and log streams get their names later.
    resources = [*queue_arns, *names, *(f"{name}:*" for name in names), jobs]
    statements = [_allow("Submit", SUBMITS, resources)]
    if shares:
        submit, tag = (_allow(sid, [action], resources) for sid, action in zip(
            ("Submit", "TagJobs"), SUBMITS, strict=True))  # fmt: skip
        # The Reference has the key on jobs, the guide uses it on queue and definition: where it is
        # absent another resource of the same request has it, since a job of fair share has a share.
        submit["Condition"] = {"StringLikeIfExists": {"batch:ShareIdentifier": sorted(shares)}}
        statements = [submit, tag]
    statements += [_allow("EndJobs", ENDS, [jobs]), *_looks(where, queue_arns)]
    if events_arn is not None:
        statements.append(_allow("HearOfJobs", HEARS, [events_arn]))
        if where.events_key:
            decrypt = _allow("ReadEvents", ["kms:Decrypt"], [where.events_key])
            statements.append(decrypt | _through("sqs", where.region))
    if where.trouble_topic is not None:
        statements.append(_allow("TellOfRuns", TELLS, [where.trouble_topic]))
        if where.topic_key:
            encrypt = _allow("EncryptMessages", ENCRYPTS, [where.topic_key])
            statements.append(encrypt | _through("sns", where.region))
    statements += access.of_submitters(where.storage)
    return {"Version": "2012-10-17", "Statement": statements}


def _through(service: str, region: str) -> dict[str, Any]:
    # amazonaws.com is right in China as well: kms:ViaService knows no other suffix.
    via = f"{service}.{region}.amazonaws.com"
    return {"Condition": {"StringEquals": {"kms:ViaService": via}}}


def queue_policy(key: str) -> str:
    """Return the last part of the name of a queue's policy."""
    return f"{key}-submitters"


def named_policy(key: str) -> str:
    """Return the same for a policy that the config names; no queue's policy ends alike."""
    return f"{key}-may-submit"


def policy_arns(plan: Plan) -> set[str]:
    """Return the ARNs of all policies that the stack makes for its consumers."""
    wanted = plan.settings.consumers
    names = [named_policy(key) for key in wanted.submitters]
    if wanted.managed_policies:
        names += [OBSERVERS, *(queue_policy(key) for key in plan.settings.job_queues)]
    return {policy_arn(plan, name) for name in names}


def policy_arn(plan: Plan, what: str) -> str:
    """Return the ARN of a policy of the stack by the last part of its name."""
    account = f"arn:{plan.partition}:iam::{plan.account_id}"
    return f"{account}:policy{plan.settings.roles.path}{plan.iam_name(what)}"


def definitions_of(plan: Plan, submitters: Submitters) -> list[str]:
    """Return the names of the definitions that a named policy lets its holder submit."""
    if submitters.job_definitions is None:
        return runnable(plan, submitters.job_queues)
    return [plan.name(key) for key in submitters.job_definitions]


def observer(where: Scope) -> Document:
    """Return what it takes to look at jobs, their logs and why they do not run; no more."""
    statements = [
        *_looks(where, [where.arn("batch", "job-queue/*")]),
        *access.of_observers(where.storage),
    ]
    return {"Version": "2012-10-17", "Statement": statements}


def _looks(where: Scope, queue_arns: Sequence[str]) -> list[dict[str, Any]]:
    # AWS Batch names clusters and Spot requests: nothing in their ARNs is sure to be the stack's.
    capacity = [
        where.arn("batch", "consumable-resource/*"),
        where.arn("ec2", "spot-fleet-request/*"),
        where.arn("ec2", "vpc/*"),
        where.arn("ecs", "cluster/*"),
        where.arn("ecs", "container-instance/*"),
        where.arn("servicequotas", "fargate/*"),
    ]
    return [
        _allow("Look", [*LOOKS, *DIAGNOSES], ["*"]),
        _allow("LookAtQueues", LOOKS_AT_A_QUEUE, queue_arns),
        _allow("ReadLogs", READS_LOGS, [f"{arn}:*" for arn in where.log_groups]),
        _allow("ReadOutputs", READS_OUTPUTS, [where.parameter]),
        _allow("DiagnoseCapacity", DIAGNOSES_CAPACITY, capacity),
        _allow("DiagnoseRoles", DIAGNOSES_ROLES, where.roles),
    ]


def _allow(sid: str, actions: Iterable[str], resources: Sequence[str]) -> dict[str, Any]:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Action": sorted(actions),
        "Resource": list(resources),
    }
