"""Security groups of a service: each tier lets in the tier before it, and reaches the tier behind it."""

from __future__ import annotations

from egov_infra.plan.application.ground import Ground
from egov_infra.plan.resource import PlannedResource

HTTPS = 443
ANYWHERE = "0.0.0.0/0"


def add_group(ground: Ground, role: str, description: str) -> PlannedResource:
    """Plan a group that lets nothing in and nothing out."""
    name = ground.called(role, limit=255)
    return ground.add(
        "ec2.SecurityGroup",
        f"{role}-group",
        name=name,
        description=description,
        vpc_id=ground.vpc_id,
        tags={**ground.tags, "Name": name},
    )


def open_between(
    ground: Ground, role: str, source: PlannedResource, target: PlannedResource, port: int
) -> None:
    """Let one group reach a port of another one: out of the first, and into the second."""
    for direction, own, other in (("Egress", source, target), ("Ingress", target, source)):
        ground.add(
            f"vpc.SecurityGroup{direction}Rule",
            f"{role}-{'out' if direction == 'Egress' else 'in'}",
            security_group_id=own.id,
            description=f"{role}, port {port}",
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            referenced_security_group_id=other.id,
            tags=ground.tags,
        )


def open_tls(ground: Ground, role: str, group: PlannedResource, direction: str) -> None:
    """Let TLS in from anywhere, or out: where to is decided by the routes, of which a private subnet has no default."""
    ground.add(
        f"vpc.SecurityGroup{direction}Rule",
        role,
        security_group_id=group.id,
        description="TLS",
        ip_protocol="tcp",
        from_port=HTTPS,
        to_port=HTTPS,
        cidr_ipv4=ANYWHERE,
        tags=ground.tags,
    )
