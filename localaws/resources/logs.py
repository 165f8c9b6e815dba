"""CloudWatch log groups (aws:cloudwatch)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localaws.resources.clients import Clients


def create_log_group(clients: Clients, inputs: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Create a log group with its retention."""
    logs = clients("logs")
    name = inputs["name"]
    key = {"kmsKeyId": inputs["kmsKeyId"]} if inputs.get("kmsKeyId") else {}
    logs.create_log_group(logGroupName=name, tags=inputs.get("tags", {}), **key)
    if inputs.get("retentionInDays"):
        logs.put_retention_policy(logGroupName=name, retentionInDays=inputs["retentionInDays"])
    groups = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    arn = next(group["arn"] for group in groups if group["logGroupName"] == name)
    return name, {"arn": arn.removesuffix(":*")}
