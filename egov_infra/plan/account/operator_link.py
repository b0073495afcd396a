"""Links to mobile operators: a VPN connection to the hub each, the secret of the messages' protocol, and alarms."""

from __future__ import annotations

from egov_infra.model.estate import Estate, Operator
from egov_infra.plan.account.hub import hub_id, operator_table
from egov_infra.plan.alarms import AT_MOST, BELOW, Alarm, add_alarm
from egov_infra.plan.builder import Adder, StackBuilder
from egov_infra.plan.names import logical
from egov_infra.plan.resource import NO_OPTIONS, PlannedResource
from egov_infra.plan.value import Ref, Value

RECOVERY_DAYS = 30
_TUNNEL: dict[str, Value] = {
    "ike_versions": ("ikev2",),
    "phase1_encryption_algorithms": ("AES256-GCM-16",),
    "phase1_integrity_algorithms": ("SHA2-384",),
    "phase1_dh_group_numbers": (20, 21),
    "phase1_lifetime_seconds": 28800,
    "phase2_encryption_algorithms": ("AES256-GCM-16",),
    "phase2_integrity_algorithms": ("SHA2-384",),
    "phase2_dh_group_numbers": (20, 21),
    "phase2_lifetime_seconds": 3600,
    "dpd_timeout_action": "restart",
    "startup_action": "start",
}
"""IKEv2 with AES-256-GCM and the NIST curves P-384 and P-521 (RFC 5903, RFC 4106; NIST SP 800-77 r1)."""


def add_operator_links(stack: StackBuilder, estate: Estate, tags: dict[str, str]) -> None:
    """Plan the link of every operator, in a stack that has planned its `key` already.

    Gateways and connections stand in the platform's account: AWS attaches a VPN to a transit gateway of the same account
    only (Amazon VPC, transit gateways, VPN attachments). Their alarms stand there too, beside the metrics; the account's
    baseline tells the platform's bus when one changes its state. The secrets stand where the gateway reads them.
    """
    platform = estate.accounts["platform"]
    for name, operator in estate.gateway.operators.items():
        path = ("gateway", "operators", name)
        at_hub = stack.at(*path, account=platform.account, region=platform.region)
        connection = _add_connection(at_hub, name, operator, tags)
        _add_alarms(at_hub, name, operator, connection, tags)
        stack.at(*path)(
            "secretsmanager.Secret",
            f"smpp-{name}",
            name=f"egov/smpp/{name}",
            description=f"Password of the SMPP bind to {operator.name}; the value is put in by hand",
            kms_key_id=Ref(logical(stack.name, "key"), "arn"),
            recovery_window_in_days=RECOVERY_DAYS,
            tags=tags,
        )


def _add_connection(add: Adder, name: str, operator: Operator, tags: dict[str, str]) -> PlannedResource:
    """Two tunnels, routes by BGP, and a place at the hub from which no operator sees another, or a tenancy."""
    named = {**tags, "Name": f"operator-{name}"}
    peer = add(
        "ec2.CustomerGateway",
        f"peer-{name}",
        type="ipsec.1",
        ip_address=operator.link.peer,
        bgp_asn=str(operator.link.asn) if operator.link.asn < _EXTENDED_ASN else None,
        bgp_asn_extended=str(operator.link.asn) if operator.link.asn >= _EXTENDED_ASN else None,
        device_name=name,
        tags=named,
    )
    options = {f"tunnel{number}_{option}": value for number in (1, 2) for option, value in _TUNNEL.items()}
    connection = add(
        "ec2.VpnConnection",
        f"link-{name}",
        opts=NO_OPTIONS,
        type="ipsec.1",
        customer_gateway_id=peer.id,
        transit_gateway_id=hub_id(),
        static_routes_only=False,
        preshared_key_storage="SecretsManager",
        tags=named,
        **options,
    )
    add(
        "ec2transitgateway.RouteTableAssociation",
        f"link-{name}-association",
        transit_gateway_attachment_id=connection.output("transit_gateway_attachment_id"),
        transit_gateway_route_table_id=operator_table(),
    )
    return connection


_EXTENDED_ASN = 2147483648
"""From here on AWS wants the number in another place (EC2 API reference, CreateCustomerGateway)."""


def _add_alarms(
    add: Adder, name: str, operator: Operator, connection: PlannedResource, tags: dict[str, str]
) -> None:
    """One when no tunnel is up, one when only one has been for a quarter of an hour; no data is no tunnel."""
    states = (
        ("down", "No tunnel to {} is up", AT_MOST, 0, 2),
        ("alone", "Only one tunnel to {} is up", BELOW, 1, 15),
    )
    for role, text, comparison, threshold, minutes in states:
        alarm = Alarm(
            name=f"egov-operator-{name}-{role}",
            description=text.format(operator.name),
            namespace="AWS/VPN",
            metric="TunnelState",
            threshold=threshold,
            dimensions={"VpnId": connection.id},
            comparison=comparison,
            period_seconds=60,
            periods=minutes,
            missing="breaching",
        )
        add_alarm(add, f"link-{name}-{role}", alarm, (), tags)
