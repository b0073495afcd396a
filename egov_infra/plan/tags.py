"""The tags that every taggable resource carries (NIST 800-53 r5 CM-8)."""

from __future__ import annotations

from egov_infra.model.institution import Institution
from egov_infra.plan.names import PLATFORM


def institution_tags(institution: Institution, environment: str = "shared") -> dict[str, str]:
    """Tags of an institution's resources; `environment` is `shared` outside a tenancy."""
    identity = institution.institution
    return {
        "institution": identity.slug,
        "environment": environment,
        "classification": identity.classification,
        "owner": identity.slug,
        "cost-code": f"{identity.slug}-{environment}",
        "contact": identity.contacts.technical,
    }


def platform_tags(role: str, contact: str) -> dict[str, str]:
    """Tags of what institutions share in the account of a role."""
    return {
        "institution": PLATFORM,
        "environment": "shared",
        "classification": "internal",
        "owner": PLATFORM,
        "cost-code": f"{PLATFORM}-{role}",
        "contact": contact,
    }
