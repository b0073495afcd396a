"""The platform's host: its zone, its certificate, its name in front of every institution's API."""

from __future__ import annotations

from egov_infra.plan.access_policy import allow, service_trust
from egov_infra.plan.account.baseline import boundary_arn
from egov_infra.plan.account.shared import SharedAccount
from egov_infra.plan.arn import arn
from egov_infra.plan.domain.zone import add_aliases, add_certificate, add_zone
from egov_infra.plan.resource import Options, PlannedResource

TLS_FLOOR = "TLS_1_2"
"""Lowest version that callers may use; handsets never call this host, operators' and institutions' systems do."""


def add_host(shared: SharedAccount) -> PlannedResource:
    """Plan zone, certificate, domain name and its address; returns the domain name."""
    add, host = shared.add, shared.estate.gateway.host
    zone = add_zone(add, "host-zone", host, f"Mobile gateway: {host}", shared.tags)
    validation = add_certificate(add, add, zone.id, "host", {host: "host-proof"}, shared.tags)
    domain = add(
        "apigateway.DomainName",
        "host",
        domain_name=host,
        regional_certificate_arn=validation.output("certificate_arn"),
        security_policy=TLS_FLOOR,
        endpoint_configuration={"types": "REGIONAL"},
        tags=shared.tags,
    )
    roles = {kind: f"host-{kind.lower()}" for kind in ("A", "AAAA")}
    name, target_zone = domain.output("regional_domain_name"), domain.output("regional_zone_id")
    add_aliases(add, zone.id, host, roles, name, target_zone)
    _add_certificate_authorities(shared, zone)
    return domain


def _add_certificate_authorities(shared: SharedAccount, zone: PlannedResource) -> None:
    """Only these may issue a certificate for the host (RFC 8659)."""
    certificates = shared.estate.mail.certificates
    shared.add(
        "route53.Record",
        "host-caa",
        zone_id=zone.id,
        name=zone.inputs["name"],
        type="CAA",
        ttl=3600,
        records=(
            *(f'0 issue "{issuer}"' for issuer in certificates.issuers),
            '0 issuewild ";"',
            f'0 iodef "mailto:{certificates.incident_mailbox}"',
        ),
    )


API_LOG_ACTIONS = (
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:DescribeLogGroups",
    "logs:DescribeLogStreams",
    "logs:FilterLogEvents",
    "logs:GetLogEvents",
    "logs:PutLogEvents",
)
"""What API Gateway asks of the role (AWS managed policy AmazonAPIGatewayPushToCloudWatchLogs)."""


def add_account_settings(shared: SharedAccount) -> None:
    """Let API Gateway write its logs: one role for the whole account (API Gateway developer guide, CloudWatch logs)."""
    role = shared.add(
        "iam.Role",
        "api-logs-role",
        name="egov-api-gateway-logs",
        description="API Gateway writes its logs",
        assume_role_policy=service_trust("apigateway", shared.stack.account),
        permissions_boundary=boundary_arn(shared.stack.account),
        tags=shared.tags,
    )
    groups = arn("logs", shared.stack.account, shared.stack.region, "log-group:*")
    granted = shared.add(
        "iam.RolePolicy",
        "api-logs-role-policy",
        role=role.output("name"),
        name="write",
        policy=allow(API_LOG_ACTIONS, (groups,)),
    )
    shared.add(
        "apigateway.Account",
        "api-account",
        opts=Options(depends_on=(granted.name,)),
        cloudwatch_role_arn=role.arn,
    )
