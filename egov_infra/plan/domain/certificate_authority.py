"""Who may issue certificates for a domain."""

from __future__ import annotations

from egov_infra.plan.domain.scope import DomainScope


def add_certificate_authorities(scope: DomainScope) -> None:
    """Only these may issue certificates; none for mail (RFC 8659, RFC 9495)."""
    certificates = scope.estate.mail.certificates
    values = [f'0 {tag} "{issuer}"' for tag in ("issue", "issuewild") for issuer in certificates.issuers]
    values += ['0 issuemail ";"', f'0 iodef "mailto:{certificates.incident_mailbox}"']
    scope.records.add("@", "CAA", *values, path=scope.path)
