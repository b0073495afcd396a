"""Types that the rehearsal cloud cannot serve: their outputs are simulated, marked, and never called free of drift.

A type is live or recorded only as a whole. One that reaches from one account into another, as what joins a tenancy
to the hub does, is recorded only, although moto serves it within one account.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Simulate = Callable[[str, Mapping[str, Any]], Any]
"""A function of a digest (64 hexadecimal digits, stable for a resource) and the inputs."""

SIMULATED = "simulated"


@dataclass(frozen=True, slots=True)
class RecordedOnly:
    """A type without a live counterpart: moto's error, and the outputs that dependents read."""

    type: str
    error: str
    outputs: Mapping[str, Simulate] = field(default_factory=dict)

    def simulate(self, urn: str, inputs: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """Id and outputs; the same for the same resource in every run, and marked as simulated."""
        digest = hashlib.sha256(urn.encode()).hexdigest()
        outputs = {name: simulate(digest, inputs) for name, simulate in self.outputs.items()}
        return f"{SIMULATED}-{digest[:16]}", {
            **inputs,
            **outputs,
            "arn": f"arn:aws:{SIMULATED}:::{digest[:16]}",
        }


def _etag(digest: str, _inputs: Mapping[str, Any]) -> str:
    return digest[:12]


_MISSING = "not implemented"
_FOREIGN = "gateway of another account: InvalidTransitGatewayID.NotFound"
_ALL = (
    RecordedOnly("aws:accessanalyzer/analyzer:Analyzer", f"CreateAnalyzer: {_MISSING}"),
    RecordedOnly("aws:backup/selection:Selection", f"CreateBackupSelection: {_MISSING}"),
    RecordedOnly("aws:backup/vaultPolicy:VaultPolicy", f"PutBackupVaultAccessPolicy: {_MISSING}"),
    RecordedOnly("aws:cloudfront/function:Function", f"CreateFunction: {_MISSING}", {"etag": _etag}),
    RecordedOnly(
        "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy",
        "CreateResponseHeadersPolicy: 404 Not Found",
        {"etag": _etag},
    ),
    RecordedOnly("aws:ec2/vpnConnectionRoute:VpnConnectionRoute", f"CreateVpnConnectionRoute: {_MISSING}"),
    RecordedOnly(
        "aws:ec2transitgateway/routeTableAssociation:RouteTableAssociation",
        f"AssociateTransitGatewayRouteTable: {_FOREIGN}",
    ),
    RecordedOnly(
        "aws:ec2transitgateway/routeTablePropagation:RouteTablePropagation",
        f"EnableTransitGatewayRouteTablePropagation: {_FOREIGN}",
    ),
    RecordedOnly(
        "aws:ec2transitgateway/vpcAttachment:VpcAttachment", f"CreateTransitGatewayVpcAttachment: {_FOREIGN}"
    ),
    RecordedOnly(
        "aws:ec2transitgateway/vpcAttachmentAccepter:VpcAttachmentAccepter",
        f"AcceptTransitGatewayVpcAttachment: {_MISSING}",
    ),
    RecordedOnly("aws:ram/principalAssociation:PrincipalAssociation", f"AssociateResourceShare: {_MISSING}"),
    RecordedOnly("aws:ram/resourceAssociation:ResourceAssociation", f"AssociateResourceShare: {_MISSING}"),
    RecordedOnly(
        "aws:ram/resourceShareAccepter:ResourceShareAccepter", f"GetResourceShareInvitations: {_MISSING}"
    ),
    RecordedOnly("aws:route53/hostedZoneDnsSec:HostedZoneDnsSec", "EnableHostedZoneDNSSEC: 404 Not Found"),
    RecordedOnly(
        "aws:route53/keySigningKey:KeySigningKey",
        "CreateKeySigningKey: 404 Not Found",
        {
            "key_tag": lambda digest, _inputs: int(digest[:4], 16),
            "ds_record": lambda digest, _inputs: f"{int(digest[:4], 16)} 13 2 {digest.upper()}",
        },
    ),
    RecordedOnly(
        "aws:sesv2/accountSuppressionAttributes:AccountSuppressionAttributes",
        f"PutAccountSuppressionAttributes: {_MISSING}",
    ),
    RecordedOnly(
        "aws:sesv2/accountVdmAttributes:AccountVdmAttributes", f"PutAccountVdmAttributes: {_MISSING}"
    ),
    RecordedOnly(
        "aws:sesv2/configurationSetEventDestination:ConfigurationSetEventDestination",
        f"CreateConfigurationSetEventDestination: {_MISSING}",
    ),
    RecordedOnly(
        "aws:sesv2/emailIdentityFeedbackAttributes:EmailIdentityFeedbackAttributes",
        f"PutEmailIdentityFeedbackAttributes: {_MISSING}",
    ),
    RecordedOnly("aws:sesv2/tenant:Tenant", f"CreateTenant: {_MISSING}"),
    RecordedOnly("aws:sqs/redriveAllowPolicy:RedriveAllowPolicy", "GetQueueAttributes never returns it"),
)
RECORDED_ONLY: Mapping[str, RecordedOnly] = {item.type: item for item in _ALL}
