"""The ``flowLogs`` block of a network that the stack makes."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import model_validator

from batch_platform.settings.block import refuse_what_is_off
from batch_platform.settings.roles import LogGroup


class FlowLogs(LogGroup):
    """Records of the traffic in the VPC, in a separate log group.

    Attributes:
        enabled: make the flow logs; AWS charges for the records.
        traffic_type: which traffic: what security groups and network ACLs allow, or reject.
    """

    enabled: bool = False
    traffic_type: Literal["REJECT", "ACCEPT", "ALL"] = "REJECT"

    @model_validator(mode="after")
    def _only_where_enabled(self) -> Self:
        refuse_what_is_off(self)
        return self
