"""The hub that joins the networks of tenancies, one route table for each class of environments and one for operators.

An attachment is associated with the table of its class and propagates to it alone, so that environments of two
classes have no way to each other (NIST 800-53 r5 SC-7(21)). Nothing is accepted, associated or propagated by default.
"""

from __future__ import annotations

from collections.abc import Mapping

from egov_infra.model.estate import Estate
from egov_infra.plan.builder import Adder, StackBuilder
from egov_infra.plan.names import PLATFORM
from egov_infra.plan.resource import Options, PlannedResource
from egov_infra.plan.value import StackRef, Value

HUB_STACK = f"{PLATFORM}.platform"
HUB_ASN = 64512
"""Private autonomous system of the hub (RFC 6996); no operator's link has it."""
_HUB_ID = "hub_id"
_OPERATOR_TABLE = "hub_operator_routes"


def operator_table() -> StackRef:
    """The route table of operators' links, as other stacks read it: no class's network propagates to it."""
    return StackRef(HUB_STACK, _OPERATOR_TABLE)


def hub_id() -> StackRef:
    """The transit gateway, as other stacks read it."""
    return StackRef(HUB_STACK, _HUB_ID)


def hub_table_output(environment: str) -> str:
    """The platform's output that names the route table of a class of environments."""
    return f"hub_routes_{environment}"


def hub_table(environment: str) -> StackRef:
    """The route table of a class of environments, as other stacks read it."""
    return StackRef(HUB_STACK, hub_table_output(environment))


def add_hub(stack: StackBuilder, estate: Estate, tags: dict[str, str]) -> Mapping[str, Value]:
    """Plan the transit gateway, its route tables, and its share with the organization; gives the stack's outputs.

    Inside an organization in which sharing is on, accounts see the share without an invitation (AWS RAM user guide,
    enable sharing with AWS Organizations): no account plans an accepter of it.
    """
    add = stack.at("network")
    gateway = add(
        "ec2transitgateway.TransitGateway",
        "hub",
        opts=Options(protect=True),
        description=f"Hub of {estate.name}",
        amazon_side_asn=HUB_ASN,
        auto_accept_shared_attachments="disable",
        default_route_table_association="disable",
        default_route_table_propagation="disable",
        dns_support="enable",
        vpn_ecmp_support="enable",
        tags={**tags, "Name": "hub"},
    )

    def add_table(at: Adder, role: str) -> PlannedResource:
        return at(
            "ec2transitgateway.RouteTable",
            role,
            opts=Options(protect=True),
            transit_gateway_id=gateway.id,
            tags={**tags, "Name": role},
        )

    outputs: dict[str, Value] = {_HUB_ID: gateway.id, "hub_arn": gateway.arn}
    for name in estate.network.classes:
        table = add_table(stack.at("network", "classes", name), f"hub-routes-{name}")
        outputs[hub_table_output(name)] = table.id
    outputs[_OPERATOR_TABLE] = add_table(add, "hub-operator-routes").id
    share = add("ram.ResourceShare", "hub-share", name="hub", allow_external_principals=False, tags=tags)
    add(
        "ram.ResourceAssociation",
        "hub-share-gateway",
        resource_arn=gateway.arn,
        resource_share_arn=share.arn,
    )
    add(
        "ram.PrincipalAssociation",
        "hub-share-organization",
        principal=f"arn:aws:organizations::{estate.management_account}:organization/{estate.organization}",
        resource_share_arn=share.arn,
    )
    return outputs
