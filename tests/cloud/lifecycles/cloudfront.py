"""Amazon CloudFront."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.cloud.lifecycle import TAGS, LifeCycle, World, given

BEHAVIOR = {
    "target_origin_id": "bucket",
    "viewer_protocol_policy": "https-only",
    "cached_methods": ("GET", "HEAD"),
    "allowed_methods": ("GET", "HEAD", "OPTIONS"),
    "cache_policy_id": "658327ea-f89d-4fab-a63d-7e88639e58f6",
    "compress": True,
}
BUCKET = {"origin_id": "bucket", "domain_name": "b.s3.amazonaws.com", "origin_access_control_id": "E1"}
API = {
    "origin_id": "api",
    "domain_name": "api.erb.go.tz",
    "custom_origin_config": {
        "http_port": 80,
        "https_port": 443,
        "origin_protocol_policy": "https-only",
        "origin_ssl_protocols": ("TLSv1.2",),
    },
}


def _unsign(world: World, identifier: str, _inputs: Mapping[str, Any]) -> object:
    client = world.client("cloudfront")
    current = client.get_origin_access_control(Id=identifier)
    config = {**current["OriginAccessControl"]["OriginAccessControlConfig"], "SigningBehavior": "never"}
    return client.update_origin_access_control(
        Id=identifier, IfMatch=current["ETag"], OriginAccessControlConfig=config
    )


def _certificate(world: World) -> dict[str, Any]:
    arn = world.make("aws:acm/certificate:Certificate", domain_name="erb.go.tz", validation_method="DNS")
    return {
        "acm_certificate_arn": arn,
        "ssl_support_method": "sni-only",
        "minimum_protocol_version": "TLSv1.2_2021",
    }


def _distribution(world: World) -> Mapping[str, Any]:
    return {
        "enabled": True,
        "is_ipv6_enabled": True,
        "http_version": "http2and3",
        "comment": "erb",
        "aliases": ("www.erb.go.tz", "erb.go.tz"),
        "default_root_object": "index.html",
        "price_class": "PriceClass_All",
        "web_acl_id": "arn:aws:wafv2:us-east-1:110000000002:global/webacl/a/b",
        "origins": (BUCKET, API),
        "default_cache_behavior": BEHAVIOR,
        "viewer_certificate": _certificate(world),
        "restrictions": {"geo_restriction": {"restriction_type": "none"}},
        "tags": TAGS,
    }


def _weaken(world: World, identifier: str, _inputs: Mapping[str, Any]) -> object:
    client = world.client("cloudfront")
    current = client.get_distribution_config(Id=identifier)
    config = current["DistributionConfig"]
    config["ViewerCertificate"]["MinimumProtocolVersion"] = "TLSv1"
    return client.update_distribution(Id=identifier, IfMatch=current["ETag"], DistributionConfig=config)


LIFE_CYCLES = (
    LifeCycle(
        "aws:cloudfront/originAccessControl:OriginAccessControl",
        given(
            name="erb",
            description="erb",
            origin_access_control_origin_type="s3",
            signing_behavior="always",
            signing_protocol="sigv4",
        ),
        {
            "name": "other",
            "description": "other",
            "signing_behavior": "never",
            "origin_access_control_origin_type": "lambda",
        },
        _unsign,
        "signing_behavior",
    ),
    LifeCycle(
        "aws:cloudfront/distribution:Distribution",
        _distribution,
        {
            "enabled": False,
            "is_ipv6_enabled": False,
            "http_version": "http2",
            "comment": "other",
            "aliases": ("erb.go.tz",),
            "default_root_object": "start.html",
            "price_class": "PriceClass_100",
            "web_acl_id": None,
            "origins": (BUCKET,),
            "default_cache_behavior": {**BEHAVIOR, "viewer_protocol_policy": "redirect-to-https"},
            "ordered_cache_behaviors": ({**BEHAVIOR, "path_pattern": "/files/*"},),
            "custom_error_responses": (
                {
                    "error_code": 404,
                    "response_code": 200,
                    "response_page_path": "/",
                    "error_caching_min_ttl": 5,
                },
            ),
            "viewer_certificate": {"cloudfront_default_certificate": True},
            "restrictions": {"geo_restriction": {"restriction_type": "whitelist", "locations": ("TZ", "KE")}},
            "tags": {"owner": "other"},
        },
        _weaken,
        "viewer_certificate.minimum_protocol_version",
    ),
)
