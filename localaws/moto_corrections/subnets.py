"""Subnets tell the states of their IPv6 blocks, and are found by these."""

from __future__ import annotations

from typing import Any

from moto.ec2.models.subnets import Subnet

_get_filter_value = Subnet.get_filter_value
_FILTERS = {
    "ipv6-cidr-block-association.association-id": "associationId",
    "ipv6-cidr-block-association.ipv6-cidr-block": "ipv6CidrBlock",
}


def correct() -> None:
    """Take the filters of DescribeSubnets that name an IPv6 block, with which the provider waits.

    moto has none of them, and answers with an error. It puts the state of a block one level too
    deep, where the provider waits for it in vain.
    """
    Subnet.get_filter_value = _value  # type: ignore[method-assign]
    Subnet.ipv6_cidr_block_association_set = property(_blocks)  # type: ignore[assignment]


def _value(self: Subnet, filter_name: str, method_name: str | None = None) -> Any:
    if filter_name in _FILTERS:
        return [each[_FILTERS[filter_name]] for each in self.ipv6_cidr_block_association_set]
    return _get_filter_value(self, filter_name, method_name)


def _blocks(self: Subnet) -> list[dict[str, Any]]:
    return [
        {
            "associationId": each["associationId"],
            "ipv6CidrBlock": each["ipv6CidrBlock"],
            "ipv6CidrBlockState": {"state": each["ipv6CidrBlockState"]["State"]},
        }
        for each in self.ipv6_cidr_block_associations.values()
        if each["ipv6CidrBlockState"]["State"] == "associated"
    ]
