"""What differs between the partitions of AWS: names, and nothing else. No I/O."""

from __future__ import annotations

UNSUPPORTED = {
    "us-iso-": "aws-iso",
    "us-isob-": "aws-iso-b",
    "us-isof-": "aws-iso-f",
    "eu-isoe-": "aws-iso-e",
    "eusc-": "aws-eusc",
}
"""Beginning of a region's name to its partition, for the partitions that no stack can be in.

Domains, principals and endpoint services have other names there, which nobody could try.
"""

SUPPORTED = ("aws", "aws-cn", "aws-us-gov")

_OF_CHINA = frozenset(
    {
        "athena",
        "autoscaling",
        "batch",
        "cloudformation",
        "ebs",
        "ec2",
        "ecr.api",
        "ecr.dkr",
        "eks",
        "elasticache",
        "elasticfilesystem",
        "execute-api",
        "fsx",
        "kinesis-streams",
        "lambda",
        "monitoring",
        "rds",
        "redshift",
        "redshift-data",
        "sagemaker.api",
        "sagemaker.runtime",
        "sqs",
        "states",
        "sts",
        "xray",
    }
)
"""Interface endpoints that are ``cn.com.amazonaws.…`` in both regions of China.

All others, and the gateways to S3 and DynamoDB, are ``com.amazonaws.…`` there too (the answer of
DescribeVpcEndpointServices, as aws/aws-cdk keeps it in aws-ec2/lib/vpc-endpoint.ts).
"""


def partition(region: str) -> str:
    """Return the AWS partition of ``region``, e.g. ``aws``, ``aws-cn`` or ``aws-us-gov``."""
    if region.startswith("cn-"):
        return "aws-cn"
    if region.startswith("us-gov-"):
        return "aws-us-gov"
    return next((name for start, name in UNSUPPORTED.items() if region.startswith(start)), "aws")


def domain(region: str) -> str:
    """Return the domain of AWS's endpoints and of ECR's registries in ``region``."""
    return "amazonaws.com.cn" if partition(region) == "aws-cn" else "amazonaws.com"


def ec2_principal(region: str) -> str:
    """Return the service principal of EC2, the only one of a stack that depends on the partition.

    The others end in ``amazonaws.com`` in China as well (aws/aws-cdk region-info, default.ts).
    """
    return f"ec2.{domain(region)}"


def registry(region: str, account: str = "<account>") -> str:
    """Return the name of a private ECR registry, e.g. to tell where an image should be."""
    return f"{account}.dkr.ecr.{region}.{domain(region)}"


def service_name(region: str, endpoint: str) -> str:
    """Return the service of a VPC endpoint, e.g. ``com.amazonaws.us-east-1.ecs-agent``."""
    of_china = partition(region) == "aws-cn" and endpoint in _OF_CHINA
    return f"{'cn.' if of_china else ''}com.amazonaws.{region}.{endpoint}"
