"""IAM policies for the users of a stack: submitters to a queue, and observers.

Sources: Service Authorization Reference, AWS Batch; user guide, "Supported resource-level
permissions". Most Describe and List actions know no resources; what does is limited.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from infra.iam.policies import Document

if TYPE_CHECKING:
    from infra.plan import Plan

LONGEST_POLICY = 6144
"""Characters of a managed policy (IAM quotas)."""

LOOKS = (
    "batch:DescribeComputeEnvironments",
    "batch:DescribeJobDefinitions",
    "batch:DescribeJobQueues",
    "batch:DescribeJobs",
    "batch:DescribeSchedulingPolicies",
    "batch:ListJobs",
)
"""What a client of jobs asks of AWS Batch."""

LOOKS_AT_A_QUEUE = ("batch:GetJobQueueSnapshot",)

DIAGNOSES = (
    "autoscaling:DescribeAutoScalingGroups",
    "autoscaling:DescribeScalingActivities",
    "ec2:DescribeInstanceTypeOfferings",
    "ec2:DescribeInstanceTypes",
    "ec2:DescribeInstances",
    "ec2:DescribeNetworkAcls",
    "ec2:DescribeRouteTables",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSpotFleetRequests",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcEndpoints",
)
"""What `batchsdk` asks to tell why a job does not run."""

DIAGNOSES_INSTANCES = (
    "ec2:DescribeSpotFleetRequestHistory",
    "ecs:DescribeContainerInstances",
    "ecs:ListContainerInstances",
)
"""The part of it that knows resources."""


@dataclass(frozen=True)
class Scope:
    """Where the policies hold.

    Attributes:
        batch, ec2, ecs: ``arn:aws:<service>:<region>:<account>``.
        log_group: ARN of the jobs' log group.
        parameter: ARN of the SSM parameter with the outputs.
        definitions: names of the stack's job definitions.
    """

    batch: str
    ec2: str
    ecs: str
    log_group: str
    parameter: str
    definitions: Sequence[str] = field(default=())


def scope(plan: Plan) -> Scope:
    """Return the scope of a stack."""

    def arn(service: str, resource: str) -> str:
        region = plan.settings.region
        return f"arn:{plan.partition}:{service}:{region}:{plan.account_id}:{resource}"

    return Scope(
        batch=arn("batch", "")[:-1],
        ec2=arn("ec2", "")[:-1],
        ecs=arn("ecs", "")[:-1],
        log_group=arn("logs", f"log-group:{plan.log_group_name}"),
        parameter=arn("ssm", f"parameter{plan.parameter_name}"),
        definitions=sorted(plan.name(key) for key in plan.settings.job_definitions),
    )


def submitter(where: Scope, queue_arn: str, events_arn: str | None = None) -> Document:
    """Return what it takes to submit the stack's definitions to one queue, and to wait.

    SubmitJob wants the queue and the definition. A definition that is named without a revision is
    authorised by its bare ARN, one with a revision by ``:<revision>``: both are here.

    Cancelling and terminating cannot be limited to a queue: they know only jobs.

    Args:
        where: the stack.
        queue_arn: the job queue.
        events_arn: the SQS queue of job events, if there is one.
    """
    definitions = [f"{where.batch}:job-definition/{name}" for name in where.definitions]
    statements = [
        # AwsSolutions-IAM5 Resource: revisions, jobs and log streams get their names later.
        # RESOURCE_MISMATCH of parliament: AWS looks at queue and definition alone, at no job.
        _allow(
            "Submit",
            ["batch:SubmitJob"],
            [queue_arn, *definitions, *(f"{definition}:*" for definition in definitions)],
        ),
        _allow(
            "EndAndTagJobs",
            ["batch:CancelJob", "batch:TagResource", "batch:TerminateJob"],
            [f"{where.batch}:job/*"],
        ),
        _allow("LookAtQueue", LOOKS_AT_A_QUEUE, [queue_arn]),
        *_looks(where),
    ]
    if events_arn is not None:
        hear = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:ReceiveMessage"]
        statements.append(_allow("HearOfJobs", hear, [events_arn]))
    return {"Version": "2012-10-17", "Statement": statements}


def observer(where: Scope) -> Document:
    """Return what it takes to look at jobs, their logs and why they do not run; no more."""
    # AWS Batch names clusters and Spot requests: nothing in their ARNs is sure to be the stack's.
    instances = [
        f"{where.ecs}:cluster/*",
        f"{where.ecs}:container-instance/*",
        f"{where.ec2}:spot-fleet-request/*",
    ]
    return {
        "Version": "2012-10-17",
        "Statement": [
            *_looks(where),
            _allow("LookAtQueues", LOOKS_AT_A_QUEUE, [f"{where.batch}:job-queue/*"]),
            _allow("Diagnose", DIAGNOSES, ["*"]),
            _allow("DiagnoseInstances", DIAGNOSES_INSTANCES, instances),
        ],
    }


def _looks(where: Scope) -> list[dict[str, Any]]:
    return [
        _allow("Look", LOOKS, ["*"]),
        _allow("ReadLogs", ["logs:FilterLogEvents", "logs:GetLogEvents"], [f"{where.log_group}:*"]),
        _allow("ReadOutputs", ["ssm:GetParameter"], [where.parameter]),
    ]


def _allow(sid: str, actions: Iterable[str], resources: Sequence[str]) -> dict[str, Any]:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Action": sorted(actions),
        "Resource": list(resources),
    }
