"""A hosted zone, and a certificate that its records prove."""

from __future__ import annotations

from collections.abc import Mapping

from egov_infra.plan.builder import Adder
from egov_infra.plan.resource import Options, PlannedResource
from egov_infra.plan.value import Value


def add_zone(add: Adder, role: str, name: str, comment: str, tags: dict[str, str]) -> PlannedResource:
    """Plan a zone that is never deleted by absence, nor with records in it."""
    return add(
        "route53.Zone",
        role,
        opts=Options(protect=True),
        name=name,
        comment=comment,
        force_destroy=False,
        tags=tags,
    )


def add_certificate(
    add: Adder,
    add_record: Adder,
    zone_id: Value,
    role: str,
    proofs: Mapping[str, str],
    tags: dict[str, str],
) -> PlannedResource:
    """Plan a certificate and the records by which its issuer knows who asks; returns its validation.

    `proofs` maps each host, the first one first, to the role of its record. The certificate may stand in another region
    than the records.
    """
    first, *others = proofs
    certificate = add(
        "acm.Certificate",
        f"{role}-certificate",
        domain_name=first,
        subject_alternative_names=tuple(others) or None,
        validation_method="DNS",
        tags=tags,
    )
    names = []
    for index, proof_role in enumerate(proofs.values()):
        option = f"domain_validation_options[{index}]"
        proof = add_record(
            "route53.Record",
            proof_role,
            zone_id=zone_id,
            name=certificate.output(f"{option}.resource_record_name"),
            type=certificate.output(f"{option}.resource_record_type"),
            ttl=300,
            records=(certificate.output(f"{option}.resource_record_value"),),
        )
        names.append(proof.output("fqdn"))
    return add(
        "acm.CertificateValidation",
        f"{role}-validation",
        certificate_arn=certificate.arn,
        validation_record_fqdns=tuple(names),
    )


def add_aliases(
    add: Adder, zone_id: Value, host: str, roles: Mapping[str, str], name: Value, target_zone: Value
) -> None:
    """Plan records by which a host is another name of something of AWS; `roles` maps A and AAAA to their roles."""
    for kind, role in roles.items():
        add(
            "route53.Record",
            role,
            zone_id=zone_id,
            name=host,
            type=kind,
            aliases=({"name": name, "zone_id": target_zone, "evaluate_target_health": False},),
        )
