"""Private DNS names of an endpoint can be switched; the services of endpoints are told."""

from __future__ import annotations

from importlib.util import find_spec

from moto.core.responses import ActionResult
from moto.ec2.models import vpcs
from moto.ec2.responses.vpcs import VPCs

_modify_vpc_endpoint = VPCs.modify_vpc_endpoint
NEEDS_A_PACKAGE = "cloudformation"
"""Service whose backend imports ``openapi_spec_validator``, which this project has no use for."""


def correct() -> None:
    """Carry out ``PrivateDnsEnabled``, and answer DescribeVpcEndpointServices.

    moto asks the backend of CloudFormation for its services, which fails without a package. What
    moto says of services that it does not implement is the same.
    """
    VPCs.modify_vpc_endpoint = _modify  # type: ignore[method-assign]
    if find_spec("openapi_spec_validator") is None:
        for names in (vpcs.IMPLEMENTED_ENDPOINT_SERVICES, vpcs.COVERED_ENDPOINT_SERVICES):
            if NEEDS_A_PACKAGE in names:
                names.remove(NEEDS_A_PACKAGE)


def _modify(self: VPCs) -> ActionResult:
    answer = _modify_vpc_endpoint(self)
    is_private = self._get_bool_param("PrivateDnsEnabled")
    if is_private is not None:
        (endpoint,) = self.ec2_backend.describe_vpc_endpoints([self._get_param("VpcEndpointId")])
        endpoint.private_dns_enabled = is_private
    return answer
