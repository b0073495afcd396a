"""Amazon CloudFront: its configurations are read with an ETag and written whole."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from egov_infra.cloud.adapter import Adapter, Call, Inputs, Step, Tags
from egov_infra.cloud.handle import Handle

_NOT_READ = "moto does not give it back"
HOSTED_ZONE_ID = "Z2FDTNDATAQYW2"  # of every distribution (Route 53 developer guide, alias records)

ACCESS_CONTROL = Adapter(
    type="aws:cloudfront/originAccessControl:OriginAccessControl",
    service="cloudfront",
    properties="name description origin_access_control_origin_type signing_behavior signing_protocol",
    id="{id}",
    create=Call(
        "create_origin_access_control",
        inside="OriginAccessControlConfig",
        at="merge(OriginAccessControl.OriginAccessControlConfig, {Id: OriginAccessControl.Id, ETag: ETag})",
    ),
    reads=(
        Call(
            "get_origin_access_control",
            at="merge(OriginAccessControl.OriginAccessControlConfig, {Id: OriginAccessControl.Id, ETag: ETag})",
        ),
    ),
    steps=(
        Step(
            "name description origin_access_control_origin_type signing_behavior signing_protocol",
            Call("update_origin_access_control", {"IfMatch": "{etag}"}, inside="OriginAccessControlConfig"),
        ),
    ),
    delete=Call("delete_origin_access_control", {"IfMatch": "{etag}"}),
    replaces="signing_protocol",  # there is one only
    outputs={"etag": "ETag", "arn": "arn:aws:cloudfront::{account}:origin-access-control/{id}"},
    listing=Call("list_origin_access_controls", at="OriginAccessControlList.Items[].Id", is_paged=True),
)


def _complete(_operation: str, params: dict[str, Any], scope: Mapping[str, Any]) -> None:
    """Add what the API demands and the declaration leaves to the provider."""
    config = params.get("DistributionConfig")
    if config is None or "Origins" not in config:
        return
    config.setdefault("CallerReference", scope.get("caller_reference") or uuid.uuid4().hex)
    config.setdefault("Comment", "")
    for origin in config["Origins"]["Items"]:
        if "CustomOriginConfig" not in origin:
            origin.setdefault("S3OriginConfig", {"OriginAccessIdentity": ""})
    geo = config["Restrictions"]["GeoRestriction"]
    geo["Quantity"] = len(geo.get("Items", ()))


def _disable(handle: Handle, identifier: str, _inputs: Inputs) -> Mapping[str, Any]:
    """A distribution must be off before it can go."""
    current = handle.call("get_distribution_config", {"Id": identifier})
    config = {**current["DistributionConfig"], "Enabled": False}
    params = {"Id": identifier, "IfMatch": current["ETag"], "DistributionConfig": config}
    return {"etag": handle.call("update_distribution", params)["ETag"]}


_AT = (
    "merge(Distribution.DistributionConfig, {Id: Distribution.Id, Arn: Distribution.ARN, "
    "HostName: Distribution.DomainName, ETag: ETag})"
)
DISTRIBUTION = Adapter(
    type="aws:cloudfront/distribution:Distribution",
    service="cloudfront",
    properties="enabled is_ipv6_enabled http_version comment aliases default_root_object web_acl_id price_class "
    "origins default_cache_behavior ordered_cache_behaviors custom_error_responses viewer_certificate "
    "restrictions tags",
    local="wait_for_deployment retain_on_delete",
    id="{id}",
    names={
        "origins.origin_id": "Id",
        "default_cache_behavior.cached_methods": "AllowedMethods.CachedMethods",
        "ordered_cache_behaviors": "CacheBehaviors",
        "ordered_cache_behaviors.cached_methods": "AllowedMethods.CachedMethods",
        "restrictions.geo_restriction.locations": "Items",
    },
    create=Call("create_distribution", inside="DistributionConfig", at=_AT),
    reads=(Call("get_distribution", at=_AT),),
    steps=(
        Step(
            "enabled is_ipv6_enabled http_version comment aliases default_root_object web_acl_id price_class "
            "origins default_cache_behavior ordered_cache_behaviors custom_error_responses "
            "viewer_certificate restrictions",
            Call("update_distribution", {"IfMatch": "{etag}"}, inside="DistributionConfig"),
        ),
    ),
    tags=Tags(params={"Resource": "{arn}"}, at="{Tags: Tags.Items}"),
    delete=Call("delete_distribution", {"IfMatch": "{etag}"}),
    encode=_complete,
    before_delete=_disable,
    outputs={
        "arn": "Arn",
        "domain_name": "HostName",
        "etag": "ETag",
        "caller_reference": "CallerReference",
        "hosted_zone_id": f'`"{HOSTED_ZONE_ID}"`',
    },
    sets="origins",
    unread={
        "is_ipv6_enabled": _NOT_READ,
        "http_version": _NOT_READ,
        "origins.origin_access_control_id": _NOT_READ,
    },
    listing=Call("list_distributions", at="DistributionList.Items[].Id", is_paged=True),
)

ADAPTERS = (ACCESS_CONTROL, DISTRIBUTION)
