"""IPv4 blocks of a VPC and of its subnets."""

from __future__ import annotations

import ipaddress
from typing import Annotated

from pydantic import AfterValidator

from batch_platform.settings.block import pattern
from batch_platform.settings.errors import refusal, shown

WIDEST_PREFIX, NARROWEST_PREFIX = 16, 28
"""Block sizes of a VPC and of a subnet (CreateVpc, CreateSubnet)."""


RESERVED = 5
"""Addresses of every subnet that AWS keeps (VPC guide, "Subnet sizing")."""

_NOT_OF_HOSTS = ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3")
"""Of this network, loopback, link-local, multicast and reserved (RFC 6890)."""


def subnet_prefix(cidr: ipaddress.IPv4Network) -> int:
    """Return the prefix length of the subnets: a sixteenth of the VPC each, at least a /28."""
    return min(cidr.prefixlen + 4, NARROWEST_PREFIX)


def usable_addresses(prefix: int) -> int:
    """Return the addresses of a subnet of this prefix length, without those that AWS keeps."""
    return (1 << 32 - prefix) - RESERVED


def _cidr(value: str) -> str:
    try:
        network = ipaddress.IPv4Network(value, strict=False)
    except ValueError as error:
        raise refusal(
            f"{shown(value)} is not an IPv4 block", "write an address and a length: 10.0.0.0/16"
        ) from error
    if "/" not in value or str(network) != value:
        raise refusal(f"{shown(value)} is not the first address of its block", f"write {network}")
    return value


def _vpc_cidr(value: str) -> str:
    network = ipaddress.IPv4Network(_cidr(value))
    if not WIDEST_PREFIX <= network.prefixlen <= NARROWEST_PREFIX:
        raise refusal(
            f"{shown(value)} is not a VPC's size, which is /{WIDEST_PREFIX} to /{NARROWEST_PREFIX}",
            f"write {ipaddress.IPv4Network((network.network_address, 16), strict=False)}",
        )
    for reserved in map(ipaddress.IPv4Network, _NOT_OF_HOSTS):
        if network.overlaps(reserved):
            raise refusal(
                f"{shown(value)} is in {reserved}, which is no address of hosts and of no VPC",
                "write a private block, e.g. 10.0.0.0/16",
            )
    return value


def _cidr_ipv6(value: str) -> str:
    try:
        network = ipaddress.IPv6Network(value, strict=False)
    except ValueError as error:
        raise refusal(
            f"{shown(value)} is not an IPv6 block", "write an address and a length: 2001:db8::/32"
        ) from error
    if str(network) != value:
        raise refusal(
            f"{shown(value)} is not the short form of the first address of its block",
            f"write {network}",
        )
    return value


_DOTTED = r"[0-9]{1,3}(\.[0-9]{1,3}){3}"

Cidr = Annotated[str, AfterValidator(_cidr), pattern(rf"{_DOTTED}/[0-9]{{1,2}}")]
"""An IPv4 block by its first address."""

VpcCidr = Annotated[str, AfterValidator(_vpc_cidr), pattern(rf"{_DOTTED}/(1[6-9]|2[0-8])")]
"""One that a VPC can have."""

CidrIpv6 = Annotated[str, AfterValidator(_cidr_ipv6), pattern(r"[0-9a-f:]+/[0-9]{1,3}")]
"""An IPv6 block by its first address, as RFC 5952 writes it."""
