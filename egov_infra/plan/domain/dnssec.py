"""A signed zone: key in KMS, key-signing key, signing (RFC 9364)."""

from __future__ import annotations

from egov_infra.plan.access_policy import policy, service, statement
from egov_infra.plan.domain.scope import DomainScope
from egov_infra.plan.key import kept_by
from egov_infra.plan.names import role_of
from egov_infra.plan.resource import Options, PlannedResource
from egov_infra.plan.value import Document, Value

KEY_REGION = "us-east-1"  # Route 53 takes keys from there only


def add_dnssec(scope: DomainScope) -> PlannedResource:
    """Sign the zone; returns the key-signing key, whose `ds_record` is handed to the parent zone."""
    stack, domain, path = scope.stack, scope.name, (*scope.path, "dnssec")
    add_key = stack.at(*path, region=KEY_REGION)
    role = f"dnssec-{role_of(domain)}"
    key = add_key(
        "kms.Key",
        f"{role}-key",
        opts=Options(protect=True),
        description=f"DNSSEC key of {domain}",
        customer_master_key_spec="ECC_NIST_P256",
        key_usage="SIGN_VERIFY",
        deletion_window_in_days=30,
        policy=_key_policy(stack.account),
        tags=scope.tags,
    )
    add = stack.at(*path)
    signing_key = add(
        "route53.KeySigningKey",
        f"{role}-ksk",
        opts=Options(protect=True),
        hosted_zone_id=scope.zone.id,
        key_management_service_arn=key.arn,
        name="ksk1",
        status="ACTIVE",
    )
    add(
        "route53.HostedZoneDnsSec",
        f"{role}-signing",
        opts=Options(protect=True, depends_on=(signing_key.name,)),
        hosted_zone_id=scope.zone.id,
        signing_status="SIGNING",
    )
    return signing_key


def _key_policy(account: str) -> Document:
    """The account keeps the key; Route 53 may sign with it, for hosted zones of this account only."""
    signer = service("dnssec-route53")
    own: dict[str, Value] = {"StringEquals": {"aws:SourceAccount": account}}
    signing = ("kms:DescribeKey", "kms:GetPublicKey", "kms:Sign")
    granting: dict[str, Value] = {"Bool": {"kms:GrantIsForAWSResource": True}, **own}
    return policy(
        kept_by(account),
        statement(signer, signing, condition=own, sid="Signing"),
        statement(signer, "kms:CreateGrant", condition=granting, sid="Grant"),
    )
