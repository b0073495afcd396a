"""Amazon CloudFront: its configurations are read with an ETag and written whole."""

from __future__ import annotations

import hashlib
from typing import Any

from egov_infra.cloud.adapter import Adapter, Custom, Inputs
from egov_infra.cloud.codec import TAGS

_NOT_READ = "the rehearsal cloud does not give it back"


def _access_config(inputs: Inputs) -> dict[str, Any]:
    return {
        "Name": inputs["name"],
        "OriginAccessControlOriginType": inputs["origin_access_control_origin_type"],
        "SigningBehavior": inputs["signing_behavior"],
        "SigningProtocol": inputs["signing_protocol"],
    }


def _create_access(client: Any, inputs: Inputs) -> str:
    answer = client.create_origin_access_control(OriginAccessControlConfig=_access_config(inputs))
    return str(answer["OriginAccessControl"]["Id"])


def _read_access(client: Any, identifier: str, _inputs: Inputs) -> dict[str, Any] | None:
    try:
        found = client.get_origin_access_control(Id=identifier)
    except client.exceptions.NoSuchOriginAccessControl:
        return None
    config = found["OriginAccessControl"]["OriginAccessControlConfig"]
    return {
        "name": config["Name"],
        "origin_access_control_origin_type": config["OriginAccessControlOriginType"],
        "signing_behavior": config["SigningBehavior"],
        "signing_protocol": config["SigningProtocol"],
        "etag": found.get("ETag"),
    }


def _update_access(client: Any, identifier: str, _old: Inputs, new: Inputs) -> None:
    etag = client.get_origin_access_control(Id=identifier).get("ETag", "")
    client.update_origin_access_control(
        Id=identifier, IfMatch=etag, OriginAccessControlConfig=_access_config(new)
    )


def _delete_access(client: Any, identifier: str, inputs: Inputs) -> None:
    found = _read_access(client, identifier, inputs)
    if found is not None:
        client.delete_origin_access_control(Id=identifier, IfMatch=found["etag"] or "")


def _find_access(client: Any, inputs: Inputs) -> str | None:
    listed = client.list_origin_access_controls()["OriginAccessControlList"].get("Items", ())
    return next((str(item["Id"]) for item in listed if item["Name"] == inputs["name"]), None)


def _find_distribution(client: Any, inputs: Inputs) -> str | None:
    wanted = sorted(inputs.get("aliases") or ())
    listed = client.list_distributions()["DistributionList"].get("Items", ())
    matching = (item for item in listed if sorted(item["Aliases"].get("Items", ())) == wanted)
    return next((str(item["Id"]) for item in matching), None)


_ACCESS = frozenset(("name", "origin_access_control_origin_type", "signing_behavior", "signing_protocol"))
ACCESS_CONTROL = Adapter(
    type="aws:cloudfront/originAccessControl:OriginAccessControl",
    service="cloudfront",
    custom=Custom(_create_access, _read_access, _update_access, _delete_access, _ACCESS, _ACCESS),
    find=_find_access,
)


def _items(values: Any) -> dict[str, Any]:
    listed = list(values or ())
    return {"Quantity": len(listed), "Items": listed}


def _config(inputs: Inputs, reference: str) -> dict[str, Any]:
    behavior, viewer = inputs["default_cache_behavior"], inputs["viewer_certificate"]
    geo = inputs["restrictions"]["geo_restriction"]
    return {
        "CallerReference": reference,
        "Comment": inputs.get("comment") or "",
        "Enabled": inputs["enabled"],
        "IsIPV6Enabled": inputs.get("is_ipv6_enabled", False),
        "HttpVersion": inputs.get("http_version", "http2"),
        "Aliases": _items(inputs.get("aliases")),
        "DefaultRootObject": inputs.get("default_root_object") or "",
        "WebACLId": inputs.get("web_acl_id") or "",
        "Origins": _items(
            {
                "Id": origin["origin_id"],
                "DomainName": origin["domain_name"],
                "OriginAccessControlId": origin.get("origin_access_control_id", ""),
                "S3OriginConfig": {"OriginAccessIdentity": ""},
            }
            for origin in inputs["origins"]
        ),
        "DefaultCacheBehavior": {
            "TargetOriginId": behavior["target_origin_id"],
            "ViewerProtocolPolicy": behavior["viewer_protocol_policy"],
            "AllowedMethods": {
                **_items(behavior["allowed_methods"]),
                "CachedMethods": _items(behavior["cached_methods"]),
            },
            "CachePolicyId": behavior.get("cache_policy_id", ""),
            "ResponseHeadersPolicyId": behavior.get("response_headers_policy_id", ""),
            "Compress": behavior.get("compress", False),
        },
        "ViewerCertificate": {
            "ACMCertificateArn": viewer["acm_certificate_arn"],
            "SSLSupportMethod": viewer["ssl_support_method"],
            "MinimumProtocolVersion": viewer["minimum_protocol_version"],
        },
        "Restrictions": {
            "GeoRestriction": {"RestrictionType": geo["restriction_type"], **_items(geo.get("locations"))}
        },
    }


def _create_distribution(client: Any, inputs: Inputs) -> str:
    reference = hashlib.sha256(
        "/".join(inputs.get("aliases") or (inputs.get("comment", ""),)).encode()
    ).hexdigest()[:32]
    tags = {"Items": TAGS.encode(inputs.get("tags") or {})}
    answer = client.create_distribution_with_tags(
        DistributionConfigWithTags={"DistributionConfig": _config(inputs, reference), "Tags": tags}
    )
    return str(answer["Distribution"]["Id"])


def _read_distribution(client: Any, identifier: str, inputs: Inputs) -> dict[str, Any] | None:
    try:
        found = client.get_distribution(Id=identifier)["Distribution"]
    except client.exceptions.NoSuchDistribution:
        return None
    config = found["DistributionConfig"]
    behavior, viewer, geo = (
        config["DefaultCacheBehavior"],
        config["ViewerCertificate"],
        config["Restrictions"]["GeoRestriction"],
    )
    declared_origins = {origin["origin_id"]: origin for origin in inputs.get("origins") or ()}
    live: dict[str, Any] = {
        "arn": found["ARN"],
        "domain_name": found["DomainName"],
        "hosted_zone_id": "Z2FDTNDATAQYW2",
        "comment": config["Comment"],
        "enabled": config["Enabled"],
        "aliases": sorted(config["Aliases"].get("Items", ())),
        "default_root_object": config.get("DefaultRootObject") or None,
        "web_acl_id": config.get("WebACLId") or None,
        "origins": [
            {
                "origin_id": origin["Id"],
                "domain_name": origin["DomainName"],
                # not given back by moto: what was declared stands in, and `unread` says so
                "origin_access_control_id": origin.get("OriginAccessControlId")
                or declared_origins.get(origin["Id"], {}).get("origin_access_control_id"),
            }
            for origin in config["Origins"]["Items"]
        ],
        "default_cache_behavior": _without_empty(
            {
                "target_origin_id": behavior["TargetOriginId"],
                "viewer_protocol_policy": behavior["ViewerProtocolPolicy"],
                "allowed_methods": list(behavior["AllowedMethods"]["Items"]),
                "cached_methods": list(behavior["AllowedMethods"]["CachedMethods"]["Items"]),
                "cache_policy_id": behavior.get("CachePolicyId"),
                "response_headers_policy_id": behavior.get("ResponseHeadersPolicyId"),
                "compress": behavior["Compress"],
            }
        ),
        "viewer_certificate": {
            "acm_certificate_arn": viewer["ACMCertificateArn"],
            "ssl_support_method": viewer["SSLSupportMethod"],
            "minimum_protocol_version": viewer["MinimumProtocolVersion"],
        },
        "restrictions": {
            "geo_restriction": _without_empty(
                {"restriction_type": geo["RestrictionType"], "locations": geo.get("Items")}
            )
        },
        "tags": TAGS.decode(client.list_tags_for_resource(Resource=found["ARN"])["Tags"]["Items"]),
    }
    return _without_empty(live)


def _without_empty(value: dict[str, Any]) -> dict[str, Any]:
    return {key: item for key, item in value.items() if item not in (None, "", [])}


def _update_distribution(client: Any, identifier: str, _old: Inputs, new: Inputs) -> None:
    current = client.get_distribution_config(Id=identifier)
    config = _config(new, current["DistributionConfig"]["CallerReference"])
    client.update_distribution(Id=identifier, IfMatch=current["ETag"], DistributionConfig=config)
    arn = client.get_distribution(Id=identifier)["Distribution"]["ARN"]
    client.tag_resource(Resource=arn, Tags={"Items": TAGS.encode(new.get("tags") or {})})


def _delete_distribution(client: Any, identifier: str, _inputs: Inputs) -> None:
    """A distribution must be off before it can go."""
    try:
        current = client.get_distribution_config(Id=identifier)
    except client.exceptions.NoSuchDistribution:
        return
    etag = current["ETag"]
    if current["DistributionConfig"]["Enabled"]:
        off = {**current["DistributionConfig"], "Enabled": False}
        etag = client.update_distribution(Id=identifier, IfMatch=etag, DistributionConfig=off)["ETag"]
    client.delete_distribution(Id=identifier, IfMatch=etag)


_DISTRIBUTION = frozenset(
    (
        "enabled",
        "is_ipv6_enabled",
        "http_version",
        "comment",
        "aliases",
        "default_root_object",
        "web_acl_id",
        "origins",
        "default_cache_behavior",
        "viewer_certificate",
        "restrictions",
        "tags",
    )
)
DISTRIBUTION = Adapter(
    type="aws:cloudfront/distribution:Distribution",
    service="cloudfront",
    custom=Custom(
        _create_distribution,
        _read_distribution,
        _update_distribution,
        _delete_distribution,
        _DISTRIBUTION,
        _DISTRIBUTION,
    ),
    unread={
        "is_ipv6_enabled": _NOT_READ,
        "http_version": _NOT_READ,
        "origins.origin_access_control_id": _NOT_READ,
    },
)

ADAPTERS = (ACCESS_CONTROL, DISTRIBUTION)
