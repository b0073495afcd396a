"""Amazon Cognito."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from egov_infra.cloud.adapter import Adapter, Call, Members, Step

_ID = {"UserPoolId": "{id}"}
_POOL = "password_policy admin_create_user_config deletion_protection user_pool_tier tags"
_MFA = "mfa_configuration software_token_mfa_configuration"
POOL = Adapter(
    type="aws:cognito/userPool:UserPool",
    service="cognito-idp",
    properties=f"name username_attributes {_POOL} {_MFA}",
    id="{id}",
    names={"name": "PoolName", "password_policy": "Policies.PasswordPolicy", "tags": "UserPoolTags"},
    answers={"name": "Name", "tags": "UserPoolTags"},
    create=Call("create_user_pool", at="UserPool"),
    reads=(Call("describe_user_pool", _ID, at="UserPool"), Call("get_user_pool_mfa_config", _ID)),
    steps=(Step(_POOL, Call("update_user_pool", _ID)), Step(_MFA, Call("set_user_pool_mfa_config", _ID))),
    delete=Call("delete_user_pool", _ID),
    outputs={"arn": "Arn", "endpoint": "cognito-idp.{region}.amazonaws.com/{id}"},
    unread={"username_attributes": "moto gives no user name attributes back"},
    defaults={"mfa_configuration": "OFF", "deletion_protection": "INACTIVE"},
    listing=Call("list_user_pools", {"MaxResults": 60}, at="UserPools[].Id", is_paged=True),
)


def _listed(operation: str, at: str) -> Call:
    """All that a pool has of a kind."""
    return Call(operation, {**_ID, "MaxResults": 60}, at=at, is_paged=True)


_CLIENT = (
    "name access_token_validity id_token_validity callback_urls logout_urls token_validity_units allowed_oauth_flows allowed_oauth_scopes "
    "allowed_oauth_flows_user_pool_client explicit_auth_flows enable_token_revocation "
    "prevent_user_existence_errors supported_identity_providers"
)
# its secret is made by AWS, and never read
CLIENT = Adapter(
    type="aws:cognito/userPoolClient:UserPoolClient",
    service="cognito-idp",
    properties=f"user_pool_id generate_secret {_CLIENT}",
    id="{user_pool_id}/{client_id}",
    names={"name": "ClientName"},
    create=Call("create_user_pool_client", at="UserPoolClient"),
    reads=(Call("describe_user_pool_client", at="UserPoolClient"),),
    steps=(Step(_CLIENT, Call("update_user_pool_client")),),
    delete=Call("delete_user_pool_client"),
    unread={"generate_secret": "AWS says nothing of it but the secret"},
    listing=Call(
        "list_user_pool_clients",
        {"UserPoolId": "{user_pool_id}", "MaxResults": 60},
        at="UserPoolClients[].join('/', [UserPoolId, ClientId])",
        is_paged=True,
    ),
    members=(
        Members(
            POOL.type,
            _listed("list_user_pool_clients", "UserPoolClients[].ClientId"),
            "{id}/{item}",
        ),
    ),
)

RESOURCE_SERVER = Adapter(
    type="aws:cognito/resourceServer:ResourceServer",
    service="cognito-idp",
    properties="user_pool_id identifier name scopes",
    id="{user_pool_id}|{identifier}",
    create=Call("create_resource_server"),
    reads=(Call("describe_resource_server", at="ResourceServer"),),
    delete=None,
    sets="scopes",
    stays="moto has neither UpdateResourceServer nor DeleteResourceServer: it goes with its pool",
)


def _without_secret(answer: dict[str, Any], _scope: Mapping[str, Any]) -> dict[str, Any]:
    details = answer.get("ProviderDetails") or {}
    return {**answer, "ProviderDetails": {key: value for key, value in details.items() if key != _SECRET}}


_SECRET = "client_secret"  # noqa: S105 - the name of what holds one
_PROVIDER = "provider_details attribute_mapping idp_identifiers"
PROVIDER = Adapter(
    type="aws:cognito/identityProvider:IdentityProvider",
    service="cognito-idp",
    properties=f"user_pool_id provider_name provider_type {_PROVIDER}",
    id="{user_pool_id}:{provider_name}",
    create=Call("create_identity_provider"),
    reads=(Call("describe_identity_provider", at="IdentityProvider"),),
    steps=(Step(_PROVIDER, Call("update_identity_provider")),),
    delete=Call("delete_identity_provider"),
    decode=_without_secret,
    unread={f"provider_details.{_SECRET}": "it is a secret, which is never read back"},
    members=(
        Members(
            POOL.type,
            _listed("list_identity_providers", "Providers[].ProviderName"),
            "{id}:{item}",
        ),
    ),
)

DOMAIN = Adapter(
    type="aws:cognito/userPoolDomain:UserPoolDomain",
    service="cognito-idp",
    properties="user_pool_id domain",
    id="{domain}",
    create=Call("create_user_pool_domain"),
    reads=(Call("describe_user_pool_domain", at="DomainDescription"),),
    delete=Call("delete_user_pool_domain", {"UserPoolId": "{user_pool_id}"}),
    gone="!(DomainDescription.Domain)",
)

ADAPTERS = (POOL, CLIENT, RESOURCE_SERVER, PROVIDER, DOMAIN)
