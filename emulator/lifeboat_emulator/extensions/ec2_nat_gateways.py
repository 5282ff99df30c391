"""Deleting a NAT gateway removes its network interface and frees its address."""

from moto.ec2.models import EC2Backend
from moto.ec2.models.nat_gateways import NatGateway


def install() -> None:
    """Wrap DeleteNatGateway."""
    original = EC2Backend.delete_nat_gateway

    def delete_nat_gateway(self: EC2Backend, nat_gateway_id: str) -> NatGateway:
        gateway = original(self, nat_gateway_id)
        interface = gateway._eni
        for address in list(self.addresses):
            if address.eni is not None and address.eni.id == interface.id:
                self.disassociate_address(association_id=address.association_id)
        self.enis.pop(interface.id, None)
        return gateway

    setattr(EC2Backend, "delete_nat_gateway", delete_nat_gateway)
