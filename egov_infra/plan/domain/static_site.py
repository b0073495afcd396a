"""A static site: private bucket, certificate, CloudFront distribution, and the names that show it.

The website and the MTA-STS policy host are both of this kind.
"""

from __future__ import annotations

from egov_infra.plan import names
from egov_infra.plan.access_policy import service, statement
from egov_infra.plan.arn import arn, bucket_arn
from egov_infra.plan.bucket_set import BucketSet, add_bucket_set, bucket_policy
from egov_infra.plan.builder import StackBuilder
from egov_infra.plan.domain.zone import add_aliases, add_certificate
from egov_infra.plan.names import role_of
from egov_infra.plan.resource import PlannedResource
from egov_infra.plan.value import Join, Value
from egov_infra.source.diagnostic import Path
from egov_infra.source.frozen import frozen

CERTIFICATE_REGION = "us-east-1"  # CloudFront takes certificates from there only
CLOUDFRONT_ZONE_ID = (
    "Z2FDTNDATAQYW2"  # hosted zone of every distribution (Route 53 developer guide, alias records)
)
CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"  # AWS managed cache policy
TLS_FLOOR = "TLSv1.2_2021"


@frozen
class StaticSite:
    """What to plan: `role` tells sites of a stack apart, `hosts` are full names."""

    role: str
    hosts: tuple[str, ...]
    path: Path
    tags: dict[str, str]
    headers: bool


def add_static_site(stack: StackBuilder, zone: PlannedResource, site: StaticSite) -> PlannedResource:
    """Plan the site; returns its bucket."""
    bucket = _add_bucket(stack, site)
    certificate = add_certificate(
        stack.at(*site.path, region=CERTIFICATE_REGION),
        stack.at(*site.path),
        zone.id,
        site.role,
        {host: f"{site.role}-proof-{role_of(host)}" for host in site.hosts},
        site.tags,
    )
    distribution = _add_distribution(stack, site, bucket, certificate)
    _add_bucket_policy(stack, site, bucket, distribution)
    add = stack.at(*site.path)
    for host in site.hosts:
        roles = {kind: f"record-{role_of(host)}-{kind.lower()}" for kind in ("A", "AAAA")}
        add_aliases(add, zone.id, host, roles, distribution.output("domain_name"), CLOUDFRONT_ZONE_ID)
    return bucket


def _add_bucket(stack: StackBuilder, site: StaticSite) -> PlannedResource:
    wanted = BucketSet(site.role, _bucket_name(stack, site), site.tags, has_policy=False)
    return add_bucket_set(stack.at(*site.path), wanted)


def _bucket_name(stack: StackBuilder, site: StaticSite) -> str:
    return names.bucket(stack.account, stack.owner, site.role)


def _add_distribution(
    stack: StackBuilder, site: StaticSite, bucket: PlannedResource, certificate: PlannedResource
) -> PlannedResource:
    add = stack.at(*site.path)
    access = add(
        "cloudfront.OriginAccessControl",
        f"{site.role}-access",
        name=names.shortened(f"{stack.owner}-{site.role}", 64),
        origin_access_control_origin_type="s3",
        signing_behavior="always",
        signing_protocol="sigv4",
    )
    headers = _add_headers(stack, site) if site.headers else None
    return add(
        "cloudfront.Distribution",
        f"{site.role}-distribution",
        enabled=True,
        is_ipv6_enabled=True,
        http_version="http2and3",
        comment=f"{stack.owner} {site.role}",
        aliases=site.hosts,
        default_root_object="index.html" if site.headers else None,
        origins=(
            {
                "origin_id": "bucket",
                "domain_name": bucket.output("bucket_regional_domain_name"),
                "origin_access_control_id": access.id,
            },
        ),
        default_cache_behavior={
            "target_origin_id": "bucket",
            "viewer_protocol_policy": "redirect-to-https" if site.headers else "https-only",
            "allowed_methods": ("GET", "HEAD"),
            "cached_methods": ("GET", "HEAD"),
            "cache_policy_id": CACHING_OPTIMIZED,
            "compress": True,
            **({"response_headers_policy_id": headers.id} if headers else {}),
        },
        viewer_certificate={
            "acm_certificate_arn": certificate.output("certificate_arn"),
            "ssl_support_method": "sni-only",
            "minimum_protocol_version": TLS_FLOOR,
        },
        restrictions={"geo_restriction": {"restriction_type": "none"}},
        tags=site.tags,
    )


def _add_headers(stack: StackBuilder, site: StaticSite) -> PlannedResource:
    """Headers that browsers obey (OWASP Secure Headers)."""
    return stack.at(*site.path)(
        "cloudfront.ResponseHeadersPolicy",
        f"{site.role}-headers",
        name=names.shortened(f"{stack.owner}-{site.role}", 64),
        security_headers_config={
            "strict_transport_security": {
                "access_control_max_age_sec": 31_536_000,
                "include_subdomains": True,
                "override": True,
                "preload": False,
            },
            "content_type_options": {"override": True},
            "frame_options": {"frame_option": "DENY", "override": True},
            "referrer_policy": {"referrer_policy": "strict-origin-when-cross-origin", "override": True},
            "content_security_policy": {
                "content_security_policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'self'",
                "override": False,
            },
        },
    )


def _add_bucket_policy(
    stack: StackBuilder, site: StaticSite, bucket: PlannedResource, distribution: PlannedResource
) -> None:
    name = _bucket_name(stack, site)
    source: Value = Join((arn("cloudfront", stack.account, "", "distribution/"), distribution.id))
    ours: dict[str, Value] = {"StringEquals": {"AWS:SourceArn": source}}
    reader = statement(
        service("cloudfront"), "s3:GetObject", f"{bucket_arn(name)}/*", ours, sid="Distribution"
    )
    policy = bucket_policy(name, reader)
    stack.at(*site.path)("s3.BucketPolicy", f"{site.role}-policy", bucket=bucket.id, policy=policy)
