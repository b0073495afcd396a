"""How a network is joined to the hub: to its own class and to nothing else."""

from __future__ import annotations

from egov_infra.plan.account.hub import hub_id, hub_table
from egov_infra.plan.network.private import Network
from egov_infra.plan.network.scope import NetworkScope
from egov_infra.plan.resource import Options


def add_hub_link(scope: NetworkScope, network: Network) -> None:
    """Attachment, its acceptance and its place in the class's route table, and routes to the class's supernets.

    What belongs to the hub stands in the platform's account. There is no route to anywhere else, and never a default
    route: what is not of the class cannot even be addressed.
    """
    add, tags = scope.add, scope.tags
    named = {**tags, "Name": scope.stack.name}
    attachment = add(
        "ec2transitgateway.VpcAttachment",
        "hub-attachment",
        transit_gateway_id=hub_id(),
        vpc_id=network.vpc.id,
        subnet_ids=tuple(subnet.id for subnet in network.subnets),
        appliance_mode_support="disable",
        dns_support="enable",
        ipv6_support="disable",
        tags=named,
    )
    platform = scope.estate.accounts["platform"]
    at_hub = scope.stack.at(*scope.path, account=platform.account, region=platform.region)
    accepted = at_hub(
        "ec2transitgateway.VpcAttachmentAccepter",
        "hub-accepter",
        transit_gateway_attachment_id=attachment.id,
        transit_gateway_default_route_table_association=False,
        transit_gateway_default_route_table_propagation=False,
        tags=named,
    )
    for kind, role in (("Association", "hub-association"), ("Propagation", "hub-propagation")):
        at_hub(
            f"ec2transitgateway.RouteTable{kind}",
            role,
            transit_gateway_attachment_id=accepted.id,
            transit_gateway_route_table_id=hub_table(scope.environment_class),
        )
    for number, supernet in enumerate(scope.estate.network.classes[scope.environment_class].supernets):
        add(
            "ec2.Route",
            f"hub-route-{number}",
            opts=Options(depends_on=(accepted.name,)),
            route_table_id=network.table.id,
            destination_cidr_block=supernet,
            transit_gateway_id=hub_id(),
        )
