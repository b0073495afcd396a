"""Transit gateways of Amazon EC2, and their route tables."""

from __future__ import annotations

from egov_infra.cloud.adapter import Adapter, Call, Step
from egov_infra.cloud.adapters.ec2 import TAGS

_OPTIONS = (
    "auto_accept_shared_attachments default_route_table_association default_route_table_propagation dns_support "
    "vpn_ecmp_support amazon_side_asn"
)
_MODIFIED = f"description {_OPTIONS}"

GATEWAY = Adapter(
    type="aws:ec2transitgateway/transitGateway:TransitGateway",
    service="ec2",
    properties=f"{_MODIFIED} multicast_support transit_gateway_cidr_blocks tags",
    id="{transit_gateway_id}",
    names={
        name: "Options." + "".join(map(str.capitalize, name.split("_")))
        for name in (*_OPTIONS.split(), "multicast_support", "transit_gateway_cidr_blocks")
    },
    create=Call("create_transit_gateway", at="TransitGateway"),
    reads=(
        Call(
            "describe_transit_gateways",
            {"TransitGatewayIds": ["{transit_gateway_id}"]},
            at="TransitGateways[0]",
        ),
    ),
    steps=(Step(_MODIFIED, Call("modify_transit_gateway")),),
    tags=TAGS,
    delete=Call("delete_transit_gateway"),
    outputs={
        "arn": "arn:aws:ec2:{region}:{account}:transit-gateway/{transit_gateway_id}",
        "owner_id": "{account}",
    },
    defaults={
        "amazon_side_asn": 64512,
        "auto_accept_shared_attachments": "disable",
        "default_route_table_association": "enable",
        "default_route_table_propagation": "enable",
        "dns_support": "enable",
        "multicast_support": "disable",
        "vpn_ecmp_support": "enable",
    },
    gone="starts_with(TransitGateways[0].State, 'delet')",
    listing=Call("describe_transit_gateways", at="TransitGateways[].TransitGatewayId", is_paged=True),
)

ROUTE_TABLE = Adapter(
    type="aws:ec2transitgateway/routeTable:RouteTable",
    service="ec2",
    properties="transit_gateway_id tags",
    id="{transit_gateway_route_table_id}",
    create=Call("create_transit_gateway_route_table", at="TransitGatewayRouteTable"),
    reads=(
        Call(
            "describe_transit_gateway_route_tables",
            {"TransitGatewayRouteTableIds": ["{transit_gateway_route_table_id}"]},
            at="TransitGatewayRouteTables[0]",
        ),
    ),
    tags=TAGS,
    delete=Call("delete_transit_gateway_route_table"),
    outputs={
        "arn": "arn:aws:ec2:{region}:{account}:transit-gateway-route-table/{transit_gateway_route_table_id}"
    },
    gone="starts_with(TransitGatewayRouteTables[0].State, 'delet')",
    listing=Call(
        "describe_transit_gateway_route_tables",
        at="TransitGatewayRouteTables[].TransitGatewayRouteTableId",
        is_paged=True,
    ),
)

ADAPTERS = (GATEWAY, ROUTE_TABLE)
