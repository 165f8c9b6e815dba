"""SSM parameters (aws:ssm)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localaws.resources.clients import Clients


def create_parameter(clients: Clients, inputs: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Create a parameter."""
    ssm = clients("ssm")
    name = inputs["name"]
    ssm.put_parameter(
        Name=name,
        Type=inputs["type"],
        Value=inputs["value"],
        Description=inputs.get("description", ""),
        Tags=[{"Key": key, "Value": value} for key, value in inputs.get("tags", {}).items()],
        Tier=inputs.get("tier", "Standard"),
    )
    parameter = ssm.get_parameter(Name=name)["Parameter"]
    return name, {"arn": parameter["ARN"], "version": parameter["Version"]}
