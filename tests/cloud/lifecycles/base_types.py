"""KMS, Route 53, ACM, CloudFront and SES."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.cloud.lifecycle import ACCOUNT, TAGS, LifeCycle, World

ZONE = "aws:route53/zone:Zone"
POLICY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
                "Action": "kms:*",
                "Resource": "*",
            }
        ],
    }
)
OTHER_POLICY = POLICY.replace("kms:*", "kms:Describe*")


def _record(world: World) -> Mapping[str, Any]:
    zone = world.make(ZONE, name="erb.go.tz")
    return {"zone_id": zone, "name": "www.erb.go.tz", "type": "TXT", "ttl": 300, "records": ["a", 'b""c']}


def _retime(world: World, _identifier: str, inputs: Mapping[str, Any]) -> object:
    record_set = {"Name": inputs["name"], "Type": "TXT", "TTL": 60, "ResourceRecords": [{"Value": '"a"'}]}
    return world.client("route53").change_resource_record_sets(
        HostedZoneId=inputs["zone_id"],
        ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record_set}]},
    )


def _certificate(_world: World) -> Mapping[str, Any]:
    return {
        "domain_name": "erb.go.tz",
        "subject_alternative_names": ["www.erb.go.tz"],
        "validation_method": "DNS",
        "tags": TAGS,
    }


def _validation(world: World) -> Mapping[str, Any]:
    arn = world.make("aws:acm/certificate:Certificate", domain_name="erb.go.tz", validation_method="DNS")
    return {"certificate_arn": arn, "validation_record_fqdns": ["_x.erb.go.tz"]}


def _access(_world: World) -> Mapping[str, Any]:
    return {
        "name": "erb",
        "origin_access_control_origin_type": "s3",
        "signing_behavior": "always",
        "signing_protocol": "sigv4",
    }


def _unsign(world: World, identifier: str, inputs: Mapping[str, Any]) -> object:
    client = world.client("cloudfront")
    config = {
        "Name": inputs["name"],
        "OriginAccessControlOriginType": "s3",
        "SigningBehavior": "never",
        "SigningProtocol": "sigv4",
    }
    etag = client.get_origin_access_control(Id=identifier)["ETag"]
    return client.update_origin_access_control(Id=identifier, IfMatch=etag, OriginAccessControlConfig=config)


def _distribution(world: World) -> Mapping[str, Any]:
    return {
        "enabled": True,
        "is_ipv6_enabled": True,
        "http_version": "http2and3",
        "comment": "erb",
        "aliases": ["erb.go.tz", "www.erb.go.tz"],
        "default_root_object": "index.html",
        "origins": [
            {"origin_id": "bucket", "domain_name": "b.s3.amazonaws.com", "origin_access_control_id": "E1"}
        ],
        "default_cache_behavior": {
            "target_origin_id": "bucket",
            "viewer_protocol_policy": "https-only",
            "allowed_methods": ["GET", "HEAD"],
            "cached_methods": ["GET", "HEAD"],
            "cache_policy_id": "658327ea",
            "compress": True,
        },
        "viewer_certificate": {
            "acm_certificate_arn": world.make(
                "aws:acm/certificate:Certificate", domain_name="erb.go.tz", validation_method="DNS"
            ),
            "ssl_support_method": "sni-only",
            "minimum_protocol_version": "TLSv1.2_2021",
        },
        "restrictions": {"geo_restriction": {"restriction_type": "none"}},
        "tags": TAGS,
    }


def _disable(world: World, identifier: str, _inputs: Mapping[str, Any]) -> object:
    client = world.client("cloudfront")
    current = client.get_distribution_config(Id=identifier)
    config = {**current["DistributionConfig"], "Comment": "meddled"}
    return client.update_distribution(Id=identifier, IfMatch=current["ETag"], DistributionConfig=config)


def _configuration(_world: World) -> Mapping[str, Any]:
    return {
        "configuration_set_name": "erb-go-tz",
        "delivery_options": {"tls_policy": "REQUIRE"},
        "reputation_options": {"reputation_metrics_enabled": True},
        "suppression_options": {"suppressed_reasons": ["BOUNCE", "COMPLAINT"]},
        "tags": TAGS,
    }


def _identity(world: World) -> Mapping[str, Any]:
    world.make("aws:sesv2/configurationSet:ConfigurationSet", configuration_set_name="set")
    return {"email_identity": "erb.go.tz", "configuration_set_name": "set", "tags": TAGS}


def _mail_from(world: World) -> Mapping[str, Any]:
    world.make("aws:sesv2/emailIdentity:EmailIdentity", email_identity="erb.go.tz")
    return {
        "email_identity": "erb.go.tz",
        "mail_from_domain": "bounce.erb.go.tz",
        "behavior_on_mx_failure": "REJECT_MESSAGE",
    }


LIFE_CYCLES = (
    LifeCycle(
        "aws:kms/key:Key",
        lambda _world: {
            "description": "zone key",
            "customer_master_key_spec": "ECC_NIST_P256",
            "key_usage": "SIGN_VERIFY",
            "policy": POLICY,
            "deletion_window_in_days": 30,
            "tags": TAGS,
        },
        {"description": "other", "policy": OTHER_POLICY},
        lambda world, identifier, _inputs: world.client("kms").put_key_policy(
            KeyId=identifier, PolicyName="default", Policy=OTHER_POLICY
        ),
        "policy",
    ),
    LifeCycle(
        ZONE,
        lambda _world: {"name": "erb.go.tz", "comment": "erb", "force_destroy": False, "tags": TAGS},
        {"comment": "other", "tags": {**TAGS, "owner": "other"}},
        lambda world, identifier, _inputs: world.client("route53").update_hosted_zone_comment(
            Id=identifier, Comment="meddled"
        ),
        "comment",
    ),
    LifeCycle("aws:route53/record:Record", _record, {"ttl": 600, "records": ["z"]}, _retime, "ttl"),
    LifeCycle(
        "aws:acm/certificate:Certificate",
        _certificate,
        {"tags": {**TAGS, "owner": "other"}},
        lambda world, identifier, _inputs: world.client("acm").remove_tags_from_certificate(
            CertificateArn=identifier, Tags=[{"Key": "owner"}]
        ),
        "tags",
    ),
    LifeCycle(
        "aws:acm/certificateValidation:CertificateValidation",
        _validation,
        None,
        lambda world, identifier, _inputs: world.client("acm").delete_certificate(CertificateArn=identifier),
        "",
    ),
    LifeCycle(
        "aws:cloudfront/originAccessControl:OriginAccessControl",
        _access,
        {"signing_behavior": "never"},
        _unsign,
        "signing_behavior",
    ),
    LifeCycle(
        "aws:cloudfront/distribution:Distribution",
        _distribution,
        {"comment": "other", "aliases": ["erb.go.tz"]},
        _disable,
        "comment",
    ),
    LifeCycle(
        "aws:sesv2/configurationSet:ConfigurationSet",
        _configuration,
        {"delivery_options": {"tls_policy": "OPTIONAL"}},
        lambda world, identifier, _inputs: world.client("sesv2").delete_configuration_set(
            ConfigurationSetName=identifier
        ),
        "",
    ),
    LifeCycle(
        "aws:sesv2/emailIdentity:EmailIdentity",
        _identity,
        {"tags": {**TAGS, "owner": "other"}},
        lambda world, identifier, _inputs: world.client("sesv2").delete_email_identity(
            EmailIdentity=identifier
        ),
        "",
    ),
    LifeCycle(
        "aws:sesv2/emailIdentityMailFromAttributes:EmailIdentityMailFromAttributes",
        _mail_from,
        {"behavior_on_mx_failure": "USE_DEFAULT_VALUE"},
        lambda world, _identifier, _inputs: world.client("ses").set_identity_mail_from_domain(
            Identity="erb.go.tz", MailFromDomain="other.erb.go.tz"
        ),
        "mail_from_domain",
    ),
)
