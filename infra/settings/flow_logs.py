"""The ``flowLogs`` block of a network that the stack makes."""

from __future__ import annotations

from typing import Literal

from infra.settings.roles import LogGroup


class FlowLogs(LogGroup):
    """Records of the traffic in the VPC, in a log group of their own.

    Attributes:
        enabled: make them; AWS charges for what is recorded.
        traffic_type: which of it: what security groups and network ACLs let through, or refuse.
    """

    enabled: bool = False
    traffic_type: Literal["REJECT", "ACCEPT", "ALL"] = "REJECT"
