"""A deleted NAT gateway lets go of its elastic IP address."""

from __future__ import annotations

from moto.ec2.models.nat_gateways import NatGateway, NatGatewayBackend

_delete_nat_gateway = NatGatewayBackend.delete_nat_gateway


def correct() -> None:
    """Have a NAT gateway that is deleted let go of its elastic IP address.

    "Deleting a NAT gateway disassociates its Elastic IP address, but does not release the address
    from your account" (EC2 API, DeleteNatGateway); moto keeps it associated, so that no other
    gateway can have it.
    """
    NatGatewayBackend.delete_nat_gateway = _delete_and_free  # type: ignore[method-assign]


def _delete_and_free(self: NatGatewayBackend, nat_gateway_id: str) -> NatGateway:
    was_deleted = self.nat_gateways[nat_gateway_id].state == "deleted"
    gateway = _delete_nat_gateway(self, nat_gateway_id)
    for address in gateway.address_set:
        if not was_deleted and address.get("associationId"):
            gateway.ec2_backend.disassociate_address(association_id=address["associationId"])
    return gateway
