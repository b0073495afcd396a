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


def _vpn(world: World) -> Mapping[str, Any]:
    strong = {
        "ike_versions": ("ikev2",),
        "phase1_dh_group_numbers": (20,),
        "phase1_encryption_algorithms": ("AES256-GCM-16",),
        "phase1_integrity_algorithms": ("SHA2-384",),
        "phase1_lifetime_seconds": 28800,
        "phase2_dh_group_numbers": (20,),
        "phase2_encryption_algorithms": ("AES256-GCM-16",),
        "phase2_integrity_algorithms": ("SHA2-384",),
        "phase2_lifetime_seconds": 3600,
        "dpd_timeout_action": "restart",
        "startup_action": "start",
    }
    peer = world.make(
        "aws:ec2/customerGateway:CustomerGateway", bgp_asn="64601", ip_address="192.0.2.10", type="ipsec.1"
    )
    return {
        "customer_gateway_id": peer,
        "transit_gateway_id": world.make(HUB, description="hub"),
        "type": "ipsec.1",
        "preshared_key_storage": "SecretsManager",
        "static_routes_only": False,
        "tags": TAGS,
        **{f"tunnel{number}_{name}": value for number in (1, 2) for name, value in strong.items()},
    }


LIFE_CYCLES = (
    LifeCycle(
        "aws:ec2/vpnConnection:VpnConnection",
        _vpn,
        {"tags": OTHER},
        call("ec2", "delete_vpn_connection", VpnConnectionId="{id}"),
        "",
    ),
    LifeCycle(
        "aws:ec2/vpnConnection:VpnConnection",
        _vpn,
        lambda world: {"transit_gateway_id": world.make(HUB, description="other")},
        RETAG,
        "tags",
        case="to another hub",
    ),
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
