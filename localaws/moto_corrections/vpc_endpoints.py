"""Private DNS names of an endpoint can be switched; the services of endpoints are told."""

from __future__ import annotations

from importlib.util import find_spec
from inspect import signature
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import vpcs
from moto.ec2.models.vpcs import VPCBackend, VPCEndPoint
from moto.ec2.responses.vpcs import VPCs

from batch_platform.partitions import service_name

_create_vpc_endpoint = VPCBackend.create_vpc_endpoint
_modify_vpc_endpoint = VPCs.modify_vpc_endpoint
_default_services = VPCBackend._collect_default_endpoint_services
_SIGNATURE = signature(_create_vpc_endpoint)
NEEDS_A_PACKAGE = "cloudformation"
"""Service whose backend imports ``openapi_spec_validator``, which this project has no use for."""


def correct() -> None:
    """Carry out ``PrivateDnsEnabled``, and answer DescribeVpcEndpointServices.

    Private DNS names need both DNS attributes of the VPC (EC2 API, CreateVpcEndpoint).

    Some services of China have names that begin with ``cn.`` (batch_platform/partitions.py), where
    moto has one form for all. moto asks the backend of CloudFormation for its services, which fails
    without a package. What moto says of services that it does not implement is the same.
    """
    VPCBackend.create_vpc_endpoint = _create  # type: ignore[method-assign]
    VPCs.modify_vpc_endpoint = _modify  # type: ignore[method-assign]
    VPCBackend._collect_default_endpoint_services = staticmethod(_services)  # type: ignore[method-assign]
    if find_spec("openapi_spec_validator") is None:
        for names in (vpcs.IMPLEMENTED_ENDPOINT_SERVICES, vpcs.COVERED_ENDPOINT_SERVICES):
            if NEEDS_A_PACKAGE in names:
                names.remove(NEEDS_A_PACKAGE)


def _create(self: Any, vpc_id: str, *arguments: Any, **named: Any) -> VPCEndPoint:
    given = _SIGNATURE.bind(self, vpc_id, *arguments, **named).arguments
    is_interface = str(given.get("endpoint_type")).lower() == "interface"
    if is_interface and given.get("private_dns_enabled"):
        _require_dns(self.get_vpc(vpc_id))
    return _create_vpc_endpoint(self, vpc_id, *arguments, **named)


def _require_dns(vpc: Any) -> None:
    if not (vpc.enable_dns_support and vpc.enable_dns_hostnames):
        raise EC2ClientError(
            "InvalidParameter",
            "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC "
            f"attributes set to true for {vpc.id}",
        )


def _services(account_id: str, region: str) -> list[dict[str, Any]]:
    before = f"com.amazonaws.{region}."
    return [
        {**each, "ServiceName": service_name(region, name.removeprefix(before))}
        if (name := each["ServiceName"]).startswith(before)
        else each
        for each in _default_services(account_id, region)
    ]


def _modify(self: VPCs) -> ActionResult:
    is_private = self._get_bool_param("PrivateDnsEnabled")
    (endpoint,) = self.ec2_backend.describe_vpc_endpoints([self._get_param("VpcEndpointId")])
    if is_private:
        _require_dns(self.ec2_backend.get_vpc(endpoint.vpc_id))
    answer = _modify_vpc_endpoint(self)
    if is_private is not None:
        endpoint.private_dns_enabled = is_private
    return answer
