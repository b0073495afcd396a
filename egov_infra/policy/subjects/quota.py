"""`quota`: how much of an AWS account's quota the whole estate uses."""

from __future__ import annotations

from collections.abc import Mapping

from egov_infra.policy.subject import Kind, model_kind
from egov_infra.source.frozen import frozen

DEFAULTS: Mapping[str, tuple[str, int]] = {
    # name: AWS type, and AWS's default (Service Quotas, read 2026)
    "route53-hosted-zones": ("aws:route53/zone:Zone", 500),
    "cloudfront-distributions": ("aws:cloudfront/distribution:Distribution", 500),
    "acm-certificates": ("aws:acm/certificate:Certificate", 2500),
    "ses-identities": ("aws:sesv2/emailIdentity:EmailIdentity", 10000),
    "s3-buckets": ("aws:s3/bucket:Bucket", 10000),
    "apigateway-regional-apis": ("aws:apigateway/restApi:RestApi", 600),
    # of a load balancer, of which an account with rules has one
    "elb-rules": ("aws:lb/listenerRule:ListenerRule", 100),
    "vpcs": ("aws:ec2/vpc:Vpc", 5),
}


@frozen
class Quota:
    """One quota of one account."""

    name: str
    """Name of the quota, such as s3-buckets."""
    account: str
    """Number of the account, of twelve digits."""
    role: str
    """Role of a shared account; `tenancy` for an institution's own."""
    used: int
    """Planned resources that count."""
    granted: int
    """What AWS has granted."""


KIND: Kind = model_kind("quota", Quota)
