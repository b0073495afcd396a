"""Transit gateways, and what accounts share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.cloud.lifecycle import TAGS, LifeCycle, World, call, given
from tests.cloud.lifecycles.ec2 import HUB, OTHER, RETAG

OPTIONS = {
    "amazon_side_asn": 64512,
    "auto_accept_shared_attachments": "disable",
    "default_route_table_association": "disable",
    "default_route_table_propagation": "disable",
    "dns_support": "enable",
    "vpn_ecmp_support": "enable",
}


def _opened(world: World, identifier: str, _inputs: Mapping[str, Any]) -> object:
    """Somebody opens the share to accounts outside the organization."""
    return world.client("ram").update_resource_share(
        resourceShareArn=identifier, name="hub", allowExternalPrincipals=True
    )


LIFE_CYCLES = (
    LifeCycle(
        HUB,
        given(
            description="hub",
            **OPTIONS,
            multicast_support="disable",
            transit_gateway_cidr_blocks=("10.255.0.0/24",),
            tags=TAGS,
        ),
        {
            "description": "other",
            "amazon_side_asn": 64513,
            "auto_accept_shared_attachments": "enable",
            "default_route_table_association": "enable",
            "default_route_table_propagation": "enable",
            "dns_support": "disable",
            "vpn_ecmp_support": "disable",
            "tags": OTHER,
        },
        call(
            "ec2",
            "modify_transit_gateway",
            TransitGatewayId="{id}",
            Options={"AutoAcceptSharedAttachments": "enable"},
        ),
        "auto_accept_shared_attachments",
    ),
    LifeCycle(
        "aws:ec2transitgateway/routeTable:RouteTable",
        lambda world: {"transit_gateway_id": world.make(HUB, description="hub"), "tags": TAGS},
        {"tags": OTHER},
        RETAG,
        "tags",
    ),
    LifeCycle(
        "aws:ram/resourceShare:ResourceShare",
        given(name="hub", allow_external_principals=False, tags=TAGS),
        {"name": "other", "allow_external_principals": True},
        _opened,
        "allow_external_principals",
    ),
)
