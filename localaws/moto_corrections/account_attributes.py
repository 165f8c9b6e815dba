"""DescribeAccountAttributes tells of an account of today: in VPCs alone, with a default VPC."""

from __future__ import annotations

from typing import Any, cast

from moto.core.responses import ActionResult
from moto.ec2.responses.account_attributes import AccountAttributes

_describe_account_attributes = AccountAttributes.describe_account_attributes


def correct() -> None:
    """Have no account be of the years before VPCs (EC2 user guide, supported platforms)."""
    AccountAttributes.describe_account_attributes = _describe  # type: ignore[method-assign]


def _describe(self: AccountAttributes) -> ActionResult:
    answer = _describe_account_attributes(self)
    vpc = self.ec2_backend.get_default_vpc()
    values = {"supported-platforms": ["VPC"], "default-vpc": [vpc.id if vpc else "none"]}
    for each in cast("dict[str, Any]", answer.result)["AccountAttributes"]:
        if each["AttributeName"] in values:
            each["AttributeValues"] = [
                {"AttributeValue": value} for value in values[each["AttributeName"]]
            ]
    return answer
