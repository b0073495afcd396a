"""Site-to-Site VPN connections of Amazon EC2."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from egov_infra.cloud.adapter import Adapter, Call
from egov_infra.cloud.adapters.ec2 import TAGS

_TUNNELS = ("tunnel1", "tunnel2")
_LISTS = {
    "ike_versions": "IKEVersions",
    "phase1_dh_group_numbers": "Phase1DHGroupNumbers",
    "phase1_encryption_algorithms": "Phase1EncryptionAlgorithms",
    "phase1_integrity_algorithms": "Phase1IntegrityAlgorithms",
    "phase2_dh_group_numbers": "Phase2DHGroupNumbers",
    "phase2_encryption_algorithms": "Phase2EncryptionAlgorithms",
    "phase2_integrity_algorithms": "Phase2IntegrityAlgorithms",
}
_SCALARS = {
    "dpd_timeout_action": "DPDTimeoutAction",
    "phase1_lifetime_seconds": "Phase1LifetimeSeconds",
    "phase2_lifetime_seconds": "Phase2LifetimeSeconds",
    "startup_action": "StartupAction",
}
_OPTIONS = [f"{tunnel}_{name}" for tunnel in _TUNNELS for name in (*_LISTS, *_SCALARS)]


def _tunnels(operation: str, params: dict[str, Any], scope: Mapping[str, Any]) -> None:
    """The options of both tunnels, which pulumi_aws spells out and the API nests."""
    if operation != "create_vpn_connection":
        return
    options: dict[str, Any] = {"TunnelOptions": [_tunnel(tunnel, scope) for tunnel in _TUNNELS]}
    if scope.get("static_routes_only") is not None:
        options["StaticRoutesOnly"] = scope["static_routes_only"]
    params["Options"] = options


def _tunnel(tunnel: str, scope: Mapping[str, Any]) -> dict[str, Any]:
    lists = {
        member: [{"Value": item} for item in scope[f"{tunnel}_{name}"]]
        for name, member in _LISTS.items()
        if scope.get(f"{tunnel}_{name}")
    }
    scalars = {
        member: scope[f"{tunnel}_{name}"]
        for name, member in _SCALARS.items()
        if scope.get(f"{tunnel}_{name}") is not None
    }
    return {**lists, **scalars}


# moto has neither ModifyVpnConnection nor ModifyVpnTunnelOptions, so that every change but of tags replaces it
CONNECTION = Adapter(
    type="aws:ec2/vpnConnection:VpnConnection",
    service="ec2",
    properties="customer_gateway_id transit_gateway_id type preshared_key_storage static_routes_only tags "
    + " ".join(_OPTIONS),
    id="{vpn_connection_id}",
    create=Call("create_vpn_connection", at="VpnConnection"),
    encode=_tunnels,
    reads=(
        Call(
            "describe_vpn_connections",
            {"VpnConnectionIds": ["{vpn_connection_id}"]},
            at="VpnConnections[0]",
        ),
        Call(
            "describe_transit_gateway_attachments",
            {"Filters": [{"Name": "resource-id", "Values": ["{vpn_connection_id}"]}]},
            at="{TransitGatewayAttachmentId: TransitGatewayAttachments[0].TransitGatewayAttachmentId}",
        ),
    ),
    tags=TAGS,
    delete=Call("delete_vpn_connection"),
    outputs={
        "arn": "arn:aws:ec2:{region}:{account}:vpn-connection/{vpn_connection_id}",
        "transit_gateway_attachment_id": "TransitGatewayAttachmentId",
    },
    unread=dict.fromkeys(
        ("preshared_key_storage", "static_routes_only", *_OPTIONS),
        "moto's DescribeVpnConnections gives no options",
    ),
    gone="starts_with(VpnConnections[0].State, 'delet')",
    listing=Call("describe_vpn_connections", at="VpnConnections[].VpnConnectionId"),
)

ADAPTERS = (CONNECTION,)
