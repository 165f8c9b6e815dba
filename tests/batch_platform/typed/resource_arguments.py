"""Mistakes in calls of pulumi_aws, each of which mypy finds; nothing runs this.

An ignore that ignores nothing is an error too (``--strict``), so that each line proves its fault.
"""

import pulumi
import pulumi_aws as aws

vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16", enable_dns_support=True, tags={"a": "b"})
arn: pulumi.Output[str] = vpc.arn

# Another type, of an argument, of an argument's argument and of a tag.
aws.ec2.Vpc("vpc", enable_dns_support="yes")  # type: ignore[arg-type]
aws.batch.JobQueue("queue", priority="1", state="ENABLED")  # type: ignore[arg-type]
aws.batch.JobDefinitionTimeoutArgs(attempt_duration_seconds="60")  # type: ignore[arg-type]
aws.batch.JobQueueComputeEnvironmentOrderArgs(order=1, compute_environment=2)  # type: ignore[arg-type]
aws.iam.Role("role", assume_role_policy="{}", tags={"a": 1})  # type: ignore[dict-item]
# The arguments of another block.
aws.batch.JobDefinition(
    "definition",
    type="container",
    timeout=aws.batch.JobDefinitionRetryStrategyArgs(attempts=1),  # type: ignore[arg-type]
)
# A name that is none, of an argument, a resource, an output and a look-up's result.
aws.ec2.Vpc("vpc", cidr="10.0.0.0/16")  # type: ignore[call-arg]
aws.ec2.VPC("vpc")  # type: ignore[attr-defined]
absent = vpc.arns  # type: ignore[attr-defined]
unknown = aws.ec2.get_vpc(id="vpc-1").dns  # type: ignore[attr-defined]
# What a resource cannot do without.
aws.iam.Role("role")  # type: ignore[call-arg]
aws.batch.JobQueue("queue", priority=1)  # type: ignore[call-arg]
# An output of another type.
name: pulumi.Output[int] = vpc.arn  # type: ignore[assignment]
aws.ec2.Subnet("subnet", vpc_id=vpc)  # type: ignore[arg-type]
