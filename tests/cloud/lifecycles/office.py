"""What the e-office needs: who its officers are known by, and an audit trail that leaves the account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.cloud.lifecycle import ACCOUNT, REGION, TAGS, LifeCycle, World, call, given

POOL = "aws:cognito/userPool:UserPool"
STREAM = "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/stream"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/a"
DETAILS = {
    "attributes_request_method": "GET",
    "authorize_scopes": "openid",
    "client_id": "office",
    "client_secret": "hush",
    "oidc_issuer": "https://login.go.tz",
}


def _destination(prefix: str) -> Mapping[str, Any]:
    return {
        "role_arn": ROLE,
        "bucket_arn": "arn:aws:s3:::archive",
        "prefix": prefix,
        "error_output_prefix": "failed/",
        "buffering_interval": 60,
        "buffering_size": 5,
        "compression_format": "UNCOMPRESSED",
    }


def _stream(name: str) -> Mapping[str, Any]:
    return {"name": name, "destination": "extended_s3", "extended_s3_configuration": _destination("audit/")}


def _provider(world: World) -> Mapping[str, Any]:
    return {
        "user_pool_id": world.make(POOL, name="office"),
        "provider_name": "gov",
        "provider_type": "OIDC",
        "provider_details": DETAILS,
        "attribute_mapping": {"email": "email"},
        "idp_identifiers": ("gov.go.tz",),
    }


def _trust_another(world: World, _identifier: str, inputs: Mapping[str, Any]) -> object:
    return world.client("cognito-idp").update_identity_provider(
        UserPoolId=inputs["user_pool_id"],
        ProviderName="gov",
        ProviderDetails={**DETAILS, "oidc_issuer": "https://login.example.com"},
    )


def _domain(world: World) -> Mapping[str, Any]:
    return {"user_pool_id": world.make(POOL, name="office"), "domain": "e-office-erb"}


def _drop_domain(world: World, identifier: str, inputs: Mapping[str, Any]) -> object:
    return world.client("cognito-idp").delete_user_pool_domain(
        UserPoolId=inputs["user_pool_id"], Domain=identifier
    )


def _sent(world: World) -> Mapping[str, Any]:
    world.make("aws:cloudwatch/logGroup:LogGroup", name="/audit")
    streams = [world.make(STREAM, **_stream(name)) for name in ("audit", "other")]
    return {
        "log_group": "/audit",
        "name": "archive",
        "filter_pattern": "",
        "destination_arn": streams[0],
        "role_arn": ROLE,
        "distribution": "ByLogStream",
    }


LIFE_CYCLES = (
    LifeCycle(
        "aws:cognito/identityProvider:IdentityProvider",
        _provider,
        {
            "provider_details": {**DETAILS, "client_id": "other"},
            "attribute_mapping": {"email": "mail"},
            "idp_identifiers": ("other.go.tz",),
        },
        _trust_another,
        "provider_details",
    ),
    LifeCycle("aws:cognito/userPoolDomain:UserPoolDomain", _domain, None, _drop_domain, ""),
    LifeCycle(
        "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter",
        _sent,
        {
            "filter_pattern": "denied",
            "destination_arn": f"arn:aws:firehose:{REGION}:{ACCOUNT}:deliverystream/other",
            "role_arn": f"{ROLE}-other",
            "distribution": "Random",
        },
        call("logs", "delete_subscription_filter", logGroupName="/audit", filterName="archive"),
        "",
    ),
    LifeCycle(
        STREAM,
        given(
            **_stream("audit"),
            server_side_encryption={"enabled": True, "key_type": "CUSTOMER_MANAGED_CMK", "key_arn": KEY},
            tags=TAGS,
        ),
        {
            "extended_s3_configuration": _destination("other/"),
            "server_side_encryption": None,
            "tags": {"owner": "other"},
        },
        call("firehose", "stop_delivery_stream_encryption", DeliveryStreamName="audit"),
        "server_side_encryption",
    ),
)
