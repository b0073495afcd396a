"""The name of an application, in a zone of another stack, and the certificate for it."""

from __future__ import annotations

from egov_infra.plan.application.balancer import Balancer
from egov_infra.plan.application.scope import ApplicationScope
from egov_infra.plan.domain.mail import NULL_MX
from egov_infra.plan.domain.zone import add_aliases, add_certificate
from egov_infra.plan.record import spf
from egov_infra.plan.record.text import quote
from egov_infra.plan.value import Value


def add_host_certificate(scope: ApplicationScope) -> Value:
    """Plan the certificate of the host, proved by a record of its zone; returns the ARN, known once it is proved."""
    validation = add_certificate(
        scope.add,
        scope.at_zone,
        scope.zone_id,
        "host",
        {scope.host: "host-proof"},
        scope.ground.tags,
    )
    return validation.output("certificate_arn")


def add_host(scope: ApplicationScope, balancer: Balancer) -> None:
    """Plan the address of the host, and that it neither sends nor receives mail (RFC 7505, RFC 7208)."""
    add, zone_id = scope.at_zone, scope.zone_id
    resource = balancer.resource
    add_aliases(
        add, zone_id, scope.host, {"A": "host-a"}, resource.output("dns_name"), resource.output("zone_id")
    )
    for kind, text in (("MX", NULL_MX), ("TXT", quote(spf.render((), "-all")))):
        add(
            "route53.Record",
            f"host-{kind.lower()}",
            zone_id=zone_id,
            name=scope.host,
            type=kind,
            ttl=3600,
            records=(text,),
        )
